/**
 * Asking, before anything is changed on disk, whether the breakpoint is still ours.
 *
 * A process that was suspended, or whose network drive went away, may wake up after another one
 * has taken its place: it must stop before it writes another byte. The wall clock tells, since it
 * alone goes on while a machine sleeps.
 */
import type { DownloadError } from '../domain/errors.ts';
import type { Clock } from '../effects/clock.ts';
import { E } from '../fp.ts';
import type { Claim } from '../store/claims.ts';

/** Null: the claim was confirmed a moment ago. Left `Busy` or `ClaimLost`: write nothing more. */
export type ClaimGuard = () => Promise<E.Either<DownloadError, void>> | null;

/** For so long a confirmed claim is taken for granted, in milliseconds of wall time. */
export const CONFIRMED_MS = 1_000;

/** A guard of a claim that was acquired just now. */
export const claimGuard = (claim: Claim, clock: Pick<Clock, 'wallTime'>): ClaimGuard => {
  let confirmedAtMs = clock.wallTime();
  let asking: Promise<E.Either<DownloadError, void>> | null = null;

  const confirm = async (): Promise<E.Either<DownloadError, void>> => {
    const atMs = clock.wallTime();
    const confirmed = await claim.confirm()();
    if (E.isRight(confirmed)) confirmedAtMs = atMs;
    // A lost claim stays lost: `asking` keeps its answer. A disk that failed is asked again.
    if (E.isRight(confirmed) || !isLoss(confirmed.left)) asking = null;
    return confirmed;
  };
  return () => {
    const sinceMs = clock.wallTime() - confirmedAtMs;
    if (asking === null && sinceMs >= 0 && sinceMs < CONFIRMED_MS) return null;
    asking ??= confirm();
    return asking;
  };
};

const isLoss = ({ _tag }: DownloadError): boolean => _tag === 'Busy' || _tag === 'ClaimLost';
