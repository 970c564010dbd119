/** A download for programs: one JSON object per line on stdout, each with a `type`. */
import type { DownloadEmitted, DownloadError, DownloadOutcome, ImportOutcome } from '../index.ts';
import type { Io, Output } from './output.ts';
import type { Reporter } from './reporter.ts';

/** Each event as the library emits it, until the end. */
export const jsonLines = ({ stdout, stderr }: Io): Reporter => ({
  tell: (event) => {
    if (!isEnd(event)) writeJson(stdout, event);
  },
  say: stderr.line,
  close: () => {},
});

/** The last line of a download that went well. */
export const writeRenamed = (stdout: Output, outcome: DownloadOutcome): void => {
  const { target, size, crc64, fetchedBytes, resumedBytes, seconds } = outcome;
  const facts = { target, size, crc64, fetchedBytes, resumedBytes, seconds };
  writeJson(stdout, { type: 'renamed', ...facts });
};

/** The last line of one that did not, mistakes on the command line included. */
export const writeFailed = (stdout: Output, error: DownloadError, resumable: boolean): void =>
  writeJson(stdout, { type: 'failed', error, resumable });

/** What came of `--import-from`; the first line, where it was asked for. */
export const writeImport = (stdout: Output, outcome: ImportOutcome): void => {
  if (outcome._tag === 'NotImported') {
    writeJson(stdout, { type: 'notImported', because: outcome.because });
    return;
  }
  const { parts, bytes, damaged } = outcome;
  writeJson(stdout, { type: 'imported', parts, bytes, damaged });
};

/** Ends are written with what only the promise knows: seconds, and what a signal left. */
const isEnd = ({ type }: DownloadEmitted): boolean =>
  type === 'renamed' || type === 'failed' || type === 'cancelled';

/** One line. */
export const writeJson = (stdout: Output, value: object): void =>
  stdout.text(`${JSON.stringify(value)}\n`);
