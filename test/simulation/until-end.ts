/** Moves virtual time on until a download has ended. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { SimulatedClock } from '../../src/testing/simulation/simulated-clock.ts';

const TURNS_MAX = 30_000;

/** One turn: promises settle, and the next timer fires. */
export const oneTurn = async (clock: SimulatedClock): Promise<void> => {
  await nextTurn();
  clock.fireNext();
};

/** Throws when it does not end; how it ends is for others to see. */
export const untilEnd = async (clock: SimulatedClock, done: Promise<unknown>): Promise<void> => {
  let hasEnded = false;
  const end = (): void => {
    hasEnded = true;
  };
  done.then(end, end);
  for (let turn = 0; !hasEnded; turn++) {
    if (turn === TURNS_MAX) throw new RangeError('it does not end');
    await oneTurn(clock);
  }
};
