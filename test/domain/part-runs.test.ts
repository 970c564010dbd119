/** Sets of parts as runs, compared with real sets. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  allParts,
  countParts,
  firstPart,
  hasPart,
  NO_PARTS,
  type PartRuns,
  pickParts,
  withoutPart,
  withPart,
} from '../../src/domain/part-runs.ts';

const PARTS_MAX = 24;

const numbersOf = (runs: PartRuns): Array<number> =>
  runs.flatMap(({ start, end }) => Array.from({ length: end - start }, (_, i) => start + i));

/** Ascending, not empty, not overlapping, not touching: one form for one set. */
const assertNormal = (runs: PartRuns): void => {
  let behind = 0;
  for (const { start, end } of runs) {
    assert.ok(start > behind && end > start, JSON.stringify(runs));
    behind = end;
  }
};

const ascending = (set: ReadonlySet<number>) => [...set].sort((a, b) => a - b);

describe('withPart and withoutPart', () => {
  test('for every sequence of changes, they are a set in its one normal form', () => {
    const parts = fc.integer({ min: 1, max: PARTS_MAX });
    const steps = fc.array(fc.tuple(fc.boolean(), parts), { maxLength: 60 });
    fc.assert(
      fc.property(steps, fc.boolean(), (changes, startsFull) => {
        let runs = startsFull ? allParts(PARTS_MAX) : NO_PARTS;
        const model = new Set(numbersOf(runs));
        for (const [isAdded, part] of changes) {
          runs = isAdded ? withPart(runs, part) : withoutPart(runs, part);
          if (isAdded) model.add(part);
          else model.delete(part);
          assertNormal(runs);
          assert.deepEqual(numbersOf(runs), ascending(model));
          assert.equal(countParts(runs), model.size);
          assert.equal(firstPart(runs), ascending(model)[0] ?? null);
          assert.equal(hasPart(runs, part), isAdded);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('a part between two runs makes them one', () => {
    const apart = [
      { start: 1, end: 3 },
      { start: 4, end: 6 },
    ];
    expect(withPart(apart, 3)).toEqual([{ start: 1, end: 6 }]);
    expect(withoutPart([{ start: 1, end: 6 }], 3)).toEqual(apart);
  });

  test('they leave the set they were given as it was', () => {
    const runs = Object.freeze([Object.freeze({ start: 2, end: 4 })]);
    withPart(runs, 4);
    withoutPart(runs, 2);
    expect(runs).toEqual([{ start: 2, end: 4 }]);
  });
});

describe('hasPart', () => {
  test('knows both ends of a run', () => {
    const runs = [{ start: 2, end: 4 }];
    expect([1, 2, 3, 4].map((part) => hasPart(runs, part))).toEqual([false, true, true, false]);
  });
});

describe('allParts', () => {
  test('is one run, and none of no parts', () => {
    expect(allParts(100_000)).toEqual([{ start: 1, end: 100_001 }]);
    expect(countParts(allParts(100_000))).toBe(100_000);
    expect(allParts(0)).toEqual([]);
    expect(firstPart(allParts(0))).toBeNull();
  });
});

describe('pickParts', () => {
  test('for every choice, it holds exactly the chosen parts, each asked about once', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 40 }), (isIn) => {
        const asked: Array<number> = [];
        const runs = pickParts(isIn.length, (part) => {
          asked.push(part);
          return isIn[part - 1]!;
        });
        assertNormal(runs);
        const chosen = isIn.flatMap((taken, i) => (taken ? [i + 1] : []));
        assert.deepEqual(numbersOf(runs), chosen);
        assert.deepEqual(
          asked,
          [...isIn.keys()].map((i) => i + 1),
        );
      }),
    );
  });
});
