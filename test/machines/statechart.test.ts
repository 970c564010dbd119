import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { downloadMachine } from '../../src/machines/download-machine.ts';
import { partMachine } from '../../src/machines/part-machine.ts';
import { toMermaid } from '../../src/machines/to-mermaid.ts';

const PAGE = 'docs/statechart.md';
const CHARTS = { download: toMermaid(downloadMachine), part: toMermaid(partMachine) };

/** The page with the block of each chart replaced by what the machine says. */
const current = (page: string): string =>
  Object.entries(CHARTS).reduce(
    (text, [name, chart]) =>
      text.replace(
        new RegExp(`<!-- ${name} -->\\n\`\`\`mermaid\\n[\\s\\S]*?\`\`\``),
        () => `<!-- ${name} -->\n\`\`\`mermaid\n${chart}\`\`\``,
      ),
    page,
  );

describe('docs/statechart.md', () => {
  test('shows the machines as they are', () => {
    if (process.env['UPDATE_DOCS'] === '1') {
      writeFileSync(PAGE, current(readFileSync(PAGE, 'utf8')));
    }
    const page = readFileSync(PAGE, 'utf8');
    expect(page).toBe(current(page));
    expect(page).toContain('<!-- part -->\n```mermaid\nstateDiagram-v2');
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
      expect(CHARTS.download).toContain(`state "${state}" as download_${state}`);
    }
  });

  test('draws an arrow that leaves a state outside of it', () => {
    const lines = CHARTS.download.split('\n');
    expect(lines).toContain('  download_planning_judging --> download_failed');
  });
});
