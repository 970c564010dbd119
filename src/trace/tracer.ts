/** Listens to a running download by XState's inspection, and tells what happens as trace records. */
import type { AnyActorRef, InspectionEvent } from 'xstate';
import { inspectionRecorder } from './record-inspection.ts';
import type { TraceHeader, TraceRecord } from './trace-record.ts';

export interface TracerOptions {
  /** Milliseconds on a clock that only goes forward. */
  readonly now: () => number;
  /** Wall time of now, in milliseconds since 1970. */
  readonly startedAtMs: number;
  /** The version of Partwise. */
  readonly partwise: string;
  /** `v22.1.0 linux x64`, or `simulated`. */
  readonly host: string;
}

export interface Tracer {
  readonly header: TraceHeader;
  /** For `download({ inspect })`, or for `createActor` of whatever the download runs in. */
  readonly inspect: (event: InspectionEvent) => void;
  /**
   * Calls `listener` for every record from now on; returns how to stop that. Who comes late is
   * first told how things stand: the download and its parts as if they had just begun.
   *
   * Records are not copies: they hold what the download holds, which is never changed.
   */
  readonly subscribe: (listener: (record: TraceRecord) => void) => () => void;
  /** The download's actor, for sending it commands; null: none was seen yet. */
  readonly actor: () => AnyActorRef | null;
}

/**
 * A tracer of one download: the first that it sees. Costs next to nothing while nobody listens.
 *
 * @example
 * const tracer = createTracer({ now, startedAtMs, partwise: '1.0.0', host: 'v22.1.0 linux x64' });
 * tracer.subscribe((record) => console.log(record.type));
 * download({ source, target, inspect: tracer.inspect });
 */
export const createTracer = ({ now, startedAtMs, partwise, host }: TracerOptions): Tracer => {
  const beganAt = now();
  let listeners: ReadonlyArray<(record: TraceRecord) => void> = [];
  const recorder = inspectionRecorder(
    () => now() - beganAt,
    (record) => {
      for (const listener of listeners) listener(record);
    },
  );
  return {
    header: { trace: 'partwise', version: 1, startedAtMs, partwise, host },
    inspect: (event) => (listeners.length === 0 ? recorder.notice(event) : recorder.record(event)),
    subscribe: (listener) => {
      const own = (record: TraceRecord): void => listener(record);
      recorder.recall(own);
      listeners = [...listeners, own];
      return () => {
        listeners = listeners.filter((other) => other !== own);
      };
    },
    actor: recorder.actor,
  };
};
