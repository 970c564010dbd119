/** A trace as text: a header and one line of JSON for each record. Pure: where to is up to others. */
import { type Redact, redactor } from './redact.ts';
import type { TraceHeader, TraceRecord } from './trace-record.ts';

export interface TraceLines {
  /** The first line. All end with a line feed. */
  readonly header: string;
  readonly line: (record: TraceRecord) => string;
}

/**
 * Makes lines of records. What comes from outside is redacted; names of states, transitions and
 * actors are the charts' own.
 */
export const traceLines = (header: TraceHeader, redact: Redact = redactor()): TraceLines => ({
  header: `${JSON.stringify(header)}\n`,
  line: (record) => `${JSON.stringify(safeRecord(record, redact))}\n`,
});

/** The record as plain JSON that may leave the process. */
export const safeRecord = (record: TraceRecord, redact: Redact): object => {
  const at = Math.round(record.at * 100) / 100;
  switch (record.type) {
    case 'event':
      return { ...record, at, event: redact(record.event) };
    case 'step':
      return record.changed === undefined
        ? { ...record, at }
        : { ...record, at, changed: redact(record.changed) };
    default:
      return { ...record, at };
  }
};
