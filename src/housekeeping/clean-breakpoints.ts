/**
 * Removing breakpoints with their part files.
 *
 * Never a living one: its target is claimed first, like by a download. The part file goes before
 * the journal: a breakpoint without its part file is noticed by the next run, a part file without
 * its breakpoint by nobody. A finished target is never touched: only its journal goes.
 */
import { type Bytes, bytes } from '../domain/bytes.ts';
import type { DownloadError } from '../domain/errors.ts';
import { E, pipe, TE } from '../fp.ts';
import { removeDurably } from '../transfer/remove-durably.ts';
import { type Claimant, claimantOf } from './claimants.ts';
import { type CleanSelection, isFailure, isSelected } from './clean-selection.ts';
import {
  examineBreakpoint,
  type ReadableBreakpoint,
  type UnreadableBreakpoint,
} from './examine-breakpoint.ts';
import type { HousekeepingEffects, Result } from './housekeeping-effects.ts';
import type { ListedBreakpoint } from './list-breakpoints.ts';
import { lookAtStore } from './look-at-store.ts';
import { removeLeftFiles } from './remove-orphans.ts';
import { type UnrecordedDownload, unrecordedDownloads } from './unrecorded-downloads.ts';

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
  const looked = await lookAtStore(effects);
  if (E.isLeft(looked)) return looked;
  const look = looked.right;
  const unrecorded = await unrecordedDownloads(effects, look);
  const reports: Array<CleanReport> = [];
  for (const journal of look.journals) {
    const { listed } = await examineBreakpoint(effects, journal, look.claims);
    if (!isSelected(listed, selection)) continue;
    const report = await cleanOne(effects, listed, selection, isDryRun);
    if (report !== null) reports.push(report);
  }
  const { target } = selection;
  const claimant = target === null ? E.right(null) : await claimantOf(effects, look.claims, target);
  if (E.isLeft(claimant)) return claimant;
  for (const download of unrecorded) {
    // Its owner may call it by another path.
    const isAskedFor = download.claim === claimant.right?.claim;
    if (!isAskedFor && !isSelected(download, selection)) continue;
    reports.push(await cleanUnrecorded(effects, download, isDryRun));
  }
  return E.right(reports);
};

/** Null: it is not what was selected any more. */
const cleanOne = async (
  effects: HousekeepingEffects,
  breakpoint: ReadableBreakpoint | UnreadableBreakpoint,
  selection: CleanSelection,
  isDryRun: boolean,
): Promise<CleanReport | null> => {
  const kept = (error: DownloadError): CleanReport => ({ _tag: 'Kept', breakpoint, error });
  const { key, owner } = breakpoint;
  if (owner !== null) return kept(busyWith(owner));
  if (breakpoint._tag === 'Unreadable') {
    return isFailure(breakpoint.because)
      ? kept(breakpoint.because)
      : cleanUseless(effects, breakpoint, isDryRun);
  }
  if (isDryRun) return { _tag: 'Removed', breakpoint, ...wouldGo(breakpoint) };
  const claim = await effects.claims.acquire(breakpoint.target)();
  if (E.isLeft(claim)) return kept(claim.left);
  const report = await cleanClaimed(effects, key, selection);
  await claim.right.release()();
  return E.isLeft(report) ? kept(report.left) : report.right;
};

/** Looks once more, since it may have changed before it was ours. */
const cleanClaimed = async (
  effects: HousekeepingEffects,
  key: string,
  selection: CleanSelection,
): Result<CleanReport | null> => {
  const reading = await effects.breakpoints.read(key)();
  if (E.isLeft(reading)) return reading;
  if (reading.right._tag === 'Absent') return E.right(null);
  const { listed: breakpoint } = await examineBreakpoint(effects, { key, reading }, []);
  if (breakpoint._tag !== 'Readable' || !isSelected(breakpoint, selection)) return E.right(null);
  const going = wouldGo(breakpoint);
  const removed = await pipe(
    going.partFile === null ? NOTHING : removeDurably(effects, going.partFile),
    TE.flatMap(() => effects.breakpoints.remove(key)),
  )();
  return E.isLeft(removed) ? removed : E.right({ _tag: 'Removed', breakpoint, ...going });
};

/**
 * A journal that tells nothing may be one that is being begun, or of another version: while a
 * living download has none that can be read, it may be that one's.
 */
const cleanUseless = async (
  effects: HousekeepingEffects,
  breakpoint: UnreadableBreakpoint,
  isDryRun: boolean,
): Promise<CleanReport | null> => {
  const kept = (error: DownloadError): CleanReport => ({ _tag: 'Kept', breakpoint, error });
  const { key, because } = breakpoint;
  const look = await lookAtStore(effects);
  if (E.isLeft(look)) return kept(look.left);
  const journal = look.right.journals.find((it) => it.key === key);
  if (journal === undefined) return null;
  const again = await examineBreakpoint(effects, journal, look.right.claims);
  if (again.listed._tag !== 'Unreadable' || again.listed.because !== because) return null;
  const living = await unrecordedDownloads(effects, look.right);
  const owner = living.find((it) => it.owner !== null)?.owner ?? null;
  if (owner !== null && because === 'foreign') return kept(busyWith(owner));
  const removed = isDryRun ? E.right(undefined) : await effects.breakpoints.remove(key)();
  return E.isLeft(removed) ? kept(removed.left) : { _tag: 'Removed', breakpoint, ...NO_PART_FILE };
};

/** What a process that is gone left without a journal. */
const cleanUnrecorded = async (
  effects: HousekeepingEffects,
  breakpoint: UnrecordedDownload,
  isDryRun: boolean,
): Promise<CleanReport> => {
  const { owner, partFile } = breakpoint;
  if (owner !== null) return { _tag: 'Kept', breakpoint, error: busyWith(owner) };
  const removed = isDryRun ? E.right(undefined) : await removeLeftFiles(effects, breakpoint)();
  if (E.isLeft(removed)) return { _tag: 'Kept', breakpoint, error: removed.left };
  const freed = partFile?.allocated ?? bytes(0);
  return { _tag: 'Removed', breakpoint, partFile: partFile?.path ?? null, freed };
};

const busyWith = ({ host, pid }: Claimant): DownloadError => ({ _tag: 'Busy', host, pid });

const NOTHING: TE.TaskEither<DownloadError, void> = TE.right(undefined);

const NO_PART_FILE = { partFile: null, freed: bytes(0) };

const wouldGo = ({
  partFile,
  isInPlace,
}: ReadableBreakpoint): { readonly partFile: string | null; readonly freed: Bytes } => {
  if (!partFile.isApproved || partFile.size === null) return NO_PART_FILE;
  return { partFile: partFile.path, freed: isInPlace ? bytes(0) : partFile.allocated };
};
