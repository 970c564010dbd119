/**
 * Removing breakpoints with their part files.
 *
 * Never a living one: each is claimed first, like by a download. The part file goes before the
 * journal: a breakpoint without its part file is noticed by the next run, a part file without its
 * breakpoint by nobody. A finished target is never touched: only its journal goes.
 */
import { type Bytes, bytes } from '../domain/bytes.ts';
import type { DownloadError } from '../domain/errors.ts';
import { E, pipe, TE } from '../fp.ts';
import { removeDurably } from '../transfer/remove-durably.ts';
import {
  describeBreakpoint,
  examineBreakpoint,
  type ListedBreakpoint,
  type ReadableBreakpoint,
  recordedTarget,
} from './examine-breakpoint.ts';
import type { HousekeepingEffects, Result } from './housekeeping-effects.ts';

/** Which breakpoints; each condition that is not null narrows. Unreadable ones only without any. */
export interface CleanSelection {
  /** Absolute path. */
  readonly target: string | null;
  /** Those touched last at least so many milliseconds ago. */
  readonly olderThanMs: number | null;
  /** Only journals of downloads whose target is in place. */
  readonly finished: boolean;
}

export type CleanReport =
  /** `partFile`: the path that goes with it, null: none. `freed`: what that took of the disk. */
  | {
      readonly _tag: 'Removed';
      readonly breakpoint: ListedBreakpoint;
      readonly partFile: string | null;
      readonly freed: Bytes;
    }
  /** Left as it is: `Busy` names the process that has it open. */
  | {
      readonly _tag: 'Kept';
      readonly breakpoint: ListedBreakpoint;
      readonly error: DownloadError;
    };

/**
 * Removes the selected breakpoints, or with `isDryRun` only says what would go.
 *
 * Errors: `DiskFailed`, when the store's folder cannot be read; what fails later is reported.
 */
export const cleanBreakpoints = async (
  effects: HousekeepingEffects,
  selection: CleanSelection,
  isDryRun: boolean,
): Result<ReadonlyArray<CleanReport>> => {
  const keys = await effects.breakpoints.list()();
  if (E.isLeft(keys)) return keys;
  const reports: Array<CleanReport> = [];
  for (const key of keys.right) {
    const report = await cleanOne(effects, key, selection, isDryRun);
    if (report !== null) reports.push(report);
  }
  return E.right(reports);
};

const cleanOne = async (
  effects: HousekeepingEffects,
  key: string,
  selection: CleanSelection,
  isDryRun: boolean,
): Promise<CleanReport | null> => {
  const examined = await examineBreakpoint(effects, key);
  if (E.isLeft(examined)) {
    const isMeant = await isMeantUnseen(effects, key, selection);
    const because = examined.left;
    const breakpoint: ListedBreakpoint = { _tag: 'Unreadable', key, owner: null, because };
    return isMeant ? { _tag: 'Kept', breakpoint, error: because } : null;
  }
  if (examined.right === null || !isSelected(examined.right.listed, selection)) return null;
  const breakpoint = examined.right.listed;
  const { owner } = breakpoint;
  if (owner !== null) return { _tag: 'Kept', breakpoint, error: { _tag: 'Busy', ...owner } };
  if (isDryRun) return { _tag: 'Removed', breakpoint, ...wouldGo(breakpoint) };

  const claim = await effects.claims.acquire(key)();
  if (E.isLeft(claim)) return { _tag: 'Kept', breakpoint, error: claim.left };
  const report = await cleanClaimed(effects, key, selection);
  await claim.right.release()();
  return E.isLeft(report) ? { _tag: 'Kept', breakpoint, error: report.left } : report.right;
};

/** Was it asked for, as far as can be told of one that cannot be looked at? */
const isMeantUnseen = async (
  effects: HousekeepingEffects,
  key: string,
  { target, olderThanMs, finished }: CleanSelection,
): Promise<boolean> =>
  target === null
    ? olderThanMs === null && !finished
    : target === (await recordedTarget(effects, key));

/** Looks once more, since it may have changed before it was ours. */
const cleanClaimed = async (
  effects: HousekeepingEffects,
  key: string,
  selection: CleanSelection,
): Result<CleanReport | null> => {
  const described = await describeBreakpoint(effects, key, null);
  if (E.isLeft(described)) return described;
  const breakpoint = described.right?.listed ?? null;
  if (breakpoint === null || !isSelected(breakpoint, selection)) return E.right(null);
  const going = wouldGo(breakpoint);
  const removed = await pipe(
    going.partFile === null ? NOTHING : removeDurably(effects, going.partFile),
    TE.flatMap(() => effects.breakpoints.remove(key)),
  )();
  return E.isLeft(removed) ? removed : E.right({ _tag: 'Removed', breakpoint, ...going });
};

const NOTHING: TE.TaskEither<DownloadError, void> = TE.right(undefined);

const wouldGo = (
  breakpoint: ListedBreakpoint,
): { readonly partFile: string | null; readonly freed: Bytes } => {
  if (breakpoint._tag === 'Unreadable') return { partFile: null, freed: bytes(0) };
  const { partFile, isInPlace } = breakpoint;
  if (!partFile.isApproved || partFile.size === null) return { partFile: null, freed: bytes(0) };
  return { partFile: partFile.path, freed: isInPlace ? bytes(0) : partFile.allocated };
};

const isSelected = (breakpoint: ListedBreakpoint, selection: CleanSelection): boolean => {
  const { target, olderThanMs, finished } = selection;
  if (breakpoint._tag === 'Unreadable') {
    return target === null && olderThanMs === null && !finished;
  }
  return (
    (target === null || breakpoint.target === target) &&
    (olderThanMs === null || breakpoint.ageMs >= olderThanMs) &&
    (!finished || isFinished(breakpoint))
  );
};

/** Is the download done, and only its journal left over? */
export const isFinished = ({ isFinal, isInPlace }: ReadableBreakpoint): boolean =>
  isFinal && isInPlace;
