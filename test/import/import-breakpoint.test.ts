/** Imports on a simulated disk: what they believe, what they refuse, and where they may crash. */
import assert from 'node:assert/strict';
import { describe, expect, test } from 'vitest';
import type { ErrorOf } from '../../src/domain/errors.ts';
import { partFileName } from '../../src/domain/part-file-name.ts';
import { E, TE } from '../../src/fp.ts';
import { importBreakpoint } from '../../src/import/import-breakpoint.ts';
import { describeImport, type ImportRefusal } from '../../src/import/import-outcome.ts';
import { fileClaims } from '../../src/store/claims.file.ts';
import { fuse } from '../../src/testing/simulation/fuse.ts';
import {
  CONTENT,
  DONE,
  FROM,
  filesOf,
  importWorld,
  outcomeOf,
  STORE,
  sourceOf,
  TARGET,
  TEMPORARY,
  type World,
} from './import-world.ts';
import { pythonJson, recordOf, temporaryOf } from './python-sdk-leftover.ts';

/** Bytes of the parts in `DONE`; part 6 is missing. */
const INTACT = 850;
const OPTIONS = { content: CONTENT, partSize: 150, done: DONE, target: TARGET };

const damagedAt = (...offsets: ReadonlyArray<number>): Uint8Array => {
  const temporary = temporaryOf(OPTIONS);
  for (const offset of offsets) temporary[offset]! ^= 1;
  return temporary;
};

const expectIdentical = ({ disk }: World): void => {
  expect(disk.contentOf(TARGET)).toEqual(CONTENT);
  expect(disk.paths()).toEqual([TARGET]);
};

