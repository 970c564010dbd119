/** Virtual time: nothing waits, timers fire when the simulation moves on. */
import type { Clock } from '../../effects/clock.ts';
import { seeded } from './seeded.ts';
import { timerQueue } from './simulated-clock-queue.ts';

export interface SimulatedClockOptions {
  /** The date at which the simulation begins, in milliseconds since 1970. Default: 0. */
  readonly wallTimeMs?: number;
  /** Decides the order of timers that are due at the same moment. Default: as they were set. */
  readonly seed?: number;
}

export interface SimulatedClock extends Clock {
  /** Milliseconds since the simulation began. */
  readonly atMs: () => number;
  /** When the next timer is due, in milliseconds since the simulation began; null: none is set. */
  readonly nextAtMs: () => number | null;
  /** Moves time to the next timer and fires it. False: there is none. */
  readonly fireNext: () => boolean;
  /**
   * Moves time on, and fires what is due on the way, timers that others set included. What
   * promises set in motion comes later: a world that lets them settle in between uses `fireNext`.
   * Throws `RangeError` when that moment has passed.
   */
  readonly advanceTo: (atMs: number) => void;
  /**
   * Moves the date alone, forward or back: somebody has set it, or the host was asleep, for which
   * time timers stand still.
   */
  readonly jumpWallTime: (ms: number) => void;
  /** How many timers are set. */
  readonly timers: () => number;
}

/** Node fires what is longer, or no number, after 1 ms. */
const DELAY_MS_MAX = 2 ** 31 - 1;

export const simulatedClock = (options: SimulatedClockOptions = {}): SimulatedClock => {
  const { wallTimeMs = 0, seed } = options;
  const rankOf = seed === undefined ? () => 0 : seeded(seed).next;
  const queue = timerQueue();
  let nowMs = 0;
  let jumpedMs = 0;
  let count = 0;

  const fireNext = (): boolean => {
    const next = queue.first();
    if (next === null) return false;
    queue.remove(next.id);
    nowMs = next.atMs;
    next.callback();
    return true;
  };
  const nextAtMs = (): number | null => queue.first()?.atMs ?? null;

  return {
    now: () => nowMs,
    wallTime: () => wallTimeMs + jumpedMs + nowMs,
    setTimeout: (callback, delayMs) => {
      count += 1;
      const waitMs = delayMs <= DELAY_MS_MAX ? Math.max(0, delayMs) : 1;
      queue.add({ id: count, atMs: nowMs + waitMs, rank: rankOf(), callback });
      return count;
    },
    clearTimeout: (id) => queue.remove(id as number),
    atMs: () => nowMs,
    nextAtMs,
    fireNext,
    advanceTo: (atMs) => {
      if (!(atMs >= nowMs)) throw new RangeError(`it is ${nowMs} ms already, not ${atMs} ms`);
      while ((nextAtMs() ?? Infinity) <= atMs) fireNext();
      nowMs = atMs;
    },
    jumpWallTime: (ms) => {
      jumpedMs += ms;
    },
    timers: queue.length,
  };
};
