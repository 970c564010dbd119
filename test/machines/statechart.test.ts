/** The machines as pages and pictures show them, and as a statechart editor opens them. */
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { renderSvg } from '../../src/chart/render-svg.ts';
import { chartOf } from '../../src/machines/chart.ts';
import { downloadMachine } from '../../src/machines/download-machine.ts';
import { partMachine } from '../../src/machines/part-machine.ts';
import { toMermaid } from '../../src/machines/to-mermaid.ts';
import { layOutChart } from '../chart/lay-out-chart.ts';

const PAGE = 'docs/statechart.md';
const MERMAID = { download: toMermaid(downloadMachine), part: toMermaid(partMachine) };
const CHARTS = [chartOf(downloadMachine), chartOf(partMachine)];
const isRedrawing = process.env['UPDATE_DOCS'] === '1';

/** The page with the block of each chart replaced by what the machine says. */
const current = (page: string): string =>
  Object.entries(MERMAID).reduce(
    (text, [name, chart]) =>
      text.replace(
        new RegExp(`<!-- ${name} -->\\n[\\s\\S]*?\`\`\`mermaid\\n[\\s\\S]*?\`\`\``),
        () => `<!-- ${name} -->\n${picture(name)}\n\n\`\`\`mermaid\n${chart}\`\`\``,
      ),
    page,
  );

const picture = (name: string): string => {
  const path = `../assets/charts/${name}.svg`;
  return `[![The statechart \`${name}\`](${path})](${path})`;
};

describe('docs/statechart.md', () => {
  test('shows the machines as they are', () => {
    if (isRedrawing) writeFileSync(PAGE, current(readFileSync(PAGE, 'utf8')));
    const page = readFileSync(PAGE, 'utf8');
    expect(page).toBe(current(page));
    for (const [name, chart] of Object.entries(MERMAID)) {
      expect(page).toContain(picture(name));
      expect(page).toContain(chart);
    }
  });
});

describe('assets/charts', () => {
  test.each(CHARTS)('shows $id as it is', async (chart) => {
    const path = `assets/charts/${chart.id}.svg`;
    const drawn = renderSvg(await layOutChart(chart));
    if (isRedrawing) writeFileSync(path, drawn);
    expect(readFileSync(path, 'utf8')).toBe(drawn);
  });
});

describe('the machines', () => {
  test('say of every state what it is for', () => {
    const silent = CHARTS.flatMap(({ states }) =>
      states.filter(({ description }) => !/^[A-Z].*[.?]$/.test(description)).map(({ id }) => id),
    );
    expect(silent).toEqual([]);
  });

  test.each(['download', 'part'])('%s is one literal, which an editor opens', (name) => {
    const source = readFileSync(`src/machines/${name}-machine.ts`, 'utf8');
    expect(source.match(/\bsetup\(\{\n/g)).toHaveLength(1);
    expect(source.match(/^\}\)\.createMachine\(\{\n/gm)).toHaveLength(1);
    expect(source).not.toMatch(/createStateConfig|createMachine\([^{]/);
    const story = source.slice(source.indexOf('\n  states: {'));
    expect(story.match(/^\s*\.\.\.\w+,?$|^ {4}\w+,$/gm)).toBeNull();
  });
});

describe('toMermaid', () => {
  test('names the five states that people asked for', () => {
    for (const state of [
      'planning',
      'validatingBreakpoint',
      'downloadingParts',
      'finalizing',
      'renamed',
    ]) {
      expect(MERMAID.download).toContain(`state "${state}" as download_${state}`);
    }
  });

  test('draws an arrow that leaves a state outside of it', () => {
    const lines = MERMAID.download.split('\n');
    expect(lines).toContain('  download_planning_judging --> download_failed');
  });

  test('says which actor ended, and under which condition', () => {
    const opening = 'download_validatingBreakpoint_opening --> download_failed';
    expect(MERMAID.download).toContain(`${opening} : openWorkspace failed [isOwned]`);
    expect(MERMAID.part).toContain('part_backingOff --> part_fetching : after backoff');
  });
});
