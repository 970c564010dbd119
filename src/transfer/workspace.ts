/**
 * What a running download holds: its part file, its breakpoint, and the counters of its parts.
 *
 * Opened by `open-workspace.ts`, used by `fetch-part.ts` and `verify-part.ts`, ended by
 * `end-workspace.ts`. Statecharts never see it: they hold its number (provide-effects.ts).
 */

import { lengthOf } from '../domain/byte-range.ts';
import { type Bytes, bytes } from '../domain/bytes.ts';
import type { DiskPolicy } from '../domain/disk-policy.ts';
import type { ObjectVersion } from '../domain/object-version.ts';
import { type PartRuns, pickParts } from '../domain/part-runs.ts';
import { type PartNumber, type Plan, rangeOfPart } from '../domain/plan.ts';
import type { ProgressSample } from '../domain/progress.ts';
import type { Clock, Entropy } from '../effects/clock.ts';
import type { Crc64Of } from '../effects/crc64.ts';
import type { FileSystem, Folders, OpenFile } from '../effects/file-system.ts';
import type { Host } from '../effects/host.ts';
import type { BreakpointLog, BreakpointStore } from '../store/breakpoint-store.ts';
import type { Claim, Claims } from '../store/claims.ts';
import type { Checkpointer } from './checkpointer.ts';
import type { ClaimGuard } from './claim-guard.ts';
import type { OpenWriters } from './open-writers.ts';
import type { PaceMeter } from './pace-meter.ts';
import type { PartLedger } from './part-ledger.ts';

/** The capabilities that a workspace is built from. */
export interface WorkspaceEffects {
  readonly files: FileSystem;
  readonly folders: Folders;
  readonly breakpoints: BreakpointStore;
  readonly claims: Claims;
  readonly host: Host;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly loadCrc64: () => Promise<Crc64Of>;
  /** Bytes gathered for one write; default 1 MiB. Small in simulations of small objects. */
  readonly batchLength?: number;
}

export interface Workspace {
  readonly effects: WorkspaceEffects;
  /** Name of the breakpoint. */
  readonly key: string;
  /** Absolute path that the file shall have. */
  readonly target: string;
  readonly disk: DiskPolicy;
  readonly version: ObjectVersion;
  readonly plan: Plan;
  readonly file: OpenFile;
  readonly filePath: string;
  readonly log: BreakpointLog;
  readonly claim: Claim;
  /** To be asked before anything is changed on disk: see `claim-guard.ts`. */
  readonly mayWrite: ClaimGuard;
  readonly ledger: PartLedger;
  readonly pace: PaceMeter;
  readonly checkpointer: Checkpointer;
  readonly writers: OpenWriters;
  readonly crc64Of: Crc64Of;
  /** Told after each batch that was written; set by whoever decides when a checkpoint is due. */
  readonly written: { notify: () => void };
}

/** Is every byte of the part written? Never known of a part whose end nobody knows. */
export const isWhole = ({ plan, ledger }: Workspace, part: PartNumber): boolean =>
  ledger.factOf(part).length === lengthOf(rangeOfPart(plan, part));

/** The parts of which bytes have to be fetched. */
export const missingParts = (workspace: Workspace): PartRuns =>
  pickParts(workspace.plan.partCount, (part) => !isWhole(workspace, part));

/** The whole parts that a former process wrote and this one has not read. */
export const unconfirmedParts = (workspace: Workspace): PartRuns =>
  pickParts(
    workspace.plan.partCount,
    (part) => isWhole(workspace, part) && !workspace.ledger.isConfirmed(part),
  );

/** The counters at this moment. */
export const sampleProgress = ({ ledger, effects }: Workspace): ProgressSample => ({
  atMs: effects.clock.now(),
  ...ledger.sums(),
});

/** The size of the object: what the server said, or what came. */
export const finalSize = ({ plan, ledger }: Workspace): Bytes =>
  plan.size ?? bytes(ledger.sums().written);
