/** Everything the page knows: what the server said last, and what the person looks at. */
import type { Hello, LogEntry, PartMessage, PlaybackMessage, ViewMessage } from '../protocol.ts';
import { EMPTY_TABLE, type PartTable } from './part-table.ts';
import { EMPTY_SERIES, type Series } from './series.ts';

export type View = ViewMessage['view'];

/** `lost`: the browser tries again by itself. */
export type ConnectionState = 'connecting' | 'open' | 'lost';

export interface Model {
  readonly connection: ConnectionState;
  readonly hello: Hello | null;
  /** Null: live. */
  readonly playback: PlaybackMessage | null;
  readonly view: View | null;
  /** The moment shown, in milliseconds since the trace began. */
  readonly atMs: number;
  /** When the view came, on the clock of the frames. */
  readonly viewCameMs: number;
  readonly table: PartTable;
  readonly series: Series;
  readonly entries: ReadonlyArray<LogEntry>;
  readonly skipped: number;
  /** Did the server answer what was asked of the log? Else there is nothing to say of it. */
  readonly isLogRead: boolean;
  readonly part: PartMessage | null;
  /** The download's context as JSON, and as it was before the last change. */
  readonly context: Readonly<Record<string, unknown>> | null;
  readonly contextBefore: Readonly<Record<string, unknown>> | null;
  /** Of the part map: where its cursor is, by number; null: nowhere yet. */
  readonly cursor: number | null;
  /** Whose chart is shown, by number. */
  readonly selected: number | null;
}

export const EMPTY_MODEL: Model = {
  connection: 'connecting',
  hello: null,
  playback: null,
  view: null,
  atMs: 0,
  viewCameMs: 0,
  table: EMPTY_TABLE,
  series: EMPTY_SERIES,
  entries: [],
  skipped: 0,
  isLogRead: false,
  part: null,
  context: null,
  contextBefore: null,
  cursor: null,
  selected: null,
};
