/** Zeros without memory: their checksum is that of real ones. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytes } from '../../../src/domain/bytes.ts';
import { loadCrc64 } from '../../../src/effects/crc64.ts';
import {
  crc64OfZeros,
  crc64WithHollow,
  HOLLOW,
  hollowObject,
  isHollow,
} from '../../../src/testing/server/hollow.ts';

const crc64Of = await loadCrc64();

describe('crc64OfZeros', () => {
  test.each([0, 1, 2, 3, 255, 4096, 100_001])('is the checksum of %i zeros', (length) => {
    expect(crc64OfZeros(bytes(length))).toBe(crc64Of(new Uint8Array(length)));
  });
});

describe('crc64WithHollow', () => {
  test('for every mix of content and zeros, gives the checksum that reading would give', () => {
    const hollow = fc.nat(9000).map((length) => HOLLOW.subarray(0, length));
    const zeros = fc.nat(9000).map((length) => new Uint8Array(length));
    const chunk = fc.oneof(hollow, zeros, fc.uint8Array({ maxLength: 20 }));
    fc.assert(
      fc.property(fc.array(chunk, { maxLength: 6 }), (chunks) => {
        expect(crc64WithHollow(crc64Of)(...chunks)).toBe(crc64Of(...chunks));
      }),
    );
  });

  test('long zeros that end in something else are not taken for zeros', () => {
    const almost = new Uint8Array(10_000).fill(1, 9_999);
    expect(crc64WithHollow(crc64Of)(almost)).toBe(crc64Of(almost));
  });
});

describe('hollowObject', () => {
  const lengths = (size: number, start: number, end: number) =>
    [...hollowObject(size).chunks({ start: bytes(start), end: bytes(end) })].map(
      ({ length }) => length,
    );

  test('gives a range in chunks of at most 1 MiB, cut at its end', () => {
    expect(lengths(5e10, 4e10, 4e10 + 2 ** 21 + 5)).toEqual([2 ** 20, 2 ** 20, 5]);
    expect([lengths(10, 8, 99), lengths(10, 10, 99), lengths(10, 12, 99)]).toEqual([[2], [], []]);
  });

  test('its chunks are recognised, other zeros are not', () => {
    const [chunk] = hollowObject(10).chunks({ start: bytes(2), end: bytes(6) });
    expect([isHollow(chunk!), isHollow(new Uint8Array(4))]).toEqual([true, false]);
  });
});
