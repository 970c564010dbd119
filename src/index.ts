/** Partwise: resumable downloads that end byte-identical. This file is the table of contents. */

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
  type Download,
  type DownloadActor,
  type DownloadOptions,
  type DownloadOutcome,
  download,
  httpUrl,
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
// What it tells.
export type { DownloadEmitted, Outcome } from './machines/emitted.ts';
export {
  type Bucket,
  type ResumableDownloadOptions,
  resumableDownload,
} from './resumable-download.ts';
