/** What `download-machine.ts` asks before it takes a transition; read them after "if". */
import { toDownloadError } from '../domain/errors.ts';
import { mayRetry } from '../domain/retry.ts';
import type { DownloadContext } from './download-context.ts';
import { silenceOf } from './download-steps.ts';

interface At {
  readonly context: DownloadContext;
}

/** Shall bytes be fetched: nobody asked to stop, and nothing failed. */
export const isWanted = ({ context }: At): boolean =>
  context.intent === 'download' && context.error === null;

/** Was it asked to pause or to end where it could not act on it at once? */
export const isUnwanted = ({ context }: At): boolean => context.intent !== 'download';

export const isPauseWanted = ({ context }: At): boolean =>
  context.intent === 'pause' && context.error === null;

export const isCancelled = ({ context }: At): boolean =>
  context.intent === 'cancel' && context.error === null;

export const isOpen = ({ context }: At): boolean => context.workspace !== null;

/** Was a cancel asked to leave everything in place? */
export const isKeptAnyway = ({ context }: At): boolean => context.keep;

/** Has every part come to rest? */
export const isAtRest = ({ context }: At): boolean => context.active.length === 0;

export const isCheckpointDue = ({ context }: At): boolean => context.isCheckpointDue;

export const isVerified = ({ context }: At): boolean => context.isVerified;

/** Is every byte of the object written, and hashed by this process? */
export const isComplete = ({ context }: At): boolean =>
  context.pending.length === 0 && context.active.length === 0 && context.isVerified;

/** Did a former run prove every byte, so that nothing has to be asked of the server? */
export const isRecalled = ({ context }: At): boolean => context.version !== null;

export const isOwned = ({ event }: { readonly event: object }): boolean =>
  'error' in event && toDownloadError(event.error)._tag === 'Busy';

/** Is the whole wrong, and is there something left to try? */
export const isRepairable = ({ context, event }: At & { readonly event: object }): boolean =>
  'error' in event &&
  toDownloadError(event.error)._tag === 'IntegrityFailed' &&
  context.repaired !== 'all';

/** A full disk is waited out, with everything kept. */
export const isDiskFull = ({ context }: At): boolean =>
  context.error?._tag === 'DiskFull' && context.intent !== 'cancel';

export const isWorthRetrying = ({ context: { settings, error, attempts } }: At): boolean =>
  error !== null && mayRetry(settings.retry, error, attempts);

/** Fresh credentials that are refused twice without a byte in between will not get better. */
const REFRESHES_IN_VAIN_MAX = 2;

export const mayRefreshAccess = ({ context, event }: At & { readonly event: object }): boolean =>
  context.refreshes.inVain < REFRESHES_IN_VAIN_MAX ||
  ('hasFlowed' in event && event.hasFlowed === true);

export const isRefreshable = (at: At & { readonly event: object }): boolean =>
  at.context.error?._tag === 'AccessExpired' && mayRefreshAccess(at);

/** Shall a refresh that nobody answered be asked for again? This silence counts as a failure. */
export const isRefreshWorthRetrying = ({ context }: At): boolean =>
  mayRetry(context.settings.retry, silenceOf(context), context.attempts + 1);

/** Was access refreshed after the request of this generation had been sent? */
export const isRefreshedSince = ({ context }: At, generation: number): boolean =>
  generation < context.accessGeneration;
