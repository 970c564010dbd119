/** Access that ran out, and why nobody has fresh one: two reasons that belong together. */
import { describeError } from './describe-error.ts';
import type { DownloadError } from './errors.ts';

/**
 * What to tell when `failure` is what came of the refresh that `expired` asked for: the expiry,
 * whose message names both reasons.
 *
 * @param expired Anything but an `AccessExpired` is told as it is.
 */
export const withRefreshFailure = (
  expired: DownloadError,
  failure: DownloadError,
): DownloadError => {
  if (expired._tag !== 'AccessExpired') return expired;
  const reason = failure._tag === 'ServerRefused' ? failure.message : describeError(failure);
  const message = [expired.message, `no fresh ones: ${reason}`]
    .map((text) => text.replace(/\.$/, ''))
    .filter((text) => text !== '')
    .join('; ');
  return { ...expired, message };
};
