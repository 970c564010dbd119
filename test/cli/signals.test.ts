/** Ctrl-C and `kill`: everything that arrived is kept, and the next run goes on from there. */
import { mkdir, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { pythonSdkRecordName } from '../../src/import/python-sdk-record.ts';
import {
  type FaultOrRule,
  fault,
  forMethod,
  type OssServer,
  syntheticObject,
} from '../../src/testing/index.ts';
import { pythonJson, recordOf, TMP_SUFFIX } from '../import/python-sdk-leftover.ts';
import { jsonOf, runCli, SIGNED_IN, serve, startCli, temporaryFolder } from './run-cli.ts';

const SIZE = 6_000_000;
const ORIGINAL = syntheticObject({ seed: 7, size: SIZE });

const arrange = async (...faults: ReadonlyArray<FaultOrRule>) => {
  const server = await serve({ anonymousRead: true, faults });
  const folder = await temporaryFolder();
  const target = join(folder, 'my object.bin');
  const words = (source: string, ...more: ReadonlyArray<string>) => [
    ...['get', source, target, '--store', join(folder, 'store')],
    ...['--part-size', '1MB', '--threshold', '0', '--concurrency', '2', ...more],
  ];
  const oss = (...more: ReadonlyArray<string>) =>
    words(`oss://bucket/synthetic/7/${SIZE}`, '--endpoint', server.url, ...more);
  return { server, folder, target, words, oss };
};

const SLOW = forMethod('GET', fault.slow(1_000_000));
const urlOf = (server: OssServer, query = '') => `${server.url}/bucket/synthetic/7/${SIZE}${query}`;

/** Has so much been received, by the last line of progress? */
const hasReceived = (least: number) => (written: { readonly stdout: string }) => {
  const lines = written.stdout.slice(0, written.stdout.lastIndexOf('\n') + 1);
  return jsonOf(lines).some((line) => {
    const progress = line['progress'] as { readonly received: number } | undefined;
    return (progress?.received ?? 0) >= least;
  });
};

describe('a signal', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s keeps what arrived, and the same command resumes', async (signal, code) => {
    const { server, target, oss } = await arrange(SLOW);
    const run = await startCli(oss('--json'), { env: SIGNED_IN });
    await run.until(hasReceived(2_000_000));
    run.child.kill(signal);
    const end = await run.end;
    const failed = { type: 'failed', error: { _tag: 'Cancelled' }, resumable: true };
    expect(jsonOf(end.stdout).at(-1)).toEqual(failed);
    expect(end.code).toBe(code);
    expect(end.stderr).toMatch(/Stopped after [\d.]+ MB of 6 MB/);

    server.setFaults([]);
    const again = await runCli(oss('--json'), { env: SIGNED_IN });
    const lines = jsonOf(again.stdout);
    expect(lines[1]).toMatchObject({ type: 'verdict', verdict: { _tag: 'Resumed' } });
    const { resumedBytes, fetchedBytes } = lines.at(-1) as Record<string, number>;
    expect(resumedBytes).toBeGreaterThanOrEqual(2_000_000);
    expect(resumedBytes! + fetchedBytes!).toBe(SIZE);
    expect((await readFile(target)).equals(ORIGINAL.read(0, SIZE))).toBe(true);
  });

  test('is answered with a command line that resumes, as it was typed', async () => {
    const { target, oss } = await arrange(SLOW);
    const words = oss();
    const run = await startCli(words, { env: SIGNED_IN });
    await run.until(({ stderr }) => stderr.includes('in flight'));
    run.child.kill('SIGINT');
    const { code, stderr } = await run.end;
    expect(code).toBe(130);
    const command = /To resume: (.*)\n/.exec(stderr)?.[1] ?? '';
    const quoted = words.map((word) => (word === target ? `'${word}'` : word)).join(' ');
    expect(command.endsWith(` ${quoted}`)).toBe(true);
  });

  test('does not repeat a URL or a header that may be secret', async () => {
    const { server, words } = await arrange(SLOW);
    for (const more of [
      [urlOf(server, '?token=hunter2')],
      [urlOf(server), '--header', 'x-secret: hunter2'],
    ]) {
      const [source = '', ...options] = more;
      const run = await startCli(words(source, ...options));
      await run.until(({ stderr }) => stderr.includes('in flight'));
      run.child.kill('SIGINT');
      const { stdout, stderr } = await run.end;
      expect(stderr).toContain('To resume: the same command');
      expect(stdout + stderr).not.toContain('hunter2');
    }
  });

  test('before anything is planned ends in order, too', async () => {
    const { server, folder, oss } = await arrange(fault.delayHead(60_000));
    const run = await startCli(oss('--json'), { env: SIGNED_IN });
    while (server.requests().length === 0) await new Promise(setImmediate);
    run.child.kill('SIGTERM');
    const end = await run.end;
    expect(end.code).toBe(143);
    expect(jsonOf(end.stdout)).toEqual([
      { type: 'failed', error: { _tag: 'Cancelled' }, resumable: true },
    ]);
    expect(await readdir(folder)).toEqual([]);
  });

  test('with --quiet prints nothing', async () => {
    const { server, oss } = await arrange(SLOW);
    const run = await startCli(oss('--quiet'), { env: SIGNED_IN });
    while (server.requests().length < 2) await new Promise(setImmediate);
    run.child.kill('SIGINT');
    expect(await run.end).toEqual({ code: 130, stdout: '', stderr: '' });
  });

  test('twice ends at once', async () => {
    const { oss } = await arrange(SLOW);
    const run = await startCli(oss('--json'), { env: SIGNED_IN });
    await run.until(hasReceived(1));
    // Both are pending when the process looks: the first one asks, the second one insists.
    run.child.kill('SIGSTOP');
    run.child.kill('SIGTERM');
    run.child.kill('SIGINT');
    run.child.kill('SIGCONT');
    const end = await run.end;
    expect([130, 143]).toContain(end.code);
    expect(jsonOf(end.stdout).map(({ type }) => type)).not.toContain('failed');
  });

  test('says so where nothing can be kept', async () => {
    const { folder, oss } = await arrange(SLOW);
    const run = await startCli(oss('--json', '--threshold', '1GB'), { env: SIGNED_IN });
    await run.until(hasReceived(500_000));
    run.child.kill('SIGINT');
    const end = await run.end;
    expect(end.code).toBe(130);
    expect(end.stderr).toContain('will start over');
    expect(jsonOf(end.stdout).at(-1)).toMatchObject({ type: 'failed', resumable: false });
    expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([]);
  });
});

