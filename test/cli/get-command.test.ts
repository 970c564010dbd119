/** `partwise get` as a process: its exit codes, its JSON lines, and what it never prints. */
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  fault,
  forMethod,
  type OssServerOptions,
  syntheticObject,
  whenPart,
} from '../../src/testing/index.ts';
import {
  type CliOptions,
  jsonOf,
  runCli,
  SIGNED_IN,
  serve,
  startCli,
  temporaryFolder,
} from './run-cli.ts';
import { runHere } from './run-here.ts';

const SIZE = 3_000_000;
const ORIGINAL = syntheticObject({ seed: 7, size: SIZE });
const SOURCE = `oss://bucket/synthetic/7/${SIZE}`;

/** A server, a folder, and `get` of its object in parts of 1 MB. */
const arrange = async (options: OssServerOptions = {}) => {
  const server = await serve(options);
  const folder = await temporaryFolder();
  const target = join(folder, 'object.bin');
  const where = ['--endpoint', server.url, '--store', join(folder, 'store')];
  const how = ['--part-size', '1MB', '--threshold', '0', '--retries', '1'];
  const words = (source: string, ...more: ReadonlyArray<string>) => [
    ...['get', source, target],
    ...where,
    ...how,
    ...more,
  ];
  const get = (more: ReadonlyArray<string> = [], cli: CliOptions = { env: SIGNED_IN }) =>
    runCli(words(SOURCE, ...more), cli);
  const getHere = (more: ReadonlyArray<string> = [], cli: CliOptions = { env: SIGNED_IN }) =>
    runHere(words(SOURCE, ...more), cli);
  return { server, folder, target, words, get, getHere };
};

const expectOriginal = async (path: string): Promise<void> => {
  const content = await readFile(path);
  expect(content.equals(ORIGINAL.read(0, SIZE))).toBe(true);
};

const lastOf = (stdout: string) => jsonOf(stdout).at(-1);

