/** Pictures of charts: complete, legible, and nothing in them but themselves. */
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { beforeAll, describe, expect, test } from 'vitest';
import { labelOf, waysOf } from '../../src/chart/arrow-label.ts';
import type { ChartLayout, Rectangle } from '../../src/chart/chart-layout.ts';
import { renderSvg } from '../../src/chart/render-svg.ts';
import { type Chart, chartOf } from '../../src/machines/chart.ts';
import { downloadMachine } from '../../src/machines/download-machine.ts';
import { partMachine } from '../../src/machines/part-machine.ts';
import { layOutChart } from './lay-out-chart.ts';

const idsIn = (svg: string, attribute: string): ReadonlySet<string> =>
  new Set([...svg.matchAll(new RegExp(`${attribute}="(.*?)"`, 'g'))].map((match) => match[1]!));

const overlap = (a: Rectangle, b: Rectangle): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

const contains = (outer: Rectangle, inner: Rectangle): boolean =>
  outer.x <= inner.x &&
  outer.y <= inner.y &&
  inner.x + inner.width <= outer.x + outer.width &&
  inner.y + inner.height <= outer.y + outer.height;

const labelsOf = ({ chart, arrows }: ChartLayout): ReadonlyArray<Rectangle & { id: string }> =>
  waysOf(chart).flatMap((way) => {
    const point = arrows.get(way.id)?.label;
    const { width, height } = labelOf(chart, way);
    return point ? [{ id: way.id, x: point.x - width / 2, y: point.y, width, height }] : [];
  });

/** Every pair of things that overlap, by their ids. */
const overlapping = (things: ReadonlyArray<Rectangle & { readonly id: string }>) =>
  things.flatMap((a, index) =>
    things.slice(index + 1).flatMap((b) => (overlap(a, b) ? [[a.id, b.id]] : [])),
  );

describe.each<[string, Chart]>([
  ['download', chartOf(downloadMachine)],
  ['part', chartOf(partMachine)],
])('the picture of %s', (_, chart) => {
  let layout: ChartLayout;
  let svg: string;
  beforeAll(async () => {
    layout = await layOutChart(chart);
    svg = renderSvg(layout);
  });

  test('is one well-formed document of its own, without script', () => {
    expect(XMLValidator.validate(svg)).toBe(true);
    const { svg: root } = new XMLParser({ ignoreAttributes: false }).parse(svg);
    expect(root['@_role']).toBe('img');
    expect([root.title['#text'], root.desc['#text']]).toEqual([
      `Statechart: ${chart.id}`,
      chart.description,
    ]);
    expect(svg.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/http|url\(|@import|href/);
    expect(svg).not.toMatch(/<script|<image|<foreignObject| on\w+=/);
  });

  test('has a group for every state and every transition', () => {
    expect(idsIn(svg, 'data-state')).toEqual(new Set(chart.states.map(({ id }) => id)));
    expect(idsIn(svg, 'data-transition')).toEqual(new Set(chart.transitions.map(({ id }) => id)));
    const initials = chart.states.filter(({ initial }) => initial !== null);
    expect(idsIn(svg, 'data-initial')).toEqual(new Set(initials.map(({ id }) => id)));
  });

  test('has room for every word', () => {
    const holders = new Set(chart.states.map(({ parent }) => parent));
    const leaves = [...layout.boxes].filter(([id]) => !holders.has(id));
    const boxes = leaves.map(([id, box]) => ({ id, ...box }));
    expect(overlapping([...boxes, ...labelsOf(layout)])).toEqual([]);
    const frame = { x: 0, y: 0, width: layout.width, height: layout.height };
    expect(labelsOf(layout).filter((label) => !contains(frame, label))).toEqual([]);
  });

  test('draws a state within the one that holds it', () => {
    const astray = chart.states.filter(({ id, parent }) => {
      const outer = layout.boxes.get(parent ?? id)!;
      return !contains(outer, layout.boxes.get(id)!);
    });
    expect(astray).toEqual([]);
  });

  test('is no strip', () => {
    const ratio = layout.height / layout.width;
    expect(ratio).toBeGreaterThan(0.5);
    expect(ratio).toBeLessThan(2);
  });
});

describe('renderSvg', () => {
  test('draws two borders round an end, and escapes what XML would take for its own', () => {
    const [root] = chartOf(partMachine).states;
    const end = { ...root!, type: 'final', initial: null, description: 'a < b & "c"' } as const;
    const svg = renderSvg({
      chart: { id: 'end', description: '', states: [end], transitions: [] },
      width: 100,
      height: 40,
      boxes: new Map([[end.id, { x: 5, y: 5, width: 90, height: 30 }]]),
      initials: new Map(),
      arrows: new Map(),
    });
    expect(svg).toContain('<title>part: a &lt; b &amp; &quot;c&quot;</title>');
    expect(svg).toContain('<rect class="box" x="5" y="5" width="90" height="30" rx="8"/>');
    expect(svg).toContain('<rect class="inner" x="8" y="8" width="84" height="24" rx="5"/>');
    expect(XMLValidator.validate(svg)).toBe(true);
  });
});
