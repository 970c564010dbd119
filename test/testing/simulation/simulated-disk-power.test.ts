/** What a power cut makes of unsynced bytes: torn at sectors, reordered, of another size. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytes } from '../../../src/domain/bytes.ts';
import { HOLLOW } from '../../../src/testing/server/hollow.ts';
import {
  type SimulatedDiskOptions,
  simulatedDisk,
} from '../../../src/testing/simulation/simulated-disk.ts';
import { done } from '../../conformance/breakpoint-store.ts';

const SECTOR = 512;
const SEEDS = Array.from({ length: 200 }, (_, seed) => seed);

/** A disk with a file whose first bytes, all `o`, are durable. */
const withFile = async (length: number, options: SimulatedDiskOptions = {}) => {
  const disk = simulatedDisk(options);
  const file = await done(disk.files.create('/a'));
  await done(file.writeAt([Buffer.alloc(length, 'o')], bytes(0)));
  await done(file.datasync());
  await done(disk.folders.sync('/'));
  const write = (letter: string, at: number, count: number) =>
    done(file.writeAt([Buffer.alloc(count, letter)], bytes(at)));
  return { ...disk, file, write };
};

type Made = Awaited<ReturnType<typeof withFile>>;

/** Each sector as its letters, in short: `o`, `n`, `0` for zeros, or more than one of them. */
const lettersOf = (content: Uint8Array): string => {
  const sectors: Array<string> = [];
  for (let at = 0; at < content.length; at += SECTOR) {
    const letters = new Set(content.subarray(at, at + SECTOR));
    sectors.push([...letters].map((byte) => String.fromCharCode(byte || 48)).join(''));
  }
  return sectors.join(' ');
};

/** All states that power cuts leave behind `change`. */
const states = async (
  length: number,
  change: (made: Made) => Promise<unknown>,
  options?: SimulatedDiskOptions,
): Promise<ReadonlySet<string>> => {
  const seen = new Set<string>();
  for (const seed of SEEDS) {
    const made = await withFile(length, options);
    await change(made);
    made.crash('powerLost', seed);
    seen.add(lettersOf(made.contentOf('/a')!));
  }
  return seen;
};

describe('simulatedDisk, a power cut', () => {
  test('tears a write at its sectors: each is old or new, in every combination', async () => {
    const seen = await states(3 * SECTOR, ({ write }) => write('n', 0, 3 * SECTOR));
    const all = ['o', 'n'].flatMap((a) =>
      ['o', 'n'].flatMap((b) => ['o', 'n'].map((c) => `${a} ${b} ${c}`)),
    );
    expect([...seen].sort()).toEqual(all.sort());
  });

  test('never tears inside a sector, wherever a write begins and ends', async () => {
    const seen = await states(2 * SECTOR, ({ write }) => write('n', 100, SECTOR));
    expect([...seen].sort()).toEqual(['o o', 'on o', 'o no', 'on no'].sort());
  });

  test('reorders: an older write of one sector may win over a newer one of both', async () => {
    const seen = await states(2 * SECTOR, async ({ write }) => {
      await write('1', 0, 2 * SECTOR);
      await write('2', 0, 2 * SECTOR);
    });
    expect(seen.has('1 2') && seen.has('2 1') && seen.has('o 2') && seen.has('1 o')).toBe(true);
    expect(seen.size).toBe(9);
  });

  test('leaves a file longer than its bytes, zeros in between, or cuts bytes off', async () => {
    const seen = await states(SECTOR, ({ write }) => write('n', SECTOR, 2 * SECTOR));
    expect([...seen].sort()).toEqual(['o', 'o 0 0', 'o 0 n', 'o n 0', 'o n n']);
  });

  test('leaves bytes that were cut off and written again old, zeros or new', async () => {
    const seen = await states(2 * SECTOR, async ({ file, write }) => {
      await done(file.resize(bytes(SECTOR)));
      await write('n', SECTOR, SECTOR);
    });
    expect([...seen].sort()).toEqual(['o', 'o 0', 'o n', 'o o']);
  });

  test('shows what was on the disk before only where file systems do that', async () => {
    const grow = ({ write }: Made) => write('n', SECTOR, SECTOR);
    const ordered = await states(SECTOR, grow);
    expect([...ordered].sort()).toEqual(['o', 'o 0', 'o n']);
    const unordered = await states(SECTOR, grow, { exposesStale: true });
    expect([...unordered].some((state) => state.length > 10)).toBe(true);
    expect([...unordered].every((state) => state.startsWith('o'))).toBe(true);
  });

  test('takes nothing that was synced, stale bytes or not', async () => {
    const seen = await states(3 * SECTOR, async () => {}, { exposesStale: true });
    expect([...seen]).toEqual(['o o o']);
  });

  test('takes hollow chunks like others', async () => {
    const hollow = HOLLOW.subarray(0, SECTOR);
    const seen = await states(2 * SECTOR, ({ file }) =>
      done(file.writeAt([hollow, Buffer.alloc(SECTOR, 'n')], bytes(0))),
    );
    expect([...seen].sort()).toEqual(['0 n', '0 o', 'o n', 'o o']);
  });
});

