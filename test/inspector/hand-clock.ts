/** A clock that a test moves by hand. */
import type { TimerClock } from '../../src/inspector/timer.ts';

export interface HandClock extends TimerClock {
  /** Moves on, and fires in order what falls due meanwhile. */
  readonly advance: (ms: number) => void;
  readonly timers: () => number;
}

export const handClock = (): HandClock => {
  const timers = new Map<number, { readonly atMs: number; readonly run: () => void }>();
  let nowMs = 0;
  let count = 0;
  const nextUntil = (endMs: number) =>
    [...timers]
      .filter(([, { atMs }]) => atMs <= endMs)
      .sort(([, a], [, b]) => a.atMs - b.atMs)
      .at(0);
  return {
    now: () => nowMs,
    setTimeout: (run, delayMs) => {
      count += 1;
      timers.set(count, { atMs: nowMs + delayMs, run });
      return count;
    },
    clearTimeout: (id) => void timers.delete(id as number),
    advance: (ms) => {
      const endMs = nowMs + ms;
      for (let next = nextUntil(endMs); next !== undefined; next = nextUntil(endMs)) {
        const [id, { atMs, run }] = next;
        timers.delete(id);
        nowMs = atMs;
        run();
      }
      nowMs = endMs;
    },
    timers: () => timers.size,
  };
};
