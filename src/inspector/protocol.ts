/**
 * What the inspector's server and its page say to each other: JSON, over server-sent events one
 * way and POSTs the other. The page knows nothing else, so that a live download, a recorded one
 * and a simulated one look the same.
 */
import type { DownloadContext } from '../machines/download-context.ts';
import type { ActorName, TraceRecord } from '../trace/trace-record.ts';
import type { DownloadView } from '../view/download-view.ts';

/** Sent on connection, and when something of it changes. */
export interface Hello {
  readonly type: 'hello';
  readonly mode: 'live' | 'replay';
  /** Wall time of the trace's beginning, in milliseconds since 1970. */
  readonly startedAtMs: number;
  /** Of a replay: how long it lasts, in milliseconds; null: live. */
  readonly durationMs: number | null;
  /** Of a replay: when something failed, for jumping there; ascending. */
  readonly errorsAtMs: ReadonlyArray<number>;
}

/** The view, at most ten times a second. Parts are sent as changes. */
export interface ViewMessage {
  readonly type: 'view';
  readonly view: Omit<DownloadView, 'parts'>;
  /**
   * Flat triples `first part - 1, count, code`: those that changed since the last message. Where
   * `isWhole`, all of them: whatever was known is void.
   */
  readonly parts: ReadonlyArray<number>;
  readonly isWhole: boolean;
}

/** Points of the plots; many at once after a connection or a seek, then one with each view. */
export interface SeriesMessage {
  readonly type: 'series';
  /** The points replace all former ones. */
  readonly isWhole: boolean;
  readonly points: ReadonlyArray<SeriesPoint>;
}

export interface SeriesPoint {
  readonly atMs: number;
  readonly received: number;
  readonly written: number;
  readonly durable: number;
  readonly bytesPerSecond: number;
  /** Bytes per second of each lane, in the order of `DownloadView.lanes`. */
  readonly lanes: ReadonlyArray<number>;
  readonly retries: number;
}

/** Records for the log and the sequence view; only while the page has asked for them. */
export interface LogMessage {
  readonly type: 'log';
  readonly isWhole: boolean;
  readonly entries: ReadonlyArray<LogEntry>;
  /** Records that passed by unseen, since there were too many. */
  readonly skipped: number;
}

export interface LogEntry {
  /** Ascending, from 1, over the whole trace. */
  readonly number: number;
  readonly record: TraceRecord;
  /** The record in a few words, for searching. */
  readonly text: string;
}

/** Everything of one part, when the page asks. */
export interface PartMessage {
  readonly type: 'part';
  readonly part: number;
  /** First byte, and the one behind the last. */
  readonly range: { readonly start: number; readonly end: number };
  /** Ids of the innermost active states of the part's chart; empty: it has no actor now. */
  readonly states: ReadonlyArray<string>;
  readonly took: ReadonlyArray<string>;
  /** The state in words, with attempt, cause, and until when. */
  readonly text: string;
}

/** The download's whole context, when the page asks. */
export interface ContextMessage {
  readonly type: 'context';
  readonly context: DownloadContext | null;
}

export type ServerMessage =
  | Hello
  | ViewMessage
  | SeriesMessage
  | LogMessage
  | PartMessage
  | ContextMessage;

/** What the page may ask; at most 4 KiB of JSON each. */
export type PageMessage =
  | { readonly type: 'command'; readonly command: 'pause' | 'resume' | 'cancel' }
  /** Which log entries to send from now on; null: none. Empty fields let everything pass. */
  | { readonly type: 'log'; readonly filter: LogFilter | null }
  /** Whose chart to light up, and to keep sending `part` messages of; null: none. */
  | { readonly type: 'part'; readonly part: number | null }
  /** Sends `context` messages while it is watched. */
  | { readonly type: 'context'; readonly isWatched: boolean }
  /** Of a replay: shows the moment, and stops there. */
  | { readonly type: 'seek'; readonly atMs: number }
  /** Of a replay: one transition of the download on or back. */
  | { readonly type: 'step'; readonly by: 1 | -1 }
  /** Of a replay: runs so many times as fast as it was; 0: stands still. */
  | { readonly type: 'play'; readonly speed: number };

export interface LogFilter {
  /** Only entries whose text holds this, whatever the case. */
  readonly text: string;
  /** Only records of these actors, as sender or receiver. */
  readonly actors: ReadonlyArray<ActorName>;
  /** Leave out the ticks: samples of progress, and steps that change nothing but data. */
  readonly hidesTicks: boolean;
}
