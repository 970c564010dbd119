/** The log as one page wants it: what passes its filter, newest first in line when there is much. */
import type { Redact } from '../trace/redact.ts';
import { safeRecord } from '../trace/trace-lines.ts';
import type { TraceRecord } from '../trace/trace-record.ts';
import { describeRecord } from '../view/describe-record.ts';
import { isTick } from './is-tick.ts';
import type { RecordWindow } from './moment.ts';
import type { LogEntry, LogFilter, LogMessage } from './protocol.ts';

export interface LogReader {
  /** What is new since it was asked last; the first time, what is at hand. Null: nothing. */
  readonly next: (window: RecordWindow) => LogMessage | null;
  /** The next answer begins anew. */
  readonly rewind: () => void;
}

/** Entries of a first answer: as many as somebody may scroll through. */
export const ENTRIES_FIRST = 500;

/** Entries of a later one, of which there may be ten a second: nobody reads more. */
export const ENTRIES_NEXT = 100;

/** So many records are looked through for a first answer: some ten milliseconds. */
const LOOKED_AT_MAX = 5_000;

export const logReader = (filter: LogFilter, redact: Redact): LogReader => {
  const entryOf = entriesOf(filter, redact);
  /** Null: nothing was read yet. */
  let seen: number | null = null;
  return {
    next: (window) => {
      const isWhole = seen === null || seen > window.last;
      const after = isWhole ? 0 : (seen ?? 0);
      seen = window.last;
      if (after === window.last && !isWhole) return null;
      const { entries, lookedFrom } = readBack(window, after, entryOf, isWhole);
      const skipped = lookedFrom - 1 - after;
      if (!isWhole && entries.length === 0 && skipped === 0) return null;
      return { type: 'log', isWhole, entries, skipped };
    },
    rewind: () => {
      seen = null;
    },
  };
};

/** From the newest back to `after` (excluded), or until there is enough. */
const readBack = (
  window: RecordWindow,
  after: number,
  entryOf: (number: number, record: TraceRecord) => LogEntry | null,
  isWhole: boolean,
): { readonly entries: ReadonlyArray<LogEntry>; readonly lookedFrom: number } => {
  const entries: Array<LogEntry> = [];
  const entriesMax = isWhole ? ENTRIES_FIRST : ENTRIES_NEXT;
  const end = Math.max(window.first, after + 1, window.last - LOOKED_AT_MAX + 1);
  let number = window.last;
  for (; number >= end && entries.length < entriesMax; number--) {
    const entry = entryOf(number, window.at(number));
    if (entry !== null) entries.push(entry);
  }
  return { entries: entries.reverse(), lookedFrom: number + 1 };
};

/** Null: it does not pass. Words come last, since they cost most, and are searched as shown. */
const entriesOf = ({ text, actors, hidesTicks }: LogFilter, redact: Redact) => {
  const wanted = new Set(actors);
  const searched = text.toLowerCase();
  return (number: number, record: TraceRecord): LogEntry | null => {
    if (hidesTicks && isTick(record)) return null;
    if (wanted.size > 0 && !actorsOf(record).some((actor) => wanted.has(actor))) return null;
    const words = String(redact(describeRecord(record)));
    if (!words.toLowerCase().includes(searched)) return null;
    return { number, record: safeRecord(record, redact) as TraceRecord, text: words };
  };
};

const actorsOf = (record: TraceRecord): ReadonlyArray<string> => {
  if (record.type !== 'event') return [record.actor];
  return record.from === null ? [record.to] : [record.to, record.from];
};
