/** What is known of parts, compared with a simple model of parts and of a breakpoint. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytes } from '../../src/domain/bytes.ts';
import type { Crc64 } from '../../src/domain/crc64.ts';
import { loadCrc64 } from '../../src/effects/crc64.ts';
import type { PartFact } from '../../src/store/breakpoint.ts';
import { type PartLedger, partLedger } from '../../src/transfer/part-ledger.ts';

const crc64Of = await loadCrc64();

const fact = (part: number, length: number, crc64 = '7'): PartFact => ({
  part,
  length: bytes(length),
  crc64: crc64 as Crc64,
});

/** Bytes of a part arrive and are written at once. */
const fetch = (ledger: PartLedger, part: number, text: string): void => {
  ledger.received(part, text.length);
  ledger.wrote(part, text.length, crc64Of(Buffer.from(text)));
};
/** One checkpoint, without anything happening meanwhile. */
const checkpoint = (ledger: PartLedger): ReadonlyArray<PartFact> => {
  const noted = ledger.note();
  ledger.recorded(noted);
  return noted;
};
const of = (text: string, part = 1): PartFact =>
  fact(part, text.length, crc64Of(Buffer.from(text)));

describe('partLedger', () => {
  test('knows nothing of a part that nobody spoke of', () => {
    const ledger = partLedger([]);
    expect(ledger.factOf(3)).toEqual(fact(3, 0, '0'));
    expect(ledger.isConfirmed(3)).toBe(true);
    expect(ledger.note()).toEqual([]);
    expect(ledger.sums()).toEqual({ received: 0, written: 0, durable: 0, fetched: 0 });
  });

  test('begins with what a breakpoint says, unconfirmed and not fetched', () => {
    const ledger = partLedger([fact(1, 4), fact(3, 2)]);
    expect(ledger.factOf(1)).toEqual(fact(1, 4));
    expect([1, 2, 3].map(ledger.isConfirmed)).toEqual([false, true, false]);
    expect(ledger.sums()).toEqual({ received: 6, written: 6, durable: 6, fetched: 0 });
    expect([ledger.note(), ledger.unrecordedBytes()]).toEqual([[], 0]);
  });

  test('received, written and durable are three steps', () => {
    const ledger = partLedger([]);
    ledger.received(1, 4);
    expect(ledger.sums()).toEqual({ received: 4, written: 0, durable: 0, fetched: 4 });
    ledger.wrote(1, 4, crc64Of(Buffer.from('1234')));
    expect(ledger.sums()).toEqual({ received: 4, written: 4, durable: 0, fetched: 4 });
    expect(ledger.unrecordedBytes()).toBe(4);
    expect(checkpoint(ledger)).toEqual([of('1234')]);
    expect(ledger.sums()).toEqual({ received: 4, written: 4, durable: 4, fetched: 4 });
    expect(checkpoint(ledger)).toEqual([]);
  });

  test('the checksum of a part is that of all its writes, also behind a recorded prefix', () => {
    const ledger = partLedger([of('12345')]);
    fetch(ledger, 1, '67');
    fetch(ledger, 1, '890');
    expect(ledger.factOf(1)).toEqual(fact(1, 10, '12811388247244714686'));
    expect(ledger.isConfirmed(1)).toBe(false);
    ledger.confirm(1);
    expect(ledger.isConfirmed(1)).toBe(true);
  });

  test('what was received and not written is not counted once its request has ended', () => {
    const ledger = partLedger([]);
    fetch(ledger, 1, '12');
    ledger.received(1, 3);
    ledger.dropUnwritten(1);
    expect(ledger.sums()).toEqual({ received: 2, written: 2, durable: 0, fetched: 5 });
  });

  test('how far a part ever came is what it had at most, received or on record', () => {
    const ledger = partLedger([fact(2, 7)]);
    fetch(ledger, 1, '1234');
    ledger.received(1, 3);
    ledger.dropUnwritten(1);
    expect([1, 2, 3].map(ledger.furthestOf)).toEqual([7, 7, 0]);
  });

  test('a part that starts over counts nothing, and it is known how far it was', () => {
    const ledger = partLedger([]);
    fetch(ledger, 1, '1234');
    ledger.startOver(1);
    expect(ledger.factOf(1)).toEqual(fact(1, 0, '0'));
    expect(ledger.sums()).toEqual({ received: 0, written: 0, durable: 0, fetched: 4 });
    fetch(ledger, 1, '12');
    expect(ledger.furthestOf(1)).toBe(4);
    fetch(ledger, 1, '345');
    expect(ledger.furthestOf(1)).toBe(5);
  });

  test('a part that is forgotten was nowhere: its bytes were none', () => {
    const ledger = partLedger([fact(1, 4)]);
    ledger.forget(1);
    expect(ledger.furthestOf(1)).toBe(0);
  });

  test('a forgotten part counts nothing, and its record is taken back', () => {
    const ledger = partLedger([fact(1, 4), fact(2, 4)]);
    ledger.forget(1);
    expect(ledger.sums()).toEqual({ received: 4, written: 4, durable: 4, fetched: 0 });
    expect(ledger.factOf(1)).toEqual(fact(1, 0, '0'));
    expect(checkpoint(ledger)).toEqual([fact(1, 0, '0')]);
    expect(checkpoint(ledger)).toEqual([]);
  });

  test('a part that was forgotten and fetched anew is recorded anew, though just as long', () => {
    const ledger = partLedger([fact(1, 4)]);
    ledger.forget(1);
    fetch(ledger, 1, 'abcd');
    expect(ledger.sums().durable).toBe(0);
    expect(checkpoint(ledger)).toEqual([of('abcd')]);
    expect(ledger.sums().durable).toBe(4);
  });

  test('bytes written while their part is recorded go into the next record', () => {
    const ledger = partLedger([]);
    fetch(ledger, 1, '12');
    const noted = ledger.note();
    fetch(ledger, 1, '345');
    ledger.recorded(noted);
    expect(ledger.sums()).toMatchObject({ written: 5, durable: 2 });
    expect(checkpoint(ledger)).toEqual([of('12345')]);
  });

  test('a fact that is forgotten while its record is under way is taken back by the next', () => {
    const ledger = partLedger([]);
    fetch(ledger, 1, '1234');
    const noted = ledger.note();
    ledger.forget(1);
    ledger.recorded(noted);
    expect(ledger.sums()).toMatchObject({ written: 0, durable: 0 });
    expect(checkpoint(ledger)).toEqual([fact(1, 0, '0')]);
    expect(checkpoint(ledger)).toEqual([]);
  });

  test('… also when the part was fetched anew meanwhile, to the same length', () => {
    const ledger = partLedger([]);
    fetch(ledger, 1, '1234');
    const noted = ledger.note();
    ledger.forget(1);
    fetch(ledger, 1, 'abcd');
    ledger.recorded(noted);
    expect(ledger.sums()).toMatchObject({ written: 4, durable: 0 });
    expect(checkpoint(ledger)).toEqual([of('abcd')]);
    expect(ledger.sums().durable).toBe(4);
  });

  test('… also when that next record is overtaken in the same way', () => {
    const ledger = partLedger([]);
    fetch(ledger, 1, '1234');
    for (const text of ['a', 'bc', 'def']) {
      const noted = ledger.note();
      ledger.forget(1);
      fetch(ledger, 1, text);
      ledger.recorded(noted);
      expect(ledger.sums().durable).toBe(0);
    }
    expect(checkpoint(ledger)).toEqual([of('def')]);
  });

  test('a part that was not in the record is not touched by it', () => {
    const ledger = partLedger([]);
    fetch(ledger, 1, '12');
    const noted = ledger.note();
    fetch(ledger, 2, '34');
    ledger.recorded(noted);
    expect(checkpoint(ledger)).toEqual([of('34', 2)]);
  });
});

