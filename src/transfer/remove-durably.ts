/**
 * Removing a part file before the breakpoint that names it: else a power cut could bring back the
 * part file and not its journal, and nothing would speak of it any more.
 */
import { dirname } from 'node:path';
import type { DownloadError } from '../domain/errors.ts';
import type { FileSystem, Folders } from '../effects/file-system.ts';
import { pipe, TE } from '../fp.ts';

/** Removes a file; Right: it does not come back. A file that is not there is as good. */
export const removeDurably = (
  { files, folders }: { readonly files: FileSystem; readonly folders: Folders },
  path: string,
): TE.TaskEither<DownloadError, void> =>
  pipe(
    files.remove(path),
    TE.flatMap(() => folders.sync(dirname(path))),
  );
