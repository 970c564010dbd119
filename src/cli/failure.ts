/** What went wrong, made of whatever was thrown. */
import { toDownloadError } from '../domain/errors.ts';
import { E } from '../fp.ts';
import { type DownloadError, DownloadFailed, type ErrorOf } from '../index.ts';

/** Why there is no file, and whether a later run would go on from what is on disk. */
export type Failure = Pick<DownloadFailed, 'error' | 'resumable'>;

/**
 * The failure in whatever was thrown. What the disk said is nobody's defect, even where nobody
 * expected it.
 */
export const failureOf = (thrown: unknown): Failure =>
  thrown instanceof DownloadFailed
    ? thrown
    : { error: diskFailureOf(thrown) ?? toDownloadError(thrown), resumable: false };

/** What `run` returns, or the error that it throws. */
export const attempt = <A>(run: () => A): E.Either<DownloadError, A> => {
  try {
    return E.right(run());
  } catch (thrown) {
    return E.left(failureOf(thrown).error);
  }
};

/** Null: not an error of Node's file system. */
const diskFailureOf = (thrown: unknown): ErrorOf<'DiskFailed'> | null => {
  if (!(thrown instanceof Error)) return null;
  const { code, syscall, path } = thrown as NodeJS.ErrnoException;
  return code === undefined || syscall === undefined || path === undefined
    ? null
    : { _tag: 'DiskFailed', code, operation: syscall, path };
};
