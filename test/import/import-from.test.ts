/** `get --import-from` and `importBreakpoint` on a real disk, with the embedded server. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { staticCredentials } from '../../src/effects/credentials.ts';
import { pythonSdkRecordName } from '../../src/import/python-sdk-record.ts';
import { DownloadFailed, download, importBreakpoint, ossObject } from '../../src/index.ts';
import { DEMO_ACCOUNT, startOssServer, syntheticObject } from '../../src/testing/index.ts';
import { jsonOf, SIGNED_IN } from '../cli/run-cli.ts';
import { runHere } from '../cli/run-here.ts';
import { pythonJson, recordOf, TMP_SUFFIX, temporaryOf } from './python-sdk-leftover.ts';

const BUCKET = 'examplebucket';
const KEY = 'exampledir/例 object.bin';
const MTIME = 1_704_164_645;
const CONTENT = syntheticObject({ seed: 3, size: 1_000_003 }).read(0, 1_000_003);

/** Parts 1, 2 and 4 of ten are there, in the SDK's way. */
const arrange = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'partwise-import-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const server = await startOssServer();
  onTestFinished(server.close);
  server.put(BUCKET, KEY, CONTENT, { lastModified: MTIME * 1000 });
  const target = join(folder, 'object.bin');
  const from = join(folder, '.py-oss-download');
  const options = { content: CONTENT, partSize: 102_400, done: [2, 1, 4], target, key: KEY };
  const recordName = pythonSdkRecordName({
    ...{ source: { bucket: BUCKET, key: KEY, versionId: null }, target },
  });
  const record = join(from, recordName);
  await mkdir(from);
  await writeFile(record, pythonJson(recordOf({ ...options, mtime: MTIME })));
  const temporary = temporaryOf(options);
  await writeFile(`${target}${TMP_SUFFIX}`, temporary);
  const store = join(folder, 'store');
  const get = (...more: ReadonlyArray<string>) =>
    runHere(
      [
        ...['get', `oss://${BUCKET}/${KEY}`, target, '--endpoint', server.url],
        ...['--store', store, '--concurrency', '1', '--import-from', from, ...more],
      ],
      { env: SIGNED_IN },
    );
  const ranges = () =>
    server
      .requests()
      .filter(({ method }) => method === 'GET')
      .map(({ range }) => range);
  return { server, folder, target, from, record, temporary, store, get, ranges };
};

const MISSING = [
  'bytes=204800-307199',
  ...[4, 5, 6, 7, 8].map((n) => `bytes=${n * 102_400}-${(n + 1) * 102_400 - 1}`),
  'bytes=921600-1000002',
];

const expectDone = async ({ folder, target }: { folder: string; target: string }) => {
  expect((await readFile(target)).equals(CONTENT)).toBe(true);
  expect((await readdir(folder)).sort()).toEqual(['.py-oss-download', 'object.bin', 'store']);
};

describe('partwise get --import-from', () => {
  test('fetches only what the SDK did not, and says so', async () => {
    const world = await arrange();
    const { code, stderr } = await world.get();
    expect(stderr).toContain('imported 307200 bytes in 3 parts (0 damaged)\n');
    expect(stderr).toContain('307.2 kB of it resumed');
    expect({ code, ranges: world.ranges() }).toEqual({ code: 0, ranges: MISSING });
    await expectDone(world);
    expect(await readdir(world.from)).toEqual([]);
  });

  test('--json tells it first, --quiet not at all', async () => {
    const told = await (await arrange()).get('--json');
    const imported = { type: 'imported', parts: 3, bytes: 307_200, damaged: 0 };
    expect(jsonOf(told.stdout)[0]).toEqual(imported);
    expect(told.stderr).toBe('');
    expect(await (await arrange()).get('--quiet')).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  test('fetches a damaged part again', async () => {
    const world = await arrange();
    world.temporary[102_400]! ^= 0x80;
    await writeFile(`${world.target}${TMP_SUFFIX}`, world.temporary);
    const { stderr } = await world.get();
    expect(stderr).toContain('imported 204800 bytes in 2 parts (1 damaged)\n');
    expect(world.ranges()).toEqual(['bytes=102400-204799', ...MISSING]);
    await expectDone(world);
  });

  test('goes on where there is no record, and says so', async () => {
    const world = await arrange();
    await rm(world.record);
    await rm(`${world.target}${TMP_SUFFIX}`);
    const { code, stderr } = await world.get();
    expect(code).toBe(0);
    expect(stderr).toContain(`Nothing imported: there is no record "${world.record}".\n`);
    await expectDone(world);
  });

  test('goes on afresh where the record is unusable, and names the reason', async () => {
    const world = await arrange();
    await writeFile(world.record, '{"op_type": "Resumable');
    const { code, stdout, stderr } = await world.get('--json');
    const [path, flaw] = [world.record, { _tag: 'NotJson' }];
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(jsonOf(stdout)[0]).toEqual({
      type: 'notImported',
      because: { _tag: 'RecordFlawed', path, flaw },
    });
    expect((await readFile(world.target)).equals(CONTENT)).toBe(true);
    expect(await readdir(world.folder)).toContain(`object.bin${TMP_SUFFIX}`);
  });

  test('is for oss:// sources, and names a folder', async () => {
    const { target, server } = await arrange();
    const words = ['get', 'http://127.0.0.1:1/a', target, '--import-from', 'x'];
    expect((await runHere(words)).stderr).toContain('--import-from: "x" is not allowed');
    const empty = ['get', `oss://${BUCKET}/a`, target, '--endpoint', server.url];
    const ended = await runHere([...empty, '--import-from', ''], { env: SIGNED_IN });
    expect(ended).toMatchObject({ code: 2 });
    expect(server.requests()).toEqual([]);
  });
});

describe('importBreakpoint of the package', () => {
  test('is what a download goes on from', async () => {
    const { server, target, from, store, ranges, folder } = await arrange();
    const source = ossObject({ endpoint: server.url, bucket: BUCKET, key: KEY });
    const imported = await importBreakpoint({ source, target, from, store });
    expect(imported).toEqual({ _tag: 'Imported', parts: 3, bytes: 307_200, damaged: 0 });
    const credentials = staticCredentials(DEMO_ACCOUNT);
    const { done } = download({ source, target, store, credentials, concurrency: 1 });
    expect(await done).toMatchObject({ resumedBytes: 307_200, fetchedBytes: 692_803 });
    expect(ranges()).toEqual(MISSING);
    await expectDone({ folder, target });
  });

  test('rejects with Cancelled when its signal aborted', async () => {
    const { server, target, from, store } = await arrange();
    const source = ossObject({ endpoint: server.url, bucket: BUCKET, key: KEY });
    const signal = AbortSignal.abort();
    const ended = await importBreakpoint({ source, target, from, store, signal }).catch((it) => it);
    expect(ended).toBeInstanceOf(DownloadFailed);
    expect(ended).toMatchObject({ error: { _tag: 'Cancelled' }, resumable: true });
  });
});
