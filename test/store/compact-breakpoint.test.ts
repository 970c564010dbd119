import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Crc64 } from '../../src/domain/crc64.ts';
import { type BreakpointRecord, encodeRecord, foldRecords } from '../../src/store/breakpoint.ts';
import { compactRecords, FACTS_PER_RECORD, inRecords } from '../../src/store/compact-breakpoint.ts';
import { factOf, headerOf } from '../conformance/breakpoint-store.ts';

const fold = (records: ReadonlyArray<BreakpointRecord>) => foldRecords(records.map(encodeRecord));
const HEADER: BreakpointRecord = { type: 'header', header: headerOf() };

const laterRecords: fc.Arbitrary<BreakpointRecord> = fc.oneof(
  fc
    .array(fc.tuple(fc.integer({ min: 1, max: 6 }), fc.nat({ max: 4 })), { maxLength: 5 })
    .map((facts) => ({
      type: 'facts' as const,
      facts: facts.map(([part, length]) => factOf(part, length)),
    })),
  fc
    .tuple(fc.constantFrom('boot', 'other', null), fc.nat())
    .map(([bootId, atMs]) => ({ type: 'session' as const, bootId, atMs })),
  fc.constant({ type: 'final' as const, crc64: '7' as Crc64 }),
);

describe('compactRecords', () => {
  test('for every journal, folds to the same facts, boots and end', () => {
    fc.assert(
      fc.property(fc.array(laterRecords, { maxLength: 12 }), (records) => {
        const before = fold([HEADER, ...records]);
        const after = before === null ? null : fold(compactRecords(before));
        const plain = (breakpoint: typeof before) => ({
          facts: [...(breakpoint?.facts ?? [])].sort(([a], [b]) => a - b),
          finalCrc64: breakpoint?.finalCrc64,
        });
        expect(plain(after)).toEqual(plain(before));
      }),
    );
  });

  test('has one fact for each part, however often it was recorded', () => {
    const often = Array.from({ length: 50 }, (_, index) => ({
      type: 'facts' as const,
      facts: [factOf(1, index + 1)],
    }));
    const before = fold([HEADER, ...often]);
    expect(before === null ? 0 : compactRecords(before).length).toBe(3);
  });
});

describe('inRecords', () => {
  test('keeps order and bounds', () => {
    const facts = Array.from({ length: FACTS_PER_RECORD + 1 }, (_, index) => factOf(index + 1, 1));
    const records = inRecords(facts);
    expect(records.map((record) => record.facts.length)).toEqual([FACTS_PER_RECORD, 1]);
    expect(records.flatMap((record) => record.facts)).toEqual(facts);
    expect(inRecords([])).toEqual([]);
  });
});
