/** Half-open ranges, and their inclusive form at the edge to HTTP. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  afterFirst,
  type ByteRange,
  isSameRange,
  lengthOf,
  parseContentRange,
  toRangeHeader,
} from '../../src/domain/byte-range.ts';
import { bytes } from '../../src/domain/bytes.ts';
import { E } from '../../src/fp.ts';

const range = (start: number, end: number): ByteRange => ({
  start: bytes(start),
  end: bytes(end),
});

/** Ranges with at least one byte, also beyond 2^32. */
const ranges = fc
  .tuple(fc.maxSafeNat(), fc.integer({ min: 1, max: 2 ** 40 }))
  .map(([start, length]) =>
    range(
      Math.min(start, Number.MAX_SAFE_INTEGER - length),
      Math.min(start, Number.MAX_SAFE_INTEGER - length) + length,
    ),
  );

describe('lengthOf', () => {
  test('counts the bytes between start and end', () => {
    expect(lengthOf(range(4, 10))).toBe(6);
    expect(lengthOf(range(4, 4))).toBe(0);
  });
});

describe('isSameRange', () => {
  test('compares both ends', () => {
    expect(isSameRange(range(1, 2), range(1, 2))).toBe(true);
    expect(isSameRange(range(1, 2), range(0, 2))).toBe(false);
    expect(isSameRange(range(1, 2), range(1, 3))).toBe(false);
  });
});

describe('afterFirst', () => {
  test('leaves what comes behind the first bytes', () => {
    expect(afterFirst(range(4, 10), bytes(0))).toEqual(range(4, 10));
    expect(afterFirst(range(4, 10), bytes(5))).toEqual(range(9, 10));
  });

  test('leaves an empty range at the end when nothing remains', () => {
    expect(afterFirst(range(4, 10), bytes(6))).toEqual(range(10, 10));
    expect(afterFirst(range(4, 10), bytes(7))).toEqual(range(10, 10));
  });
});

describe('toRangeHeader', () => {
  test('names the last byte, not the one behind it', () => {
    expect(toRangeHeader(range(0, 4))).toBe('bytes=0-3');
    expect(toRangeHeader(range(9, 10))).toBe('bytes=9-9');
  });

  test('an empty range cannot be asked for', () => {
    expect(() => toRangeHeader(range(4, 4))).toThrow(RangeError);
  });
});

describe('parseContentRange', () => {
  test('reads range and size', () => {
    expect(parseContentRange('bytes 0-3/10')).toEqual(E.right({ range: range(0, 4), size: 10 }));
    expect(parseContentRange(' Bytes 9-9/10 ')).toEqual(E.right({ range: range(9, 10), size: 10 }));
  });

  test('an unknown size is null', () => {
    expect(parseContentRange('bytes 0-3/*')).toEqual(E.right({ range: range(0, 4), size: null }));
  });

  test.each([
    '',
    'bytes 3-0/10',
    'bytes 0-10/10',
    'bytes 10-10/10',
    'items 0-3/10',
    'bytes */10',
    'bytes 0-/10',
    'bytes -3/10',
    'bytes=0-3/10',
    'bytes 0-3',
    'bytes 0-3/10, 4-5/10',
    'bytes 0-3/10x',
    'bytes 0-9007199254740991/*',
    'bytes 0-3/9007199254740992',
    'bytes 0.5-3/10',
  ])('refuses %j', (header) => expect(parseContentRange(header)).toEqual(E.left(header)));

  test('for every range, what was asked for is read from an honest answer', () => {
    fc.assert(
      fc.property(ranges, (asked) => {
        const answered = `bytes ${toRangeHeader(asked).slice('bytes='.length)}/${asked.end}`;
        assert.deepEqual(parseContentRange(answered), E.right({ range: asked, size: asked.end }));
      }),
    );
  });
});
