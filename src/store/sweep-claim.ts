/** Removing a claim that nobody holds any more, with what its owner left and nobody else names. */
import { dirname } from 'node:path';
import type { DownloadError } from '../domain/errors.ts';
import { E, pipe, TE } from '../fp.ts';
import type { BreakpointStore } from './breakpoint-store.ts';
import { namesOfClaim } from './claim-content.ts';
import type { ClaimsFolder, FoundClaim } from './find-claims.ts';

export interface SweepEffects extends ClaimsFolder {
  readonly breakpoints: Pick<BreakpointStore, 'list' | 'read' | 'reopen'>;
}

export type SweptClaim = Pick<FoundClaim, 'path' | 'nonce'> & {
  /** Absolute path; null: it names no files. */
  readonly target: string | null;
};

/**
 * What becomes of a claim whose part file a breakpoint names. The breakpoint may be of a process
 * that was killed before it was durable; then a power cut could leave the part file alone.
 *
 * `leave`: the claim stays, for who does not own the target. `settle`: the breakpoint is made
 * durable, by who owns it; `remove`: it is known to be.
 */
export type NamedPolicy = 'leave' | 'settle' | 'remove';

/**
 * The part file goes first, durably: without its claim nobody would speak of it any more. Where it
 * cannot go, or nobody can tell whether a breakpoint names it, that is a Left, and the claim stays.
 */
export const sweepClaim = async (
  effects: SweepEffects,
  { path, nonce, target }: SweptClaim,
  named: NamedPolicy,
): Promise<E.Either<DownloadError, void>> => {
  const names = target === null ? [] : Object.values(namesOfClaim(target, nonce));
  for (const name of names) {
    const key = await removeUnnamed(effects, name);
    if (E.isLeft(key)) return key;
    if (key.right === null || named === 'remove') continue;
    if (named === 'leave') return E.right(undefined);
    const settled = await settle(effects, key.right)();
    if (E.isLeft(settled)) return settled;
  }
  return effects.files.remove(path)();
};

const settle = ({ breakpoints }: SweepEffects, key: string): TE.TaskEither<DownloadError, void> =>
  pipe(
    breakpoints.reopen(key),
    TE.flatMap((log) => log.close()),
  );

/** Right: the key of the breakpoint that names it; null: none did, and it is not there any more. */
const removeUnnamed = async (
  effects: SweepEffects,
  path: string,
): Promise<E.Either<DownloadError, string | null>> => {
  const facts = await effects.files.facts(path)();
  if (E.isLeft(facts)) return isNowhere(facts.left) ? E.right(null) : facts;
  if (facts.right === null) return E.right(null);
  const key = await keyOfNaming(effects, path);
  if (E.isLeft(key) || key.right !== null) return key;
  return pipe(
    effects.files.remove(path),
    TE.flatMap(() => effects.folders.sync(dirname(path))),
    TE.map(() => null),
  )();
};

const isNowhere = (error: DownloadError): boolean =>
  error._tag === 'DiskFailed' && error.code === 'ENOTDIR';

/** Which breakpoint of the store names this part file? */
const keyOfNaming = async (
  { breakpoints }: SweepEffects,
  path: string,
): Promise<E.Either<DownloadError, string | null>> => {
  const keys = await breakpoints.list()();
  if (E.isLeft(keys)) return keys;
  for (const key of keys.right) {
    const reading = await breakpoints.read(key)();
    if (E.isLeft(reading)) return reading;
    const { right } = reading;
    if (right._tag === 'Found' && right.breakpoint.header.partFile.path === path) {
      return E.right(key);
    }
  }
  return E.right(null);
};
