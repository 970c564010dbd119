/** Giving up a download that is not open: what it left is removed, as if it had never begun. */
import type { DownloadError } from '../domain/errors.ts';
import { E, pipe, TE } from '../fp.ts';
import { breakpointKey } from '../store/breakpoint-key.ts';
import { recordedPath } from './locate-part-file.ts';
import { removeDurably } from './remove-durably.ts';
import type { WorkspaceEffects } from './workspace.ts';

/** Removes part file and breakpoint. Where another process has them they are its own, and stay. */
export const discardBreakpoint = async (
  effects: WorkspaceEffects,
  { identity, target }: { readonly identity: string; readonly target: string },
): Promise<E.Either<DownloadError, void>> => {
  const { breakpoints, claims } = effects;
  const key = breakpointKey(identity, target);
  const claim = await claims.acquire(target)();
  if (E.isLeft(claim)) return claim.left._tag === 'Busy' ? E.right(undefined) : claim;
  const reading = await breakpoints.read(key)();
  const path = E.isRight(reading) ? recordedPath(reading.right, target) : null;
  // A part file that stays keeps its breakpoint: nobody else would speak of it.
  const removed = await pipe(
    path === null ? NOTHING : removeDurably(effects, path),
    TE.flatMap(() => breakpoints.remove(key)),
  )();
  const released = await claim.right.release()();
  return [reading, removed, released].find(E.isLeft) ?? E.right(undefined);
};

const NOTHING: TE.TaskEither<DownloadError, void> = TE.right(undefined);
