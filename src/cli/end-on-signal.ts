/** Ctrl-C and `kill` while `get` is at work: what has arrived is kept, from the first moment on. */
import type { EndingSignal } from './exit-codes.ts';
import type { Reporter } from './reporter.ts';
import { onSignals } from './signals.ts';

export interface Ending {
  /** Aborts at the first signal: the work is to end, and to keep what it has. */
  readonly asked: AbortSignal;
  /** The signal that came; null: none did. */
  readonly signal: () => EndingSignal | null;
  /** From now on this one tells of a signal, and gives the terminal back before a second one. */
  readonly tellBy: (reporter: Pick<Reporter, 'say' | 'close'>) => void;
  /** Listens no longer. */
  readonly stop: () => void;
}

/**
 * Listens for the signals that end the command. The second one does not wait for anything.
 *
 * @param quiet Say nothing about it.
 */
export const endOnSignal = (quiet: boolean, before: Pick<Reporter, 'say' | 'close'>): Ending => {
  const controller = new AbortController();
  let reporter = before;
  let received: EndingSignal | null = null;
  const stop = onSignals({
    first: (signal) => {
      received = signal;
      if (!quiet) reporter.say('Stops, and keeps what has arrived…');
      controller.abort();
    },
    second: () => reporter.close(),
  });
  return {
    asked: controller.signal,
    signal: () => received,
    tellBy: (next) => {
      reporter = next;
    },
    stop,
  };
};
