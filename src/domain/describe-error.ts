/** A `DownloadError` as one sentence for people: what happened, and what they can do. */
import { absurd } from '../fp.ts';
import { formatSize } from './bytes.ts';
import type { DownloadError, Refusal } from './errors.ts';
import { PART_FILE_NAME_EXTRA } from './part-file-name.ts';

/**
 * One sentence, or two: what happened, and what a person can do about it. No secrets, since the
 * union holds none.
 *
 * @example
 * describeError({ _tag: 'IntegrityFailed', expected: '1', actual: '2' })
 * // 'The bytes are not the object's: CRC-64 is 2, the server says 1. …'
 */
export const describeError = (error: DownloadError): string => {
  switch (error._tag) {
    case 'UsageError':
      if (error.option === 'credentials') return `${error.value}. Needed: ${error.allowed}.`;
      return `${error.option}: ${quote(error.value)} is not allowed. Allowed: ${error.allowed}.`;
    case 'NetworkFailed':
      return `The network failed (${error.code}): ${error.message}`;
    case 'AnswerCut':
      return `The answer has ${error.received} bytes instead of ${error.expected}${ids(error)}.`;
    case 'Stalled':
      return error.cause === 'silence'
        ? `No byte arrived for ${Math.round(error.silentMs / 1000)} s.`
        : 'A connection became far slower than the others.';
    case 'ServerBusy':
      return `The server is busy: ${refusal(error)}. Run again later to resume.`;
    case 'ServerRefused':
      if (error.code === 'CredentialsUnavailable') {
        return `The credentials, or a fresh URL, could not be had: ${error.message}.`;
      }
      return `The server refuses: ${refusal(error)}.${advice(error)}`;
    case 'AccessExpired':
      return (
        `The credentials or the signed URL ran out: ${refusal(error)}. ` +
        'Run again with fresh ones to resume.'
      );
    case 'ObjectArchived':
      return `The object is archived: ${refusal(error)}. Restore it, then run again to resume.`;
    case 'ObjectChanged':
      return `The object changed while it was downloaded (${error.difference}: expected ${quote(
        error.expected,
      )}, got ${quote(error.actual)}${ids(error)}). Run again to download the new version.`;
    case 'RangeIgnored':
      return `The server answered ${quote(error.answered)} when asked for ${error.asked}${ids(error)}.`;
    case 'IntegrityFailed':
      return error.actual === null
        ? 'Bytes of the part file were lost while it was written, again and again. Something ' +
            'else changes it. Nothing was put in place; run again to download afresh.'
        : `The bytes are not the object's: CRC-64 is ${error.actual}, the server says ` +
            `${error.expected}. Nothing was put in place; run again to download afresh.`;
    case 'DiskFailed':
      return `${error.operation} ${quote(error.path)}: ${diskReason(error.code)}.`;
    case 'DiskFull':
      return (
        `The disk is full: ${formatSize(error.missing)} more are needed for ` +
        `${quote(error.path)}. What is there is kept; free some space to go on.`
      );
    case 'Busy':
      return `Process ${error.pid} on ${error.host} is downloading to the same file.`;
    case 'ClaimLost':
      return `The claim ${quote(error.path)} was removed; run again to resume.`;
    case 'Interrupted':
      return 'The request was interrupted.';
    case 'Cancelled':
      return 'The download was cancelled.';
    case 'Defect':
      return `A defect in the program: ${error.message}. Please report it.`;
    default:
      return absurd(error);
  }
};

/** Node's disk error codes in words; an unknown code is shown as it is. */
const diskReason = (code: string): string => {
  const reasons: Readonly<Record<string, string>> = {
    EACCES: 'permission denied (EACCES)',
    EPERM: 'operation not permitted (EPERM)',
    EDQUOT: 'the disk quota is used up (EDQUOT); what is there is kept',
    EEXIST: 'it exists already (EEXIST)',
    EISDIR: 'it is a folder (EISDIR); name a file',
    EMFILE: 'too many open files (EMFILE)',
    ENAMETOOLONG: `the name, with ${PART_FILE_NAME_EXTRA} bytes for the part file, is too long (ENAMETOOLONG)`,
    ENOENT: 'no such file or folder (ENOENT)',
    ESTALE: 'another file stands there now (ESTALE)',
    ELOOP: 'too many symbolic links (ELOOP)',
    ENOSPC: 'the disk is full (ENOSPC); what is there is kept',
    ENOTSUP: 'it is a device, a pipe or a socket (ENOTSUP); name a file',
    ENOTDIR: 'a part of the path is not a folder (ENOTDIR)',
    EROFS: 'the file system is read-only (EROFS)',
    EIO: 'the disk failed (EIO)',
  };
  return reasons[code] ?? code;
};

const quote = (value: string): string => JSON.stringify(value);

const ids = ({ requestId }: { readonly requestId: string | null }): string =>
  requestId === null ? '' : `, request id ${requestId}`;

/** A sentence goes on behind it, so a full stop of the server's is left out. */
const refusal = (error: Refusal): string =>
  `${error.status} ${error.code}${error.message === '' ? '' : ` – ${error.message.replace(/\.$/, '')}`}${ids(error)}`;

const advice = ({ code }: Refusal): string => {
  switch (code) {
    case 'NoSuchKey':
      return ' Check the key; it is case-sensitive.';
    case 'NoSuchBucket':
      return ' Check the bucket and its region.';
    case 'InvalidAccessKeyId':
    case 'SignatureDoesNotMatch':
      return ' Check OSS_ACCESS_KEY_ID, OSS_ACCESS_KEY_SECRET and the region.';
    case 'AccessDenied':
      return ' Check that these credentials may read the object.';
    default:
      return '';
  }
};