describe('importBreakpoint', () => {
  test('leaves a breakpoint from which only the missing part is fetched', async () => {
    const world = await importWorld();
    const imported = outcomeOf((await world.runImport()).result);
    expect(imported).toEqual({ _tag: 'Imported', parts: 6, bytes: INTACT, damaged: 0 });
    expect(describeImport(imported)).toBe('imported 850 bytes in 6 parts (0 damaged)');
    const { outcome, asked } = await world.runDownload();
    expect(asked).toEqual([{ start: 750, end: 900 }]);
    expect(outcome).toMatchObject({ resumedBytes: INTACT, fetchedBytes: 150 });
    expectIdentical(world);
  });

  test('takes everything over: a part file beside the target, a journal, nothing else', async () => {
    const world = await importWorld();
    await world.runImport();
    const [part = '', journal = '', ...others] = [...filesOf(world).keys()];
    expect(part).toMatch(/^\/data\/object\.bin\.partwise-[0-9a-f]{8}\.part$/);
    expect(journal).toMatch(/^\/home\/\.partwise\/[0-9a-f]{32}\.journal$/);
    expect(others).toEqual([]);
    expect(world.disk.contentOf(part)).toHaveLength(CONTENT.length);
  });

  test('writes down what the record says of the object, and of no boot', async () => {
    const world = await importWorld({ source: sourceOf('CAEQ') });
    await world.runImport();
    const { effects } = world.begin(fuse(Infinity, false));
    const [key = ''] = E.getOrElse((): ReadonlyArray<string> => [])(
      await effects.breakpoints.list()(),
    );
    const reading = await effects.breakpoints.read(key)();
    assert.ok(E.isRight(reading) && reading.right._tag === 'Found');
    const { header, facts } = reading.right.breakpoint;
    expect(header).toMatchObject({
      version: {
        size: 1_000,
        etag: expect.stringMatching(/^"\d+"$/),
        lastModified: 'Tue, 02 Jan 2024 03:04:05 GMT',
        crc64: null,
        versionId: 'CAEQ',
      },
      plan: { strategy: 'parts', size: 1_000, partSize: 150, partCount: 7 },
      bootId: null,
    });
    expect([...facts.keys()]).toEqual([1, 2, 3, 4, 5, 7]);
    expect([...facts.values()].map(({ bootId }) => bootId)).toEqual(Array(6).fill(null));
  });

  for (const verifyOnResume of ['always', 'afterBoot', 'never'] as const) {
    test(`believes no damaged part, whoever resumes with '${verifyOnResume}'`, async () => {
      const world = await importWorld({ temporary: damagedAt(0, 999) });
      const imported = outcomeOf((await world.runImport()).result);
      expect(imported).toEqual({ _tag: 'Imported', parts: 4, bytes: 600, damaged: 2 });
      const { askedBytes, outcome } = await world.runDownload({ verifyOnResume });
      expect({ askedBytes, resumed: outcome?.resumedBytes }).toEqual({
        askedBytes: 400,
        resumed: 600,
      });
      expectIdentical(world);
    });
  }

  test('believes no part behind the end of a short temporary file', async () => {
    const parts = recordOf(OPTIONS).parts.map((it) =>
      it.part_number === 7 ? { ...it, part_crc: 0n } : it,
    );
    const temporary = temporaryOf(OPTIONS).subarray(0, 460);
    const world = await importWorld({ temporary, record: { parts } });
    const imported = outcomeOf((await world.runImport()).result);
    expect(imported).toEqual({ _tag: 'Imported', parts: 3, bytes: 450, damaged: 3 });
    expect((await world.runDownload()).askedBytes).toBe(550);
    expectIdentical(world);
  });

  test('cuts off what stands behind the end of a long one', async () => {
    const long = new Uint8Array(1_500).fill(7);
    long.set(temporaryOf(OPTIONS));
    const world = await importWorld({ temporary: long });
    expect(outcomeOf((await world.runImport()).result)).toMatchObject({ bytes: INTACT });
    await world.runDownload();
    expectIdentical(world);
  });

  test('believes no part whose checksum the SDK did not compute', async () => {
    const parts = recordOf(OPTIONS).parts.map((it) =>
      it.part_number < 3 ? { ...it, part_crc: null } : it,
    );
    const world = await importWorld({ record: { parts } });
    const imported = outcomeOf((await world.runImport()).result);
    expect(imported).toMatchObject({ parts: 4, damaged: 2 });
  });

  test('costs a fresh download where the server has another version, nothing worse', async () => {
    const world = await importWorld({ record: { etag: 'OTHER' } });
    await world.runImport();
    expect((await world.runDownload()).askedBytes).toBe(CONTENT.length);
    expectIdentical(world);
  });

  test('takes no name for its part file that is taken', async () => {
    const world = await importWorld();
    const { effects } = world.begin(fuse(Infinity, false));
    const entropy = { randomBytes: (count: number) => new Uint8Array(count).fill(7) };
    const claims = fileClaims({ ...effects, folder: STORE, entropy });
    const path = partFileName(TARGET, '07'.repeat(8));
    await effects.files.create(path)();
    const before = filesOf(world);
    expect(await world.importWith({ ...effects, claims })).toEqual(
      E.left({ _tag: 'DiskFailed', code: 'EEXIST', operation: 'create', path }),
    );
    expect(filesOf(world).get(TEMPORARY)).toEqual(before.get(TEMPORARY));
  });
});

