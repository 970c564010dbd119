import assert from 'node:assert/strict';
import { describe, expect, test } from 'vitest';
import { violations } from './laws.ts';
import { type Life, live } from './life.ts';
import { atCall, interrupted } from './small-spec.ts';
import { COMMANDS, type Crash, type Interruption } from './world-spec.ts';

/**
 * `all`: both levels in full, which takes minutes. Else every seventeenth call of the recoveries of
 * every third.
 */
const isAll = process.env['PARTWISE_EXHAUSTIVE'] === 'all';
const [STEP, STRIDE] = isAll ? [1, 1] : [17, 3];

const crashAt = (kind: Crash['kind'], call: number, isDone: boolean): Crash => ({
  kind,
  at: atCall(call),
  isDone,
  meanwhile: 'nothing',
});

/** Lives such a life; no law may be broken. */
const lawful = async (...interruptions: ReadonlyArray<Interruption>): Promise<Life> => {
  const spec = interrupted(...interruptions);
  const life = await live(spec);
  assert.deepEqual(violations(life), [], `npm run replay -- --world '${JSON.stringify(spec)}'`);
  return life;
};

/** No run makes so many calls: hardships alone decide how it ends. */
const NEVER = crashAt('killed', 1_000, true);

/** Effect calls of the run that follows these interruptions, when nothing else befalls it. */
const callsAfter = async (...interruptions: ReadonlyArray<Interruption>): Promise<number> =>
  (await lawful(...interruptions, NEVER)).runs[interruptions.length]?.calls ?? 0;

const bothKinds = ['killed', 'powerLost'] as const;

describe('a small download that crashes at every effect call', () => {
  for (const kind of bothKinds) {
    test(`ends byte-identical, and breaks no law, when ${kind}`, async () => {
      const calls = await callsAfter();
      let crashes = 0;
      for (let call = 1; call <= calls; call++) {
        for (const isDone of [false, true]) {
          const { runs } = await lawful(crashAt(kind, call, isDone));
          if (runs[0]?.ending === 'crashed') crashes += 1;
        }
      }
      expect(calls).toBeGreaterThan(40);
      expect(crashes).toBe(2 * calls);
    });

    test(`and again at every effect call of the recovery, when ${kind}`, async () => {
      const calls = await callsAfter();
      let seconds = 0;
      for (let call = 1; call <= calls; call += STRIDE) {
        const first = crashAt(kind, call, call % 2 === 0);
        const callsAgain = await callsAfter(first);
        for (let again = 1 + (call % STEP); again <= callsAgain; again += STEP) {
          for (const second of bothKinds) {
            const { runs } = await lawful(first, crashAt(second, again, again % 3 === 0));
            if (runs[1]?.ending === 'crashed') seconds += 1;
          }
        }
      }
      expect(seconds).toBeGreaterThan((calls * 20) / STEP / STRIDE);
    }, 600_000);
  }
});

describe('a small download that is asked for something at every effect call', () => {
  for (const kind of COMMANDS) {
    test(`breaks no law: ${kind}`, async () => {
      const calls = await callsAfter();
      const endings: Array<string | undefined> = [];
      for (let call = 2; call <= calls; call++) {
        const { runs } = await lawful({ kind, at: atCall(call) });
        endings.push(runs[0]?.ending);
      }
      const isAnEnd = kind.startsWith('cancel') || kind === 'pauseAndCancel';
      const isRefused = kind === 'accessRevoked';
      const expected = isAnEnd ? 'cancelled' : isRefused ? 'failed' : 'renamed';
      expect(endings).toContain(expected);
      expect(new Set(endings)).toEqual(new Set([expected, 'renamed']));
    });
  }
});