describe('a signal while --import-from reads what the Python SDK left', () => {
  /** A part that takes minutes to read, and no room on disk. */
  const ENDLESS = 64e9;

  const arrangeImport = async () => {
    const { server, folder, target } = await arrange();
    const [from, store] = [join(folder, 'sdk'), join(folder, 'store')];
    const source = { bucket: 'bucket', key: 'key', versionId: null };
    const record = recordOf({
      ...source,
      content: new Uint8Array(),
      partSize: 5e9,
      done: [],
      target,
    });
    const parts = [{ part_number: 1, start: 0, end: 5e9, part_crc: 0 }];
    await mkdir(from);
    const path = join(from, pythonSdkRecordName({ source, target }));
    await writeFile(path, pythonJson({ ...record, size: ENDLESS, parts }));
    const temporary = `${target}${TMP_SUFFIX}`;
    await writeFile(temporary, '');
    await truncate(temporary, ENDLESS);
    const words = ['get', 'oss://bucket/key', target, '--endpoint', server.url, '--store', store];
    const isReading = async () => (await readdir(store).catch(() => [])).length > 0;
    const left = async () => [await readdir(store), await readdir(from), await readdir(folder)];
    return { server, path, temporary, words: [...words, '--import-from', from], isReading, left };
  };

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s touches nothing, tells it once, and ends with %i', async (signal, code) => {
    const { words, isReading, left, path, temporary, server } = await arrangeImport();
    const run = await startCli([...words, '--json'], { env: SIGNED_IN });
    while (!(await isReading())) await new Promise(setImmediate);
    run.child.kill(signal);
    const end = await run.end;
    const failed = { type: 'failed', error: { _tag: 'Cancelled' }, resumable: true };
    expect({ code: end.code, lines: jsonOf(end.stdout) }).toEqual({ code, lines: [failed] });
    expect(end.stderr).toContain('To go on: ');
    const files = [basename(temporary), 'sdk', 'store'];
    expect(await left()).toEqual([[], [basename(path)], files]);
    expect(server.requests()).toEqual([]);
  });
});
