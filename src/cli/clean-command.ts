/** `partwise clean`: removes what unfinished downloads have left. */
import { usageError } from '../domain/errors.ts';
import { E } from '../fp.ts';
import {
  type CleanReport,
  cleanBreakpoints,
  type DownloadError,
  DownloadFailed,
  formatSize,
  type ListedBreakpoint,
  type OrphanRemoval,
  removeOrphans,
} from '../index.ts';
import { decodeDuration } from './duration.ts';
import { DONE, exitCodeOf } from './exit-codes.ts';
import { nameOf, ownerWords, youngWords } from './housekeeping-words.ts';
import { writeJson } from './json-lines.ts';
import type { Io } from './output.ts';
import { refuseStore, refuseTarget, tellFailure, tellThrown } from './tell-failure.ts';
import { errorLine } from './words.ts';

export interface CleanRequest {
  /** Null: none was named. */
  readonly target: string | null;
  readonly all?: true;
  readonly olderThan?: string;
  /** True: beside the targets of all breakpoints; else the folder to look into. */
  readonly orphans?: true | string;
  readonly dryRun?: true;
  readonly store?: string;
  readonly json?: true;
}

/** Cleans. Returns the exit code; never rejects. */
export const cleanCommand = async (request: CleanRequest, io: Io): Promise<number> => {
  const { json, target } = request;
  try {
    const cleaned = await clean(request);
    tell(cleaned, request, io);
    const { reports, orphans } = cleaned;
    const errors = [
      ...reports.flatMap(errorsOf),
      ...(orphans?.failures ?? []),
      ...[orphans?.heldBackBy ?? []].flat(),
    ];
    // Being told to leave the living alone is no failure, but for the one that was asked for.
    const isFailure = ({ _tag }: DownloadError) => _tag !== 'Busy' || target !== null;
    const failure = errors.find(isFailure);
    if (failure === undefined) return DONE;
    return request.dryRun ? exitCodeOf(failure) : tellFailure(failure, true, { json, io });
  } catch (thrown) {
    return tellThrown(thrown, { json, io });
  }
};

interface Cleaned {
  readonly reports: ReadonlyArray<CleanReport>;
  /** Null: nobody asked. */
  readonly orphans: OrphanRemoval | null;
}

const clean = async (request: CleanRequest): Promise<Cleaned> => {
  const { target, all = false, olderThan, orphans, dryRun = false, store } = request;
  refuseStore(store);
  if (target !== null) refuseTarget(target);
  if (target !== null && all) throw usage('--all', 'with a TARGET', 'one of them');
  // With --orphans an age is that of orphans: it must not select all that is as old.
  const isChosen = target !== null || all || (olderThan !== undefined && orphans === undefined);
  if (!isChosen && orphans === undefined) {
    throw usage('clean', '', 'a TARGET, --all, --older-than DURATION or --orphans [DIR]');
  }
  if (orphans === '') throw usage('--orphans', '', 'the path of a folder');
  const age = olderThan === undefined ? null : decodeDuration('--older-than', olderThan);
  if (age !== null && E.isLeft(age)) throw new DownloadFailed(age.left, false);
  const olderThanMs = age?.right;

  // Orphans first: where to look for them is known from the breakpoints.
  const folder = orphans === true ? undefined : orphans;
  const removal =
    orphans === undefined ? null : await removeOrphans({ store, folder, olderThanMs, dryRun });
  const selection = isChosen
    ? { target: target ?? undefined, olderThanMs, all }
    : { finished: true };
  const reports = await cleanBreakpoints({ store, dryRun, ...selection });
  return { reports: reports.filter((it) => !isToldBy(removal, it)), orphans: removal };
};

/** Does a dry run tell of it already? What one process left is found from two sides. */
const isToldBy = (removal: OrphanRemoval | null, { _tag, breakpoint }: CleanReport): boolean =>
  _tag === 'Removed' &&
  breakpoint._tag === 'Unrecorded' &&
  (removal?.removed.includes(breakpoint.claim) ?? false);

