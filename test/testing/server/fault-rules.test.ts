/** When faults happen. */
import { describe, expect, test } from 'vitest';
import {
  chance,
  firstAttempts,
  firstOf,
  forKey,
  forMethod,
  once,
  rangeContains,
  times,
  whenPart,
} from '../../../src/testing/server/fault-rules.ts';
import { type FaultRequest, fault } from '../../../src/testing/server/faults.ts';

const request = (some: Partial<FaultRequest> = {}): FaultRequest => ({
  method: 'GET',
  bucket: 'photos',
  key: 'cat.jpg',
  range: { start: 100, end: 200 },
  attempt: 1,
  sequence: 1,
  headers: {},
  ...some,
});

describe('times and once', () => {
  test('count only requests that the rule meant', () => {
    const rule = once(forMethod('GET', fault.reset));
    expect(rule(request({ method: 'HEAD' }))).toBeNull();
    expect(rule(request())).toEqual(fault.reset);
    expect(rule(request())).toBeNull();
  });
  test('end after so many faults', () => {
    const rule = times(2, fault.reset);
    expect([1, 2, 3].map(() => rule(request()))).toEqual([fault.reset, fault.reset, null]);
  });
});

describe('rules about what is asked', () => {
  test('rangeContains means GETs whose half-open range has the offset, or that have no range', () => {
    const meets = (offset: number, some: Partial<FaultRequest> = {}) =>
      rangeContains(offset, fault.reset)(request(some)) !== null;
    expect([99, 100, 199, 200].map((offset) => meets(offset))).toEqual([false, true, true, false]);
    expect(meets(5, { range: null })).toBe(true);
    expect(meets(150, { method: 'HEAD' })).toBe(false);
  });
  test('whenPart means ranges that begin in the part', () => {
    const rule = whenPart({ index: 1, size: 100 }, fault.reset);
    expect(rule(request())).toEqual(fault.reset);
    expect(rule(request({ range: { start: 150, end: 200 } }))).toEqual(fault.reset);
    expect(rule(request({ range: { start: 0, end: 200 } }))).toBeNull();
    expect(rule(request({ range: null }))).toBeNull();
  });
  test('firstAttempts and forKey look at attempt and key', () => {
    const rule = forKey('cat.jpg', firstAttempts(1, fault.reset));
    expect(rule(request())).toEqual(fault.reset);
    expect(rule(request({ attempt: 2 }))).toBeNull();
    expect(rule(request({ key: 'dog.jpg' }))).toBeNull();
  });
});

describe('firstOf', () => {
  test('asks later rules only when earlier ones give nothing', () => {
    const rule = firstOf([once(fault.reset), once(fault.gzip)]);
    expect([1, 2, 3].map(() => rule(request()))).toEqual([fault.reset, fault.gzip, null]);
  });
});

describe('chance', () => {
  const parts = Array.from({ length: 1000 }, (_, i) =>
    request({ range: { start: i * 100, end: i * 100 + 100 } }),
  );
  test('gives about the share it says', () => {
    const rule = chance(0.3, 1, fault.reset);
    const count = parts.filter((part) => rule(part) !== null).length;
    expect(count).toBeGreaterThan(240);
    expect(count).toBeLessThan(360);
  });
  test('follows from the seed and the question, not from the order of arrival', () => {
    const chosen = (seed: number, order: ReadonlyArray<FaultRequest>) => {
      const rule = chance(0.3, seed, fault.reset);
      return new Set(order.filter((part) => rule(part) !== null).map(({ range }) => range!.start));
    };
    expect(chosen(1, parts)).toEqual(chosen(1, parts.toReversed()));
    expect(chosen(1, parts)).not.toEqual(chosen(2, parts));
  });
  test('gives another attempt another chance', () => {
    const rule = chance(0.5, 1, fault.reset);
    const given = parts.map((part) => [rule(part), rule({ ...part, attempt: 2 })]);
    expect(given.some(([first, second]) => first !== null && second === null)).toBe(true);
  });
  test('0 means none and 1 means all', () => {
    expect(parts.filter((part) => chance(0, 1, fault.reset)(part) !== null)).toHaveLength(0);
    expect(parts.filter((part) => chance(1, 1, fault.reset)(part) !== null)).toHaveLength(1000);
  });
});
