/** The ends of a workspace: its file becomes the target, or all is kept, or all is removed. */
import { dirname } from 'node:path';
import type { Bytes } from '../domain/bytes.ts';
import type { Crc64 } from '../domain/crc64.ts';
import type { DownloadError } from '../domain/errors.ts';
import { type FileStamp, type FileSystem, isSameFile } from '../effects/file-system.ts';
import { E, pipe, TE } from '../fp.ts';
import { wholeCrc64 } from './check-integrity.ts';
import { checkName } from './check-part-file.ts';
import { removeDurably } from './remove-durably.ts';
import { finalSize, type Workspace } from './workspace.ts';

export interface Committed {
  readonly size: Bytes;
  /** Of the whole object, computed from bytes that this process received or read back. */
  readonly crc64: Crc64;
}

/**
 * Puts the file in place, durably: sync, rename, sync the folder, forget the breakpoint.
 *
 * When it fails before the rename everything is kept, and a later run needs to fetch nothing.
 */
export const commit = (workspace: Workspace): TE.TaskEither<DownloadError, Committed> => {
  const { effects, file, target, log, claim } = workspace;
  return pipe(
    isInPlace(workspace) ? DONE : makeReady(workspace),
    TE.flatMap(() => file.close()), // Some systems rename no open file.
    TE.flatMap(() => claim.confirm()),
    TE.flatMap(() => putInPlace(workspace)),
    TE.flatMap(() => effects.folders.sync(dirname(target))),
    // The file is in place: what cannot be tidied up now is tidied up by the next run.
    TE.flatMap(() => whateverHappens(log.close())),
    TE.flatMap(() => whateverHappens(forget(workspace))),
    TE.flatMap(() => whateverHappens(claim.release())),
    TE.map(() => ({ size: finalSize(workspace), crc64: wholeCrc64(workspace) })),
  );
};

/**
 * Ends a workspace without a target.
 *
 * @param keep True: part file and breakpoint stay for a later run. False: both are removed.
 */
export const close = async (
  workspace: Workspace,
  keep: boolean,
): Promise<E.Either<DownloadError, void>> => {
  const { effects, file, filePath, log, key, claim } = workspace;
  const closed = [await file.close()(), await log.close()()];
  const isOurs = E.isRight(await claim.confirm()());
  // The part file goes first: a breakpoint without it is noticed and cleaned up by a later run.
  const removed =
    keep || !isOurs
      ? E.right(undefined)
      : await pipe(
          isInPlace(workspace) ? DONE : removeDurably(effects, filePath),
          TE.flatMap(() => effects.breakpoints.remove(key)),
        )();
  closed.push(await claim.release()(), removed);
  return closed.find(E.isLeft) ?? E.right(undefined);
};

/** Did a former run rename the file, and only fail to forget its breakpoint? */
const isInPlace = ({ filePath, target }: Workspace): boolean => filePath === target;

const DONE: TE.TaskEither<DownloadError, void> = TE.right(undefined);

const makeReady = (workspace: Workspace): TE.TaskEither<DownloadError, unknown> => {
  const { file } = workspace;
  return pipe(
    file.stamp(stampOf(workspace)),
    TE.flatMap(() => file.datasync()),
    TE.flatMap(() => checkName(workspace)),
  );
};

/** Who has the target by now may have a breakpoint of its own under this name. */
const forget = ({ effects, key, claim }: Workspace): TE.TaskEither<DownloadError, void> => {
  const { breakpoints } = effects;
  return pipe(
    claim.confirm(),
    TE.flatMap(() => breakpoints.remove(key)),
  );
};

/** The target's name becomes that of the part file, atomically. */
const putInPlace = (workspace: Workspace): TE.TaskEither<DownloadError, void> => {
  const { effects, filePath, target, disk } = workspace;
  if (isInPlace(workspace)) return DONE;
  const named: TE.TaskEither<DownloadError, void> =
    disk.ifExists === 'overwrite'
      ? effects.files.rename(filePath, target)
      : linkOnce(effects.files, filePath, target);
  // Renaming one of a file's two names to the other leaves both: a run may have ended in between.
  return pipe(
    named,
    TE.flatMap(() => effects.files.remove(filePath)),
  );
};

/** The file gets the name, unless another file has it. */
const linkOnce = (
  files: FileSystem,
  filePath: string,
  target: string,
): TE.TaskEither<DownloadError, void> =>
  pipe(
    files.link(filePath, target),
    TE.orElse((error) => async () => {
      const [ours, theirs] = [await files.facts(filePath)(), await files.facts(target)()];
      const isSame =
        E.isRight(ours) &&
        E.isRight(theirs) &&
        ours.right !== null &&
        theirs.right !== null &&
        isSameFile(ours.right.identity, theirs.right.identity);
      return isSame ? E.right(undefined) : E.left(error);
    }),
  );

const whateverHappens = (effect: TE.TaskEither<DownloadError, void>) =>
  TE.orElse((_: DownloadError) => DONE)(effect);

const stampOf = ({ disk, version }: Workspace): FileStamp => {
  const dateMs = Date.parse(version.lastModified ?? '');
  const isWanted = disk.modifiedTime === 'server' && !Number.isNaN(dateMs);
  return { mode: disk.mode, modifiedAtMs: isWanted ? dateMs : null };
};
