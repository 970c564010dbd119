/** Removing what `findOrphans` finds; never what another store may be using. */
import { type Bytes, bytes } from '../domain/bytes.ts';
import type { DownloadError } from '../domain/errors.ts';
import { E, pipe, TE } from '../fp.ts';
import { removeDurably } from '../transfer/remove-durably.ts';
import { findOrphans } from './find-orphans.ts';
import type { HousekeepingEffects, Result } from './housekeeping-effects.ts';
import type { PartFileOnDisk } from './part-files.ts';

/**
 * A part file that nothing of this store names is left alone when it changed within so many
 * milliseconds: a download of another store, while it runs, writes into its own every second.
 */
export const ORPHAN_AGE_MS_MIN = 3_600_000;

export interface OrphanSelection {
  /** Absolute paths; null: beside the targets of all journals and claims. */
  readonly folders: ReadonlyArray<string> | null;
  /** Part files that changed lately are kept; default: `ORPHAN_AGE_MS_MIN`. */
  readonly ageMsMin: number;
}

export interface OrphanRemoval {
  /** Part files and claims. */
  readonly removed: ReadonlyArray<string>;
  readonly freed: Bytes;
  /** Part files that changed lately, and so may be downloads of another store. */
  readonly kept: ReadonlyArray<PartFileOnDisk>;
  readonly failures: ReadonlyArray<DownloadError>;
  /** Why no part file was looked at any further: see `Orphans`. */
  readonly heldBackBy: DownloadError | null;
}

/**
 * Removes orphans, or with `isDryRun` only says what would go.
 *
 * Errors: as of `findOrphans`; what fails later is reported.
 */
export const removeOrphans = async (
  effects: HousekeepingEffects,
  { folders, ageMsMin }: OrphanSelection,
  isDryRun: boolean,
): Result<OrphanRemoval> => {
  const found = await findOrphans(effects, folders);
  if (E.isLeft(found)) return found;
  const { partFiles, leftovers, heldBackBy } = found.right;
  const isIdle = ({ ageMs }: PartFileOnDisk): boolean => ageMs >= ageMsMin;
  const orphans: ReadonlyArray<LeftFiles> = [
    ...partFiles.filter(isIdle).map((partFile) => ({ partFile, claim: null })),
    ...leftovers.map(({ path, partFile }) => ({ partFile, claim: path })),
  ];
  const removed: Array<LeftFiles> = [];
  const failures: Array<DownloadError> = [];
  for (const orphan of orphans) {
    const done = isDryRun ? E.right(undefined) : await removeLeftFiles(effects, orphan)();
    if (E.isLeft(done)) failures.push(done.left);
    else removed.push(orphan);
  }
  return E.right({
    removed: removed.flatMap(({ partFile, claim }) => [partFile?.path ?? [], claim ?? []].flat()),
    freed: bytes(removed.reduce((sum, { partFile }) => sum + (partFile?.allocated ?? 0), 0)),
    kept: partFiles.filter((it) => !isIdle(it)),
    failures,
    heldBackBy,
  });
};

/** What a process that is gone left behind. */
export interface LeftFiles {
  readonly partFile: PartFileOnDisk | null;
  /** Absolute path. */
  readonly claim: string | null;
}

/** The part file goes first, durably: without its claim nobody would speak of it any more. */
export const removeLeftFiles = (
  effects: Pick<HousekeepingEffects, 'files' | 'folders'>,
  { partFile, claim }: LeftFiles,
): TE.TaskEither<DownloadError, void> =>
  pipe(
    partFile === null ? NOTHING : removeDurably(effects, partFile.path),
    TE.flatMap(() => (claim === null ? NOTHING : effects.files.remove(claim))),
  );

const NOTHING: TE.TaskEither<DownloadError, void> = TE.right(undefined);
