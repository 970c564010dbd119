/** The end of a command that went wrong: told to people, and to programs where they asked. */
import type { DownloadError } from '../index.ts';
import { exitCodeOf } from './exit-codes.ts';
import { writeFailed } from './json-lines.ts';
import type { Io } from './output.ts';
import { errorLine } from './words.ts';

/** Tells what went wrong, to people and, when asked to, to programs. Returns the exit code. */
export const tellFailure = (
  error: DownloadError,
  resumable: boolean,
  { json, io }: { readonly json: boolean | undefined; readonly io: Io },
): number => {
  const shown = error._tag === 'Defect' ? withoutQueries(error) : error;
  io.stderr.line(errorLine(shown));
  if (json) writeFailed(io.stdout, shown, resumable);
  return exitCodeOf(error);
};

/** An exception that nobody modelled may quote a URL: nobody knows what it is. */
const withoutQueries = (defect: Extract<DownloadError, { _tag: 'Defect' }>): DownloadError => {
  const strip = (text: string) => text.replace(/\?\S+/g, '?…');
  return {
    ...defect,
    message: strip(defect.message),
    stack: defect.stack === null ? null : strip(defect.stack),
  };
};