describe('importBreakpoint refuses, and touches nothing', () => {
  const tag = (refusal: ImportRefusal): string =>
    refusal._tag === 'RecordFlawed' ? refusal.flaw._tag : refusal._tag;

  test.each<[string, Parameters<typeof importWorld>[0]]>([
    ['NoRecord', { text: null }],
    ['NotJson', { text: '{' }],
    ['WrongShape', { text: '[]' }],
    ['OtherOperation', { record: { op_type: 'ResumableUpload' } }],
    ['OtherObject', { record: { key: 'other' } }],
    ['OtherTarget', { record: { file_path: '/data/other.bin' } }],
    ['SuffixImpossible', { record: { tmp_suffix: '.bin' } }],
    ['TemporaryFileMissing', { temporary: null }],
    ['NothingIntact', { temporary: new Uint8Array(1_000) }],
    ['NothingIntact', { temporary: new Uint8Array(0) }],
    ['NothingIntact', { record: { parts: [] } }],
  ])('%s', async (expected, changes) => {
    const world = await importWorld(changes);
    const before = filesOf(world);
    const outcome = outcomeOf((await world.runImport()).result);
    assert.ok(outcome._tag === 'NotImported');
    expect(tag(outcome.because)).toBe(expected);
    expect(describeImport(outcome)).toMatch(/^Nothing imported: .*\w.*\.$/);
    expect(filesOf(world)).toEqual(before);
    expect((await world.runDownload()).askedBytes).toBe(CONTENT.length);
    expect(world.disk.contentOf(TARGET)).toEqual(CONTENT);
  });

  test('a record that is a folder, and a temporary file that is one', async () => {
    const first = await importWorld({ text: null });
    await first.disk.folders.make(first.recordPath)();
    expect(outcomeOf((await first.runImport()).result)).toMatchObject({
      because: { _tag: 'NotARecord', path: first.recordPath },
    });
    const second = await importWorld({ temporary: null });
    await second.disk.folders.make(TEMPORARY)();
    expect(outcomeOf((await second.runImport()).result)).toMatchObject({
      because: { _tag: 'TemporaryFileUnfit', path: TEMPORARY },
    });
  });

  test('a download that has a breakpoint already', async () => {
    const world = await importWorld();
    await world.runImport();
    const { effects } = world.begin(fuse(Infinity, false));
    const again = await effects.files.create(world.recordPath)();
    assert.ok(E.isRight(again));
    await again.right.writeAt(
      [new TextEncoder().encode(pythonJson(recordOf(OPTIONS)))],
      0 as never,
    )();
    const before = filesOf(world);
    const outcome = outcomeOf((await world.runImport()).result);
    expect(outcome).toEqual({ _tag: 'NotImported', because: { _tag: 'AlreadyStarted' } });
    expect(filesOf(world)).toEqual(before);
  });

  test('a download that another process owns', async () => {
    const world = await importWorld();
    const { claims } = world.begin(fuse(Infinity, false)).effects;
    const claim = await claims.acquire(TARGET)();
    assert.ok(E.isRight(claim));
    const before = filesOf(world);
    const { result } = await world.runImport();
    expect(result).toMatchObject(E.left({ _tag: 'Busy', host: 'simulated' }));
    expect(filesOf(world)).toEqual(before);
    await claim.right.release()();
    expect(outcomeOf((await world.runImport()).result)).toMatchObject({ bytes: INTACT });
  });

  test('an import that was called off while it read', async () => {
    const world = await importWorld();
    const before = filesOf(world);
    const { effects } = world.begin(fuse(Infinity, false));
    const request = { source: world.source, target: TARGET, from: FROM };
    const result = await importBreakpoint(effects, request, AbortSignal.abort());
    expect(result).toEqual(E.left({ _tag: 'Interrupted' }));
    expect(filesOf(world)).toEqual(before);
  });
});

describe('importBreakpoint on a disk that fails', () => {
  const failed = (operation: string): ErrorOf<'DiskFailed'> => ({
    ...{ _tag: 'DiskFailed', code: 'EIO', operation, path: TEMPORARY },
  });

  test('before the rename leaves the SDK its files, and no journal', async () => {
    const world = await importWorld();
    const { effects, end } = world.begin(fuse(Infinity, false), (files) => ({
      ...files,
      rename: (from, to) =>
        from === TEMPORARY ? TE.left(failed('rename to')) : files.rename(from, to),
    }));
    expect(await world.importWith(effects)).toEqual(E.left(failed('rename to')));
    end();
    expect(world.disk.paths()).toEqual([TEMPORARY, world.recordPath].sort());
    expect(outcomeOf((await world.runImport()).result)).toMatchObject({ bytes: INTACT });
  });

  test('at a sync believes nothing of what was not made durable', async () => {
    const world = await importWorld();
    const { effects } = world.begin(fuse(Infinity, false), (files) => ({
      ...files,
      open: (path) => async () => {
        const file = await files.open(path)();
        if (path !== TEMPORARY || E.isLeft(file)) return file;
        return E.right({ ...file.right, datasync: () => TE.left(failed('sync')) });
      },
    }));
    expect(await world.importWith(effects)).toEqual(E.left(failed('sync')));
    expect(world.disk.paths()).toEqual([TEMPORARY, world.recordPath].sort());
  });

  test('at the removal of the record has imported all the same', async () => {
    const world = await importWorld();
    const { effects, end } = world.begin(fuse(Infinity, false), (files) => ({
      ...files,
      remove: (path) => (path.startsWith(FROM) ? TE.left(failed('remove')) : files.remove(path)),
    }));
    expect(outcomeOf(await world.importWith(effects))).toMatchObject({ bytes: INTACT });
    end();
    expect((await world.runDownload()).askedBytes).toBe(150);
    const again = outcomeOf((await world.runImport()).result);
    expect(again).toMatchObject({ because: { _tag: 'TemporaryFileMissing' } });
  });
});

