/** `partwise chart`: what it prints can be looked at, pasted, or read by a program. */
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { chartOf } from '../../src/machines/chart.ts';
import { downloadMachine } from '../../src/machines/download-machine.ts';
import { partMachine } from '../../src/machines/part-machine.ts';
import { toMermaid } from '../../src/machines/to-mermaid.ts';
import { runCli } from './run-cli.ts';

const chart = async (...words: ReadonlyArray<string>): Promise<string> => {
  const { code, stdout, stderr } = await runCli(['chart', ...words]);
  expect([code, stderr]).toEqual([0, '']);
  return stdout;
};

describe('partwise chart', () => {
  test('draws the download, unless asked for something else', async () => {
    expect(await chart()).toBe(await readFile('assets/charts/download.svg', 'utf8'));
    expect(await chart('--machine', 'part')).toBe(await readFile('assets/charts/part.svg', 'utf8'));
  });

  test('writes Mermaid', async () => {
    expect(await chart('--format', 'mermaid')).toBe(toMermaid(downloadMachine));
  });

  test('writes states and transitions as JSON', async () => {
    const written = await chart('--format=json', '--machine=part');
    expect(JSON.parse(written)).toEqual(chartOf(partMachine));
  });

  test('names the formats and machines there are, when another one is asked for', async () => {
    const [format, machine] = await Promise.all([
      runCli(['chart', '--format', 'png']),
      runCli(['chart', '--machine', 'toString']),
    ]);
    expect([format.code, machine.code]).toEqual([2, 2]);
    expect(format.stderr).toContain('svg, mermaid or json');
    expect(machine.stderr).toContain('download or part');
    expect(format.stdout + machine.stdout).toBe('');
  });
});
