/** The ends of a workspace: its file becomes the target, or all is kept, or all is removed. */
import { dirname } from 'node:path';
import { lengthOf } from '../domain/byte-range.ts';
import type { Bytes } from '../domain/bytes.ts';
import { CRC64_OF_NOTHING, type Crc64, combineCrc64 } from '../domain/crc64.ts';
import type { DownloadError } from '../domain/errors.ts';
import { rangeOfPart } from '../domain/plan.ts';
import { E, pipe, TE } from '../fp.ts';
import { finalSize, type Workspace } from './workspace.ts';

export interface Committed {
  readonly size: Bytes;
  /** Of the whole object, computed from bytes that this process received or read back. */
  readonly crc64: Crc64;
}

/**
 * The CRC-64 of the whole object. Throws when a part is not whole or was not hashed by this
 * process: whoever asks too early has a bug, and a wrong file must not come of it.
 */
export const wholeCrc64 = ({ plan, ledger }: Workspace): Crc64 => {
  let crc64: Crc64 = CRC64_OF_NOTHING;
  for (let part = 1; part <= plan.partCount; part++) {
    const fact = ledger.factOf(part);
    const isWhole = plan.size === null || fact.length === lengthOf(rangeOfPart(plan, part));
    if (!isWhole || !ledger.isConfirmed(part)) throw new RangeError(`part ${part} is not done`);
    crc64 = combineCrc64(crc64, fact.crc64, fact.length);
  }
  return crc64;
};

/** Compares with the server's checksum, where it gave one and `isWanted`. */
export const checkIntegrity = (
  workspace: Workspace,
  isWanted: boolean,
): E.Either<DownloadError, void> => {
  const actual = wholeCrc64(workspace);
  const expected = workspace.version.crc64;
  return !isWanted || expected === null || expected === actual
    ? E.right(undefined)
    : E.left({ _tag: 'IntegrityFailed', expected, actual });
};

/**
 * Puts the file in place, durably: sync, rename, sync the folder, forget the breakpoint.
 *
 * When it fails before the rename everything is kept, and a later run needs to fetch nothing.
 */
export const commit = (workspace: Workspace): TE.TaskEither<DownloadError, Committed> => {
  const { effects, file, filePath, target, log, key, claim } = workspace;
  return pipe(
    claim.confirm(),
    TE.flatMap(() => file.datasync()),
    TE.flatMap(() => file.close()), // Some systems rename no open file.
    TE.flatMap(() => (isInPlace(workspace) ? DONE : effects.files.rename(filePath, target))),
    TE.flatMap(() => effects.folders.sync(dirname(target))),
    // The file is in place: what cannot be tidied up now is tidied up by the next run.
    TE.flatMap(() =>
      pipe(
        log.close(),
        TE.flatMap(() => effects.breakpoints.remove(key)),
        TE.flatMap(() => claim.release()),
        TE.orElse(() => DONE),
      ),
    ),
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
      ? []
      : [
          await (isInPlace(workspace) ? DONE : effects.files.remove(filePath))(),
          await effects.breakpoints.remove(key)(),
        ];
  closed.push(await claim.release()());
  return [...closed, ...removed].find(E.isLeft) ?? E.right(undefined);
};

/** Did a former run rename the file, and only fail to forget its breakpoint? */
const isInPlace = ({ filePath, target }: Workspace): boolean => filePath === target;

const DONE: TE.TaskEither<DownloadError, void> = TE.right(undefined);
