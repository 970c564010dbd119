/** Partwise: resumable downloads that end byte-identical. This file is the table of contents. */

// Start a download.

export {
  type DownloadOptions,
  download,
  type PreparedDownload,
  prepareDownload,
} from './download.ts';
export {
  type Bucket,
  type ResumableDownloadOptions,
  resumableDownload,
} from './resumable-download.ts';
export { httpUrl, ossObject, parseOssUri } from './sources.ts';

// Watch and steer it.

export type { Progress } from './domain/progress.ts';
export {
  describeVerdict,
  type RestartReason,
  type Verdict,
} from './domain/verdict.ts';
export type { DownloadEmitted, DownloadEnding, Outcome } from './machines/emitted.ts';
export {
  type Attachable,
  type Download,
  type DownloadActor,
  type DownloadOutcome,
  type Inspection,
  type InspectionObserver,
  type StartOptions,
  startDownload,
} from './start-download.ts';

// What can go wrong.

export { describeError } from './domain/describe-error.ts';
export {
  type DownloadError,
  type ErrorOf,
  isResumable,
  isTransient,
  type Refusal,
} from './domain/errors.ts';
export { DownloadFailed } from './download-failed.ts';

// Who may read.

export {
  type AccessKey,
  anonymousCredentials,
  type Credentials,
  type CredentialsProvider,
  environmentCredentials,
  staticCredentials,
} from './effects/credentials.ts';

// What is unfinished, and how to be rid of it.

export {
  type CleanOptions,
  cleanBreakpoints,
  type ExplainOptions,
  explainTarget,
  findOrphans,
  listBreakpoints,
  type OrphanOptions,
  type RemoveOrphansOptions,
  removeOrphans,
  type StoreOptions,
} from './breakpoints.ts';
export type { Claimant } from './housekeeping/claimants.ts';
export type { CleanReport } from './housekeeping/clean-breakpoints.ts';
export type {
  ReadableBreakpoint,
  UnreadableBreakpoint,
} from './housekeeping/examine-breakpoint.ts';
export type { DiskCheck, ExplainedBreakpoint } from './housekeeping/explain-breakpoint.ts';
export type { Explanation } from './housekeeping/explain-target.ts';
export type { Leftover, Orphans } from './housekeeping/find-orphans.ts';
export type { ListedBreakpoint } from './housekeeping/list-breakpoints.ts';
export type { PartFileOnDisk } from './housekeeping/part-files.ts';
export type { OrphanRemoval } from './housekeeping/remove-orphans.ts';
export type { UnrecordedDownload } from './housekeeping/unrecorded-downloads.ts';
export type { ClaimOwner } from './store/claims.ts';

// Go on from what the Python SDK left.

export { describeImport, type ImportOutcome, type ImportRefusal } from './import/import-outcome.ts';
export type { RecordFlaw } from './import/record-flaw.ts';
export { type ImportOptions, importBreakpoint } from './import-breakpoint.ts';

// The words of all that.

export { type Bytes, formatSize } from './domain/bytes.ts';
export type { Crc64 } from './domain/crc64.ts';
export type { SizeOption, TransferOptions } from './domain/download-options.ts';
export type { ObjectVersion, VersionDifference } from './domain/object-version.ts';
export { type OssObjectOptions, sourceLabel } from './domain/oss-source.ts';
export type { PartNumber, Plan } from './domain/plan.ts';
export type { HttpSource, OssSource, Source } from './domain/source.ts';
