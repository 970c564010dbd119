/** `--import-from`: goes on from what the Python SDK left, and tells what came of that. */
import { usageError } from '../domain/errors.ts';
import { E } from '../fp.ts';
import { describeImport, type ImportOptions, importBreakpoint, type Source } from '../index.ts';
import { type Failure, failureOf } from './failure.ts';
import type { GetFlags } from './get-options.ts';
import { writeImport } from './json-lines.ts';
import type { Io } from './output.ts';

/**
 * Does nothing without `--import-from`. Left: the download is not to be started; `Cancelled` when
 * the options' `signal` aborted.
 */
export const importIfAsked = async (
  { importFrom: from, json, quiet }: GetFlags,
  { source, ...options }: Omit<ImportOptions, 'source' | 'from'> & { readonly source: Source },
  io: Io,
): Promise<E.Either<Failure, void>> => {
  if (from === undefined) return E.right(undefined);
  if (from === '') return mistake(from, 'the path of a folder');
  if (source._tag !== 'OssSource') return mistake(from, 'only with oss:// sources');
  try {
    const outcome = await importBreakpoint({ source, ...options, from });
    if (json) writeImport(io.stdout, outcome);
    else if (!quiet) io.stderr.line(describeImport(outcome));
    return E.right(undefined);
  } catch (thrown) {
    return E.left(failureOf(thrown));
  }
};

const mistake = (from: string, allowed: string): E.Either<Failure, never> =>
  E.left({ error: usageError('--import-from', from, allowed), resumable: false });
