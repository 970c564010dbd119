/** How the context changes with what happened: pure functions, one for each action that records. */
import { bytes } from '../domain/bytes.ts';
import {
  type DownloadError,
  type ErrorOf,
  isResumable,
  toDownloadError,
} from '../domain/errors.ts';
import { firstPart, type PartRuns, withoutPart, withPart } from '../domain/part-runs.ts';
import { type PartNumber, type Plan, planDownload } from '../domain/plan.ts';
import {
  nextProgress,
  type ProgressSample,
  resumeProgress,
  startProgress,
} from '../domain/progress.ts';
import { withRefreshFailure } from '../domain/refresh-failure.ts';
import { backoffMs, jitter } from '../domain/retry.ts';
import type { Verdict } from '../domain/verdict.ts';
import type { Probe } from '../effects/object-storage.ts';
import type { Committed } from '../transfer/end-workspace.ts';
import type { Repair } from '../transfer/repair.ts';
import type { DownloadContext } from './download-context.ts';
import type { DownloadEvent } from './events.ts';

interface At {
  readonly context: DownloadContext;
}

interface During extends At {
  readonly event: DownloadEvent;
}

type Patch = Partial<DownloadContext>;

/** What opening a workspace told. */
export interface OpeningReport {
  readonly workspace: number;
  readonly verdict: Verdict;
  /** The plan in force: a recorded one wins. */
  readonly plan: Plan;
  readonly pending: PartRuns;
  readonly prefixed: PartRuns;
  /** No former process wrote a whole part that would have to be read back. */
  readonly isVerified: boolean;
  readonly sample: ProgressSample;
}

/**
 * A person's wish; what it leads to is decided by the state we are in. Who has cancelled has
 * nothing to pause or to resume any more.
 */
export const recordCommand = ({ context, event }: During): Patch => {
  if (context.intent === 'cancel' && event.type !== 'cancel') return {};
  switch (event.type) {
    case 'pause':
      return { intent: 'pause' };
    case 'resume':
      return { intent: 'download' };
    case 'cancel':
      return { intent: 'cancel', keep: event.keep ?? false };
    default:
      return {};
  }
};

export const recordProbe = ({ context }: At, { version, acceptsRanges }: Probe): Patch => {
  const plan = planDownload(version, acceptsRanges, context.settings.wishes);
  const refreshes = { inVain: 0, because: null };
  return { version, plan, refreshes, attempts: 0, error: null };
};

/** The breakpoint is another process's: that is the verdict. */
export const recordOwner = ({ event }: At & { readonly event: object }): Patch => {
  const error = errorOf(event);
  if (error._tag !== 'Busy') return {};
  return { verdict: { _tag: 'Owned', host: error.host, pid: error.pid } };
};

/** A former run proved every byte: what the server said then is what counts. */
export const recordRecall = (at: At, recalled: Probe | null): Patch =>
  recalled === null ? {} : recordProbe(at, recalled);

export const recordRepair = (_: At, { scope, pending }: Repair): Patch => ({
  repaired: scope,
  pending,
});

export const recordOpening = ({ context }: At, report: OpeningReport): Patch => {
  const { sample, ...rest } = report;
  const { progress: before } = context;
  const isSameObject = before !== null && before.total === rest.plan.size;
  return isSameObject
    ? { ...rest, hasRested: true, fetchedBefore: before.fetched }
    : { ...rest, progress: startProgress(rest.plan.size, sample.received, sample.atMs) };
};

/** The counters, from the watcher or from a checkpoint that was just saved. */
export const recordSample = ({ context, event }: At & { readonly event: object }): Patch => {
  const { progress } = context;
  const sample = 'output' in event ? event.output : 'sample' in event ? event.sample : null;
  if (progress === null || sample === null) return {};
  const next = context.hasRested ? resumeProgress : nextProgress;
  const counted = sample as ProgressSample;
  const fetched = bytes(context.fetchedBefore + counted.fetched);
  return { progress: next(progress, { ...counted, fetched }), hasRested: false };
};

/** Bytes are asked for again, after a pause or after all was read back. */
export const recordRest = (_: At): Patch => ({ hasRested: true });

/**
 * A failure, from any event that carries one. The first stays: what follows from it says less.
 */