const usage = (option: string, value: string, allowed: string): DownloadFailed =>
  new DownloadFailed(usageError(option, value, allowed), false);

const errorsOf = (report: CleanReport): ReadonlyArray<DownloadError> =>
  report._tag === 'Kept' ? [report.error] : [];

const tell = (
  { reports, orphans }: Cleaned,
  request: CleanRequest,
  { stdout, stderr }: Io,
): void => {
  const { json, target, store } = request;
  const dryRun = request.dryRun ?? false;
  if (json) {
    for (const line of jsonOf({ reports, orphans }, dryRun)) writeJson(stdout, line);
    return;
  }
  const verb = dryRun ? 'Would remove' : 'Removed';
  for (const path of orphans?.removed ?? []) stdout.line(`${verb} ${path}.`);
  for (const report of reports) {
    if (report._tag === 'Removed') stdout.line(`${verb} ${removedWords(report)}.`);
    // What was asked for by its name is told as the failure that it is.
    else if (target === null || dryRun || isAdvised(report)) stderr.line(keptWords(report));
  }
  for (const file of orphans?.kept ?? []) {
    stderr.line(`Kept ${file.path}: ${youngWords(file, store)}`);
  }
  const heldBackBy = orphans?.heldBackBy ?? null;
  if (heldBackBy !== null) stderr.line(`Kept all part files: ${reasonOf(heldBackBy)}`);
  const count = reports.length + (orphans === null ? 0 : countOf(orphans));
  if (count === 0) stdout.line('Nothing to remove.');
};

const jsonOf = ({ reports, orphans }: Cleaned, dryRun: boolean): ReadonlyArray<object> => [
  ...(orphans?.removed ?? []).map((path) => ({ type: 'orphan', dryRun, path })),
  ...(orphans?.kept ?? []).map((facts) => ({ type: 'keptOrphan', dryRun, ...facts })),
  ...[orphans?.heldBackBy ?? []].flat().map((because) => ({ type: 'heldBack', dryRun, because })),
  ...reports.map(({ _tag, ...facts }) => {
    return { type: _tag === 'Kept' ? 'kept' : 'removed', dryRun, ...facts };
  }),
];

type Removed = Extract<CleanReport, { _tag: 'Removed' }>;
type Kept = Extract<CleanReport, { _tag: 'Kept' }>;

/** A finished file is never what goes: that has to be plain from the words. */
const removedWords = ({ breakpoint, partFile, freed }: Removed): string => {
  const name = nameOf(breakpoint);
  if (breakpoint._tag === 'Unreadable') return name;
  const onDisk = freed === 0 ? '' : ` (${formatSize(freed)} on disk)`;
  if (breakpoint._tag === 'Unrecorded') return `${partFile ?? breakpoint.claim}${onDisk}`;
  if (breakpoint.isInPlace) return `the journal of ${name}; the file stays`;
  return partFile === null
    ? `the journal of ${name}`
    : `the unfinished download of ${name}${onDisk}`;
};

const keptWords = ({ breakpoint, error }: Kept): string =>
  `Kept ${nameOf(breakpoint)}: ${keptBecause(breakpoint, error)}`;

const keptBecause = (breakpoint: ListedBreakpoint, error: DownloadError): string => {
  if (error._tag !== 'Busy') return reasonOf(error);
  if (breakpoint.owner !== null) return ownerWords(breakpoint.owner);
  return breakpoint._tag === 'Unreadable'
    ? `it may be of what process ${error.pid} on ${error.host} is downloading.`
    : reasonOf(error);
};

/** Is there more to say of its owner than who it is? */
const isAdvised = ({ breakpoint: { owner } }: Kept): boolean => owner?.standing === 'unknown';

const countOf = ({ removed, kept, failures, heldBackBy }: OrphanRemoval): number =>
  removed.length + kept.length + failures.length + (heldBackBy === null ? 0 : 1);

const reasonOf = (error: DownloadError): string => errorLine(error).replace(/^partwise: /, '');
