/** Who has which target, as the claims of a store say. Asking changes nothing on disk. */
import { basename } from 'node:path';
import { E } from '../fp.ts';
import type { ClaimOwner, SeenClaim } from '../store/claims.ts';
import { ageSince, type HousekeepingEffects, type Result } from './housekeeping-effects.ts';

/** A process that has a target, or may have it. */
export interface Claimant extends ClaimOwner {
  /** `unknown`: it runs on another computer or in another container, where nobody can look. */
  readonly standing: 'alive' | 'unknown';
  /** Absolute path of its claim: without it others may have the target. */
  readonly claim: string;
  /** Milliseconds since it was seen last; never below 0. */
  readonly silentMs: number;
}

/**
 * The process that has a target; Right null: none that this store knew of when it was looked at.
 *
 * @param seen All claims of the store, as they were then.
 */
export const claimantOf = async (
  { claims, clock }: Pick<HousekeepingEffects, 'claims' | 'clock'>,
  seen: ReadonlyArray<SeenClaim>,
  target: string,
): Result<Claimant | null> => {
  const candidates = seen
    .flatMap((claim) => holdingOf(claim) ?? [])
    .filter((it) => it.target !== null && basename(it.target) === basename(target));
  const spelled = candidates.find((it) => it.target === target);
  if (spelled !== undefined) return E.right(toClaimant(clock, spelled));
  if (candidates.length === 0) return E.right(null);
  // A folder has other paths, too: the claims themselves know which.
  const owner = await claims.ownerOf(target)();
  if (E.isLeft(owner)) return owner;
  const { host, pid } = owner.right ?? { host: null, pid: null };
  const its = candidates.find((it) => it.owner.host === host && it.owner.pid === pid);
  return E.right(its === undefined ? null : toClaimant(clock, its));
};

/** A claim that is in force, for all that is known. */
export interface Holding extends SeenClaim {
  readonly owner: ClaimOwner;
  readonly standing: Claimant['standing'];
}

/** Null: its process is gone, it was not yet in force, or nothing can be told of it. */
export const holdingOf = (claim: SeenClaim): Holding | null => {
  const { owner, standing, isDraft } = claim;
  return owner === null || standing === 'gone' || isDraft ? null : { ...claim, owner, standing };
};

export const toClaimant = (
  clock: Pick<HousekeepingEffects['clock'], 'wallTime'>,
  { owner: { host, pid }, standing, path, touchedAtMs }: Holding,
): Claimant => {
  const silentMs = ageSince(clock, touchedAtMs);
  return { host, pid, standing, claim: path, silentMs };
};
