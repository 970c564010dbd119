/** What a download remembers between events: plain JSON, so that it can be shown and compared. */
import { type Bytes, bytes } from '../domain/bytes.ts';
import type { DownloadError } from '../domain/errors.ts';
import type { ObjectVersion } from '../domain/object-version.ts';
import type { PartRuns } from '../domain/part-runs.ts';
import type { PartNumber, Plan } from '../domain/plan.ts';
import type { Progress } from '../domain/progress.ts';
import type { Verdict } from '../domain/verdict.ts';
import type { Committed } from '../transfer/end-workspace.ts';
import type { RepairScope } from '../transfer/repair.ts';
import type { DownloadInput } from './download-input.ts';

/** What a person wants of the download now. */
export type Intent = 'download' | 'pause' | 'cancel';

/** What is known of refreshing access. */
export interface Refreshes {
  /** Refreshes in a row that brought no byte. */
  readonly inVain: number;
  /** The refusal that led to the one under way. */
  readonly because: DownloadError | null;
}

export interface DownloadContext extends DownloadInput {
  readonly intent: Intent;
  /** Leave part file and breakpoint in place when cancelled. */
  readonly keep: boolean;
  readonly version: ObjectVersion | null;
  readonly plan: Plan | null;
  readonly verdict: Verdict | null;
  /** Number of the open workspace; null while none is open. */
  readonly workspace: number | null;
  /** Parts with bytes to fetch that no lane has. */
  readonly pending: PartRuns;
  /** Parts in flight: at most `settings.lanes`. */
  readonly active: ReadonlyArray<PartNumber>;
  /** Parts that begin with bytes of a former run. */
  readonly prefixed: PartRuns;
  /** Have all recorded parts been read back? */
  readonly isVerified: boolean;
  /** Was enough written during the checkpoint under way for another one? */
  readonly isCheckpointDue: boolean;
  readonly progress: Progress | null;
  /** What came over the network before the workspace was opened anew, after a full disk. */
  readonly fetchedBefore: Bytes;
  /** Was nothing asked for since the last sample? Then the time since says nothing of the rate. */
  readonly hasRested: boolean;
  /** How often access was refreshed. */
  readonly accessGeneration: number;
  readonly refreshes: Refreshes;
  /** Failures in a row of the probe, or of a refresh that nobody answered. */
  readonly attempts: number;
  /** The wait before the next probe. */
  readonly delayMs: number;
  readonly error: DownloadError | null;
  /** What was tried against a wrong checksum of the whole. */
  readonly repaired: RepairScope | null;
  readonly committed: Committed | null;
}

export const startContext = (input: DownloadInput): DownloadContext => ({
  ...input,
  intent: 'download',
  keep: false,
  version: null,
  plan: null,
  verdict: null,
  workspace: null,
  pending: [],
  active: [],
  prefixed: [],
  isVerified: false,
  isCheckpointDue: false,
  progress: null,
  fetchedBefore: bytes(0),
  hasRested: false,
  accessGeneration: 0,
  refreshes: { inVain: 0, because: null },
  attempts: 0,
  delayMs: 0,
  error: null,
  repaired: null,
  committed: null,
});

/** A value that the state we are in guarantees; its absence is a bug. */
export const existing = <A>(value: A | null, name: string): A => {
  if (value === null) throw new RangeError(`there is no ${name} yet`);
  return value;
};
