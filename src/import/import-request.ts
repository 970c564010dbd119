/** What an import is asked for, and what it needs. */
import type { OssSource } from '../domain/source.ts';
import type { Claim } from '../store/claims.ts';
import type { WorkspaceEffects } from '../transfer/workspace.ts';

/** The capabilities that an import needs. */
export type ImportEffects = Pick<
  WorkspaceEffects,
  'files' | 'folders' | 'breakpoints' | 'claims' | 'clock' | 'entropy' | 'loadCrc64'
>;

export interface ImportRequest {
  readonly source: OssSource;
  /** Absolute path that the file shall have, and that the SDK was given. */
  readonly target: string;
  /** Absolute path of the folder of the SDK's records, such as `/home/user/.py-oss-download`. */
  readonly from: string;
}

/** An import whose breakpoint is ours. */
export interface ClaimedImport extends ImportRequest {
  readonly key: string;
  readonly claim: Claim;
}
