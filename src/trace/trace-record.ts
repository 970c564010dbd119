/**
 * What a recorded download consists of: one record for each thing that happened to an actor.
 *
 * The same records feed the inspector's page, the terminal's view, replays and bug reports. They
 * are plain JSON, hold no secret, and know nothing of the library the statecharts run on: see
 * `record-inspection.ts`. The file format is described in `docs/trace-format.md`.
 */
import type { DownloadError } from '../domain/errors.ts';
import type { DownloadContext } from '../machines/download-context.ts';
import type { DownloadEvent, PartEvent } from '../machines/events.ts';

/** The first line of a trace. */
export interface TraceHeader {
  readonly trace: 'partwise';
  readonly version: 1;
  /** Wall time of the first record, in milliseconds since 1970. */
  readonly startedAtMs: number;
  /** The version of Partwise that wrote it. */
  readonly partwise: string;
  /** `v22.1.0 linux x64`, or `simulated`. */
  readonly host: string;
}

/** `download`, `part-17`, or the name of an effect such as `saveCheckpoint`. */
export type ActorName = string;

export type TraceRecord =
  /** A download began, or a part got a lane. */
  | { readonly type: 'started'; readonly at: number; readonly actor: ActorName }
  /** An event arrived. */
  | {
      readonly type: 'event';
      readonly at: number;
      readonly to: ActorName;
      /** Null: from outside, or from the actor itself. */
      readonly from: ActorName | null;
      readonly event: TracedEvent;
    }
  /** A transition was taken. */
  | {
      readonly type: 'step';
      readonly at: number;
      readonly actor: ActorName;
      /** Ids of the transitions, as in the chart (`transitionId`). */
      readonly took: ReadonlyArray<string>;
      /** Ids of the innermost active states, as in the chart. */
      readonly states: ReadonlyArray<string>;
      /** Of the download only: the fields of its context that are not what they were. */
      readonly changed?: Partial<DownloadContext>;
    }
  /** An actor is no more: it came to its end, was stopped, or threw. */
  | {
      readonly type: 'ended';
      readonly at: number;
      readonly actor: ActorName;
      readonly how: 'done' | 'stopped' | 'threw';
    };

/**
 * An event of a statechart, or the end of an effect under a name of its own. `at` of all records:
 * milliseconds since the trace began, on a clock that only goes forward.
 */
export type TracedEvent =
  | DownloadEvent
  | PartEvent
  | { readonly type: 'effect.done'; readonly effect: string; readonly output?: unknown }
  | { readonly type: 'effect.failed'; readonly effect: string; readonly error: DownloadError }
  | { readonly type: 'delay.over'; readonly delay: string };

/** Is this a record, as far as one look can tell? What events and contexts hold is not checked. */
export const isTraceRecord = (value: unknown): value is TraceRecord => {
  if (typeof value !== 'object' || value === null) return false;
  const record = value as Readonly<Record<string, unknown>>;
  if (typeof record['at'] !== 'number') return false;
  switch (record['type']) {
    case 'event': {
      const { event, from } = record;
      const isFrom = from === null || typeof from === 'string';
      return typeof record['to'] === 'string' && isFrom && hasType(event);
    }
    case 'step':
      return (
        typeof record['actor'] === 'string' &&
        Array.isArray(record['took']) &&
        Array.isArray(record['states'])
      );
    case 'started':
    case 'ended':
      return typeof record['actor'] === 'string';
    default:
      return false;
  }
};

const hasType = (event: unknown): boolean =>
  typeof event === 'object' && event !== null && 'type' in event && typeof event.type === 'string';
