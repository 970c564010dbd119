/** `--import-from`: goes on from what the Python SDK left, and tells what came of that. */
import { toDownloadError } from '../domain/errors.ts';
import { E } from '../fp.ts';
import {
  type DownloadError,
  DownloadFailed,
  describeImport,
  type ImportOptions,
  importBreakpoint,
  type Source,
} from '../index.ts';
import type { GetFlags } from './get-options.ts';
import { writeImport } from './json-lines.ts';
import type { Io } from './output.ts';
import { refuse } from './refuse.ts';

/** Does nothing without `--import-from`. Left: the download is not to be started. */
export const importIfAsked = async (
  { importFrom: from, json, quiet }: GetFlags,
  { source, ...options }: Omit<ImportOptions, 'source' | 'from'> & { readonly source: Source },
  io: Io,
): Promise<E.Either<DownloadError, void>> => {
  if (from === undefined) return E.right(undefined);
  if (from === '') return refuse('--import-from', from, 'the path of a folder');
  if (source._tag !== 'OssSource') return refuse('--import-from', from, 'only with oss:// sources');
  try {
    const outcome = await importBreakpoint({ source, ...options, from });
    if (json) writeImport(io.stdout, outcome);
    else if (!quiet) io.stderr.line(describeImport(outcome));
    return E.right(undefined);
  } catch (thrown) {
    return E.left(thrown instanceof DownloadFailed ? thrown.error : toDownloadError(thrown));
  }
};
