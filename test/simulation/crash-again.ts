/** A small download that crashes, and whose recovery crashes too: at all pairs of effect calls. */
import { expect } from 'vitest';
import { bothKinds, callsAfter, crashAt, lawful } from './crash-at-call.ts';
import type { Crash } from './world-spec.ts';

/**
 * `PARTWISE_EXHAUSTIVE`: of the calls of each recovery one in so many is tried, another one each
 * time; 1 is all, which takes four minutes. Default: one in 17, of every third recovery.
 */
const asked = Number(process.env['PARTWISE_EXHAUSTIVE'] ?? 0);
const [STEP, STRIDE] = asked > 0 ? [asked, 1] : [17, 3];

/** Any limit will do: it is no test of speed. */
export const LONG_MS = 1_800_000;

/** @param kind How it ends the first time; the second time it is both. */
export const crashAgain = async (kind: Crash['kind']): Promise<void> => {
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
};
