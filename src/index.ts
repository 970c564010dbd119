/** Partwise: resumable downloads that end byte-identical. This file is the table of contents. */

// What is unfinished.
export {
  type CleanOptions,
  cleanBreakpoints,
  type ExplainOptions,
  explainTarget,
  findOrphans,
  listBreakpoints,
  type OrphanOptions,
  removeOrphans,
  type StoreOptions,
} from './breakpoints.ts';
// The words in which it is asked.
export { type Bytes, formatSize, parseSize } from './domain/bytes.ts';
export { type Crc64, combineCrc64 } from './domain/crc64.ts';
// What can go wrong.
export { describeError } from './domain/describe-error.ts';
export type { SizeOption, TransferOptions } from './domain/download-options.ts';
export { type DownloadError, type ErrorOf, isResumable, isTransient } from './domain/errors.ts';
export type { ObjectVersion } from './domain/object-version.ts';
export { type OssObjectOptions, parseSourceUri, sourceLabel } from './domain/oss-source.ts';
export type { PartNumber, Plan } from './domain/plan.ts';
export type { Progress } from './domain/progress.ts';
export type { HttpSource, OssSource, Source } from './domain/source.ts';
export { describeVerdict, type RestartReason, type Verdict } from './domain/verdict.ts';
// Start a download.
export {
  type Attachable,
  type Download,
  type DownloadActor,
  type DownloadOptions,
  type DownloadOutcome,
  download,
  httpUrl,
  type Inspection,
  type InspectionObserver,
  ossObject,
  startDownload,
} from './download.ts';
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
// What housekeeping tells.
export type { CleanReport } from './housekeeping/clean-breakpoints.ts';
export type {
  ListedBreakpoint,
  ReadableBreakpoint,
  UnreadableBreakpoint,
} from './housekeeping/examine-breakpoint.ts';
export type { DiskCheck, ExplainedBreakpoint, Explanation } from './housekeeping/explain-target.ts';
export type { OrphanedFile, OrphanRemoval, Orphans } from './housekeeping/find-orphans.ts';
// Go on from what the Python SDK left.
export { describeImport, type ImportOutcome, type ImportRefusal } from './import/import-outcome.ts';
export type { RecordFlaw } from './import/record-flaw.ts';
export { type ImportOptions, importBreakpoint } from './live-import.ts';
// What it tells.
export type { DownloadEmitted, Outcome } from './machines/emitted.ts';
export {
  type Bucket,
  type ResumableDownloadOptions,
  resumableDownload,
} from './resumable-download.ts';
