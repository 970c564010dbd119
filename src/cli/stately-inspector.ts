/** `--inspect=stately`: hands what happens to Stately's inspector, where that is installed. */
import { E } from '../fp.ts';
import type { ErrorOf } from '../index.ts';
import type { Redact } from '../trace/redact.ts';
import { safeInspection } from '../trace/safe-inspection.ts';
import type { Tracer } from '../trace/tracer.ts';
import { refuse } from './refuse.ts';

export interface StatelyInspector {
  /** Where its server is expected. Until it is there, the last thousands of events are kept. */
  readonly url: string;
  readonly inspect: Tracer['inspect'];
  readonly close: () => Promise<void>;
}

/** Events that wait for the server to be started. */
const DEFERRED_EVENTS_MAX = 10_000;

/** Errors: `UsageError` when `@statelyai/inspect` is not installed; it is no dependency of ours. */
export const connectStately = async (
  port: number,
  redact: Redact,
): Promise<E.Either<ErrorOf<'UsageError'>, StatelyInspector>> => {
  const stately = await import('@statelyai/inspect').catch(() => null);
  if (stately === null) return refuse('--inspect', 'stately', INSTALL);
  const url = `ws://127.0.0.1:${port}`;
  const inspector = stately.createWebSocketInspector({
    url,
    maxDeferredEvents: DEFERRED_EVENTS_MAX,
  });
  return E.right({
    url,
    inspect: safeInspection(inspector.inspect, redact),
    close: async () => {
      await afterTimers(); // It sends an event a timer later than it was told.
      inspector.stop();
    },
  });
};

const INSTALL = 'available after: npm install @statelyai/inspect';

const afterTimers = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));
