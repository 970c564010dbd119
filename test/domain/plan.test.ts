/** How objects are cut into parts. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lengthOf } from '../../src/domain/byte-range.ts';
import { type Bytes, bytes } from '../../src/domain/bytes.ts';
import type { Crc64 } from '../../src/domain/crc64.ts';
import type { ObjectVersion } from '../../src/domain/object-version.ts';
import {
  choosePartSize,
  isSamePlan,
  PART_COUNT_MAX,
  PART_SIZE_AUTO,
  PART_SIZE_MAX,
  PART_SIZE_MIN,
  Plan,
  type PlanWishes,
  planDownload,
  rangeOfPart,
} from '../../src/domain/plan.ts';
import { E } from '../../src/fp.ts';

/** A plan for an object of `size` bytes; every wish is for parts unless said otherwise. */
const planOf = (
  size: number | null,
  {
    acceptsRanges = true,
    partSize = 'auto' as number | 'auto',
    threshold = 0,
    validators = { etag: '"A"' } as Partial<ObjectVersion>,
  } = {},
): Plan => {
  const wishes: PlanWishes = {
    partSize: partSize === 'auto' ? partSize : bytes(partSize),
    threshold: bytes(threshold),
  };
  const known = size === null ? null : bytes(size);
  const nothing = { etag: null, lastModified: null, crc64: null, versionId: null };
  return planDownload({ size: known, ...nothing, ...validators }, acceptsRanges, wishes);
};

describe('choosePartSize', () => {
  test('the limits are those of OSS', () => {
    expect([PART_SIZE_MIN, PART_SIZE_AUTO, PART_SIZE_MAX, PART_COUNT_MAX]).toEqual([
      100_000, 8_388_608, 5_368_709_120, 100_000,
    ]);
  });

  test('a wish is kept up to exactly 100 000 parts, and doubled behind that', () => {
    const wish = bytes(100_000);
    expect(choosePartSize(bytes(100_000 * 100_000), wish)).toBe(100_000);
    expect(choosePartSize(bytes(100_000 * 100_000 + 1), wish)).toBe(200_000);
    expect(choosePartSize(bytes(2 * 100_000 * 100_000), wish)).toBe(200_000);
    expect(choosePartSize(bytes(2 * 100_000 * 100_000 + 1), wish)).toBe(400_000);
  });

  test('nobody chose: 8 MiB, up to 838 GB', () => {
    expect(choosePartSize(bytes(100e9), 'auto')).toBe(PART_SIZE_AUTO);
    expect(choosePartSize(bytes(PART_SIZE_AUTO * 100_000), 'auto')).toBe(PART_SIZE_AUTO);
    expect(choosePartSize(bytes(PART_SIZE_AUTO * 100_000 + 1), 'auto')).toBe(2 * PART_SIZE_AUTO);
  });

  test('an object no larger than one part is one part of its own size', () => {
    expect(choosePartSize(bytes(1), bytes(100_000))).toBe(1);
    expect(choosePartSize(bytes(99_999), bytes(100_000))).toBe(99_999);
    expect(choosePartSize(bytes(100_000), bytes(100_000))).toBe(100_000);
    expect(choosePartSize(bytes(100_001), bytes(100_000))).toBe(100_000);
  });

  test('a part of no bytes is a bug of the caller', () => {
    expect(() => choosePartSize(bytes(10), bytes(0))).toThrow(RangeError);
  });

  test('for every object, there are at most 100 000 parts and no needless doubling', () => {
    const sizes = fc.oneof(
      fc.integer({ min: 1, max: 1e6 }),
      fc.maxSafeNat().filter((n) => n > 0),
    );
    const wishes = fc.oneof(fc.integer({ min: 1, max: 1_000 }), fc.integer({ min: 1, max: 5e9 }));
    fc.assert(
      fc.property(sizes, wishes, (size, wish) => {
        const partSize = choosePartSize(bytes(size), bytes(wish));
        assert.ok(Math.ceil(size / partSize) <= PART_COUNT_MAX);
        if (size <= wish) return assert.equal(partSize, size);
        assert.ok(Number.isInteger(Math.log2(partSize / wish)));
        assert.ok(partSize === wish || Math.ceil(size / (partSize / 2)) > PART_COUNT_MAX);
      }),
    );
  });
});

