/** `partwise clean`: removes what unfinished downloads have left. */

import { usageError } from '../domain/errors.ts';
import { E } from '../fp.ts';
import {
  type CleanReport,
  cleanBreakpoints,
  type DownloadError,
  DownloadFailed,
  formatSize,
  type OrphanRemoval,
  removeOrphans,
} from '../index.ts';
import { decodeDuration } from './duration.ts';
import { DONE, exitCodeOf } from './exit-codes.ts';
import { nameOf } from './housekeeping-words.ts';
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
    const { reports, orphans } = await clean(request);
    tell(reports, orphans, request, io);
    const errors = [...reports.flatMap(errorsOf), ...(orphans?.failures ?? [])];
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
  const isChosen = target !== null || all || olderThan !== undefined;
  if (!isChosen && orphans === undefined) {
    throw usage('clean', '', 'a TARGET, --all, --older-than DURATION or --orphans [DIR]');
  }
  if (orphans === '') throw usage('--orphans', '', 'the path of a folder');
  const age = olderThan === undefined ? null : decodeDuration('--older-than', olderThan);
  if (age !== null && E.isLeft(age)) throw new DownloadFailed(age.left, false);

  const olderThanMs = age?.right;
  const selection = { store, target: target ?? undefined, olderThanMs, dryRun };
  const chosen = isChosen ? await cleanBreakpoints({ ...selection, all }) : [];
  if (orphans === undefined) return { reports: chosen, orphans: null };
  // What was kept a moment ago would be told twice.
  const finished = isChosen ? [] : await cleanBreakpoints({ store, finished: true, dryRun });
  const folder = orphans === true ? undefined : orphans;
  const removal = await removeOrphans({ store, folder, dryRun });
  return { reports: [...chosen, ...finished], orphans: removal };
};

const usage = (option: string, value: string, allowed: string): DownloadFailed =>
  new DownloadFailed(usageError(option, value, allowed), false);

const errorsOf = (report: CleanReport): ReadonlyArray<DownloadError> =>
  report._tag === 'Kept' ? [report.error] : [];

const tell = (
  reports: ReadonlyArray<CleanReport>,
  orphans: OrphanRemoval | null,
  request: CleanRequest,
  { stdout, stderr }: Io,
): void => {
  const { json, target } = request;
  const dryRun = request.dryRun ?? false;
  if (json) {
    for (const { _tag, ...facts } of reports) {
      writeJson(stdout, { type: _tag === 'Kept' ? 'kept' : 'removed', dryRun, ...facts });
    }
    for (const path of orphans?.removed ?? []) writeJson(stdout, { type: 'orphan', dryRun, path });
    return;
  }
  const verb = dryRun ? 'Would remove' : 'Removed';
  for (const report of reports) {
    const name = nameOf(report.breakpoint);
    if (report._tag === 'Removed') stdout.line(`${verb} ${name}${freedWords(report.freed)}.`);
    else if (target === null || dryRun) stderr.line(`Kept ${name}: ${reasonOf(report.error)}`);
  }
  for (const path of orphans?.removed ?? []) stdout.line(`${verb} ${path}.`);
  const heldBackBy = orphans?.heldBackBy ?? null;
  if (heldBackBy !== null) {
    stderr.line(`Kept all part files: ${reasonOf(heldBackBy)}`);
  }
  const count = reports.filter(({ _tag }) => _tag === 'Removed').length;
  const files = orphans?.removed.length ?? 0;
  if (count + files + reports.length === 0) stdout.line('Nothing to remove.');
};

const freedWords = (freed: number): string =>
  freed === 0 ? '' : ` (${formatSize(freed)} on disk)`;

const reasonOf = (error: DownloadError): string => errorLine(error).replace(/^partwise: /, '');
