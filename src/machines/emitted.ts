/** What a download tells applications: `actor.on(type, handler)`, or `job.on(type, handler)`. */
import type { Bytes } from '../domain/bytes.ts';
import type { Crc64 } from '../domain/crc64.ts';
import type { DownloadError } from '../domain/errors.ts';
import type { ObjectVersion } from '../domain/object-version.ts';
import type { PartNumber, Plan } from '../domain/plan.ts';
import type { Progress } from '../domain/progress.ts';
import type { Verdict } from '../domain/verdict.ts';
import type { RepairScope } from '../transfer/repair.ts';

/** What came of a finished download. */
export interface Outcome {
  /** Absolute path of the file. */
  readonly target: string;
  readonly size: Bytes;
  /** Of the whole file, computed from bytes that this process received or read back. */
  readonly crc64: Crc64;
  /** Bytes that were there before this run. */
  readonly resumedBytes: Bytes;
  /** Bytes that came over the network in this run, those fetched twice included. */
  readonly fetchedBytes: Bytes;
}

/** Every event that a download emits. Numbers are bytes, times milliseconds. */
export type DownloadEmitted =
  | { readonly type: 'planned'; readonly version: ObjectVersion; readonly plan: Plan }
  | { readonly type: 'verdict'; readonly verdict: Verdict }
  | { readonly type: 'progress'; readonly progress: Progress }
  | {
      readonly type: 'retry';
      /** Null: not a part, but the question for the object's version, or a refresh of access. */
      readonly part: PartNumber | null;
      readonly attempt: number;
      readonly delayMs: number;
      readonly error: DownloadError;
    }
  | { readonly type: 'damaged'; readonly part: PartNumber }
  | { readonly type: 'accessRefreshed' }
  /** The whole was wrong: these parts are fetched again. */
  | { readonly type: 'repairing'; readonly scope: RepairScope; readonly parts: number }
  /** `because`: null when it was asked for, `DiskFull` when there is no room. */
  | { readonly type: 'paused'; readonly because: DownloadError | null }
  | { readonly type: 'resumed' }
  | { readonly type: 'renamed'; readonly outcome: Outcome }
  | { readonly type: 'failed'; readonly error: DownloadError; readonly resumable: boolean }
  | { readonly type: 'cancelled'; readonly kept: boolean };

/** The last event of all, which is also the output of the statechart. */
export type DownloadEnding = Extract<
  DownloadEmitted,
  { readonly type: 'renamed' | 'failed' | 'cancelled' }
>;
