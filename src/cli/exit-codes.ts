/** What the command's exit code says: one number for each kind of end. */
import { absurd } from '../fp.ts';
import type { DownloadError } from '../index.ts';

/** The file is in place. */
export const DONE = 0;

/**
 * The exit code of a download that ended with `error`.
 *
 * `Cancelled` is what a signal leads to; `exitCodeOfSignal` knows which signal it was.
 */
export const exitCodeOf = (error: DownloadError): number => {
  switch (error._tag) {
    case 'Defect':
    case 'Interrupted':
      return 1;
    case 'UsageError':
      return 2;
    case 'ServerRefused':
    case 'AccessExpired':
    case 'ObjectArchived':
      return 3;
    case 'IntegrityFailed':
      return 4;
    case 'DiskFailed':
    case 'DiskFull':
      return 5;
    case 'NetworkFailed':
    case 'AnswerCut':
    case 'Stalled':
    case 'ServerBusy':
    case 'RangeIgnored':
      return 6;
    case 'Busy':
    case 'ClaimLost':
      return 7;
    case 'ObjectChanged':
      return 8;
    case 'Cancelled':
      return exitCodeOfSignal('SIGINT');
    default:
      return absurd(error);
  }
};

/** The signals that end the command with everything kept. */
export type EndingSignal = 'SIGINT' | 'SIGTERM';

/** 128 and the signal's number, as shells have it. */
export const exitCodeOfSignal = (signal: EndingSignal): number => (signal === 'SIGINT' ? 130 : 143);