describe('planDownload', () => {
  test('a large object on a server with ranges is cut into parts', () => {
    expect(planOf(10, { partSize: 4 })).toEqual({
      strategy: 'parts',
      size: 10,
      partSize: 4,
      partCount: 3,
      acceptsRanges: true,
    });
  });

  test('an object at the threshold is cut, one byte below it is not', () => {
    expect(planOf(100, { threshold: 100 }).strategy).toBe('parts');
    expect(planOf(99, { threshold: 100 })).toMatchObject({ strategy: 'single', partCount: 1 });
  });

  test('a server without ranges is asked once, for everything', () => {
    expect(planOf(10, { partSize: 4, acceptsRanges: false })).toEqual({
      strategy: 'single',
      size: 10,
      partSize: 10,
      partCount: 1,
      acceptsRanges: false,
    });
  });

  test('a server that gives nothing to tell a changed object by is asked once, too', () => {
    const plan = planOf(10, { partSize: 4, validators: {} });
    expect(plan).toEqual(planOf(10, { partSize: 4, acceptsRanges: false }));
    expect(planOf(10, { threshold: 20, validators: {} }).acceptsRanges).toBe(false);
  });

  test.each<Partial<ObjectVersion>>([
    { etag: 'W/"A"' },
    { lastModified: 'Fri, 24 Feb 2012 06:07:48 GMT' },
    { versionId: 'v1' },
    { crc64: '7' as Crc64 },
  ])('%j is enough for parts', (validators) =>
    expect(planOf(10, { partSize: 4, validators }).strategy).toBe('parts'),
  );

  test('an empty object has no part', () => {
    expect(planOf(0)).toEqual({
      strategy: 'single',
      size: 0,
      partSize: 0,
      partCount: 0,
      acceptsRanges: true,
    });
  });

  test('an object of unknown size is one part whose end nobody reaches', () => {
    const plan = planOf(null);
    expect(plan).toMatchObject({ strategy: 'single', size: null, partCount: 1 });
    expect(rangeOfPart(plan, 1)).toEqual({ start: 0, end: Number.MAX_SAFE_INTEGER });
  });

  test('for every plan, what was written as JSON is read back', () => {
    const sizes = fc.option(fc.maxSafeNat());
    fc.assert(
      fc.property(sizes, fc.boolean(), (size, acceptsRanges) => {
        const plan = planOf(size, { acceptsRanges });
        assert.deepEqual(Plan.decode(JSON.parse(JSON.stringify(plan))), E.right(plan));
      }),
    );
  });
});

describe('rangeOfPart', () => {
  test('the last part ends with the object', () => {
    const plan = planOf(10, { partSize: 4 });
    expect([1, 2, 3].map((part) => rangeOfPart(plan, part))).toEqual([
      { start: 0, end: 4 },
      { start: 4, end: 8 },
      { start: 8, end: 10 },
    ]);
  });

  test.each([0, -1, 4, 1.5, Number.NaN])('there is no part %d of three', (part) =>
    expect(() => rangeOfPart(planOf(10, { partSize: 4 }), part)).toThrow(RangeError),
  );

  test('an empty object has no part 1', () => {
    expect(() => rangeOfPart(planOf(0), 1)).toThrow(RangeError);
  });

  test('for every object, the parts tile it: in order, without gap, overlap or empty part', () => {
    const partCounts = fc.integer({ min: 1, max: 60 });
    fc.assert(
      fc.property(partCounts, fc.integer({ min: 1, max: 5_000 }), fc.nat(), (count, wish, cut) => {
        const size = count * wish - (cut % wish);
        const plan = planOf(size, { partSize: wish });
        let next = 0;
        for (let part = 1; part <= plan.partCount; part++) {
          const range = rangeOfPart(plan, part);
          assert.equal(range.start, next);
          assert.ok(lengthOf(range) > 0 && lengthOf(range) <= plan.partSize);
          next = range.end;
        }
        assert.equal(next, size);
      }),
    );
  });

  test('for every object however large, its neighbouring parts touch and the last ends it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2 ** 50 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (size, at) => {
          const plan = planOf(size);
          const part = Math.min(plan.partCount, 1 + Math.floor(at * plan.partCount));
          const range = rangeOfPart(plan, part);
          const behind = part === plan.partCount ? size : rangeOfPart(plan, part + 1).start;
          assert.equal(range.end, behind);
          assert.equal(rangeOfPart(plan, 1).start, 0);
        },
      ),
    );
  });

  test('100 GB are planned at once: a plan holds numbers only, however many parts it has', () => {
    const before = performance.now();
    let sum = 0;
    for (let i = 0; i < 1_000; i++) sum += lengthOf(rangeOfPart(planOf(100e9), 11_921));
    expect(performance.now() - before).toBeLessThan(1_000);
    expect(sum).toBe(1_000 * (100e9 % PART_SIZE_AUTO));
    const tiny = planOf(100e9, { partSize: PART_SIZE_MIN });
    expect(tiny).toMatchObject({ partSize: 1_600_000, partCount: 62_500 });
    expect(JSON.stringify(tiny).length).toBeLessThan(200);
  });
});

describe('isSamePlan', () => {
  test('compares the cut, not what the server accepts', () => {
    const plan = planOf(10, { partSize: 4 });
    expect(isSamePlan(plan, { ...plan, acceptsRanges: false })).toBe(true);
    expect(isSamePlan(plan, { ...plan, partSize: 5 as Bytes })).toBe(false);
    expect(isSamePlan(plan, { ...plan, size: null })).toBe(false);
    expect(isSamePlan(plan, { ...plan, strategy: 'single' })).toBe(false);
  });
});