/** A part as bytes, and what a breakpoint says of it. `life` counts how often it was forgotten. */
interface PartModel {
  text: string;
  unwritten: number;
  life: number;
  isConfirmed: boolean;
  said: { readonly text: string; readonly life: number };
}

/** Parts 1 to 3 of an object; 1 and 2 are on record where `isResumed`. */
const modelOf = (isResumed: boolean) => {
  const newPart = (text: string): PartModel => {
    const said = { text, life: 0 };
    return { text, unwritten: 0, life: 0, isConfirmed: text === '', said };
  };
  const texts = isResumed ? ['old', 'old', ''] : ['', '', ''];
  return new Map(texts.map((text, i) => [i + 1, newPart(text)]));
};

/** A ledger beside its model: each step is done to both. */
const openBoth = (isResumed: boolean) => {
  const ledger = partLedger(isResumed ? [of('old', 1), of('old', 2)] : []);
  const model = modelOf(isResumed);
  const total = (count: (part: PartModel) => number) =>
    [...model.values()].reduce((sum, part) => sum + count(part), 0);
  let inFlight: ReadonlyArray<PartFact> | null = null;
  let noted = new Map<number, PartModel['said']>();
  let fetched = 0;
  let races = 0;

  return {
    ledger,
    model,
    races: () => races,
    fetch: (part: number, text: string, lost: number): void => {
      fetch(ledger, part, text);
      ledger.received(part, lost);
      const known = model.get(part)!;
      Object.assign(known, { text: known.text + text, unwritten: known.unwritten + lost });
      fetched += text.length + lost;
    },
    drop: (part: number): void => {
      ledger.dropUnwritten(part);
      model.get(part)!.unwritten = 0;
    },
    confirm: (part: number): void => {
      ledger.confirm(part);
      model.get(part)!.isConfirmed = true;
    },
    forget: (part: number): void => {
      ledger.forget(part);
      const { life, said } = model.get(part)!;
      model.set(part, { text: '', unwritten: 0, life: life + 1, isConfirmed: true, said });
    },
    /** Begins a record, unless one is under way. */
    note: (): void => {
      if (inFlight !== null) return;
      inFlight = ledger.note();
      for (const each of inFlight) {
        assert.deepEqual(each, of(model.get(each.part)!.text, each.part));
      }
      noted = new Map(inFlight.map(({ part }) => [part, { ...model.get(part)! }]));
    },
    /** Ends the record that is under way. */
    record: (): void => {
      if (inFlight === null) return;
      ledger.recorded(inFlight);
      inFlight = null;
      for (const [part, said] of noted) {
        const known = model.get(part)!;
        if (said.life !== known.life) races += 1;
        known.said = said;
      }
    },
    check: (): void => {
      const written = total(({ text }) => text.length);
      const durable = total(({ said, life }) => (said.life === life ? said.text.length : 0));
      const received = written + total(({ unwritten }) => unwritten);
      assert.deepEqual(ledger.sums(), { received, written, durable, fetched });
      assert.equal(ledger.unrecordedBytes(), written - durable);
      for (const [part, { text, isConfirmed }] of model) {
        assert.deepEqual(ledger.factOf(part), of(text, part));
        assert.equal(ledger.isConfirmed(part), isConfirmed);
      }
    },
  };
};

