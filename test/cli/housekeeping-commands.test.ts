/** `list`, `explain` and `clean` after real downloads that were interrupted. */
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fault, forMethod, whenPart } from '../../src/testing/index.ts';
import { jsonOf, runCli, SIGNED_IN, serve, startCli, temporaryFolder } from './run-cli.ts';
import { runHere } from './run-here.ts';

const SIZE = 3_000_000;
const SOURCE = `oss://bucket/synthetic/7/${SIZE}`;

/** A folder with a store, and how to leave two of three parts there. */
const arrange = async () => {
  const folder = await temporaryFolder();
  const [store, target] = [join(folder, 'store'), join(folder, 'object.bin')];
  const server = await serve({ faults: [whenPart({ index: 2, size: 1_000_000 }, fault.reset)] });
  const get = [
    ...['get', SOURCE, target, '--endpoint', server.url, '--store', store],
    ...['--part-size', '1MB', '--threshold', '0', '--retries', '0', '--concurrency', '1'],
  ];
  const leave = async () => {
    const { code } = await runHere(get, { env: SIGNED_IN });
    expect(code).toBe(6);
  };
  const run = (...words: ReadonlyArray<string>) => runHere([...words, '--store', store]);
  return { server, folder, store, target, get, leave, run };
};

describe('partwise list', () => {
  test('says that there is nothing', async () => {
    const { run, store } = await arrange();
    const { code, stdout } = await run('list');
    expect({ code, stdout }).toEqual({ code: 0, stdout: `No unfinished downloads in ${store}.\n` });
    expect((await run('list', '--json')).stdout).toBe('');
  });

  test('is a table of what is there', async () => {
    const { run, leave, target, folder } = await arrange();
    await leave();
    const orphan = join(folder, 'x.00000000.part');
    await writeFile(orphan, '');
    const { code, stdout } = await run('list');
    const lines = stdout.split('\n').map((line) => line.split(/ {2,}/));
    expect(lines.slice(0, 3)).toEqual([
      ['STATE', 'DONE', 'SIZE', 'AGE', 'TARGET', 'SOURCE'],
      ['resumable', '66 %', '3 MB', expect.stringMatching(/^\d+ s$/), target, SOURCE],
      ['orphan', '-', '0 B', '-', orphan, '-'],
    ]);
    expect(stdout).toContain('partwise clean --orphans');
    expect(code).toBe(0);
  });

  test('is one JSON object a breakpoint', async () => {
    const { run, leave, target } = await arrange();
    await leave();
    expect(jsonOf((await run('list', '--json')).stdout)).toMatchObject([
      {
        ...{ type: 'breakpoint', state: 'resumable', target, label: SOURCE },
        ...{ size: SIZE, recorded: 2_000_000, partsDone: 2, partsTotal: 3, owner: null },
      },
    ]);
  });
});

describe('partwise explain', () => {
  test('says what a resume would do, and asks no server', async () => {
    const { run, leave, target, server } = await arrange();
    await leave();
    const asked = server.requests().length;
    const { code, stdout } = await run('explain', target, '--verify');
    for (const words of [
      'Resumes after 2 MB: 1 MB to fetch.',
      'Asks the server whether the object is still ETag "',
      'Read back 2 MB: all is on disk as recorded.',
    ]) {
      expect(stdout).toContain(words);
    }
    expect(code).toBe(0);
    expect(server.requests()).toHaveLength(asked);
  });

  test('of what nobody knows says that it starts afresh', async () => {
    const { run, target } = await arrange();
    expect(await run('explain', target)).toMatchObject({
      ...{ code: 0, stdout: `No breakpoint: a get to ${target} starts afresh.\n` },
    });
  });
});

describe('partwise clean', () => {
  test('of a target removes what it left', async () => {
    const { run, leave, target, folder, store } = await arrange();
    await leave();
    const dry = await run('clean', target, '--dry-run');
    expect(dry.stdout).toMatch(/^Would remove .+object\.bin \([\d.]+ MB on disk\)\.\n$/);
    expect(await readdir(folder)).toHaveLength(2);
    const { code, stdout } = await run('clean', target, '--json');
    expect(jsonOf(stdout)).toMatchObject([
      { type: 'removed', dryRun: false, breakpoint: { target } },
    ]);
    expect(code).toBe(0);
    expect(await readdir(folder)).toEqual(['store']);
    expect(await readdir(store)).toEqual([]);
    expect((await run('clean', target)).stdout).toBe('Nothing to remove.\n');
  });

  test('by age takes durations', async () => {
    const { run, leave, folder } = await arrange();
    await leave();
    expect((await run('clean', '--older-than', '1h')).stdout).toBe('Nothing to remove.\n');
    expect((await run('clean', '--older-than', '0s')).stdout).toMatch(/^Removed /);
    expect(await readdir(folder)).toEqual(['store']);
  });

  test('--orphans removes part files that nobody names, and no others', async () => {
    const { run, leave, folder } = await arrange();
    await leave();
    await writeFile(join(folder, 'x.00000000.part'), '');
    const { stdout } = await run('clean', '--orphans', folder);
    expect(stdout).toBe(`Removed ${join(folder, 'x.00000000.part')}.\n`);
    expect(await readdir(folder)).toHaveLength(2);
  });

  test.each([
    [[], 'clean needs a TARGET, --all, --older-than DURATION or --orphans [DIR].'],
    [['x', '--all'], '--all'],
    [['--older-than', '7'], '12h or 7d'],
    [['--older-than', '-7d'], '12h or 7d'],
    [[''], 'the path of a file'],
  ])('%j is a mistake', async (words, allowed) => {
    const { run } = await arrange();
    const { code, stderr } = await run('clean', ...words);
    expect(stderr).toContain(allowed);
    expect(code).toBe(2);
  });
});

test('while another process downloads, nothing of it is touched and its number is told', async () => {
  const { get, run, target, folder, store, server } = await arrange();
  server.setFaults([forMethod('GET', fault.slow(200_000))]);
  const live = await startCli([...get, '--json'], { env: SIGNED_IN });
  await live.until(({ stdout }) => stdout.includes('"progress"'));
  const { pid } = live.child;
  const before = await readdir(folder);

  const cleaned = await run('clean', target, '--json');
  const [kept, failed] = jsonOf(cleaned.stdout);
  expect(kept).toMatchObject({ type: 'kept', error: { _tag: 'Busy', pid } });
  expect(failed).toMatchObject({ type: 'failed', error: { _tag: 'Busy', pid } });
  expect(cleaned.code).toBe(7);
  const all = await run('clean', '--all', '--orphans');
  expect(all.stderr).toContain(`Kept ${target}: Process ${pid} on `);
  expect(all.code).toBe(0);
  const explained = await run('explain', target);
  expect(explained.stdout).toContain(`Process ${pid} on `);
  expect(explained.code).toBe(7);
  expect((await run('list')).stdout).toMatch(/^running /m);
  expect(await readdir(folder)).toEqual(before);

  live.child.kill('SIGKILL');
  await live.end;
  expect((await run('list')).stdout).toMatch(/^resumable /m);
  const end = await runCli(['clean', '--all', '--orphans', '--store', store]);
  expect(end).toMatchObject({ code: 0, stderr: '' });
  expect(await readdir(folder)).toEqual(['store']);
  expect(await readdir(store)).toEqual([]);
});
