/** The page's memory: takes the server's messages, and says what has to be drawn again. */
import type { LogEntry, LogMessage, ServerMessage, ViewMessage } from '../protocol.ts';
import type { Frames } from './frames.ts';
import { type ConnectionState, EMPTY_MODEL, type Model } from './model.ts';
import { applyRuns, type PartChanges } from './part-table.ts';
import { addPoints } from './series.ts';

export interface Store {
  readonly model: () => Model;
  /** @param nowMs  When the message came, on the clock of the frames. */
  readonly apply: (message: ServerMessage, nowMs: number) => void;
  readonly setConnection: (connection: ConnectionState) => void;
  readonly setCursor: (cursor: number | null) => void;
  readonly select: (part: number | null) => void;
  /** What of the parts changed since it was asked last. */
  readonly takePartChanges: () => PartChanges;
}

/** Older entries are forgotten. */
export const ENTRIES_MAX = 20_000;

export const createStore = (frames: Frames): Store => {
  let model = EMPTY_MODEL;
  let changes: PartChanges = null;

  const set = (fields: Partial<Model>): void => {
    model = { ...model, ...fields };
  };

  const applyView = ({ view, parts, isWhole }: ViewMessage, nowMs: number): void => {
    const before = model.view;
    const partCount = view.plan?.partCount ?? 0;
    if (isWhole || parts.length > 0 || model.table.codes.length !== partCount) {
      const applied = applyRuns(model.table, parts, { partCount, isWhole });
      changes =
        changes === null || applied.changes === null ? null : [...changes, ...applied.changes];
      set({ table: applied.table });
      frames.touch('parts');
    }
    set({ view, viewCameMs: nowMs, atMs: view.atMs });
    frames.touch('view');
    if (before === null || isOtherStep(before, view)) frames.touch('states');
  };

  const applyLog = (message: LogMessage): void => {
    const kept = message.isWhole ? [] : model.entries;
    const entries = keepLast([...kept, ...message.entries]);
    const skipped = message.skipped + (message.isWhole ? 0 : model.skipped);
    set({ entries, skipped, isLogRead: true });
    frames.touch('log');
  };

  return {
    model: () => model,
    apply: (message, nowMs) => {
      switch (message.type) {
        case 'hello':
          set({ hello: message });
          return frames.touch('hello');
        case 'playback':
          set({ playback: message, atMs: message.atMs });
          return frames.touch('playback');
        case 'view':
          return applyView(message, nowMs);
        case 'series':
          set({ series: addPoints(model.series, message.points, message.isWhole) });
          return frames.touch('series');
        case 'log':
          return applyLog(message);
        case 'part':
          set({ part: message });
          return frames.touch('part');
        case 'context':
          set({ contextBefore: model.context, context: message.context as Model['context'] });
          return frames.touch('context');
      }
    },
    setConnection: (connection) => {
      set({ connection });
      frames.touch('connection');
    },
    setCursor: (cursor) => {
      if (cursor === model.cursor) return;
      set({ cursor });
      frames.touch('cursor');
    },
    select: (selected) => {
      set({ selected, part: null });
      frames.touch('part');
      frames.touch('cursor');
    },
    takePartChanges: () => {
      const taken = changes;
      changes = [];
      return taken;
    },
  };
};

/** Is another state active, or was a transition taken? Most views change numbers only. */
const isOtherStep = (before: Model['view'] & object, after: ViewMessage['view']): boolean =>
  !isSameList(before.states, after.states) ||
  !isSameList(before.took, after.took) ||
  sum(before.taken) !== sum(after.taken);

const isSameList = (left: ReadonlyArray<string>, right: ReadonlyArray<string>): boolean =>
  left.length === right.length && left.every((item, index) => item === right[index]);

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, count) => total + count, 0);

const keepLast = (entries: ReadonlyArray<LogEntry>): ReadonlyArray<LogEntry> =>
  entries.length > ENTRIES_MAX ? entries.slice(entries.length - ENTRIES_MAX) : entries;
