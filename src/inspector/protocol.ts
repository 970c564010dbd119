/**
 * What the inspector's server and its page say to each other: JSON, over server-sent events one
 * way and POSTs the other. The page knows nothing else, so that a live download, a recorded one
 * and a simulated one look the same.
 *
 * Everything is below `http://127.0.0.1:PORT/TOKEN/`, so the page addresses it relatively:
 *
 *   GET  .                      the page; `style.css`, `uplot.css`, `uplot.js` (the default export
 *                               is uPlot), `chart/download.svg`, `chart/part.svg`, `page/NAME.js`
 *   GET  events                 a stream: each event's data is one `ServerMessage`, `Hello` first
 *   POST messages?viewer=NAME   a `PageMessage` as `application/json`; NAME is from `Hello`;
 *                               without it, the stream that was opened last is meant
 *
 * A POST is answered with 204; 409 and a text that says why: the download does not take the command
 * now, or this is no replay; 410: there is no such stream. A stream that breaks is opened again,
 * gets a `Hello` with another name, and has to ask again for log, part and context. `cancel` ends
 * the download as Ctrl-C does: everything that arrived is kept.
 */
import type { DownloadContext } from '../machines/download-context.ts';
import type { ActorName, TraceRecord } from '../trace/trace-record.ts';
import type { DownloadView } from '../view/download-view.ts';
import type { SeriesPoint } from '../view/series.ts';

export type { SeriesPoint };

/** Sent on connection, and when something of it changes. */
export interface Hello {
  readonly type: 'hello';
  /** What the server calls this stream: named by the POSTs that belong to it. */
  readonly viewer: string;
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

/** Of a replay: where it is and whether it runs. Sent on connection and when that changes. */
export interface PlaybackMessage {
  readonly type: 'playback';
  /** The moment shown, in milliseconds since the trace began. */
  readonly atMs: number;
  /** How many times as fast as it was; 0: it stands still. */
  readonly speed: number;
}

export type ServerMessage =
  | Hello
  | PlaybackMessage
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
  /** Of a replay: on or back to where the download enters another state, and stops there. */
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
