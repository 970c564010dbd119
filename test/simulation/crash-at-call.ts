/** Lives of a small download that are interrupted at given effect calls: no law may be broken. */
import assert from 'node:assert/strict';
import { violations } from './laws.ts';
import { type Life, live } from './life.ts';
import { atCall, interrupted } from './small-spec.ts';
import type { Crash, Interruption } from './world-spec.ts';

export const crashAt = (kind: Crash['kind'], call: number, isDone: boolean): Crash => ({
  kind,
  at: atCall(call),
  isDone,
  meanwhile: 'nothing',
});

/** Lives such a life; no law may be broken. */
export const lawful = async (...interruptions: ReadonlyArray<Interruption>): Promise<Life> => {
  const spec = interrupted(...interruptions);
  const life = await live(spec);
  assert.deepEqual(violations(life), [], `npm run replay -- --world '${JSON.stringify(spec)}'`);
  return life;
};

/** No run makes so many calls: hardships alone decide how it ends. */
const NEVER = crashAt('killed', 1_000, true);

/** Effect calls of the run that follows these interruptions, when nothing else befalls it. */
export const callsAfter = async (...interruptions: ReadonlyArray<Interruption>): Promise<number> =>
  (await lawful(...interruptions, NEVER)).runs[interruptions.length]?.calls ?? 0;

export const bothKinds = ['killed', 'powerLost'] as const;
