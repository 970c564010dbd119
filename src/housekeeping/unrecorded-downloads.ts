/**
 * Downloads of which no journal speaks, only a claim: in one request, or just begun; and what such
 * a one left when its process was killed.
 */
import { E } from '../fp.ts';
import { type Claimant, holdingOf, toClaimant } from './claimants.ts';
import type { HousekeepingEffects } from './housekeeping-effects.ts';
import { failureOf, headersOf, type StoreLook } from './look-at-store.ts';
import { findFile, namedByJournal, type PartFileOnDisk } from './part-files.ts';

export interface UnrecordedDownload {
  readonly _tag: 'Unrecorded';
  /** Absolute path of the claim. */
  readonly claim: string;
  /** Absolute path that the file shall have, as its process spells it. */
  readonly target: string;
  /** Null: its process is gone, and this is what it left. */
  readonly owner: Claimant | null;
  /** Null: there is none, or it cannot be looked at. */
  readonly partFile: PartFileOnDisk | null;
}

/**
 * Living downloads without a journal, and part files that only claims of gone processes name.
 *
 * While a journal cannot be read nobody knows what it names, and no part file is told as left.
 */
export const unrecordedDownloads = async (
  effects: Pick<HousekeepingEffects, 'files' | 'clock'>,
  look: StoreLook,
): Promise<ReadonlyArray<UnrecordedDownload>> => {
  const recorded = new Set(headersOf(look).map(({ target }) => target));
  const isNamed = namedByJournal(look);
  const isKnown = failureOf(look) === null;
  const downloads: Array<UnrecordedDownload> = [];
  for (const claim of look.claims) {
    const { path, target, partFile, isDraft, standing } = claim;
    if (target === null || partFile === null || isDraft) continue;
    const looked = await findFile(effects, partFile);
    const found = E.isRight(looked) ? looked.right : null;
    const isUnnamed = isKnown && found !== null && !isNamed(found);
    const holding = holdingOf(claim);
    // The journal of its target may be that of another source.
    const isLiving = holding !== null && (isUnnamed || !recorded.has(target));
    const isLeft = standing === 'gone' && isUnnamed;
    if (!isLiving && !isLeft) continue;
    downloads.push({
      ...{ _tag: 'Unrecorded', claim: path, target },
      owner: holding === null ? null : toClaimant(effects.clock, holding),
      partFile: found?.file ?? null,
    });
  }
  return downloads;
};
