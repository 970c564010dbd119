/**
 * Part files that nothing of this store names, and files of the store whose owners are gone.
 *
 * Every process names its part file in its claim before it makes it, so that what neither a claim
 * nor a journal names belongs to no download of this store. It may belong to one of another store.
 */
import { dirname } from 'node:path';
import type { DownloadError } from '../domain/errors.ts';
import { E } from '../fp.ts';
import type { SeenClaim } from '../store/claims.ts';
import type { HousekeepingEffects, Result } from './housekeeping-effects.ts';
import { failureOf, headersOf, lookAtStore, type StoreLook } from './look-at-store.ts';
import {
  among,
  type FoundFile,
  findFile,
  namedByJournal,
  type PartFileOnDisk,
  partFilesIn,
} from './part-files.ts';

export interface Orphans {
  /** Nothing of this store names them; something of another store may. */
  readonly partFiles: ReadonlyArray<PartFileOnDisk>;
  /** What processes that are gone left in the store. */
  readonly leftovers: ReadonlyArray<Leftover>;
  /**
   * Why no part file is in the lists: a journal cannot be read, and nobody knows what it names.
   * Null: all that are there are in the lists.
   */
  readonly heldBackBy: DownloadError | null;
}

/** The claim of a process that is gone. */
export interface Leftover {
  readonly path: string;
  /** The part file that nothing but this claim names; null: there is none. */
  readonly partFile: PartFileOnDisk | null;
}

/**
 * Finds orphans, in folders or, with null, beside the targets of all journals and claims.
 *
 * Errors: `DiskFailed`, when the store or a folder that was asked for cannot be read.
 */
export const findOrphans = async (
  effects: HousekeepingEffects,
  folders: ReadonlyArray<string> | null,
): Result<Orphans> => {
  const before = folders === null ? await lookAtStore(effects) : null;
  if (before !== null && E.isLeft(before)) return before;
  const where = folders ?? (before === null ? [] : foldersOf(before.right));
  // In this order: who makes a part file has claimed it before, and records it before it gives
  // up the claim. So each file seen here is claimed or recorded when we look at that.
  const candidates = await partFilesIn(effects, where, folders !== null);
  if (E.isLeft(candidates)) return candidates;
  const looked = await lookAtStore(effects);
  if (E.isLeft(looked)) return looked;

  const heldBackBy = failureOf(looked.right);
  const isJournalled = namedByJournal(looked.right);
  const claimed = await claimedFiles(effects, looked.right);
  const isClaimed = among(claimed.flatMap(({ found }) => found ?? []));
  const leftovers = claimed
    .filter(({ claim }) => claim.standing === 'gone')
    .map(({ claim: { path }, found }) => {
      const isLeft = found !== null && !isJournalled(found);
      return { path, partFile: isLeft ? found.file : null };
    })
    .filter(({ partFile }) => partFile === null || heldBackBy === null);
  const unnamed = candidates.right.filter((found) => !isJournalled(found) && !isClaimed(found));
  const partFiles = heldBackBy === null ? unnamed.map(({ file }) => file) : [];
  return E.right({ partFiles, leftovers, heldBackBy });
};

const foldersOf = (look: StoreLook): ReadonlyArray<string> => {
  const targets = [
    ...headersOf(look).map(({ target }) => target),
    ...look.claims.flatMap(({ target }) => target ?? []),
  ];
  return [...new Set(targets.map((target) => dirname(target)))];
};

interface ClaimedFile {
  readonly claim: SeenClaim;
  /** Null: the part file that it names is not there, or it gives no right to one. */
  readonly found: FoundFile | null;
}

/** Without claims whose part file cannot be looked at: nothing of these may be removed. */
const claimedFiles = async (
  effects: HousekeepingEffects,
  { claims }: StoreLook,
): Promise<ReadonlyArray<ClaimedFile>> => {
  const files: Array<ClaimedFile> = [];
  for (const claim of claims) {
    const { partFile, isDraft } = claim;
    const found = partFile === null || isDraft ? E.right(null) : await findFile(effects, partFile);
    if (E.isRight(found)) files.push({ claim, found: found.right });
  }
  return files;
};
