/** Opening a workspace: claim the breakpoint, read it, judge it, and continue or start over. */
import type { DownloadError } from '../domain/errors.ts';
import type { Verdict } from '../domain/verdict.ts';
import { E } from '../fp.ts';
import { breakpointKey } from '../store/breakpoint-key.ts';
import type { BreakpointReading } from '../store/breakpoint-store.ts';
import { judgeBreakpoint } from '../store/judge-breakpoint.ts';
import { isWholeInPlace } from './check-in-place.ts';
import { continueWorkspace, isBelieved } from './continue-workspace.ts';
import { diskFullAt } from './disk-full.ts';
import { type LocatedFile, locatePartFile, recordedPath } from './locate-part-file.ts';
import type { ClaimedRequest, OpeningRequest } from './opening-request.ts';
import { removeDurably } from './remove-durably.ts';
import { startWorkspace } from './start-workspace.ts';
import type { Workspace, WorkspaceEffects } from './workspace.ts';

export interface Opening {
  readonly workspace: Workspace;
  readonly verdict: Verdict;
}

type Result<A> = Promise<E.Either<DownloadError, A>>;

/**
 * Opens the workspace of a download. The caller ends it with `commit` or `close`.
 *
 * Errors: `Busy` when another process has the target; `DiskFull` when there is no room for what is
 * missing; `DiskFailed`.
 */
export const openWorkspace = async (
  effects: WorkspaceEffects,
  request: OpeningRequest,
): Result<Opening> => {
  const key = breakpointKey(request.identity, request.target);
  const claim = await effects.claims.acquire(request.target)();
  if (E.isLeft(claim)) return claim;
  const opened = await openClaimed(effects, { ...request, key, claim: claim.right });
  if (E.isRight(opened)) return opened;
  await claim.right.release()();
  return E.left(diskFullAt(request.target, request.plan.size ?? 0, opened.left));
};

const openClaimed = async (effects: WorkspaceEffects, request: ClaimedRequest): Result<Opening> => {
  const { target, key } = request;
  const reading = await effects.breakpoints.read(key)();
  if (E.isLeft(reading)) return reading;
  const located = await locateProven(effects, request, reading.right);
  if (E.isLeft(located)) return located;

  const partFile = located.right?.facts ?? null;
  const verdict = judgeBreakpoint({ ...request, reading: reading.right, partFile });
  const withVerdict = (workspace: Workspace): Opening => ({ workspace, verdict });
  if (verdict._tag === 'Resumed' && reading.right._tag === 'Found' && located.right !== null) {
    const { breakpoint } = reading.right;
    return E.map(withVerdict)(await continueWorkspace(effects, request, breakpoint, located.right));
  }
  const left = recordedPath(reading.right, target);
  const removed = left === null ? E.right(undefined) : await removeDurably(effects, left)();
  if (E.isLeft(removed)) return removed;
  return E.map(withVerdict)(await startWorkspace(effects, request));
};

/**
 * Where the bytes are. A target that is not the whole object any more is not ours, and counts as
 * another file: Left `EEXIST` where that must not be replaced.
 */
const locateProven = async (
  effects: WorkspaceEffects,
  request: ClaimedRequest,
  reading: BreakpointReading,
): Result<LocatedFile | null> => {
  const { target, disk } = request;
  const located = await locatePartFile(effects.files, reading, target);
  if (E.isLeft(located) || located.right?.path !== target || reading._tag !== 'Found') {
    return located;
  }
  const { bootId } = effects.host.self();
  const isWhole = await isWholeInPlace(effects, request, reading.breakpoint, (fact) =>
    isBelieved(fact, disk, bootId),
  );
  if (E.isLeft(isWhole)) return isWhole;
  if (isWhole.right) return located;
  if (disk.ifExists === 'fail') {
    return E.left({ _tag: 'DiskFailed', code: 'EEXIST', operation: 'write', path: target });
  }
  const { path, facts } = located.right;
  return E.right({ path, facts: { ...facts, identity: 'changed' } });
};
