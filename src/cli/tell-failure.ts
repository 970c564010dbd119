/** The end of a command that went wrong: told to people, and to programs where they asked. */
import { usageError } from '../domain/errors.ts';
import { type DownloadError, DownloadFailed, type ErrorOf } from '../index.ts';
import { DONE, exitCodeOf } from './exit-codes.ts';
import { failureOf } from './failure.ts';
import { inFlags } from './flag-names.ts';
import { writeFailed } from './json-lines.ts';
import type { Io } from './output.ts';
import { errorLine } from './words.ts';

/** Tells what went wrong, to people and, when asked to, to programs. Returns the exit code. */
export const tellFailure = (
  error: DownloadError,
  resumable: boolean,
  { json, io }: { readonly json: boolean | undefined; readonly io: Io },
): number => {
  const shown = error._tag === 'Defect' ? withoutQueries(error) : inFlags(error);
  io.stderr.line(errorLine(shown));
  if (json) writeFailed(io.stdout, shown, resumable);
  return exitCodeOf(error);
};

/** As `tellFailure`, for what a promise rejected with. */
export const tellThrown = (
  thrown: unknown,
  how: { readonly json: boolean | undefined; readonly io: Io },
): number => {
  const { error, resumable } = failureOf(thrown);
  return tellFailure(error, resumable, how);
};

/**
 * Tells that lines for programs were lost, which no program may take for success.
 *
 * @param lost Why, as Node's code.
 * @returns The exit code: the command's own, unless that says that all is well.
 */
export const tellLostLines = (lost: string, code: number, { stderr }: Io): number => {
  stderr.line(`partwise: Not all lines could be written to standard output (${lost}).`);
  const disk = { _tag: 'DiskFailed', code: lost, operation: 'write', path: 'stdout' } as const;
  return code === DONE ? exitCodeOf(disk) : code;
};

/** Throws when `--store` was given without a folder. */
export const refuseStore = (store: string | undefined): void => {
  if (store === '') throw refusal('--store', 'the path of a folder');
};

/** Throws when TARGET is no path. */
export const refuseTarget = (target: string): void => {
  if (target === '') throw refusal('target', 'the path of a file');
};

const refusal = (option: string, allowed: string): DownloadFailed =>
  new DownloadFailed(usageError(option, '', allowed), false);

/** An exception that nobody modelled may quote a URL: nobody knows what it is. */
const withoutQueries = (defect: ErrorOf<'Defect'>): DownloadError => {
  const strip = (text: string) => text.replace(/\?\S+/g, '?…');
  return {
    ...defect,
    message: strip(defect.message),
    stack: defect.stack === null ? null : strip(defect.stack),
  };
};