export const recordFailure = ({ context, event }: At & { readonly event: object }): Patch => {
  const { settings, error: before } = context;
  const error = errorOf(event);
  const attempts = context.attempts + 1;
  const delayMs = backoffMs(settings.retry, error, attempts, jitter(settings.seed, 0, attempts));
  return { error: before ?? error, attempts, delayMs };
};

/** What was asked did not end in the time that it has: the last failure, and a transient one. */
export const recordSilence = ({ context }: At): Patch =>
  recordFailure({ context: { ...context, error: null }, event: { error: silenceOf(context) } });

/** As `recordSilence`, while parts wait for the answer: it is no failure of theirs yet. */
export const recordSilentRefresh = ({ context }: At): Patch => ({
  attempts: context.attempts + 1,
});

/** Nobody answered for as long as silence may last. */
export const silenceOf = ({ settings }: DownloadContext): ErrorOf<'Stalled'> => ({
  _tag: 'Stalled',
  cause: 'silence',
  silentMs: settings.silenceMsMax,
});

/** A recorded part is not on disk as recorded: its bytes have to be fetched. */
export const recordDamage = ({ context, event }: During): Patch =>
  event.type === 'part.damaged'
    ? {
        pending: context.active.includes(event.part)
          ? context.pending // Its actor goes on to fetch it.
          : withPart(context.pending, event.part),
        prefixed: withoutPart(context.prefixed, event.part),
      }
    : {};

/** Why access is refreshed: told as the error, should nobody have fresh credentials. */
export const recordExpiry = ({ context: { refreshes }, event }: During): Patch =>
  event.type === 'access.expired'
    ? { refreshes: { inVain: event.hasFlowed ? 0 : refreshes.inVain, because: event.error } }
    : {};

/** Nobody gave fresh access: told with why it was asked for, where that is known. */
export const recordRefreshFailure = (at: At & { readonly event: object }): Patch => {
  const failure = errorOf(at.event);
  const before = at.context.error ?? at.context.refreshes.because;
  const error = before === null ? failure : withRefreshFailure(before, failure);
  return { ...recordFailure(at), error };
};

/** It is in vain until a byte comes. */
export const recordRefresh = ({ context: { accessGeneration, refreshes } }: At): Patch => ({
  accessGeneration: accessGeneration + 1,
  refreshes: { inVain: refreshes.inVain + 1, because: null },
  attempts: 0,
  error: null,
});

/** A part that was fetched with the access of now shows that it is good. */
export const recordGoodAccess = ({ context, event }: During): Patch =>
  event.type === 'part.fetched' &&
  event.generation === context.accessGeneration &&
  context.refreshes.inVain > 0
    ? { refreshes: { ...context.refreshes, inVain: 0 } }
    : {};

export const recordCommit = (_: At, committed: Committed): Patch => ({ committed });

/** A plan is made anew: the object may have changed since. */
export const forgetPlan = (_: At): Patch => ({ version: null, plan: null, error: null });

export const forgetFailure = (_: At): Patch => ({ error: null });

export const forgetWorkspace = (_: At): Patch => ({ workspace: null });

/** Gives pending parts to free lanes, in order. */
export const fillLanes = (
  context: DownloadContext,
): { readonly started: ReadonlyArray<PartNumber>; readonly patch: Patch } => {
  const started: Array<PartNumber> = [];
  let { pending } = context;
  while (context.active.length + started.length < context.settings.lanes) {
    const part = firstPart(pending);
    if (part === null) break;
    started.push(part);
    pending = withoutPart(pending, part);
  }
  return { started, patch: { pending, active: [...context.active, ...started] } };
};

/** Frees the lane of a part that ended; one that was not fetched is pending again. */
export const releaseLane = (
  { active, pending }: DownloadContext,
  part: PartNumber,
  isFetched: boolean,
): Patch => ({
  active: active.filter((other) => other !== part),
  pending: isFetched ? pending : withPart(pending, part),
});

/** Shall part file and breakpoint stay? Not when no later run could go on from them. */
export const isWorthKeeping = ({ intent, keep, plan, error }: DownloadContext): boolean => {
  if (plan?.strategy === 'single') return false;
  return error === null ? intent !== 'cancel' || keep : isResumable(error);
};

const errorOf = (event: object): DownloadError =>
  toDownloadError('error' in event ? event.error : new TypeError('an event without an error'));
