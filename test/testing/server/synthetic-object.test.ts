/** Content that is computed: the same bytes however it is read. */
import { describe, expect, test } from 'vitest';
import { bytes } from '../../../src/domain/bytes.ts';
import { loadCrc64 } from '../../../src/effects/crc64.ts';
import { crc64OfSynthetic } from '../../../src/testing/server/synthetic-crc64.ts';
import { SYNTHETIC_BLOCK, syntheticObject } from '../../../src/testing/server/synthetic-object.ts';

const MIB = 2 ** 20;

describe('syntheticObject', () => {
  test('gives the same bytes at an offset whatever is read around it', () => {
    const object = syntheticObject({ seed: 7, size: 3 * MIB + 100 });
    const all = Buffer.from(object.read(0, object.size));
    for (const [start, end] of [
      [0, 1],
      [5, 12],
      [10, 40],
      [MIB - 3, MIB + 3],
      [MIB + 7, MIB + 9],
      [MIB - 1, 3 * MIB + 1],
      [3 * MIB + 99, 3 * MIB + 100],
    ] as const) {
      expect(all.subarray(start, end).equals(object.read(start, end))).toBe(true);
    }
  });
  test('gives the same bytes in chunks of at most 256 KiB', () => {
    const object = syntheticObject({ seed: 7, size: 3 * MIB + 100 });
    for (const [start, end] of [
      [0, object.size],
      [3, MIB + 2],
      [MIB + 15, MIB + 17],
      [2 * MIB - 1, 2 * MIB],
    ] as const) {
      const chunks = [...object.chunks({ start: bytes(start), end: bytes(end) })];
      expect(Math.max(...chunks.map((chunk) => chunk.length))).toBeLessThanOrEqual(2 ** 18);
      expect(Buffer.concat(chunks).equals(object.read(start, end))).toBe(true);
    }
  });
  test('ends where its size says', () => {
    const object = syntheticObject({ seed: 1, size: 10 });
    expect(object.read(8, 99)).toHaveLength(2);
    expect(object.read(99, 120)).toHaveLength(0);
    expect([...object.chunks({ start: bytes(10), end: bytes(10) })]).toEqual([]);
  });
  test('has no two equal blocks, and none in common with another seed', () => {
    const block = (seed: number, index: number) =>
      Buffer.from(
        syntheticObject({ seed, size: 100e9 }).read(
          index * SYNTHETIC_BLOCK,
          (index + 1) * SYNTHETIC_BLOCK,
        ),
      ).toString('latin1');
    const blocks = [block(1, 0), block(1, 1), block(1, 90_000), block(2, 0), block(2 ** 40, 0)];
    expect(new Set(blocks).size).toBe(blocks.length);
  });
  test('differs from another seed in nearly every byte', () => {
    const [a, b] = [1, 2].map((seed) => syntheticObject({ seed, size: MIB }).read(0, MIB));
    const equal = a!.filter((byte, i) => byte === b![i]).length;
    expect(equal).toBeLessThan(MIB / 100);
  });
  test('throws for a seed or size that is no count', () => {
    expect(() => syntheticObject({ seed: -1, size: 1 })).toThrow(RangeError);
    expect(() => syntheticObject({ seed: 1, size: 1.5 })).toThrow(RangeError);
  });
});

describe('crc64OfSynthetic', () => {
  test.each([0, 1, 16, MIB - 1, MIB, MIB + 1, 2 * MIB, 7 * MIB, 21 * MIB + 12_345])(
    'is the checksum of the bytes of an object of %i',
    async (size) => {
      const crc64Of = await loadCrc64();
      const object = syntheticObject({ seed: 11, size });
      expect(crc64OfSynthetic(object, crc64Of)).toBe(crc64Of(object.read(0, size)));
    },
  );
  test('needs well under a second for 100 GB', async () => {
    const crc64Of = await loadCrc64();
    const start = performance.now();
    crc64OfSynthetic(syntheticObject({ seed: 3, size: 100e9 }), crc64Of);
    expect(performance.now() - start).toBeLessThan(500);
  });
});
