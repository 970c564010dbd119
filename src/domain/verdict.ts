/** What looking at a breakpoint concluded, and why: the answer to "why does it start over?". */
import type { Bytes } from './bytes.ts';
import type { VersionDifference } from './object-version.ts';

/** Why what was there could not be continued. */
export type RestartReason =
  /** The object is another one now; which field tells. */
  | { readonly _tag: 'ObjectChanged'; readonly difference: VersionDifference }
  /** Nothing would tell a changed object of the same size: no ETag, no date, no version id. */
  | { readonly _tag: 'NoValidator' }
  /** The record is of another object or another target. */
  | { readonly _tag: 'AnotherDownload' }
  /** The recorded plan contradicts itself or the object. */
  | { readonly _tag: 'PlanInvalid' }
  /** The server no longer honours ranges. */
  | { readonly _tag: 'NoRanges' }
  /** The journal is not one of ours, or its header is damaged. */
  | { readonly _tag: 'ForeignFormat' }
  | { readonly _tag: 'PartFileMissing' }
  | { readonly _tag: 'PartFileReplaced' }
  | { readonly _tag: 'PartFileShorter'; readonly size: Bytes; readonly expected: Bytes };

export type Verdict =
  /** Nothing was there. */
  | { readonly _tag: 'Fresh' }
  /**
   * Goes on after `bytes` that are on disk. `tornAt`: where a torn journal tail was cut off, null
   * when it was whole. `trimmed`: bytes of garbage cut off behind the object's end.
   */
  | {
      readonly _tag: 'Resumed';
      readonly bytes: Bytes;
      readonly tornAt: Bytes | null;
      readonly trimmed: Bytes;
    }
  /** Another process is downloading this; nothing was touched. */
  | { readonly _tag: 'Owned'; readonly host: string; readonly pid: number }
  | { readonly _tag: 'Restarted'; readonly because: RestartReason };

/**
 * A verdict as one sentence for people.
 *
 * @example
 * describeVerdict({ _tag: 'Fresh' }) // 'Starts afresh.'
 */
export const describeVerdict = (verdict: Verdict): string => {
  switch (verdict._tag) {
    case 'Fresh':
      return 'Starts afresh.';
    case 'Resumed':
      return `Resumes after ${verdict.bytes} bytes.`;
    case 'Owned':
      return `Process ${verdict.pid} on ${verdict.host} is downloading this.`;
    case 'Restarted':
      return `Starts over: ${describeReason(verdict.because)}.`;
  }
};

const describeReason = (reason: RestartReason): string => {
  switch (reason._tag) {
    case 'ObjectChanged':
      return `the object changed (${reason.difference})`;
    case 'NoValidator':
      return 'the server gives nothing by which a changed object could be told';
    case 'AnotherDownload':
      return 'the record is of another download';
    case 'PlanInvalid':
      return 'the recorded plan does not fit the object';
    case 'NoRanges':
      return 'the server no longer accepts ranges';
    case 'ForeignFormat':
      return 'the breakpoint cannot be read';
    case 'PartFileMissing':
      return 'the part file is gone';
    case 'PartFileReplaced':
      return 'the part file was replaced by another file';
    case 'PartFileShorter':
      return `the part file has ${reason.size} bytes instead of ${reason.expected}`;
  }
};
