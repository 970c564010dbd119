/** Timers of a thing that only looks on: they never keep a process running. */
import type { Clock } from '../effects/clock.ts';

export type TimerClock = Pick<Clock, 'now' | 'setTimeout' | 'clearTimeout'>;

/** Those of Node can be let go; those of a simulation keep nothing running. */
export const setTimer = (clock: TimerClock, callback: () => void, delayMs: number): unknown => {
  const timer = clock.setTimeout(callback, delayMs);
  if (typeof timer === 'object' && timer !== null && 'unref' in timer) {
    (timer as { readonly unref: () => void }).unref();
  }
  return timer;
};
