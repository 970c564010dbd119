/** When to ask again, and when to give up: policy as pure functions. */
import { type DownloadError, isTransient } from './errors.ts';

export interface RetryPolicy {
  /**
   * How often in a row a request may fail without progress: a byte beyond the furthest point that
   * was ever reached. Bytes that come again are none. At least 1.
   */
  readonly attemptsMax: number;
  /** The wait after the first failure, in milliseconds; it doubles with each further one. */
  readonly delayMsFirst: number;
  /** No wait of ours is longer. In milliseconds. */
  readonly delayMsMax: number;
}

/** Eight failures in a row, 0.5 s to 30 s apart: about a minute of patience without progress. */
export const RETRY_DEFAULT: RetryPolicy = {
  attemptsMax: 8,
  delayMsFirst: 500,
  delayMsMax: 30_000,
};

/** A server may ask for a longer wait than ours, up to this: five minutes. */
export const RETRY_AFTER_MS_MAX = 300_000;

/** Should a request that failed `attempts` times in a row without progress be tried again? */
export const mayRetry = (policy: RetryPolicy, error: DownloadError, attempts: number): boolean =>
  isTransient(error) && attempts < policy.attemptsMax;

/**
 * How long to wait, in milliseconds: exponential, with "equal jitter" (half fixed, half random),
 * never shorter than the server asked for.
 *
 * @param attempts Failures in a row so far, at least 1.
 * @param random   In `0 .. 1`, as of `jitter`.
 */
export const backoffMs = (
  policy: RetryPolicy,
  error: DownloadError,
  attempts: number,
  random: number,
): number => {
  const ceiling = Math.min(policy.delayMsMax, policy.delayMsFirst * 2 ** (attempts - 1));
  const asked = error._tag === 'ServerBusy' ? (error.retryAfterMs ?? 0) : 0;
  return Math.max(Math.round((ceiling * (1 + random)) / 2), Math.min(asked, RETRY_AFTER_MS_MAX));
};

/**
 * A number in `0 .. 1` that looks random and follows from its arguments, so that statecharts stay
 * pure and a run can be replayed. Two downloads differ by their seed.
 *
 * Source: the finaliser of MurmurHash3.
 */
export const jitter = (seed: number, part: number, attempt: number): number => {
  let hash = (seed ^ Math.imul(part, 0x9e3779b1) ^ Math.imul(attempt, 0x85ebca6b)) >>> 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
};