type Step =
  | { readonly _tag: 'Write'; readonly at: number; readonly length: number }
  | { readonly _tag: 'Resize'; readonly size: number }
  | { readonly _tag: 'Sync' };

const steps: fc.Arbitrary<ReadonlyArray<Step>> = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        _tag: fc.constant('Write' as const),
        at: fc.nat({ max: 6_000 }),
        length: fc.integer({ min: 1, max: 3_000 }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        _tag: fc.constant('Resize' as const),
        size: fc.nat({ max: 7_000 }),
      }),
    },
    { weight: 1, arbitrary: fc.constant({ _tag: 'Sync' as const }) },
  ),
  { maxLength: 14 },
);

describe('for every row of writes, sizes and syncs, after a power cut', () => {
  test('each sector is one of its versions since the last sync, or zeros where one was cut', async () => {
    let torn = 0;
    await fc.assert(
      fc.asyncProperty(steps, fc.nat(), async (row, seed) => {
        const disk = simulatedDisk();
        const file = await done(disk.files.create('/a'));
        await done(disk.folders.sync('/'));
        let history: Array<Uint8Array> = [new Uint8Array()];
        let cutAt = Infinity;
        for (const [index, step] of row.entries()) {
          if (step._tag === 'Sync') {
            await done(file.datasync());
            [history, cutAt] = [[disk.contentOf('/a')!], Infinity];
            continue;
          }
          if (step._tag === 'Resize') {
            cutAt = Math.min(cutAt, step.size);
            await done(file.resize(bytes(step.size)));
          } else {
            const chunk = new Uint8Array(step.length).fill(index + 1);
            await done(file.writeAt([chunk], bytes(step.at)));
          }
          history.push(disk.contentOf('/a')!);
        }
        disk.crash('powerLost', seed);
        const left = disk.contentOf('/a')!;
        assert.ok(history.some(({ length }) => length === left.length));
        const chosen = new Set<number>();
        for (let start = 0; start < left.length; start += SECTOR) {
          const end = Math.min(left.length, start + SECTOR);
          const isVersion = (version: Uint8Array): boolean => {
            for (let at = start; at < end; at++) {
              const isCut = left[at] === 0 && at >= cutAt;
              if (left[at] !== (version[at] ?? 0) && !isCut) return false;
            }
            return true;
          };
          const version = history.findIndex(isVersion);
          assert.ok(version >= 0, `sector at ${start} is none of ${history.length} versions`);
          chosen.add(version);
        }
        if (chosen.size > 1) torn += 1;
        disk.crash('powerLost', seed + 1);
        assert.deepEqual(disk.contentOf('/a'), left);
      }),
      { numRuns: 300 },
    );
    expect(torn).toBeGreaterThan(30);
  });
});
