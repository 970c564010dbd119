/** Records and what they tell together; what is not a record is not believed. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytes } from '../../src/domain/bytes.ts';
import { type Crc64, crc64FromBigInt } from '../../src/domain/crc64.ts';
import {
  encodeRecord,
  foldRecords,
  type PartFact,
  type RecordedFact,
} from '../../src/store/breakpoint.ts';
import { breakpointWith, factOf, headerOf } from '../conformance/breakpoint-store.ts';

const HEADER = encodeRecord({ type: 'header', header: headerOf() });
const facts = (...all: ReadonlyArray<PartFact>) => encodeRecord({ type: 'facts', facts: all });

const factsOf = (...payloads: ReadonlyArray<string>) => {
  const breakpoint = foldRecords([HEADER, ...payloads]);
  if (breakpoint === null) return 'nothing';
  return [...breakpoint.facts.values()].map(({ bootId: _, ...fact }) => fact);
};

describe('foldRecords', () => {
  test('a header alone is a breakpoint without facts', () => {
    expect(foldRecords([HEADER])).toEqual(breakpointWith(headerOf(), []));
  });

  test('later facts about a part replace earlier ones', () => {
    expect(factsOf(facts(factOf(1, 2), factOf(2, 3)), facts(factOf(1, 4, '9')))).toEqual([
      factOf(1, 4, '9'),
      factOf(2, 3),
    ]);
  });

  test('a length of 0 takes back what was said, and something may be said again', () => {
    expect(factsOf(facts(factOf(1, 2)), facts(factOf(1, 0, '0')))).toEqual([]);
    expect(factsOf(facts(factOf(1, 2), factOf(1, 0, '0')), facts(factOf(1, 3)))).toEqual([
      factOf(1, 3),
    ]);
    expect(factsOf(facts(factOf(1, 0, '0')))).toEqual([]);
  });

  test('for every sequence of facts, it is what a map of the last ones holds', () => {
    const crcs = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(crc64FromBigInt);
    const lengths = fc.oneof(fc.nat({ max: 3 }), fc.maxSafeNat());
    const fact = fc
      .tuple(fc.integer({ min: 1, max: 5 }), lengths, crcs)
      .map(([part, length, crc64]) => factOf(part, length, crc64));
    fc.assert(
      fc.property(fc.array(fc.array(fact, { maxLength: 4 }), { maxLength: 6 }), (frames) => {
        const model = new Map<number, RecordedFact>();
        for (const each of frames.flat()) {
          if (each.length === 0) model.delete(each.part);
          else model.set(each.part, { ...each, bootId: 'boot' });
        }
        const folded = foldRecords([HEADER, ...frames.map((frame) => facts(...frame))]);
        assert.deepEqual(folded?.facts, model);
      }),
    );
  });

  test.each<[string, ReadonlyArray<string>]>([
    ['nothing', []],
    ['facts without a header', [facts(factOf(1, 2))]],
    ['two headers', [HEADER, HEADER]],
    ['no JSON', [HEADER, '{"type":"fac']],
    ['an empty payload', [HEADER, '']],
    ['a record of another kind', [HEADER, '{"type":"later"}']],
    ['null', ['null']],
    ['a part that is no whole number', [HEADER, '{"type":"facts","facts":[[1.5,2,"7"]]}']],
    ['a negative length', [HEADER, '{"type":"facts","facts":[[1,-2,"7"]]}']],
    [
      'a checksum of more than 64 bits',
      [HEADER, `{"type":"facts","facts":[[1,2,"${2n ** 64n}"]]}`],
    ],
    ['a checksum that is a number', [HEADER, '{"type":"facts","facts":[[1,2,7]]}']],
    ['a fact that is too short', [HEADER, '{"type":"facts","facts":[[1,2]]}']],
    ['another format', [HEADER.replace('"format":1', '"format":2')]],
    ['a negative size', [HEADER.replace('"size":10', '"size":-10')]],
    ['a header without a target', [HEADER.replace('"target"', '"goal"')]],
    ['a header whose version lacks a field', [HEADER.replace('"etag"', '"tag"')]],
  ])('%s tells nothing', (_, payloads) => expect(foldRecords(payloads)).toBeNull());

  test('a header may be of any version that a server can give', () => {
    const version = { size: null, etag: null, lastModified: null, crc64: null, versionId: null };
    const header = headerOf({ version });
    expect(foldRecords([encodeRecord({ type: 'header', header })])?.header).toEqual(header);
  });

  test('what a stranger added to a header is dropped', () => {
    const payload = HEADER.replace('"format":1', '"format":1,"secret":"x"');
    expect(foldRecords([payload])?.header).toEqual(headerOf());
  });
});

describe('encodeRecord', () => {
  test('a fact is three values', () => {
    const fact: PartFact = { part: 7, length: bytes(8), crc64: '9' as Crc64 };
    expect(facts(fact)).toBe('{"type":"facts","facts":[[7,8,"9"]]}');
  });
});

describe('sessions and the final record', () => {
  const session = (bootId: string) => encodeRecord({ type: 'session', bootId, atMs: 9 });
  const final = encodeRecord({ type: 'final', crc64: '7' as Crc64 });

  test('a fact belongs to the boot of the session that recorded it', () => {
    const folded = foldRecords([HEADER, facts(factOf(1, 2)), session('next'), facts(factOf(2, 3))]);
    expect([...(folded?.facts.values() ?? [])].map(({ bootId }) => bootId)).toEqual([
      'boot',
      'next',
    ]);
    expect(folded?.touchedAtMs).toBe(9);
  });

  test('a breakpoint is final until other facts are recorded', () => {
    const isFinal = (...payloads: ReadonlyArray<string>) =>
      foldRecords([HEADER, ...payloads])?.finalCrc64 != null;
    expect(isFinal(facts(factOf(1, 2)))).toBe(false);
    expect(isFinal(facts(factOf(1, 2)), final)).toBe(true);
    expect(isFinal(final, session('next'))).toBe(true);
    expect(isFinal(final, session('next'), facts(factOf(1, 0, '0')))).toBe(false);
  });
});
