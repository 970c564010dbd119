/**
 * A workspace for a download that begins at its first byte.
 *
 * The claim names the part file from before it is made until the breakpoint does. The part file is
 * durable, with its size and its name, before the breakpoint speaks of it, and the breakpoint is
 * durable before a part is asked for.
 */
import { dirname } from 'node:path';
import { type Bytes, bytes } from '../domain/bytes.ts';
import type { DownloadError } from '../domain/errors.ts';
import type { OpenFile } from '../effects/file-system.ts';
import { E, pipe, TE } from '../fp.ts';
import type { BreakpointLog } from '../store/breakpoint-store.ts';
import { namesOfClaim } from '../store/claim-content.ts';
import { assembleWorkspace } from './assemble-workspace.ts';
import { checkLinks } from './check-links.ts';
import { checkSpace } from './check-space.ts';
import type { ClaimedRequest } from './opening-request.ts';
import { removeDurably } from './remove-durably.ts';
import type { Workspace, WorkspaceEffects } from './workspace.ts';

export const startWorkspace = async (
  effects: WorkspaceEffects,
  request: ClaimedRequest,
): Promise<E.Either<DownloadError, Workspace>> => {
  const { target, plan, claim } = request;
  const filePath = namesOfClaim(target, claim.nonce).partFile;
  const created = await pipe(
    checkSpace(effects.folders, target, plan.size ?? NOTHING, NOTHING),
    TE.flatMap(() => effects.files.create(filePath)),
  )();
  if (E.isLeft(created)) return created;
  const file = created.right;
  const log = await pipe(
    file.resize(plan.size ?? NOTHING),
    TE.flatMap(() => file.datasync()),
    TE.flatMap(() => checkLinks(effects, request, filePath)),
    TE.flatMap(() => effects.folders.sync(dirname(target))),
    TE.flatMap(() => claim.confirm()), // Creating a file may have taken long.
    TE.flatMap(() => beginLog(effects, request, file, filePath)),
  )();
  if (E.isRight(log)) {
    const parts = { ...request, file, filePath, log: log.right };
    return E.right(await assembleWorkspace(effects, parts, []));
  }
  await file.close()();
  await removeDurably(effects, filePath)();
  return log;
};

/** A download in one request is not recorded: there would be nothing to continue. */
const beginLog = (
  { breakpoints, clock, host }: WorkspaceEffects,
  { key, identity, label, target, version, plan }: ClaimedRequest,
  file: OpenFile,
  filePath: string,
): TE.TaskEither<DownloadError, BreakpointLog> => {
  if (plan.strategy === 'single') {
    return pipe(
      breakpoints.remove(key),
      TE.map(() => NO_LOG),
    );
  }
  const what = { identity, label, target, version, plan };
  const when = { createdAtMs: clock.wallTime(), bootId: host.self().bootId };
  return pipe(
    file.facts(),
    TE.flatMap((facts) => {
      const partFile = { path: filePath, identity: facts.identity };
      return breakpoints.begin(key, { format: 1, ...what, partFile, ...when });
    }),
  );
};

const NOTHING: Bytes = bytes(0);

const NO_LOG: BreakpointLog = {
  append: () => TE.right(undefined),
  close: () => TE.right(undefined),
};
