/** Virtual time: nothing waits, timers fire when the simulation moves on. */
import type { Clock } from '../../effects/clock.ts';

export interface SimulatedClock extends Clock {
  /** Moves time to the next timer and fires it. False: there is none. */
  readonly fireNext: () => boolean;
  /** How many timers are set. */
  readonly timers: () => number;
}

interface Timer {
  readonly id: number;
  readonly atMs: number;
  readonly callback: () => void;
}

/** @param wallTimeMs The date at which the simulation begins, in milliseconds since 1970. */
export const simulatedClock = (wallTimeMs = 0): SimulatedClock => {
  let nowMs = 0;
  let count = 0;
  let timers: ReadonlyArray<Timer> = [];

  return {
    now: () => nowMs,
    wallTime: () => wallTimeMs + nowMs,
    setTimeout: (callback, delayMs) => {
      count += 1;
      timers = [...timers, { id: count, atMs: nowMs + Math.max(0, delayMs), callback }];
      return count;
    },
    clearTimeout: (id) => {
      timers = timers.filter((timer) => timer.id !== id);
    },
    fireNext: () => {
      const next = timers.reduce<Timer | null>(
        (first, timer) => (first === null || timer.atMs < first.atMs ? timer : first),
        null,
      );
      if (next === null) return false;
      timers = timers.filter((timer) => timer !== next);
      nowMs = next.atMs;
      next.callback();
      return true;
    },
    timers: () => timers.length,
  };
};