describe('an import that ended', () => {
  test('is durable, what the SDK had not synced included', async () => {
    for (let seed = 1; seed <= 40; seed++) {
      const world = await importWorld({ isUnsynced: true });
      outcomeOf((await world.runImport()).result);
      world.disk.crash('powerLost', seed);
      const { askedBytes } = await world.runDownload({ verifyOnResume: 'never' });
      assert.equal(askedBytes, 150, `seed ${seed}`);
      assert.deepEqual(world.disk.contentOf(TARGET), CONTENT, `seed ${seed}`);
    }
  });
});

describe('an import that lost its claim while it read', () => {
  test('says so, and leaves the SDK and a new owner their files', async () => {
    const world = await importWorld();
    const { effects } = world.begin(fuse(Infinity, false));
    const loseClaim = async () => {
      for (const path of world.disk.paths()) {
        if (path.endsWith('.claim')) await world.disk.files.remove(path)();
      }
    };
    const loadCrc64 = async () => {
      await loseClaim();
      return effects.loadCrc64();
    };
    expect(await world.importWith({ ...effects, loadCrc64 })).toMatchObject(
      E.left({ _tag: 'ClaimLost' }),
    );
    expect(world.disk.paths()).toEqual([TEMPORARY, world.recordPath].sort());
  });
});

describe('an import that crashes at every single effect call', () => {
  for (const crash of ['killed', 'powerLost'] as const) {
    const after = crash === 'killed' ? 'a kill' : 'a power cut';

    /** Calls `check` in a world behind each possible crash. */
    const forEachCrash = async (check: (world: World, where: string) => Promise<void>) => {
      const { calls } = await (await importWorld()).runImport();
      for (let limit = 1; limit <= calls; limit++) {
        for (const isDone of [false, true]) {
          const world = await importWorld();
          expect((await world.runImport(limit, isDone)).result).toBeNull();
          world.disk.crash(crash, limit);
          await check(world, `limit ${limit}, isDone ${isDone}`);
        }
      }
      expect(calls).toBeGreaterThan(25);
    };

    test(`is whole for the SDK or for us after ${after}; a download is right`, async () => {
      const seen = { ours: 0, theirs: 0 };
      await forEachCrash(async (world, where) => {
        const isTheirs = world.disk.contentOf(TEMPORARY) !== null;
        const { outcome, askedBytes } = await world.runDownload();
        assert.deepEqual(world.disk.contentOf(TARGET), CONTENT, where);
        assert.equal(outcome?.resumedBytes, isTheirs ? 0 : INTACT, where);
        assert.equal(askedBytes, isTheirs ? CONTENT.length : 150, where);
        if (isTheirs) {
          assert.ok(world.disk.contentOf(world.recordPath) !== null, where);
          const left = world.disk.contentOf(TEMPORARY)?.subarray(0, CONTENT.length);
          assert.deepEqual(left, temporaryOf(OPTIONS), where);
        }
        seen[isTheirs ? 'theirs' : 'ours'] += 1;
      });
      expect(Math.min(seen.ours, seen.theirs)).toBeGreaterThan(3);
    }, 60_000);

    test(`loses nothing when it is run again after ${after}`, async () => {
      await forEachCrash(async (world, where) => {
        outcomeOf((await world.runImport()).result);
        const { asked } = await world.runDownload();
        assert.deepEqual(asked, [{ start: 750, end: 900 }], where);
        assert.deepEqual(world.disk.contentOf(TARGET), CONTENT, where);
        const left = world.disk.paths().filter((path) => path.endsWith('.journal'));
        assert.deepEqual(left, [], where);
      });
    }, 60_000);
  }
});
