/** Records that are torn, wrong or many: each has its verdict, and the file is right all the same. */
import { readFile, truncate, writeFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { loadCrc64 } from '../../src/effects/crc64.ts';
import { nodeFileSystem, nodeFolders } from '../../src/effects/file-system.node.ts';
import type { Probe } from '../../src/effects/object-storage.ts';
import { E, pipe, TE } from '../../src/fp.ts';
import type { DownloadEffects } from '../../src/machines/provide-effects.ts';
import { fileBreakpointStore } from '../../src/store/breakpoint-store.file.ts';
import { readJournal } from '../../src/store/journal.ts';
import { fault, whenPart } from '../../src/testing/index.ts';
import {
  halfDone,
  type Json,
  journalOf,
  overwrite,
  PUT,
  rewriteJournal,
  setHeader,
} from './durable-tools.ts';
import { contentOf, expectDone, fileAt, rangesOf, run, setScene } from './scene.ts';

const restarted = (because: unknown) => ({ _tag: 'Restarted', because });
const FOREIGN = restarted({ _tag: 'ForeignFormat' });
const ANOTHER = restarted({ _tag: 'AnotherDownload' });
const changed = (difference: string) => restarted({ _tag: 'ObjectChanged', difference });
const PLAN = restarted({ _tag: 'PlanInvalid' });

/** Facts of the half that is there, changed by `edit`. */
const editFacts =
  (edit: (facts: ReadonlyArray<unknown>) => ReadonlyArray<unknown>) =>
  (records: ReadonlyArray<Json>): ReadonlyArray<unknown> => [
    records[0],
    {
      type: 'facts',
      facts: edit(records.flatMap(({ facts }) => (Array.isArray(facts) ? facts : []))),
    },
  ];

describe('a record that is well-formed and wrong', () => {
  test.each<[string, string, unknown, unknown]>([
    ['B11 W5', 'format', 2, FOREIGN],
    ['B11 W5', 'identity', 'oss://elsewhere/examplebucket/other.bin', ANOTHER],
    ['B11 W5', 'target', '/somewhere/else.bin', ANOTHER],
    ['B11 W5', 'version.size', 9_999, changed('size')],
    ['B11 W5', 'version.size', 0, changed('size')],
    ['B11 W5', 'version.etag', '"OTHER"', changed('etag')],
    ['B11 W5', 'version.crc64', '7', changed('crc64')],
    ['B11 W5', 'plan.size', 0, PLAN],
    ['B11 W5', 'plan.size', 9_000, PLAN],
    ['B11 W5', 'plan.size', null, PLAN],
    ['B11 W5', 'plan.partSize', 0, PLAN],
    ['B11 W5', 'plan.partSize', 500, PLAN],
    ['B11 W5', 'plan.partCount', 5, PLAN],
    ['B11 W5', 'plan.partCount', 0, PLAN],
    ['B11 W5', 'plan.strategy', 'single', PLAN],
    ['B11 W5', 'plan.strategy', 'guess', FOREIGN],
    ['B11 W5', 'plan.partSize', -1_000, FOREIGN],
    ['B11 W5', 'plan.partSize', 1_000.5, FOREIGN],
    ['B11 W5', 'plan', null, FOREIGN],
    ['B11 W5', 'partFile.path', '/etc/hostname', restarted({ _tag: 'PartFileMissing' })],
    ['B11 W5', 'partFile.identity', '1', restarted({ _tag: 'PartFileReplaced' })],
    ['B11 W5', 'createdAtMs', 'yesterday', FOREIGN],
    ['B11 W5', 'bootId', 7, FOREIGN],
  ])('%s: %s %j is told apart', async (_, field, value, verdict) => {
    const scene = await halfDone();
    await setHeader(scene, field, value);
    const done = await run(scene);
    expect(done.verdict).toEqual(verdict);
    expect(done.error).toBeNull();
    expect(done.outcome).toMatchObject({ resumedBytes: 0, fetchedBytes: 10_000 });
    expect((await fileAt(scene.target))?.equals(scene.content)).toBe(true);
    await expect(journalOf(scene)).rejects.toThrow();
  });

  test('B11: a server that gives no ranges any more is told apart', async () => {
    const scene = await halfDone();
    const rangeless = TE.map((probe: Probe) => ({ ...probe, acceptsRanges: false }));
    const change = ({ storage, ...effects }: DownloadEffects): DownloadEffects => ({
      ...effects,
      storage: { ...storage, probe: (signal) => rangeless(storage.probe(signal)) },
    });
    const done = await run(scene, { change });
    expect(done.verdict).toEqual(restarted({ _tag: 'NoRanges' }));
    expect(done.events).toContainEqual({ type: 'verdict', verdict: done.verdict });
    await expectDone(scene, done);
  });

  test('B11 W5: version.versionId of another version is told apart', async () => {
    const scene = await halfDone({ put: { ...PUT, versionId: 'v1' } });
    await setHeader(scene, 'version.versionId', 'v2');
    const done = await run(scene);
    expect(done.verdict).toEqual(changed('versionId'));
    await expectDone(scene, done);
  });

  test.each<[string, (facts: ReadonlyArray<unknown>) => ReadonlyArray<unknown>, unknown]>([
    ['a part 0', (facts) => [...facts, [0, 1_000, '1']], PLAN],
    ['a part beyond the last', (facts) => [...facts, [11, 1_000, '1']], PLAN],
    ['more bytes than the part has', (facts) => [...facts, [6, 1_001, '1']], PLAN],
    ['a negative length', (facts) => [...facts, [6, -1, '1']], FOREIGN],
    ['a length that is no whole number', (facts) => [...facts, [6, 0.5, '1']], FOREIGN],
    ['a checksum that is a number', (facts) => [...facts, [6, 1_000, 1]], FOREIGN],
    ['a part that is text', (facts) => [...facts, ['6', 1_000, '1']], FOREIGN],
  ])('B11 W5: facts with %s are told apart', async (_, edit, verdict) => {
    const scene = await halfDone();
    await rewriteJournal(scene, editFacts(edit));
    const done = await run(scene);
    expect(done.verdict).toEqual(verdict);
    expect(done.error).toBeNull();
    expect((await fileAt(scene.target))?.equals(scene.content)).toBe(true);
  });

  test.each<[string, (facts: ReadonlyArray<unknown>) => ReadonlyArray<unknown>, number]>([
    ['parts that never came', (facts) => [...facts, [8, 1_000, '1'], [9, 1_000, '2']], 5],
    [
      'other checksums',
      (facts) => facts.map((fact) => [...(fact as ReadonlyArray<unknown>).slice(0, 2), '3']),
      10,
    ],
    [
      'shorter lengths',
      (facts) => facts.map((fact) => [(fact as ReadonlyArray<unknown>)[0], 999, '3']),
      10,
    ],
    ['nothing at all', () => [], 10],
  ])('W5: facts with %s are found wrong by reading', async (_, edit, fetched) => {
    const scene = await halfDone();
    await rewriteJournal(scene, editFacts(edit));
    const done = await run(scene, { lanes: 2 });
    expect(done.verdict?._tag).toBe('Resumed');
    expect(done.fetches).toHaveLength(fetched);
    await expectDone(scene, done);
  });

  test('W5: "final" although parts are missing does not make a file of what is there', async () => {
    const scene = await halfDone();
    await rewriteJournal(scene, (records) => [...records, { type: 'final', crc64: '1' }]);
    const done = await run(scene);
    expect(done.outcome).toMatchObject({ resumedBytes: 5_000, fetchedBytes: 5_000 });
    await expectDone(scene, done);
  });

  test('W5: a record that cannot succeed fails one run at most', async () => {
    const scene = await halfDone();
    await setHeader(scene, 'version.crc64', '7');
    await rewriteJournal(scene, (records) => [...records, { type: 'final', crc64: '7' }]);
    await run(scene);
    await expectDone(scene, await run(scene));
  });
});

describe('a torn record', () => {
  test('W7 at every offset of its last frame loses that frame, and nothing else', async () => {
    const journal = await readFile(await journalOf(await halfDone()));
    const { payloads = [] } = readJournal(journal, await loadCrc64()) ?? {};
    const last = 12 + Buffer.byteLength(payloads.at(-1) ?? '');
    for (let cut = 1; cut <= last; cut += 16) {
      const scene = await halfDone();
      const own = await journalOf(scene);
      await truncate(own, (await readFile(own)).length - cut);
      const done = await run(scene);
      expect(done.verdict, `cut by ${cut}`).toMatchObject({ _tag: 'Resumed' });
      await expectDone(scene, done);
    }
  });

  test('W7 whose tail is zeros, as after a power cut, is continued before them', async () => {
    const scene = await halfDone();
    const path = await journalOf(scene);
    const journal = await readFile(path);
    await writeFile(path, Buffer.concat([journal, Buffer.alloc(512)]));
    const done = await run(scene);
    expect(done.verdict).toMatchObject({ bytes: 5_000, tornAt: journal.length });
    expect(rangesOf(done.fetches)[0]).toBe('bytes=5000-5999');
    await expectDone(scene, done);
  });

  test('W7 in the middle keeps what stands before it', async () => {
    const scene = await halfDone();
    await rewriteJournal(scene, ([head, ...rest]) => {
      const facts = rest.flatMap((it) => (Array.isArray(it['facts']) ? it['facts'] : []));
      return [head, ...facts.map((fact) => ({ type: 'facts', facts: [fact] }))];
    });
    const path = await journalOf(scene);
    const { payloads = [] } = readJournal(await readFile(path), await loadCrc64()) ?? {};
    const at = (await readFile(path)).indexOf(payloads[3] ?? '');
    await overwrite(path, at + 30, Buffer.from('~'));
    const done = await run(scene);
    expect(done.verdict).toMatchObject({ _tag: 'Resumed', bytes: 2_000, tornAt: at - 12 });
    await expectDone(scene, done);
  });
});

describe('many parts', () => {
  /** Bytes that a download of so many parts writes into its journal, a checkpoint each 10 parts. */
  const journalBytes = async (parts: number): Promise<number> => {
    const scene = await setScene({ content: contentOf(parts * 100) });
    let written = 0;
    const done = await run(scene, {
      partSize: 100,
      lanes: 8,
      change: (effects) => ({
        ...effects,
        checkpointBytes: 1_000,
        storage: {
          ...effects.storage, // The network is not what is measured.
          fetchRange:
            ({ range }, sink) =>
            async () => {
              await sink.write(scene.content.subarray(range.start, range.end));
              return E.right(range.end - range.start) as never;
            },
        },
        breakpoints: fileBreakpointStore({
          folder: scene.store,
          folders: nodeFolders,
          loadChecksum: loadCrc64,
          files: {
            ...nodeFileSystem,
            create: (path) =>
              pipe(
                nodeFileSystem.create(path),
                TE.map((file) => ({
                  ...file,
                  writeAt: (chunks, position) => {
                    for (const chunk of chunks) written += chunk.length;
                    return file.writeAt(chunks, position);
                  },
                })),
              ),
          },
        }),
      }),
    });
    await expectDone(scene, done);
    return written;
  };

  test('W6 cost a journal that is linear in their number', async () => {
    const small = await journalBytes(1_000);
    const large = await journalBytes(10_000);
    console.info(`journal: ${small} bytes for 1 000 parts, ${large} for 10 000`);
    expect(large / 10_000).toBeLessThan(100); // The reference writes 460 000 per part.
    expect(large).toBeLessThan(12 * small);
  });
});

describe('parts that end in any order', () => {
  test('W8 are all remembered, not only those before the first gap', async () => {
    const scene = await setScene();
    scene.server.setFaults([whenPart({ index: 0, size: 1_000 }, fault.stallAfter(0))]);
    const first = await run(scene, {
      lanes: 2,
      begun: (job) => {
        job.on('progress', ({ progress }) => {
          if (progress.written === 9_000) job.cancel({ keep: true });
        });
      },
    });
    expect(first.error).toEqual({ _tag: 'Cancelled' });
    scene.server.setFaults([]);
    const done = await run(scene);
    expect(done.verdict).toMatchObject({ _tag: 'Resumed', bytes: 9_000 });
    expect(rangesOf(done.fetches)).toEqual(['bytes=0-999']);
    await expectDone(scene, done);
  });
});
