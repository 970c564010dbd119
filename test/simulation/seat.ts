/**
 * Effects whose owner changes: statecharts are given them once, and serve one process after the
 * other. To give effects to statecharts costs as much as half a small run.
 *
 * It is safe because a process has come to rest, or is dead, when the next takes the seat.
 */
import type { DownloadEffects } from '../../src/machines/provide-effects.ts';

export interface Seat {
  readonly effects: DownloadEffects;
  readonly take: (effects: DownloadEffects) => void;
}

export const openSeat = (first: DownloadEffects): Seat => {
  let now = first;
  const names = Object.keys(first) as ReadonlyArray<keyof DownloadEffects>;
  const effects = {} as DownloadEffects;
  for (const name of names) Object.defineProperty(effects, name, { get: () => now[name] });
  return {
    effects,
    take: (next) => {
      now = next;
    },
  };
};

/** What crashed processes had open stays in the statecharts' hands until they go. */
const TAKEN_MAX = 200;

let seat: Seat | null = null;
let taken = 0;

/** The seat's effects, which from now on are these. */
export const seated = (effects: DownloadEffects): DownloadEffects => {
  taken += 1;
  if (seat === null || taken % TAKEN_MAX === 0) seat = openSeat(effects);
  seat.take(effects);
  return seat.effects;
};

/** The next process gets statecharts that served nobody: they number what they open from 1. */
export const clearSeat = (): void => {
  seat = null;
  taken = 0;
};
