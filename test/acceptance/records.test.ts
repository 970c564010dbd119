/** Records that cannot be continued: each is told apart, and the download succeeds all the same. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { loadCrc64 } from '../../src/effects/crc64.ts';
import { encodeFrame, JOURNAL_MAGIC, readJournal } from '../../src/store/journal.ts';
import { fault, type PutOptions, whenPart } from '../../src/testing/index.ts';
import {
  answered,
  BUCKET,
  contentOf,
  expectDone,
  fileAt,
  journals,
  KEY,
  partFiles,
  type Run,
  run,
  type Scene,
  setScene,
} from './scene.ts';

const ETAG = 'FIXED';
const MODIFIED = Date.UTC(2024, 0, 1);
const PUT: PutOptions = { etag: ETAG, lastModified: MODIFIED };

/** Half of ten parts are there; the server would give the rest. */
const halfDone = async (): Promise<Scene> => {
  const scene = await setScene({ put: PUT });
  scene.server.setFaults([whenPart({ index: 5, size: 1_000 }, fault.refuse(403, 'AccessDenied'))]);
  const failed = await run(scene);
  expect(failed.error?._tag).toBe('ServerRefused');
  scene.server.setFaults([]);
  return scene;
};

/** Writes the scene's journal anew, its records changed by `edit`; frames and checksums are right. */
const rewrite = async (
  scene: Scene,
  edit: (records: ReadonlyArray<Json>) => ReadonlyArray<unknown>,
): Promise<void> => {
  const crc64Of = await loadCrc64();
  const [path = ''] = await journals(scene.store);
  const payloads = readJournal(await readFile(path), crc64Of)?.payloads ?? [];
  const records = edit(payloads.map((payload) => JSON.parse(payload) as Json));
  const frames = records.map((record) => encodeFrame(JSON.stringify(record), crc64Of));
  await writeFile(path, Buffer.concat([JOURNAL_MAGIC, ...frames]));
};

type Json = { readonly [name: string]: unknown };

/** Changes a field of the journal's header; undefined takes it away. */
const setHeader = (scene: Scene, field: string, value: unknown): Promise<void> =>
  rewrite(scene, ([head, ...rest]) => {
    const header = { ...(head?.['header'] as Json), [field]: value };
    return [{ ...head, header }, ...rest];
  });

/** Everything was fetched anew, and the file is right. Part files nobody knows of may stay. */
const expectFresh = async (scene: Scene, done: Run, content = scene.content): Promise<void> => {
  expect(done.error).toBeNull();
  expect(answered(done.fetches)).toHaveLength(Math.ceil(content.length / 1_000));
  expect(done.outcome).toMatchObject({ resumedBytes: 0, fetchedBytes: content.length });
  expect((await fileAt(scene.target))?.equals(content)).toBe(true);
  expect(await journals(scene.store)).toEqual([]);
};

const FOREIGN = { _tag: 'Restarted', because: { _tag: 'ForeignFormat' } };

