/** Why a trace cannot be read, as data and in words. */
import { absurd } from '../fp.ts';

export type TraceFlaw =
  /** The file could not be opened or read. `code` is Node's. */
  | { readonly _tag: 'TraceUnreadable'; readonly code: string; readonly path: string }
  /** It does not begin like a trace. */
  | { readonly _tag: 'NotATrace' }
  /** A later Partwise wrote it. */
  | { readonly _tag: 'TraceTooNew'; readonly version: number; readonly readable: number }
  /** A line in its middle is no record. The header is line 1. */
  | { readonly _tag: 'TraceDamaged'; readonly line: number };

/** A flaw as one sentence for people. */
export const describeTraceFlaw = (flaw: TraceFlaw): string => {
  switch (flaw._tag) {
    case 'TraceUnreadable':
      return `Cannot read ${flaw.path} (${flaw.code}).`;
    case 'NotATrace':
      return 'Not a trace: the first line is not the header of one.';
    case 'TraceTooNew':
      return `Written by a newer version: format ${flaw.version}, this one reads ${flaw.readable}.`;
    case 'TraceDamaged':
      return `Line ${flaw.line} is not a record of a trace.`;
    default:
      return absurd(flaw);
  }
};
