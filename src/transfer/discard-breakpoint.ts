/** Giving up a download that is not open: what it left is removed, as if it had never begun. */
import type { DownloadError } from '../domain/errors.ts';
import { E } from '../fp.ts';
import { breakpointKey } from '../store/breakpoint-key.ts';
import { recordedPath } from './locate-part-file.ts';
import type { WorkspaceEffects } from './workspace.ts';

/** Removes part file and breakpoint. Left `Busy`: another process has them, and they stay. */
export const discardBreakpoint = async (
  { breakpoints, claims, files }: WorkspaceEffects,
  { identity, target }: { readonly identity: string; readonly target: string },
): Promise<E.Either<DownloadError, void>> => {
  const key = breakpointKey(identity, target);
  const claim = await claims.acquire(key)();
  if (E.isLeft(claim)) return claim;
  const reading = await breakpoints.read(key)();
  const path = E.isRight(reading) ? recordedPath(reading.right, target) : null;
  const endings = [
    reading,
    path === null ? E.right(undefined) : await files.remove(path)(),
    await breakpoints.remove(key)(),
    await claim.right.release()(),
  ];
  return endings.find(E.isLeft) ?? E.right(undefined);
};
