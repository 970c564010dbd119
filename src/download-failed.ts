/** The one class: what a rejected promise, or a call with impossible options, throws. */
import { describeError } from './domain/describe-error.ts';
import type { DownloadError } from './domain/errors.ts';
import { E } from './fp.ts';

/**
 * Why a download did not end in a file. `error` is the data; `message` says it in words.
 *
 * @example
 * try { await job.done } catch (thrown) {
 *   if (thrown instanceof DownloadFailed && thrown.resumable) tryAgainLater();
 * }
 */
export class DownloadFailed extends Error {
  readonly error: DownloadError;
  /** Would a later run with the same source and target go on from what is on disk? */
  readonly resumable: boolean;

  constructor(error: DownloadError, resumable: boolean) {
    super(describeError(error));
    this.name = 'DownloadFailed';
    this.error = error;
    this.resumable = resumable;
  }
}

/** What is right, or the error thrown: where the world of values ends. */
export const orThrow = <A>(result: E.Either<DownloadError, A>): A => {
  if (E.isLeft(result)) throw new DownloadFailed(result.left, false);
  return result.right;
};
