/** Is there room for what is still missing? Asked before anything is fetched. */
import { dirname } from 'node:path';
import type { Bytes } from '../domain/bytes.ts';
import type { DownloadError } from '../domain/errors.ts';
import type { Folders } from '../effects/file-system.ts';
import { pipe, TE } from '../fp.ts';

/**
 * Left `DiskFull`, with how much is missing. A file system that does not tell is believed to have
 * room: it will say so in time.
 *
 * @param allocated What the part file takes of the disk already.
 */
export const checkSpace = (
  folders: Folders,
  target: string,
  size: Bytes,
  allocated: Bytes,
): TE.TaskEither<DownloadError, void> =>
  pipe(
    folders.freeBytes(dirname(target)),
    TE.map((free): number => size - allocated - free),
    TE.orElse(() => TE.right(0)),
    TE.flatMap((missing) =>
      missing > 0
        ? TE.left<DownloadError>({ _tag: 'DiskFull', path: target, missing })
        : TE.right(undefined),
    ),
  );
