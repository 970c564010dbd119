/** The records of one run, and the trace that the inspector replays. */
import { traceLines } from '../../src/trace/trace-lines.ts';
import type { TraceHeader, TraceRecord } from '../../src/trace/trace-record.ts';

export interface TracedRun {
  readonly header: TraceHeader;
  readonly records: Array<TraceRecord>;
}

/** The text of a trace file. */
export const traceOf = ({ header, records }: TracedRun): string => {
  const lines = traceLines(header);
  return [lines.header, ...records.map(lines.line)].join('');
};
