/** `partwise simulate`: an answer, a picture and a comparison, for people and for programs. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Invocation, parseArguments } from '../../src/cli/arguments.ts';
import type { Io, Output } from '../../src/cli/output.ts';
import { simulateCommand } from '../../src/cli/simulate-command.ts';
import { E } from '../../src/fp.ts';
import { readTrace } from '../../src/trace/read-trace.ts';
import { jsonOf, runCli, temporaryFolder } from './run-cli.ts';

const recorder = (): { readonly output: Output; readonly written: () => string } => {
  let written = '';
  const text = (more: string): void => {
    written += more;
  };
  const line = (one: string): void => text(`${one}\n`);
  const output = { line, text, flush: () => Promise.resolve(null), terminal: null };
  return { output, written: () => written };
};

const parsed = (words: ReadonlyArray<string>): Invocation => {
  const asked = parseArguments(['simulate', ...words], '0.0.0');
  if (E.isLeft(asked)) throw new Error(JSON.stringify(asked.left));
  return asked.right;
};

/** In this process; a small object over a lossy network, unless said otherwise. */
const run = async (...words: ReadonlyArray<string>) => {
  const [stdout, stderr] = [recorder(), recorder()];
  const io: Io = { stdout: stdout.output, stderr: stderr.output, env: {}, now: () => 0 };
  const asked = parsed(['--size', '60MB', '--bandwidth', '40Mbit', '--loss', '0.1%', ...words]);
  if (asked.command !== 'simulate') throw new Error('not understood');
  const code = await simulateCommand(asked.request, io);
  return { code, stdout: stdout.written(), stderr: stderr.written() };
};

describe('partwise simulate', () => {
  test('answers in words, with a picture and a table, in 80 columns', async () => {
    const { code, stdout, stderr } = await run('--lanes', '4,8', '--kill-every', '4s');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^60 MB with 4 lanes and parts of 8\.39 MB: \d+ s, .*\/s\.\n/);
    expect(stdout).toMatch(/Fetched twice: .*B, \d+\.\d %\./);
    expect(stdout).toMatch(/\d+ kills/);
    expect(stdout).toMatch(/^ {3}killed +x/m);
    expect(stdout).toMatch(/LANES +PARTS +TIME +RATE +TWICE +REQUESTS +KILLS\n/);
    expect(stdout).toMatch(/^ >? +4 /m);
    expect(stdout).toMatch(/^\*>? +(4|8) /m);
    const lines = stdout.split('\n');
    expect(lines.filter((line) => line.length >= 80 || /[^ -~]/.test(line))).toEqual([]);
  });

  test('gives programs one object a setting, the fastest first, and the answer last', async () => {
    const { stdout } = await run('--json', '--lanes', '1,2,4');
    const objects = jsonOf(stdout);
    expect(objects.map(({ type }) => type)).toEqual(['setting', 'setting', 'setting', 'simulated']);
    const seconds = objects.slice(0, 3).map((one) => Number(one['seconds']));
    expect(seconds).toEqual([...seconds].sort((a, b) => a - b));
    expect(objects.filter((one) => one['isAsked'] === true)).toHaveLength(1);
    expect(objects.at(-1)).toMatchObject({
      size: 60e6,
      seed: 1,
      asked: { lanes: 1, end: 'renamed', isWhole: true },
      best: { lanes: 4, partSize: 2 ** 23 },
    });
  });

  test('says the same for the same seed', async () => {
    const ask = (seed: string) =>
      run('--lanes', '2,4', '--kill-every', '4s', '--jitter', '9ms', '--seed', seed);
    const [first, again, other] = [await ask('7'), await ask('7'), await ask('8')];
    expect(again).toEqual(first);
    expect(other.stdout).not.toBe(first.stdout);
  });

  test('tries more and fewer lanes and other parts where no list is given', async () => {
    const { stdout } = await run('--json', '--size', '30MB');
    const settings = jsonOf(stdout).filter(({ type }) => type === 'setting');
    const lanes = new Set(settings.map((one) => one['lanes']));
    expect([...lanes].map(Number).sort((a, b) => a - b)).toEqual([1, 2, 4, 8, 16, 32]);
    expect(new Set(settings.map((one) => one['partSize'])).size).toBeGreaterThan(2);
  });

  test('says that a download never ends, and what would end', async () => {
    const { code, stdout } = await run(
      ...['--lanes', '32,1', '--size', '20MB', '--rtt', '2s', '--kill-every', '3s'],
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/32 lanes and parts of 8\.39 MB never ends: interruptions cost more/);
    expect(stdout).toMatch(/never +- +-/);
  });

  test('records what a replay opens', async () => {
    const file = join(await temporaryFolder(), 'simulated.trace');
    const { code, stderr } = await run('--lanes', '2,4', '--kill-every', '4s', '--trace', file);
    expect([code, stderr]).toEqual([0, `Recorded in ${file}: partwise replay shows it.\n`]);
    expect(await readFile(file, 'utf8')).toMatch(/^\{"trace":"partwise".*"host":"simulated"\}\n/);
    let downloads = 0;
    const read = await readTrace(file, {
      record: (record) => {
        if (record.type === 'started' && record.actor === 'download') downloads += 1;
      },
    });
    expect(E.isRight(read)).toBe(true);
    expect(downloads).toBeGreaterThan(2);
  });

  test('ends with 5 when the trace cannot be written, before it simulates', async () => {
    const { code, stdout, stderr } = await run('--trace', '/nowhere/at/all.trace');
    expect([code, stdout]).toEqual([5, '']);
    expect(stderr).toContain('/nowhere/at/all.trace');
  });

  test.each([
    ['--size', '0'],
    ['--size', 'big'],
    ['--lanes', '0'],
    ['--lanes', '4,,8'],
    ['--lanes', '257'],
    ['--part-size', '1KB'],
    ['--bandwidth', '200'],
    ['--bandwidth-per-connection', '5Mb'],
    ['--rtt', '80'],
    ['--jitter', 'some'],
    ['--loss', '100%'],
    ['--kill-every', '10ms'],
    ['--power-cut-every', '1'],
    ['--expire-credentials', 'soon'],
    ['--reset-every', '1'],
    ['--seed', '-1'],
  ])('refuses %s %j by its name, its value and what is allowed', async (option, value) => {
    const { code, stdout, stderr } = await run(`${option}=${value}`);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`${option}: "${value}" is not allowed. Allowed: `);
  });

  test('refuses an empty path of a trace', async () => {
    const { code, stderr } = await run('--trace=');
    expect(code).toBe(2);
    expect(stderr).toContain('--trace is missing or empty. Needed: the path of a file.');
  });

  test('is a command of its own, with help', async () => {
    const words = ['simulate', '--size', '20MB', '--lanes', '4', '--json'];
    const [done, help] = await Promise.all([runCli(words), runCli(['simulate', '--help'])]);
    expect([done.code, done.stderr]).toEqual([0, '']);
    expect(jsonOf(done.stdout).at(-1)).toMatchObject({ type: 'simulated', size: 20e6 });
    expect(help.stdout).toContain('--power-cut-every <time>');
    expect(help.stdout.split('\n').every((line) => line.length <= 80)).toBe(true);
  });
});
