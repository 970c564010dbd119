/** Writing the file of a claim: as a whole, and again in place. */
import { bytes } from '../domain/bytes.ts';
import type { DownloadError } from '../domain/errors.ts';
import { E, pipe, TE } from '../fp.ts';
import { type ClaimContent, type ClaimName, claimPath, encodeClaim } from './claim-content.ts';
import type { ClaimsFolder } from './find-claims.ts';

type Result<A> = Promise<E.Either<DownloadError, A>>;

/**
 * The claim appears under its name with its whole content, durably, or not at all.
 *
 * @returns When that was, by the clock of the file system.
 */
export const announceClaim = async (
  at: ClaimsFolder,
  name: ClaimName,
  content: ClaimContent,
): Result<number> => {
  const { files, folders, folder } = at;
  const [draft, path] = [claimPath(folder, name, true), claimPath(folder, name)];
  const created = await pipe(
    folders.make(folder),
    TE.flatMap(() => files.create(draft)),
  )();
  if (E.isLeft(created)) return created;
  const file = created.right;
  const written = await pipe(
    file.writeAt([encodeClaim(content)], bytes(0)),
    TE.flatMap(() => file.datasync()),
    TE.flatMap(() => file.facts()),
  )();
  const closed = await file.close()();
  const announced = await pipe(
    TE.fromEither(E.isLeft(written) ? written : closed),
    TE.flatMap(() => files.rename(draft, path)),
    TE.flatMap(() => folders.sync(folder)),
  )();
  if (E.isRight(written) && E.isRight(announced)) return E.right(written.right.modifiedAtMs);
  for (const left of [draft, path]) await files.remove(left)();
  return E.isLeft(written) ? written : (announced as E.Left<DownloadError>);
};

/**
 * Shows that its owner lives: the same bytes once more, which no reader sees half way.
 *
 * Right false: the claim is not there any more. One that cannot be written, on a disk that is
 * full, is there all the same.
 */
export const touchClaim = async (
  { files }: ClaimsFolder,
  path: string,
  content: ClaimContent,
): Result<boolean> => {
  const opened = await files.open(path)();
  if (E.isLeft(opened)) return opened.left.code === 'ENOENT' ? E.right(false) : opened;
  await opened.right.writeAt([encodeClaim(content)], bytes(0))();
  await opened.right.close()();
  return E.right(true);
};
