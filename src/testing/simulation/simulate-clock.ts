/** Moving a simulated world on: timer by timer, and between two of them everything settles. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { SimulatedClock } from './simulated-clock.ts';

/** Lets everything happen that takes no time. */
export const settle = (): Promise<void> => nextTurn();

/** Moves time on to a moment; what is due until then happens, and all that follows from it. */
export const advanceClock = async (clock: SimulatedClock, atMs: number): Promise<void> => {
  await settle();
  while ((clock.nextAtMs() ?? Infinity) <= atMs) {
    clock.fireNext();
    await settle();
  }
  clock.advanceTo(atMs);
};

/** Why a wait has ended. */
export type WaitEnd = 'there' | 'late' | 'still';

/**
 * Moves time on until something is the case. Time stands where that was first seen.
 *
 * @returns `there`: it is; `late`: not until `atMs`, and time stands before that; `still`: no timer
 *   is set, so nothing will ever happen by itself.
 */
export const advanceUntil = async (
  clock: SimulatedClock,
  isThere: () => boolean,
  atMs: number,
): Promise<WaitEnd> => {
  for (;;) {
    await settle();
    if (isThere()) return 'there';
    const next = clock.nextAtMs();
    if (next === null) return 'still';
    if (next > atMs) return 'late';
    clock.fireNext();
  }
};
