/** The capabilities that housekeeping is built from. Never the network. */
import type { DownloadError } from '../domain/errors.ts';
import type { E } from '../fp.ts';
import type { WorkspaceEffects } from '../transfer/workspace.ts';

export interface HousekeepingEffects
  extends Pick<
    WorkspaceEffects,
    'files' | 'folders' | 'breakpoints' | 'claims' | 'host' | 'clock' | 'loadCrc64'
  > {
  /** Absolute path of the folder in which claims, and usually journals, are. */
  readonly storeFolder: string;
}

export type Result<A> = Promise<E.Either<DownloadError, A>>;
