/** Could a file be put in place at all? Asked before anything is asked of the network. */
import { dirname } from 'node:path';
import type { DownloadError } from '../domain/errors.ts';
import type { FileSystem, Folders } from '../effects/file-system.ts';
import { pipe, TE } from '../fp.ts';

/** Left `DiskFailed`: the folder is missing or not writable, or the target is no file. */
export const checkTarget = (
  { files, folders }: { readonly files: FileSystem; readonly folders: Folders },
  target: string,
): TE.TaskEither<DownloadError, void> =>
  pipe(
    folders.checkWritable(dirname(target)) as TE.TaskEither<DownloadError, void>,
    TE.flatMap(() => files.facts(target)),
    TE.flatMap((facts) =>
      facts === null || facts.kind === 'file'
        ? TE.right(undefined)
        : TE.left<DownloadError>(notAFile(facts.kind === 'folder' ? 'EISDIR' : 'ENOTSUP', target)),
    ),
  );

const notAFile = (code: string, path: string): DownloadError => ({
  _tag: 'DiskFailed',
  code,
  operation: 'write',
  path,
});
