/** Could a file be put in place at all? Asked before anything is asked of the network. */
import { dirname } from 'node:path';
import type { DownloadError } from '../domain/errors.ts';
import type { FileSystem, Folders } from '../effects/file-system.ts';
import { pipe, TE } from '../fp.ts';

/** Left `DiskFailed`: the folder is missing or not writable, or the target is itself a folder. */
export const checkTarget = (
  { files, folders }: { readonly files: FileSystem; readonly folders: Folders },
  target: string,
): TE.TaskEither<DownloadError, void> =>
  pipe(
    folders.checkWritable(dirname(target)) as TE.TaskEither<DownloadError, void>,
    TE.flatMap(() => files.facts(target)),
    TE.flatMap((facts) =>
      facts?.kind === 'folder'
        ? TE.left<DownloadError>({ ...IS_A_FOLDER, path: target })
        : TE.right(undefined),
    ),
  );

const IS_A_FOLDER = { _tag: 'DiskFailed', code: 'EISDIR', operation: 'write' } as const;
