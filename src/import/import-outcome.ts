/** What came of an import, and in words. */
import type { Bytes } from '../domain/bytes.ts';
import { absurd } from '../fp.ts';
import { describeRecordFlaw, type RecordFlaw } from './record-flaw.ts';

/** Why nothing was imported. In each case nothing was touched. */
export type ImportRefusal =
  /** There is a breakpoint of ours already, and its file: it is what a download goes on from. */
  | { readonly _tag: 'AlreadyStarted' }
  | { readonly _tag: 'NoRecord'; readonly path: string }
  /** What stands where the record should is a folder, or longer than any record. */
  | { readonly _tag: 'NotARecord'; readonly path: string }
  | { readonly _tag: 'RecordFlawed'; readonly path: string; readonly flaw: RecordFlaw }
  | { readonly _tag: 'TemporaryFileMissing'; readonly path: string }
  /** What is called like the temporary file is a folder, a device, …. */
  | { readonly _tag: 'TemporaryFileUnfit'; readonly path: string }
  /** No part is on disk as recorded, so there is nothing to go on from. */
  | { readonly _tag: 'NothingIntact'; readonly damaged: number };

export type ImportOutcome =
  /**
   * `parts` parts of `bytes` bytes in all were read, and are as recorded. `damaged` are not, or
   * have no checksum on record: they are missing now and will be fetched again.
   */
  | {
      readonly _tag: 'Imported';
      readonly parts: number;
      readonly bytes: Bytes;
      readonly damaged: number;
    }
  | { readonly _tag: 'NotImported'; readonly because: ImportRefusal };

/**
 * One sentence for people.
 *
 * @example
 * describeImport({ _tag: 'NotImported', because: { _tag: 'AlreadyStarted' } })
 * // 'Nothing imported: Partwise has a breakpoint of its own for this download.'
 */
export const describeImport = (outcome: ImportOutcome): string => {
  if (outcome._tag === 'NotImported') {
    return `Nothing imported: ${describeRefusal(outcome.because)}.`;
  }
  const { bytes, parts, damaged } = outcome;
  return `imported ${bytes} bytes in ${parts} parts (${damaged} damaged)`;
};

const describeRefusal = (refusal: ImportRefusal): string => {
  switch (refusal._tag) {
    case 'AlreadyStarted':
      return 'Partwise has a breakpoint of its own for this download';
    case 'NoRecord':
      return `there is no record ${quote(refusal.path)}`;
    case 'NotARecord':
      return `${quote(refusal.path)} is not a record of the Python SDK`;
    case 'RecordFlawed':
      return `the record ${quote(refusal.path)} ${describeRecordFlaw(refusal.flaw)}`;
    case 'TemporaryFileMissing':
      return `the temporary file ${quote(refusal.path)} is gone`;
    case 'TemporaryFileUnfit':
      return `the temporary file ${quote(refusal.path)} is not a regular file`;
    case 'NothingIntact':
      return refusal.damaged === 0
        ? 'the record names no finished part'
        : `none of the ${refusal.damaged} parts on record is intact on disk`;
    default:
      return absurd(refusal);
  }
};

const quote = (value: string): string => JSON.stringify(value);
