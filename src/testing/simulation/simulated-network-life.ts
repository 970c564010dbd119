/**
 * The life of one exchange: waits of virtual time that the first failure ends, be it an abort or
 * a Left.
 */
import { type DownloadError, interruptionOf } from '../../domain/errors.ts';
import type { Clock } from '../../effects/clock.ts';
import type { Seeded } from './seeded.ts';

export interface Life {
  /** Waits until then; at once when it is over. Without a wait others still get their turn. */
  readonly until: (atMs: number) => Promise<void>;
  /** Waits for a promise; no longer than it lives: null when it is over. */
  readonly orEnd: <A>(promise: Promise<A>) => Promise<A | null>;
  /** Ends it, unless something else has. */
  readonly fail: (error: DownloadError) => void;
  /** What ended it; null: it lives. */
  readonly failure: () => DownloadError | null;
  /** Lets go of the signal. */
  readonly close: () => void;
}

/** Waits of no time last up to so many turns of the queue of promises. */
const TURNS_MAX = 3;
/** A timer cannot be set for later; nobody lives to see it. */
const DELAY_MS_MAX = 2 ** 31 - 1;

/** @param draws Decides who is first of those that wait no time. */
export const lifeOf = (signal: AbortSignal, clock: Clock, draws: Seeded): Life => {
  let failure: DownloadError | null = null;
  let wake = () => {};
  let end: (nothing: null) => void = () => {};
  let ended: Promise<null> | null = null;

  const fail = (error: DownloadError): void => {
    if (failure !== null) return;
    failure = error;
    wake();
    end(null);
  };
  const onAbort = () => fail(interruptionOf(signal));
  signal.addEventListener('abort', onAbort, { once: true });

  return {
    until: async (atMs) => {
      const delayMs = atMs - clock.now();
      if (!(delayMs > 0)) {
        for (let turns = draws.integer(TURNS_MAX); turns > 0; turns--) await null;
        return;
      }
      if (failure !== null) return;
      await new Promise<void>((resolve) => {
        if (delayMs > DELAY_MS_MAX) {
          wake = resolve;
          return;
        }
        const timer = clock.setTimeout(resolve, delayMs);
        wake = () => {
          clock.clearTimeout(timer);
          resolve();
        };
      });
    },
    orEnd: (promise) => {
      if (failure !== null) return Promise.resolve(null);
      ended ??= new Promise((resolve) => {
        end = resolve;
      });
      return Promise.race([promise, ended]);
    },
    fail,
    failure: () => failure,
    close: () => signal.removeEventListener('abort', onAbort),
  };
};
