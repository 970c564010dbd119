/** What a step of the download says of all its parts at once: plans, openings, repairs, ends. */
import type { PartNumber } from '../domain/plan.ts';
import type { DownloadContext } from '../machines/download-context.ts';
import { isWorthKeeping } from '../machines/download-steps.ts';
import type { TopLevelState } from './chart-states.ts';
import type { CheckpointWatch } from './checkpoint-watch.ts';
import type { Lane } from './lanes.ts';
import { CODE } from './part-codes.ts';
import type { PartMap } from './part-map.ts';
import { topLevel } from './situation.ts';

/** What a step may change. */
export interface FoldedParts {
  readonly parts: PartMap;
  readonly lanes: ReadonlyMap<PartNumber, Lane>;
  readonly checkpoints: CheckpointWatch;
}

export interface DownloadStep {
  /** The active states before and after it. */
  readonly left: ReadonlyArray<string>;
  readonly states: ReadonlyArray<string>;
  readonly changed: Partial<DownloadContext>;
  /** After it. */
  readonly context: DownloadContext;
}

export const followStep = (folded: FoldedParts, step: DownloadStep): void => {
  const { parts, checkpoints } = folded;
  const { left, states, changed, context } = step;
  const isOpened = changed.workspace !== undefined && changed.workspace !== null;
  if (changed.plan !== undefined) parts.load(new Uint8Array(changed.plan?.partCount ?? 0));
  checkpoints.stepped(states);
  if (isOpened) layOut(folded, context);
  else if (changed.isVerified === true) confirmAll(folded);
  if (!isSame(left, states)) moveOn(folded, topLevel(left), topLevel(states), context);
};

/** Nearly every step stays where it is. */
const isSame = (left: ReadonlyArray<string>, states: ReadonlyArray<string>): boolean =>
  left === states || (left.length === states.length && left.every((id, at) => id === states[at]));

/** From one top-level state to another. */
const moveOn = (
  folded: FoldedParts,
  before: TopLevelState | null,
  now: TopLevelState | null,
  context: DownloadContext,
): void => {
  const { parts } = folded;
  if (before === now) return;
  if (now === 'repairing' && context.repaired === null) parts.fill(CODE.verifying);
  if (before === 'repairing') endRepair(folded, context);
  if (now === 'renamed') parts.replace(CODE.written, CODE.durable);
  if (isAtRest(now) && isGone(context)) parts.fill(CODE.queued);
};

/** What a former run left, or what there is when the first record comes late. */
const layOut = (folded: FoldedParts, context: DownloadContext): void => {
  const { parts, checkpoints } = folded;
  const { pending, active, prefixed, isVerified, progress } = context;
  const isDurable = progress === null || progress.durable === progress.written;
  parts.fill(isDurable ? CODE.durable : CODE.written);
  if (!isVerified) parts.setRuns(prefixed, CODE.verifying);
  parts.setRuns(pending, CODE.queued);
  for (const part of active) parts.set(part, CODE.queued);
  showLanes(folded);
  if (isDurable) return;
  for (let part = 1; part <= parts.codes().length; part++) {
    if (parts.codeOf(part) === CODE.written) checkpoints.wrote(part);
  }
};

/** Every recorded part has been read back. */
const confirmAll = (folded: FoldedParts): void => {
  folded.parts.replace(CODE.verifying, CODE.durable);
  showLanes(folded);
};

/** Those that have to be fetched again are damaged; what was read back and is true is durable. */
const endRepair = (folded: FoldedParts, { pending, active }: DownloadContext): void => {
  const { parts } = folded;
  parts.replace(CODE.verifying, CODE.durable);
  parts.setRuns(pending, CODE.damaged);
  for (const part of active) parts.set(part, CODE.damaged);
  showLanes(folded);
};

/** Parts in flight are what their own charts say. */
const showLanes = ({ parts, lanes }: FoldedParts): void => {
  for (const { part, code } of lanes.values()) parts.set(part, code);
};

const isAtRest = (state: TopLevelState | null): boolean =>
  state === 'paused' || state === 'failed' || state === 'cancelled';

/** Was the part file removed when the workspace was closed? */
const isGone = (context: DownloadContext): boolean =>
  context.plan !== null && context.workspace === null && !isWorthKeeping(context);
