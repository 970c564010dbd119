/** The arrows of a chart as SVG: lines with round bends, and a label beside. */
import type { Chart, ChartTransition } from '../machines/chart.ts';
import { labelOf, tellTransition, type Way } from './arrow-label.ts';
import type { Arrow, Point, Route } from './chart-layout.ts';
import { LINE_HEIGHT } from './faces.ts';
import { element, textElement } from './xml.ts';

/** Radius of a bend. */
const BEND = 6;
const HEAD_LENGTH = 8;
const HEAD_WIDTH = 7;
const DOT_RADIUS = 5;

/**
 * For each transition of the way a group with `data-transition`: line and head. The line of all
 * but the first is only seen while its transition is lit.
 */
export const drawLines = (way: Way, { route }: Arrow): ReadonlyArray<string> =>
  way.transitions.map((transition, index) =>
    element('g', { ...groupOf(transition, 'transition'), ...(index === 0 ? {} : SHARED) }, [
      textElement('title', {}, tellTransition(transition)),
      ...drawRoute(route),
    ]),
  );

const SHARED = { class: 'transition shared' };

/** What is said beside the line, a group for each transition: drawn last, lest a line cross it. */
export const drawWords = (chart: Chart, way: Way, { label }: Arrow): ReadonlyArray<string> => {
  if (label === null) return [];
  const { x } = label;
  return labelOf(chart, way)
    .entries.filter(({ lines }) => lines.length > 0)
    .map(({ transition, lines, top }) =>
      element('g', groupOf(transition, 'words'), [
        textElement('title', {}, tellTransition(transition)),
        ...lines.map((line, index) =>
          textElement('text', { x, y: label.y + top + 11 + index * LINE_HEIGHT }, line),
        ),
      ]),
    );
};

const groupOf = ({ id }: ChartTransition, kind: string) => ({
  class: kind,
  'data-transition': id,
});

/** The dot in a state and the arrow to what is entered first. */
export const drawInitial = (parent: string, route: Route): string => {
  const [{ x, y } = { x: 0, y: 0 }] = route;
  const second = route[1] ?? { x, y };
  const length = Math.hypot(second.x - x, second.y - y) || 1;
  const center = {
    cx: x - ((second.x - x) / length) * DOT_RADIUS,
    cy: y - ((second.y - y) / length) * DOT_RADIUS,
  };
  return element('g', { class: 'initial', 'data-initial': parent }, [
    element('circle', { class: 'dot', ...center, r: DOT_RADIUS }),
    ...drawRoute(route),
  ]);
};

const drawRoute = (route: Route): ReadonlyArray<string> => {
  const tip = route.at(-1);
  const before = route.at(-2);
  if (tip === undefined || before === undefined) return [];
  const neck = towards(tip, before, HEAD_LENGTH);
  return [
    element('path', { class: 'route', d: pathOf([...route.slice(0, -1), neck]) }),
    element('path', { class: 'head', d: headOf(tip, neck) }),
  ];
};

const pathOf = (route: Route): string =>
  route
    .map((point, index) => {
      const before = route[index - 1];
      const after = route[index + 1];
      if (before === undefined) return `M${written(point)}`;
      if (after === undefined) return `L${written(point)}`;
      const radius = Math.min(BEND, distance(before, point) / 2, distance(point, after) / 2);
      const enter = towards(point, before, radius);
      const leave = towards(point, after, radius);
      return `L${written(enter)}Q${written(point)} ${written(leave)}`;
    })
    .join('');

const headOf = (tip: Point, neck: Point): string => {
  const across = {
    x: ((neck.y - tip.y) / HEAD_LENGTH) * (HEAD_WIDTH / 2),
    y: ((tip.x - neck.x) / HEAD_LENGTH) * (HEAD_WIDTH / 2),
  };
  const left = { x: neck.x + across.x, y: neck.y + across.y };
  const right = { x: neck.x - across.x, y: neck.y - across.y };
  return `M${written(tip)}L${written(left)}L${written(right)}Z`;
};

/** The point that lies `length` from `start` in the direction of `end`. */
const towards = (start: Point, end: Point, length: number): Point => {
  const whole = distance(start, end);
  const share = whole === 0 ? 0 : length / whole;
  return { x: start.x + (end.x - start.x) * share, y: start.y + (end.y - start.y) * share };
};

const distance = (a: Point, b: Point): number => Math.hypot(a.x - b.x, a.y - b.y);

const written = ({ x, y }: Point): string => `${tenths(x)} ${tenths(y)}`;

const tenths = (value: number): number => Math.round(value * 10) / 10;
