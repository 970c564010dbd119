/** The capabilities that housekeeping is built from. Never the network. */
import type { DownloadError } from '../domain/errors.ts';
import type { E } from '../fp.ts';
import type { WorkspaceEffects } from '../transfer/workspace.ts';

export type HousekeepingEffects = WorkspaceEffects;

export type Result<A> = Promise<E.Either<DownloadError, A>>;

/** Whole milliseconds since then, never below 0: clocks of file systems may be ahead. */
export const ageSince = (
  { wallTime }: Pick<HousekeepingEffects['clock'], 'wallTime'>,
  atMs: number,
): number => Math.max(0, Math.floor(wallTime() - atMs));
