/**
 * A workspace that goes on from what a former run left: a part file, or the target itself, once
 * `isWholeInPlace` said that it is whole.
 */
import { type Bytes, bytes } from '../domain/bytes.ts';
import type { DiskPolicy } from '../domain/disk-policy.ts';
import type { DownloadError } from '../domain/errors.ts';
import { E, pipe, TE } from '../fp.ts';
import type { Breakpoint, RecordedFact } from '../store/breakpoint.ts';
import type { BreakpointLog } from '../store/breakpoint-store.ts';
import { assembleWorkspace } from './assemble-workspace.ts';
import { checkLinks } from './check-links.ts';
import { checkSpace } from './check-space.ts';
import type { LocatedFile } from './locate-part-file.ts';
import type { ClaimedRequest } from './opening-request.ts';
import type { Workspace, WorkspaceEffects } from './workspace.ts';

export const continueWorkspace = async (
  effects: WorkspaceEffects,
  request: ClaimedRequest,
  { header, facts }: Breakpoint,
  located: LocatedFile,
): Promise<E.Either<DownloadError, Workspace>> => {
  const { path: filePath } = located;
  const isInPlace = filePath === request.target;
  const { plan } = header; // A recorded plan wins over today's wishes.
  const size = plan.size ?? bytes(0);
  const { bootId } = effects.host.self();
  const opened = await pipe(
    checkSpace(effects.folders, request.target, size, located.facts.allocated),
    TE.flatMap(() => request.claim.confirm()),
    // What has the target's name is the user's: nothing of ours could write to it.
    TE.flatMap(() => (isInPlace ? effects.files.openToRead : effects.files.open)(filePath)),
  )();
  if (E.isLeft(opened)) return opened;
  const file = opened.right;
  const log = await pipe(
    isInPlace ? NOTHING : makeReady(effects, request, { file, filePath, size }),
    TE.flatMap(() => effects.breakpoints.reopen(request.key)),
    TE.flatMap((log) => beginSession(log, { bootId, atMs: effects.clock.wallTime() })),
  )();
  if (E.isLeft(log)) {
    await file.close()();
    return log;
  }
  const known = [...facts.values()].map((fact) => ({
    ...fact,
    isConfirmed: isInPlace || isBelieved(fact, request.disk, bootId),
  }));
  const parts = { ...request, plan, file, filePath, log: log.right };
  return E.right(await assembleWorkspace(effects, parts, known));
};

const NOTHING: TE.TaskEither<DownloadError, void> = TE.right(undefined);

const makeReady = (
  effects: WorkspaceEffects,
  request: ClaimedRequest,
  { file, filePath, size }: Pick<Workspace, 'file' | 'filePath'> & { readonly size: Bytes },
): TE.TaskEither<DownloadError, void> =>
  pipe(
    file.resize(size), // What stands behind the object's end is garbage.
    TE.flatMap(() => checkLinks(effects, request, filePath)),
  );

/** From here on facts are of this boot. The log is closed when it cannot say so. */
const beginSession =
  (
    log: BreakpointLog,
    session: { readonly bootId: string | null; readonly atMs: number },
  ): TE.TaskEither<DownloadError, BreakpointLog> =>
  async () => {
    const begun = await log.append({ type: 'session', ...session })();
    if (E.isRight(begun)) return E.right(log);
    await log.close()();
    return begun;
  };

/** Is a recorded fact taken for true without reading the bytes it speaks of? */
export const isBelieved = (
  fact: RecordedFact,
  { verifyOnResume }: DiskPolicy,
  bootId: string | null,
): boolean => {
  const isSameBoot = bootId !== null && fact.bootId === bootId;
  return verifyOnResume === 'never' || (verifyOnResume === 'afterBoot' && isSameBoot);
};
