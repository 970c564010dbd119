/** Can a file have two names here? Asked before the first byte by who may replace nothing. */
import { dirname } from 'node:path';
import { type DownloadError, usageError } from '../domain/errors.ts';
import { pipe, TE } from '../fp.ts';
import { namesOfClaim } from '../store/claim-content.ts';
import type { ClaimedRequest } from './opening-request.ts';
import { removeDurably } from './remove-durably.ts';
import type { WorkspaceEffects } from './workspace.ts';

/**
 * Gives the part file a second name and takes that back: only so it can be put in place without
 * ever replacing a file. With `ifExists: 'overwrite'` nothing is asked.
 *
 * Errors: `UsageError` where the file system has no hard links, such as FAT.
 */
export const checkLinks = (
  effects: WorkspaceEffects,
  { target, disk, claim }: ClaimedRequest,
  filePath: string,
): TE.TaskEither<DownloadError, void> => {
  if (disk.ifExists !== 'fail') return TE.right(undefined);
  const { secondName } = namesOfClaim(target, claim.nonce);
  return pipe(
    effects.files.link(filePath, secondName),
    TE.mapLeft((error): DownloadError => {
      if (!HAS_NO_LINKS.has(error.code)) return error;
      const folder = JSON.stringify(dirname(target));
      return usageError(
        'ifExists',
        'fail',
        `overwrite, since ${folder} is on a disk without links`,
      );
    }),
    TE.flatMap(() => removeDurably(effects, secondName)),
  );
};

/** What file systems, and those who wall them in, answer in place of a link. */
const HAS_NO_LINKS: ReadonlySet<string> = new Set([
  'EPERM',
  'EACCES',
  'ENOSYS',
  'ENOTSUP',
  'EOPNOTSUPP',
  'EINVAL',
  'EISDIR', // What Node makes of Windows' "invalid function".
  'UNKNOWN',
]);
