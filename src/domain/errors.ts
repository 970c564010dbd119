/**
 * Everything that can go wrong while downloading, as plain data.
 *
 * One tagged union, closed: adding a case breaks every `switch` that forgot it. Every field is
 * JSON and free of secrets, since errors are shown, logged and recorded. Nothing here is an
 * `Error`; the only class is `DownloadFailed`, at the promise boundary.
 */
import { absurd } from '../fp.ts';
import { isCertificateFailure } from './certificate-failure.ts';
import type { VersionDifference } from './object-version.ts';

/** What a server said when it refused; null is what it did not say. */
export interface Refusal {
  readonly status: number;
  /** The service's own code, such as `NoSuchKey`; `BadErrorResponse` when the body was not one. */
  readonly code: string;
  readonly message: string;
  /** What the service's support asks for. OSS: `x-oss-request-id`. */
  readonly requestId: string | null;
  /** OSS: the finer error code `x-oss-ec`, for diagnosis only. */
  readonly ec: string | null;
}

/** Why a download did not end in a file: `_tag` says what happened, the fields with what. */
export type DownloadError =
  /** An option that cannot be. Reported before any request. */
  | {
      readonly _tag: 'UsageError';
      readonly option: string;
      readonly value: string;
      readonly allowed: string;
    }
  /** No usable answer: refused, reset, timed out. `code` is Node's or undici's, e.g. ECONNRESET. */
  | { readonly _tag: 'NetworkFailed'; readonly code: string; readonly message: string }
  /** The body ended early or ran over, though the transport saw nothing wrong. */
  | {
      readonly _tag: 'AnswerCut';
      readonly expected: number;
      readonly received: number;
      readonly requestId: string | null;
    }
  /** No byte arrived for `silentMs`, or far fewer than on the other lanes. */
  | {
      readonly _tag: 'Stalled';
      readonly cause: 'silence' | 'lostPace';
      readonly silentMs: number;
    }
  /** The server asks to come later: 408, 429, 5xx. `retryAfterMs` is null when it named no time. */
  | ({ readonly _tag: 'ServerBusy'; readonly retryAfterMs: number | null } & Refusal)
  /** The server refuses, and asking again would not help: 400, 403, 404, 405, … */
  | ({ readonly _tag: 'ServerRefused' } & Refusal)
  /** Credentials or a signed URL ran out; fresh ones would do. */
  | ({ readonly _tag: 'AccessExpired' } & Refusal)
  /** The object is in an archive tier and has to be restored first. */
  | ({ readonly _tag: 'ObjectArchived' } & Refusal)
  /** The object is no longer the version that was planned. */
  | {
      readonly _tag: 'ObjectChanged';
      readonly difference: VersionDifference | 'precondition';
      readonly expected: string;
      readonly actual: string;
      readonly requestId: string | null;
    }
  /** The server sent another range than asked, or all of it. Nothing of it was written. */
  | {
      readonly _tag: 'RangeIgnored';
      readonly asked: string;
      readonly answered: string;
      readonly requestId: string | null;
    }
  /** The bytes are not the object's: the checksum says so. */
  | {
      readonly _tag: 'IntegrityFailed';
      readonly expected: string;
      /** Null: bytes that had been written were not in the part file any more. */
      readonly actual: string | null;
    }
  /** The disk said no. `code` is Node's, e.g. ENOSPC. */
  | {
      readonly _tag: 'DiskFailed';
      readonly code: string;
      readonly operation: string;
      readonly path: string;
    }
  /** The disk, or the quota, is full: so many bytes more are needed beside `path`. */
  | { readonly _tag: 'DiskFull'; readonly path: string; readonly missing: number }
  /** Another process is downloading to the same file: `host` and `pid` say which. */
  | { readonly _tag: 'Busy'; readonly host: string; readonly pid: number }
  /** Somebody removed this process's claim, the file `path`, and no other process has the target. */
  | { readonly _tag: 'ClaimLost'; readonly path: string }
  /** The request was ended on purpose: a pause or a cancel. Never reaches a user as an error. */
  | { readonly _tag: 'Interrupted' }
  /** The download was cancelled. */
  | { readonly _tag: 'Cancelled' }
  /** An exception that nobody modelled: a bug, ours or the host's. Never retried. */
  | { readonly _tag: 'Defect'; readonly message: string; readonly stack: string | null };

/** The errors with one tag. */
export type ErrorOf<Tag extends DownloadError['_tag']> = Extract<DownloadError, { _tag: Tag }>;

/**
 * An option that cannot be.
 *
 * @param option Its name in the library; the command has flags for most.
 */
export const usageError = (
  option: string,
  value: unknown,
  allowed: string,
): ErrorOf<'UsageError'> => ({ _tag: 'UsageError', option, value: String(value), allowed });

/** The asker ended it, and gave no reason of ours. */
export const INTERRUPTED: ErrorOf<'Interrupted'> = { _tag: 'Interrupted' };

/** The error of work that a signal ended: its reason, where that is a `DownloadError`. */
export const interruptionOf = ({ reason }: Pick<AbortSignal, 'reason'>): DownloadError =>
  isDownloadError(reason) ? reason : INTERRUPTED;

/** Is it worth asking again for the same bytes of the same version? */
export const isTransient = (error: DownloadError): boolean => {
  switch (error._tag) {
    case 'NetworkFailed':
      return !isCertificateFailure(error.code);
    case 'AnswerCut':
    case 'Stalled':
    case 'ServerBusy':
    case 'RangeIgnored':
      return true;
    case 'UsageError':
    case 'ServerRefused':
    case 'AccessExpired':
    case 'ObjectArchived':
    case 'ObjectChanged':
    case 'IntegrityFailed':
    case 'DiskFailed':
    case 'DiskFull':
    case 'Busy':
    case 'ClaimLost':
    case 'Interrupted':
    case 'Cancelled':
    case 'Defect':
      return false;
    default:
      return absurd(error);
  }
};

/** Can a later run go on from what is on disk, once the cause is gone? */
export const isResumable = (error: DownloadError): boolean => {
  switch (error._tag) {
    case 'ObjectChanged':
    case 'IntegrityFailed':
    case 'Cancelled':
      return false;
    default:
      return true;
  }
};

/** An exception as a `Defect`; a `DownloadError` that was thrown stays what it is. */
export const toDownloadError = (thrown: unknown): DownloadError => {
  if (isDownloadError(thrown)) return thrown;
  return thrown instanceof Error
    ? { _tag: 'Defect', message: `${thrown.name}: ${thrown.message}`, stack: thrown.stack ?? null }
    : { _tag: 'Defect', message: String(thrown), stack: null };
};

const TAGS: Readonly<Record<DownloadError['_tag'], true>> = {
  UsageError: true,
  NetworkFailed: true,
  AnswerCut: true,
  Stalled: true,
  ServerBusy: true,
  ServerRefused: true,
  AccessExpired: true,
  ObjectArchived: true,
  ObjectChanged: true,
  RangeIgnored: true,
  IntegrityFailed: true,
  DiskFailed: true,
  DiskFull: true,
  Busy: true,
  ClaimLost: true,
  Interrupted: true,
  Cancelled: true,
  Defect: true,
};

/** Every tag of the union, in the order of its definition. */
export const ERROR_TAGS = Object.keys(TAGS) as ReadonlyArray<DownloadError['_tag']>;

const isDownloadError = (thrown: unknown): thrown is DownloadError =>
  typeof thrown === 'object' &&
  thrown !== null &&
  !(thrown instanceof Error) &&
  '_tag' in thrown &&
  Object.hasOwn(TAGS, String(thrown._tag));
