/** What `download-machine.ts` asks before it takes a transition; read them after "if". */
import { mayRetry } from '../domain/retry.ts';
import type { DownloadContext } from './download-context.ts';

interface At {
  readonly context: DownloadContext;
}

/** Shall bytes be fetched: nobody asked to stop, and nothing failed. */
export const isWanted = ({ context }: At): boolean =>
  context.intent === 'download' && context.error === null;

export const isPauseWanted = ({ context }: At): boolean =>
  context.intent === 'pause' && context.error === null;

export const isCancelled = ({ context }: At): boolean =>
  context.intent === 'cancel' && context.error === null;

export const isOpen = ({ context }: At): boolean => context.workspace !== null;

/** Has every part come to rest? */
export const isAtRest = ({ context }: At): boolean => context.active.length === 0;

export const isVerified = ({ context }: At): boolean => context.isVerified;

/** Is every byte of the object written, and hashed by this process? */
export const isComplete = ({ context }: At): boolean =>
  context.pending.length === 0 && context.active.length === 0 && context.isVerified;

export const isWorthRetrying = ({ context: { settings, error, attempts } }: At): boolean =>
  error !== null && mayRetry(settings.retry, error, attempts);

/** Fresh credentials that are refused twice without a byte in between will not get better. */
const REFRESHES_IN_VAIN_MAX = 2;

export const mayRefreshAccess = ({ context: { refreshes, progress } }: At): boolean =>
  refreshes.inVain < REFRESHES_IN_VAIN_MAX || (progress?.fetched ?? 0) > refreshes.fetchedBytes;

export const isRefreshable = ({ context }: At): boolean =>
  context.error?._tag === 'AccessExpired' && mayRefreshAccess({ context });

/** Was access refreshed after the request of this generation had been sent? */
export const isRefreshedSince = ({ context }: At, generation: number): boolean =>
  generation < context.accessGeneration;
