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
  /** For `createActor` of whatever the download runs in: it hears everything from the first on. */
  readonly inspect: (event: InspectionEvent) => void;
  /**
   * Instead of `inspect`, for a download that has begun: XState is asked to tell what happens only
   * while somebody listens here, since it takes time of each step to tell it.
   */
  readonly attach: (actor: AnyActorRef) => void;
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
  /** The download that was attached, and how to stop hearing of it. */
  let attached: AnyActorRef | null = null;
  let stopHearing: (() => void) | null = null;

  const hear = (): void => {
    if (attached === null || stopHearing !== null || listeners.length === 0) return;
    const { unsubscribe } = attached.system.inspect(recorder.record);
    stopHearing = unsubscribe;
  };
  const forget = (): void => {
    if (listeners.length > 0) return;
    recorder.forget();
    stopHearing?.();
    stopHearing = null;
  };
  return {
    header: { trace: 'partwise', version: 1, startedAtMs, partwise, host },
    inspect: (event) => (listeners.length === 0 ? recorder.notice(event) : recorder.record(event)),
    attach: (actor) => {
      if (attached !== null) return;
      attached = actor;
      recorder.adopt(actor);
      for (const listener of listeners) recorder.recall(listener);
      hear();
    },
    subscribe: (listener) => {
      const own = (record: TraceRecord): void => listener(record);
      recorder.recall(own);
      listeners = [...listeners, own];
      hear();
      return () => {
        listeners = listeners.filter((other) => other !== own);
        forget();
      };
    },
    actor: recorder.actor,
  };
};
