/** Counts of bytes, as numbers and as people write them. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Bytes, bytes, formatSize, parseSize } from '../../src/domain/bytes.ts';
import { E } from '../../src/fp.ts';

describe('bytes', () => {
  test.each([0, 1, 2 ** 32, Number.MAX_SAFE_INTEGER])('%d is a count of bytes', (n) => {
    expect(bytes(n)).toBe(n);
    expect(Bytes.is(n)).toBe(true);
  });

  test.each([-1, 0.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY])('%d is none', (n) => {
    expect(() => bytes(n)).toThrow(RangeError);
    expect(Bytes.is(n)).toBe(false);
  });

  test('text is no count of bytes, even if it holds digits', () => {
    expect(Bytes.is('1')).toBe(false);
  });
});

describe('parseSize', () => {
  test.each([
    ['0', 0],
    ['1', 1],
    ['100KB', 100_000],
    ['100KiB', 102_400],
    ['100K', 102_400],
    ['1.5G', 1_610_612_736],
    ['8MiB', 8_388_608],
    ['8mb', 8_000_000],
    ['5 GiB', 5_368_709_120],
    [' 2TB ', 2_000_000_000_000],
    ['1TiB', 1_099_511_627_776],
    ['7b', 7],
    ['1.0009K', 1_024],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
  ])('reads %j as %d', (text, size) => expect(parseSize(text)).toEqual(E.right(size)));

  test.each([
    '',
    ' ',
    'K',
    '-1',
    '+1',
    '1e3',
    '1.',
    '.5K',
    '1,5K',
    '1 K B',
    '1X',
    '1constructor',
    '0x10',
    '9007199254740992',
    '8192TiB',
    'NaN',
    'Infinity',
  ])('refuses %j', (text) => expect(parseSize(text)).toEqual(E.left(text)));

  test('for every count of bytes, its digits are read as itself', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (size) => {
        assert.deepEqual(parseSize(String(size)), E.right(size));
      }),
    );
  });
});

describe('formatSize', () => {
  test.each([
    [0, '0 B'],
    [1, '1 B'],
    [999, '999 B'],
    [1_000, '1 kB'],
    [1_234, '1.23 kB'],
    [12_345, '12.3 kB'],
    [102_400, '102.4 kB'],
    [1_000_000, '1 MB'],
    [8_388_608, '8.39 MB'],
    [5_368_709_120, '5.37 GB'],
    [1e12, '1 TB'],
    [1e15, '1 PB'],
    [Number.MAX_SAFE_INTEGER, '9.01 PB'],
  ])('shows %d as %j', (size, text) => expect(formatSize(size)).toBe(text));

  test('for every size, it shows at most four digits', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.integer({ min: 0, max: 15 }), (size, power) => {
        const shown = formatSize(Math.floor(size / 10 ** power));
        assert.ok(shown.replace(/\D/g, '').length <= 4, shown);
      }),
    );
  });

  test('a size that rounds up to the next unit is shown with at most four digits', () => {
    const sizes = [999_949, 999_950, 999_999, 999_999_999];
    const digits = sizes.map((size) => formatSize(size).replace(/\D/g, '').length);
    expect(Math.max(...digits)).toBeLessThanOrEqual(4);
  });
});
