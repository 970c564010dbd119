/** Ctrl-C and `kill`: the first one asks, the second one insists. */
import { type EndingSignal, exitCodeOfSignal } from './exit-codes.ts';

const SIGNALS: ReadonlyArray<EndingSignal> = ['SIGINT', 'SIGTERM'];

export interface SignalReactions {
  /** The first signal: end in order. */
  readonly first: (signal: EndingSignal) => void;
  /** Before the process exits at once, at the second signal. Default: nothing. */
  readonly second?: () => void;
}

/** Listens for the signals that end the command. Returns how to stop that. */
export const onSignals = ({ first, second = () => {} }: SignalReactions): (() => void) => {
  let count = 0;
  const react = (signal: EndingSignal): void => {
    count += 1;
    if (count === 1) {
      first(signal);
    } else {
      second();
      process.exit(exitCodeOfSignal(signal));
    }
  };
  for (const signal of SIGNALS) process.on(signal, react);
  return () => {
    for (const signal of SIGNALS) process.off(signal, react);
  };
};

/** Resolves at the first signal. */
export const untilSignal = (): Promise<EndingSignal> =>
  new Promise((resolve) => {
    onSignals({ first: resolve });
  });
