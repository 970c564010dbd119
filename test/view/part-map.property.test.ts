/** The map of parts against a plain array that does the same. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PART_STATES } from '../../src/view/download-view.ts';
import { partMap } from '../../src/view/part-map.ts';

const SIZE = 40;
const code = fc.nat({ max: PART_STATES.length - 1 });
const part = fc.integer({ min: 1, max: SIZE + 2 }); // Two of them are not there.

type Act =
  | { readonly act: 'set'; readonly part: number; readonly code: number }
  | { readonly act: 'fill'; readonly code: number }
  | { readonly act: 'replace'; readonly from: number; readonly to: number }
  | { readonly act: 'look'; readonly who: number };

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ act: fc.constant('set' as const), part, code }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('fill' as const), code }) },
  {
    weight: 1,
    arbitrary: fc.record({ act: fc.constant('replace' as const), from: code, to: code }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ act: fc.constant('look' as const), who: fc.nat({ max: 2 }) }),
  },
);

/** What somebody knows who looks now and then, and is only told what changed. */
const onlooker = () => ({ version: 0, known: new Uint8Array(SIZE).fill(255) });

describe('partMap', () => {
  test('for every sequence of changes counts right, and tells each onlooker what changed', () => {
    fc.assert(
      fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
        const map = partMap();
        map.load(new Uint8Array(SIZE));
        const model = new Uint8Array(SIZE);
        const onlookers = [onlooker(), onlooker(), onlooker()];
        for (const step of acts) {
          if (step.act === 'set') {
            map.set(step.part, step.code);
            model[step.part - 1] = step.code; // A write beside the array changes nothing.
          }
          if (step.act === 'fill') {
            map.fill(step.code);
            model.fill(step.code);
          }
          if (step.act === 'replace') {
            map.replace(step.from, step.to);
            for (const [index, now] of model.entries())
              if (now === step.from) model[index] = step.to;
          }
          if (step.act !== 'look') continue;
          const who = onlookers[step.who]!;
          const { version, triples, isWhole } = map.changesSince(who.version);
          if (isWhole) who.known.fill(255);
          for (let at = 0; at < triples.length; at += 3) {
            const [start = 0, count = 0, now = 0] = triples.slice(at, at + 3);
            who.known.fill(now, start, start + count);
          }
          who.version = version;
          expect([...who.known]).toEqual([...model]);
        }
        expect([...map.codes()]).toEqual([...model]);
        for (let it = 0; it < PART_STATES.length; it++) {
          expect(map.count(it)).toBe(model.filter((now) => now === it).length);
        }
      }),
    );
  });

  test('tells an onlooker who is up to date nothing', () => {
    const map = partMap();
    map.load(new Uint8Array(100_000));
    const { version, triples } = map.changesSince(0);
    expect(triples).toEqual([0, 100_000, 0]);
    expect(map.changesSince(version)).toMatchObject({ isWhole: false, triples: [] });
    map.set(7, 3);
    map.set(8, 3);
    expect(map.changesSince(version).triples).toEqual([6, 2, 3]);
  });
});
