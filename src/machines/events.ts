/**
 * Every event that the statecharts hear. Commands are bare imperatives; facts are
 * `noun.pastParticiple`. Emitted events, for applications, are in `emitted.ts`.
 */
import type { DownloadError, ErrorOf } from '../domain/errors.ts';
import type { LanePace } from '../domain/pace.ts';
import type { PartNumber } from '../domain/plan.ts';
import type { ProgressSample } from '../domain/progress.ts';

/** What people and applications may ask of a download, in any state; elsewhere it is ignored. */
export type DownloadCommand =
  /** Come to rest, with everything kept, and wait. */
  | { readonly type: 'pause' }
  /** Go on after a pause. */
  | { readonly type: 'resume' }
  /** End. `keep` true leaves part file and breakpoint for a later run; default false. */
  | { readonly type: 'cancel'; readonly keep?: boolean };

/** What a part tells its download. */
export type PartReport =
  | {
      readonly type: 'part.fetched';
      readonly part: PartNumber;
      /** How often access had been refreshed when the last request was sent. */
      readonly generation: number;
    }
  | { readonly type: 'part.suspended'; readonly part: PartNumber }
  | { readonly type: 'part.failed'; readonly part: PartNumber; readonly error: DownloadError }
  | {
      readonly type: 'part.retrying';
      readonly part: PartNumber;
      /** Failures in a row so far. */
      readonly attempt: number;
      readonly error: DownloadError;
      /** The wait before the next attempt, in milliseconds. */
      readonly delayMs: number;
    }
  | {
      readonly type: 'access.expired';
      readonly part: PartNumber;
      readonly error: DownloadError;
      readonly generation: number;
      /** Did the part get a byte since access was refreshed last? Then the refresh was good. */
      readonly hasFlowed: boolean;
    };

/** What the data plane tells a download. */
export type TransferFact =
  | {
      readonly type: 'progress.sampled';
      readonly sample: ProgressSample;
      /** The requests in flight, each with its pace. */
      readonly lanes: ReadonlyArray<LanePace>;
    }
  | { readonly type: 'checkpoint.due' }
  /** A recorded part is not on disk as recorded: it has to be fetched again. */
  | { readonly type: 'part.damaged'; readonly part: PartNumber }
  | Stalled;

/** A part's bytes stopped coming, or come far slower than on the other lanes. */
export interface Stalled {
  readonly type: 'part.stalled';
  readonly part: PartNumber;
  readonly error: ErrorOf<'Stalled'>;
}

export type DownloadEvent = DownloadCommand | PartReport | TransferFact;

/** What a part hears. */
export type PartEvent =
  | { readonly type: 'suspend' }
  | { readonly type: 'stall'; readonly error: ErrorOf<'Stalled'> }
  /** `isRepeated`: they were there before, the request had to start over. */
  | { readonly type: 'bytes.flowing'; readonly isRepeated?: true }
  | { readonly type: 'access.granted'; readonly generation: number };
