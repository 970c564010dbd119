/** The laws of `BreakpointStore`, run against every store. */
import { afterEach, describe, expect, test } from 'vitest';
import { bytes } from '../../src/domain/bytes.ts';
import type { Crc64 } from '../../src/domain/crc64.ts';
import type { DownloadError } from '../../src/domain/errors.ts';
import { E, type TE } from '../../src/fp.ts';
import type {
  Breakpoint,
  BreakpointHeader,
  LaterRecord,
  PartFact,
} from '../../src/store/breakpoint.ts';
import { breakpointKey } from '../../src/store/breakpoint-key.ts';
import type { BreakpointStore } from '../../src/store/breakpoint-store.ts';

/** A store without breakpoints, and the same store as a later process would open it. */
export interface StoreUnderTest {
  readonly store: BreakpointStore;
  readonly reborn: () => BreakpointStore;
  readonly dispose: () => Promise<void>;
}

/** Facts as a record. */
export const factsRecord = (facts: ReadonlyArray<PartFact>): LaterRecord => ({
  type: 'facts',
  facts,
});

/** The header of a download of 10 bytes in parts of 4. */
export const headerOf = (over: Partial<BreakpointHeader> = {}): BreakpointHeader => ({
  format: 1,
  identity: 'oss://cn-hangzhou/examplebucket/a b/ü.bin',
  label: 'oss://examplebucket/a b/ü.bin',
  target: '/data/ü.bin',
  partFile: { path: '/data/ü.bin.0123abcd.part', identity: '42' },
  version: {
    size: bytes(10),
    etag: '"5B3C1A2E053D763E1B002CC607C5A0FE"',
    lastModified: 'Fri, 24 Feb 2012 06:07:48 GMT',
    crc64: '11051210869376104954' as Crc64,
    versionId: null,
  },
  plan: {
    strategy: 'parts',
    size: bytes(10),
    partSize: bytes(4),
    partCount: bytes(3),
    acceptsRanges: true,
  },
  createdAtMs: 1_330_063_668_000,
  bootId: 'boot',
  ...over,
});

export const factOf = (part: number, length: number, crc64 = '7'): PartFact => ({
  part,
  length: bytes(length),
  crc64: crc64 as Crc64,
});

/** What an effect gave; a failure fails the test. */
export const done = async <A>(effect: TE.TaskEither<DownloadError, A>): Promise<A> => {
  const result = await effect();
  if (E.isLeft(result)) throw new Error(JSON.stringify(result.left));
  return result.right;
};

const KEY = breakpointKey('oss://cn-hangzhou/examplebucket/a', '/data/a');
const OTHER = breakpointKey('oss://cn-hangzhou/examplebucket/b', '/data/a');

/** A breakpoint of one session with these facts. */
export const breakpointWith = (
  header: BreakpointHeader,
  facts: ReadonlyArray<PartFact>,
): Breakpoint => ({
  header,
  facts: new Map(facts.map((fact) => [fact.part, { ...fact, bootId: header.bootId }])),
  finalCrc64: null,
  touchedAtMs: header.createdAtMs,
});

const foundWith = (header: BreakpointHeader, facts: ReadonlyArray<PartFact>) => ({
  _tag: 'Found',
  breakpoint: breakpointWith(header, facts),
  tornAt: null,
});