describe('partwise get', () => {
  test('ends with 0, the file in place and one line that says so', async () => {
    const { get, target, folder } = await arrange();
    const { code, stdout, stderr } = await get();
    expect(stderr).toMatch(/CRC-64 \d+\.\n$/);
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    await expectOriginal(target);
    expect((await readdir(folder)).sort()).toEqual(['object.bin', 'store']);
    expect(await readdir(join(folder, 'store'))).toEqual([]);
  });

  test('--quiet prints nothing', async () => {
    const { get } = await arrange();
    expect(await get(['--quiet'])).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  test('--json tells planned, verdict, progress and, last and once, renamed', async () => {
    const { get, target } = await arrange();
    const { code, stdout, stderr } = await get(['--json']);
    const lines = jsonOf(stdout);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(lines.slice(0, 3).map(({ type }) => type)).toEqual(['planned', 'verdict', 'progress']);
    expect(lines.filter(({ type }) => type === 'renamed')).toHaveLength(1);
    expect(lines.at(-1)).toEqual({
      ...{ type: 'renamed', target, size: SIZE, fetchedBytes: SIZE, resumedBytes: 0 },
      crc64: expect.stringMatching(/^\d+$/),
      seconds: expect.any(Number),
    });
  });

  test('a folder as target, or none, gets a file called like the object', async () => {
    const { server, folder } = await arrange();
    await mkdir(join(folder, 'into'));
    const url = `${server.url}/bucket/synthetic/7/100KB`;
    const words = ['--store', join(folder, 'store')];
    server.setAccounts([]);
    const open = await serve({ anonymousRead: true });
    const source = url.replace(server.url, open.url);
    const named = await runCli(['get', source, 'into', ...words], { cwd: folder });
    const unnamed = await runCli(['get', source, ...words], { cwd: folder });
    expect([named.code, unnamed.code]).toEqual([0, 0]);
    expect(await readdir(join(folder, 'into'))).toEqual(['100KB']);
    expect(await readdir(folder)).toContain('100KB');
  });

  test('a reader that goes away ends nothing but the lines', async () => {
    const { words, target } = await arrange({ faults: [forMethod('GET', fault.slow(1_000_000))] });
    const run = await startCli(words(SOURCE, '--json'), { env: SIGNED_IN });
    await run.until(({ stdout }) => stdout.includes('"progress"'));
    run.child.stdout?.destroy();
    expect(await run.end).toMatchObject({ code: 0, stderr: '' });
    await expectOriginal(target);
  });
});

describe('the exit code of partwise get', () => {
  const refuse = (status: number, code: string) => [fault.refuse(status, code)];

  test.each([
    [3, 'ServerRefused', { faults: refuse(403, 'AccessDenied') }],
    [3, 'ObjectArchived', { faults: refuse(403, 'InvalidObjectState') }],
    [4, 'IntegrityFailed', { faults: [fault.flipByte(1_500_000)] }],
    [6, 'ServerBusy', { faults: refuse(503, 'ServiceUnavailable') }],
    [6, 'NetworkFailed', { faults: [fault.reset] }],
    [6, 'AnswerCut', { faults: [forMethod('GET', fault.endEarly(0, 'chunked'))] }],
    [8, 'ObjectChanged', { faults: [forMethod('GET', fault.refuse(412, 'PreconditionFailed'))] }],
  ] as const)('is %i for %s', async (code, tag, options) => {
    const { getHere } = await arrange(options);
    const end = await getHere(['--json']);
    expect(lastOf(end.stdout)).toMatchObject({ type: 'failed', error: { _tag: tag } });
    expect(end.code).toBe(code);
    expect(end.stderr).toMatch(/^partwise: .+\n$/);
  });

  test('is 3 for a key that is not there', async () => {
    const { words } = await arrange();
    const end = await runCli(words('oss://bucket/missing', '--json'), { env: SIGNED_IN });
    expect(lastOf(end.stdout)).toMatchObject({ error: { code: 'NoSuchKey' } });
    expect(end.code).toBe(3);
  });

  test('is 8 for an object that changes meanwhile', async () => {
    const changed = syntheticObject({ seed: 8, size: SIZE });
    const { server, words } = await arrange();
    server.put('bucket', 'key', ORIGINAL);
    server.setFaults([forMethod('GET', fault.changeObject(changed))]);
    const end = await runHere(words('oss://bucket/key', '--json'), { env: SIGNED_IN });
    expect(lastOf(end.stdout)).toMatchObject({ error: { _tag: 'ObjectChanged' } });
    expect(end.code).toBe(8);
  });

  test('is 5 for a folder that is missing, before anything is asked', async () => {
    const { server, folder } = await arrange();
    const target = join(folder, 'missing', 'object.bin');
    const words = ['get', SOURCE, target, '--endpoint', server.url, '--json'];
    const end = await runCli(words, { env: SIGNED_IN });
    expect(lastOf(end.stdout)).toMatchObject({ error: { _tag: 'DiskFailed', code: 'ENOENT' } });
    expect(end.code).toBe(5);
    expect(server.requests()).toEqual([]);
  });

  test('is 5 for a store that is a file', async () => {
    const { getHere, folder } = await arrange();
    await writeFile(join(folder, 'store'), '');
    expect((await getHere()).code).toBe(5);
  });
});

describe('a mistake on the command line', () => {
  test.each([
    ['--part-size', '99KB', '100 kB'],
    ['--part-size', 'big', '100 kB'],
    ['--concurrency', '0', '256'],
    ['--concurrency', '4x', '256'],
    ['--threshold', '-1', 'size'],
    ['--retries', '1001', '1000'],
    ['--retries', 'x', '1000'],
    ['--timeout', '0', '86400'],
    ['--timeout', 'never', '86400'],
    ['--if-exists', 'ask', 'overwrite or fail'],
    ['--verify-on-resume', 'afterBoot', 'always, after-boot or never'],
    ['--durability', 'some', 'full or none'],
    ['--mode', '888', 'octal'],
    ['--mode', '0400', 'that let the owner write'],
    ['--concurrency', '000', '256'],
    ['--part-size', 'unknown', '100 kB'],
    ['--trace', 'missing/trace', 'a file in a folder that exists'],
    ['--traffic-limit', '5', '819200'],
    ['--traffic-limit', '0005', '819200'],
    ['--region', 'Not/A/Region', 'cn-hangzhou'],
  ])('%s %s ends with 2 and says what is allowed', async (option, value, allowed) => {
    const { getHere, server } = await arrange();
    const { code, stdout, stderr } = await getHere(['--json', option, value]);
    expect(code).toBe(2);
    expect(stderr.split('\n')).toHaveLength(2);
    for (const word of [option, value, allowed]) expect(stderr).toContain(word);
    expect(jsonOf(stdout)).toEqual([
      { type: 'failed', resumable: false, error: expect.objectContaining({ option }) },
    ]);
    expect(server.requests()).toEqual([]);
  });

  test.each([
    [['get', '--json', 'oss://b/k', '--limit-rate', '1MB']],
    [['get', '--json', 'oss://b/k', '--part-sze', '1MB']],
    [['gte', '--json']],
    [['get', '--json', 'oss://bucket/k', '--region', 'cn-hangzhou', '--retries', 'x']],
    [['get', '--json']],
    [['get', '--json', 'a', 'b', 'c']],
    [['upload', '--json']],
    [['clean', '--json']],
    [['clean', 'a', '--all', '--json']],
  ])('%j ends with 2 and a failed line, too', async (words) => {
    const { code, stdout, stderr } = await runCli(words);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^partwise: .*[^.?!]\.\n$/);
    expect(jsonOf(stdout)).toMatchObject([
      {
        type: 'failed',
        error: { _tag: 'UsageError', allowed: expect.stringMatching(/[^.?!]$/) },
      },
    ]);
  });

  test('missing credentials are named, before anything is asked', async () => {
    const { get, server } = await arrange();
    const { code, stderr } = await get([], { env: {} });
    expect(code).toBe(2);
    expect(stderr).toContain('OSS_ACCESS_KEY_ID');
    expect(stderr).toContain('OSS_ACCESS_KEY_SECRET');
    expect(server.requests()).toEqual([]);
  });
});

describe('the file that partwise get leaves', () => {
  test('has the mode and the date that were asked for', async () => {
    const { getHere, target } = await arrange();
    const end = await getHere(['--mode', '640', '--preserve-mtime', '--durability', 'none']);
    expect(end.code).toBe(0);
    const { mode, mtimeMs } = await stat(target);
    expect(mode & 0o777).toBe(0o640);
    expect(mtimeMs).toBeLessThan(Date.now() - 86_400_000);
  });

  test('replaces none with --if-exists fail, and the exit code is 5', async () => {
    const { getHere, target } = await arrange();
    await writeFile(target, 'mine');
    const end = await getHere(['--if-exists', 'fail', '--json']);
    expect(lastOf(end.stdout)).toMatchObject({ error: { _tag: 'DiskFailed', code: 'EEXIST' } });
    expect(end.code).toBe(5);
    expect(await readFile(target, 'utf8')).toBe('mine');
    expect((await getHere(['--if-exists', 'overwrite'])).code).toBe(0);
    await expectOriginal(target);
  });
});

test('a disk without room ends with 5, and says how much is missing', async () => {
  const { words } = await arrange();
  const huge = words('oss://bucket/synthetic/7/8000TB');
  const { code, stdout } = await runHere([...huge, '--json'], { env: SIGNED_IN });
  const lines = jsonOf(stdout);
  expect(lines.at(-2)).toMatchObject({ type: 'paused', because: { _tag: 'DiskFull' } });
  expect(lines.at(-1)).toMatchObject({
    ...{ type: 'failed', resumable: true },
    error: { _tag: 'DiskFull', missing: expect.any(Number) },
  });
  expect(code).toBe(5);
  const people = await runHere(huge, { env: SIGNED_IN });
  expect(people.stderr).toMatch(/^partwise: The disk is full: [\d.]+ PB more are needed for .+$/m);
  expect(people.code).toBe(5);
});

test('a second process on the same file ends with 7 and names the first', async () => {
  const { words, getHere } = await arrange({
    faults: [forMethod('GET', fault.slow(200_000))],
  });
  const first = await startCli(words(SOURCE, '--json'), { env: SIGNED_IN });
  await first.until(({ stdout }) => stdout.includes('"progress"'));
  const second = await getHere(['--json']);
  expect(lastOf(second.stdout)).toMatchObject({
    ...{ type: 'failed', resumable: true },
    error: { _tag: 'Busy', pid: first.child.pid },
  });
  expect(second.code).toBe(7);
  expect(second.stderr).toContain(`Process ${first.child.pid} on `);
});

test('people are told what a failed download keeps', async () => {
  const { getHere } = await arrange({
    faults: [whenPart({ index: 2, size: 1_000_000 }, fault.reset)],
  });
  const { code, stderr } = await getHere(['--concurrency', '1']);
  expect(code).toBe(6);
  expect(stderr).toContain('Kept: 2 MB of 3 MB. The same command goes on from there.');
});