describe('a record of run 1', () => {
  test('is continued when nobody touched it', async () => {
    const scene = await halfDone();
    await rewrite(scene, (records) => records);
    const done = await run(scene);
    expect(done.verdict).toMatchObject({ _tag: 'Resumed', bytes: 5_000 });
    await expectDone(scene, done);
  });

  test.each([
    ['format', '1'],
    ['identity', 7],
    ['partFile', 'object.bin.00000000.part'],
    ['version', []],
    ['plan', { strategy: 'parts', size: '10000' }],
  ])('A9 with a field "%s" of a wrong type is not believed', async (field, value) => {
    const scene = await halfDone();
    await setHeader(scene, field, value);
    const done = await run(scene);
    expect(done.verdict).toEqual(FOREIGN);
    await expectFresh(scene, done);
  });

  test.each([
    ['a part that is none', [1.5, 1_000, '0']],
    ['a negative length', [1, -1, '0']],
    ['a checksum that is a number', [1, 1_000, 7]],
  ])('A9 with facts of %s is not believed', async (_, fact) => {
    const scene = await halfDone();
    await rewrite(scene, (records) => [...records, { type: 'facts', facts: [fact] }]);
    const done = await run(scene);
    expect(done.verdict).toEqual(FOREIGN);
    await expectFresh(scene, done);
  });

  test.each([
    ['of a part beyond the last', [11, 10, '0']],
    ['of part 0', [0, 10, '0']],
    ['longer than the part', [1, 1_001, '0']],
  ])('A9 with facts %s does not fit its own plan', async (_, fact) => {
    const scene = await halfDone();
    await rewrite(scene, (records) => [...records, { type: 'facts', facts: [fact] }]);
    const done = await run(scene);
    expect(done.verdict).toEqual({ _tag: 'Restarted', because: { _tag: 'PlanInvalid' } });
    await expectFresh(scene, done);
    expect(await partFiles(scene.target)).toEqual([]);
  });

  test.each(['identity', 'target', 'partFile', 'version', 'plan'])(
    'A10 without the field "%s" is not believed',
    async (field) => {
      const scene = await halfDone();
      await setHeader(scene, field, undefined);
      const done = await run(scene);
      expect(done.verdict).toEqual(FOREIGN);
      await expectFresh(scene, done);
    },
  );

  test('A11 that was deleted means a fresh download', async () => {
    const scene = await halfDone();
    for (const path of await journals(scene.store)) await rm(path);
    const done = await run(scene);
    expect(done.verdict).toEqual({ _tag: 'Fresh' });
    await expectFresh(scene, done);
  });

  test.each([
    ['is empty', Buffer.alloc(0)],
    ['is only the magic word', JOURNAL_MAGIC],
    ['has another magic word', Buffer.from('{"op_type":"ResumableDownload"}')],
    ['is noise', contentOf(500)],
    ['has a length that lies', Buffer.concat([JOURNAL_MAGIC, Buffer.alloc(12, 0xff)])],
  ])('A12 that %s cannot be decoded', async (_, content) => {
    const scene = await halfDone();
    for (const path of await journals(scene.store)) await writeFile(path, content);
    const done = await run(scene);
    expect(done.verdict).toEqual(FOREIGN);
    await expectFresh(scene, done);
  });

  test('A12 whose last frame is torn is continued without it', async () => {
    const scene = await halfDone();
    const [path = ''] = await journals(scene.store);
    const whole = await readFile(path);
    await writeFile(path, whole.subarray(0, whole.length - 1));
    const done = await run(scene);
    expect(done.verdict).toMatchObject({ _tag: 'Resumed', bytes: 0, tornAt: expect.any(Number) });
    await expectDone(scene, done);
  });

  test('A12 whose last frame has another digit is continued without it', async () => {
    const scene = await halfDone();
    const [path = ''] = await journals(scene.store);
    const content = await readFile(path);
    const digit = content.lastIndexOf('1000');
    content.write('2', digit);
    await writeFile(path, content);
    const done = await run(scene);
    expect(done.verdict).toMatchObject({ _tag: 'Resumed', bytes: 0, tornAt: expect.any(Number) });
    await expectDone(scene, done);
  });

  test('A9 that names a stranger as its part file does not touch it', async () => {
    const scene = await halfDone();
    const stranger = `${scene.folder}/letter.txt`;
    await writeFile(stranger, 'dear reader');
    await setHeader(scene, 'partFile', { path: stranger, identity: '1' });
    const done = await run(scene);
    expect(done.verdict).toEqual({ _tag: 'Restarted', because: { _tag: 'PartFileMissing' } });
    await expectFresh(scene, done);
    expect(String(await fileAt(stranger))).toBe('dear reader');
  });
});

describe('an object that is another one in run 2', () => {
  test.each<[string, Uint8Array, PutOptions]>([
    ['etag', contentOf(10_000, 2), { ...PUT, etag: 'OTHER' }],
    ['size', contentOf(9_000), PUT],
    ['size', contentOf(11_000), PUT],
    ['lastModified', contentOf(10_000, 2), { ...PUT, lastModified: MODIFIED + 1_000 }],
    ['crc64', contentOf(10_000, 2), PUT],
  ])('A13 differs in its %s: it is fetched anew, the old part file is gone', async (...given) => {
    const [difference, content, put] = given;
    const scene = await halfDone();
    const [old = ''] = await partFiles(scene.target);
    scene.server.put(BUCKET, KEY, content, put);
    const done = await run(scene);
    const because = { _tag: 'ObjectChanged', difference };
    expect(done.verdict).toEqual({ _tag: 'Restarted', because });
    await expectDone(scene, done, { content });
    await expectFresh(scene, done, content);
    expect(await fileAt(old)).toBeNull();
  });
});
