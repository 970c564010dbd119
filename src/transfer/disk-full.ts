/** A full disk is told apart from a broken one, since it can be waited out. */
import { dirname } from 'node:path';
import type { DownloadError } from '../domain/errors.ts';
import type { Workspace } from './workspace.ts';

/** The error, or `DiskFull` with the bytes that still have to be written where it means that. */
export const asDiskFull = (
  { plan, ledger, target }: Workspace,
  error: DownloadError,
): DownloadError => diskFullAt(target, (plan.size ?? 0) - ledger.sums().written, error);

/** The same where no workspace is open yet. `missing`: bytes that are still to be written. */
export const diskFullAt = (
  target: string,
  missing: number,
  error: DownloadError,
): DownloadError => {
  const isFull =
    error._tag === 'DiskFailed' && (error.code === 'ENOSPC' || error.code === 'EDQUOT');
  if (!isFull) return error;
  return dirname(error.path) === dirname(target)
    ? { _tag: 'DiskFull', path: target, missing: Math.max(1, missing) }
    : { _tag: 'DiskFull', path: error.path, missing: RECORD_ROOM };
};

/** What a journal may need, when it is its disk that is full: nobody knows exactly. 64 KiB. */
const RECORD_ROOM = 2 ** 16;
