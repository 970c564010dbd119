/** Moves virtual time while a test awaits: from timer to timer, when all promises have settled. */
import type { SimulatedClock } from '../../../src/testing/simulation/simulated-clock.ts';

/** Drives until the function it returns is called. */
export const drive = (clock: SimulatedClock): (() => void) => {
  let isDriving = true;
  const turn = () => {
    if (!isDriving) return;
    clock.fireNext();
    setImmediate(turn);
  };
  setImmediate(turn);
  return () => {
    isDriving = false;
  };
};

/** Drives until a promise has settled. */
export const driven = async <A>(clock: SimulatedClock, promise: Promise<A>): Promise<A> => {
  const stop = drive(clock);
  return promise.finally(stop);
};