type Step = (both: ReturnType<typeof openBoth>) => void;

const parts = fc.integer({ min: 1, max: 3 });
const texts = fc.string({ maxLength: 3, unit: 'grapheme-ascii' });
const steps: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.tuple(parts, texts, fc.nat({ max: 2 })).map(
      (of): Step =>
        (both) =>
          both.fetch(...of),
    ),
  },
  {
    weight: 2,
    arbitrary: parts.map(
      (part): Step =>
        (both) =>
          both.forget(part),
    ),
  },
  parts.map(
    (part): Step =>
      (both) =>
        both.confirm(part),
  ),
  parts.map(
    (part): Step =>
      (both) =>
        both.drop(part),
  ),
  { weight: 2, arbitrary: fc.constant<Step>((both) => both.note()) },
  { weight: 2, arbitrary: fc.constant<Step>((both) => both.record()) },
);

describe('partLedger, for every history', () => {
  test('sums and facts are those of the bytes, and a breakpoint never stays wrong', () => {
    const histories = fc.array(steps, { maxLength: 40, size: 'max' });
    let races = 0;
    fc.assert(
      fc.property(fc.boolean(), histories, (isResumed, history) => {
        const both = openBoth(isResumed);
        for (const step of history) {
          step(both);
          both.check();
        }
        both.record();
        both.note();
        both.record();
        both.check();
        for (const { text, said } of both.model.values()) assert.equal(said.text, text);
        assert.deepEqual(both.ledger.note(), []);
        races += both.races();
      }),
      { numRuns: 300, plugins: [fc.unbiased()] },
    );
    expect(races).toBeGreaterThan(50);
  });
});