/** @param make An empty store for each test; the suite disposes of it. */
export const describeBreakpointStore = (
  name: string,
  make: () => Promise<StoreUnderTest>,
): void => {
  const stores: Array<StoreUnderTest> = [];
  const enter = async () => {
    const made = await make();
    stores.push(made);
    return made;
  };
  /** A store with one breakpoint of `facts`, closed. */
  const withBreakpoint = async (...facts: ReadonlyArray<ReadonlyArray<PartFact>>) => {
    const made = await enter();
    const log = await done(made.store.begin(KEY, headerOf()));
    for (const each of facts) await done(log.append(factsRecord(each)));
    await done(log.close());
    return made;
  };
  afterEach(async () => {
    for (const store of stores.splice(0)) await store.dispose();
  });

  describe(`${name} obeys BreakpointStore`, () => {
    test('1. Right: the facts are there for whoever reads next, close or no close', async () => {
      const { store, reborn } = await enter();
      const log = await done(store.begin(KEY, headerOf()));
      await done(log.append(factsRecord([factOf(1, 4)])));
      expect(await done(reborn().read(KEY))).toEqual(foundWith(headerOf(), [factOf(1, 4)]));
      await done(log.append(factsRecord([factOf(2, 1), factOf(3, 2, '18446744073709551615')])));
      expect(await done(reborn().read(KEY))).toEqual(
        foundWith(headerOf(), [factOf(1, 4), factOf(2, 1), factOf(3, 2, '18446744073709551615')]),
      );
      await done(log.close());
    });

    test('1. later facts replace earlier ones, and a length of 0 takes them back', async () => {
      const facts = [[factOf(1, 2), factOf(2, 4)], [factOf(1, 4, '8')], [factOf(2, 0, '0')]];
      const { reborn } = await withBreakpoint(...facts);
      expect(await done(reborn().read(KEY))).toEqual(foundWith(headerOf(), [factOf(1, 4, '8')]));
    });

    test('1. no facts are facts, too', async () => {
      const { reborn } = await withBreakpoint([], [factOf(1, 4)], []);
      expect(await done(reborn().read(KEY))).toEqual(foundWith(headerOf(), [factOf(1, 4)]));
    });

    test('1. the facts of many thousand parts are kept', async () => {
      const many = Array.from({ length: 10_000 }, (_, i) => factOf(i + 1, 4, String(i)));
      const rest = many.map((fact) => ({ ...fact, part: fact.part + 90_000 }));
      const { reborn } = await withBreakpoint(many, rest);
      const reading = await done(reborn().read(KEY));
      expect(reading._tag === 'Found' && reading.breakpoint.facts.size).toBe(20_000);
      expect(reading._tag === 'Found' && reading.breakpoint.facts.get(100_000)).toEqual({
        ...factOf(100_000, 4, '9999'),
        bootId: 'boot',
      });
    });

    test('2. read gives Absent where nothing was begun', async () => {
      const { store } = await enter();
      expect(await done(store.read(KEY))).toEqual({ _tag: 'Absent' });
      expect(await done(store.list())).toEqual([]);
    });

    test('2. reading changes nothing', async () => {
      const { store, reborn } = await withBreakpoint([factOf(1, 4)]);
      const once = await done(store.read(KEY));
      expect(await done(store.read(KEY))).toEqual(once);
      expect(await done(reborn().read(KEY))).toEqual(once);
    });

    test('3. begin keeps the whole header, with no fact', async () => {
      const { store, reborn } = await enter();
      const version = { ...headerOf().version, etag: null, lastModified: null, versionId: 'v"1\n' };
      const header = headerOf({ version, target: '/data/"\\\u2028😀' });
      await done((await done(store.begin(KEY, header))).close());
      expect(await done(reborn().read(KEY))).toEqual(foundWith(header, []));
    });

    test('3. begin replaces what was under the key, however long that was', async () => {
      const facts = Array.from({ length: 500 }, (_, i) => factOf(i + 1, 4));
      const { store, reborn } = await withBreakpoint(facts);
      const header = headerOf({ createdAtMs: 7 });
      const log = await done(store.begin(KEY, header));
      expect(await done(reborn().read(KEY))).toEqual(foundWith(header, []));
      await done(log.append(factsRecord([factOf(3, 2)])));
      expect(await done(reborn().read(KEY))).toEqual(foundWith(header, [factOf(3, 2)]));
      await done(log.close());
    });

    test('3. keys do not disturb each other', async () => {
      const { store, reborn } = await withBreakpoint([factOf(1, 4)]);
      const header = headerOf({ createdAtMs: 7 });
      await done((await done(store.begin(OTHER, header))).close());
      expect(await done(reborn().read(KEY))).toEqual(foundWith(headerOf(), [factOf(1, 4)]));
      expect(await done(reborn().read(OTHER))).toEqual(foundWith(header, []));
    });

    test('4. reopen goes on behind what read gave, again and again', async () => {
      const { reborn } = await withBreakpoint([factOf(1, 4)]);
      for (const fact of [factOf(2, 1), factOf(2, 4), factOf(3, 2)]) {
        const log = await done(reborn().reopen(KEY));
        await done(log.append(factsRecord([fact])));
        await done(log.close());
      }
      expect(await done(reborn().read(KEY))).toEqual(
        foundWith(headerOf(), [factOf(1, 4), factOf(2, 4), factOf(3, 2)]),
      );
    });

    test('4. reopen alone changes nothing', async () => {
      const { reborn } = await withBreakpoint([factOf(1, 4)]);
      await done((await done(reborn().reopen(KEY))).close());
      expect(await done(reborn().read(KEY))).toEqual(foundWith(headerOf(), [factOf(1, 4)]));
    });

    test('5. remove forgets a breakpoint; one that is not there is fine', async () => {
      const { store, reborn } = await withBreakpoint([factOf(1, 4)]);
      await done(store.remove(OTHER));
      await done(store.remove(KEY));
      expect(await done(reborn().read(KEY))).toEqual({ _tag: 'Absent' });
      await done(store.remove(KEY));
    });

    test('6. list gives the keys of all breakpoints, and of those alone', async () => {
      const { store, reborn } = await withBreakpoint();
      await done((await done(store.begin(OTHER, headerOf()))).close());
      expect(await done(reborn().list())).toEqual([KEY, OTHER].sort());
      await done(store.remove(KEY));
      expect(await done(reborn().list())).toEqual([OTHER]);
    });
  });
};
