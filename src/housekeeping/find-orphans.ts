/**
 * Part files that no breakpoint names, and files of the store whose owners are gone.
 *
 * A process that is killed between creating its part file and recording it leaves one. So does a
 * download in one request, which has no breakpoint: while such a one is alive, or one that has not
 * recorded anything yet, nobody can tell whose a part file is, and none is called an orphan.
 */
import { basename, dirname, join } from 'node:path';
import { type Bytes, bytes } from '../domain/bytes.ts';
import type { DownloadError } from '../domain/errors.ts';
import type { FileFacts } from '../effects/file-system.ts';
import { E, pipe, TE } from '../fp.ts';
import type { BreakpointHeader } from '../store/breakpoint.ts';
import type { HousekeepingEffects, Result } from './housekeeping-effects.ts';
import { sortStoreFiles } from './store-leftovers.ts';

export interface OrphanedFile {
  readonly path: string;
  readonly size: Bytes;
  /** What it takes of the disk. */
  readonly allocated: Bytes;
}

export interface Orphans {
  readonly partFiles: ReadonlyArray<OrphanedFile>;
  /** Claims and drafts of processes that are gone, in the store. */
  readonly leftovers: ReadonlyArray<string>;
  /**
   * Why no part file is in the list: `Busy`, a living process has no breakpoint yet; `DiskFailed`,
   * a breakpoint cannot be read. Null: all that are there are in the list.
   */
  readonly heldBackBy: DownloadError | null;
}

/**
 * Finds orphans, in folders or, with null, beside the targets of all breakpoints.
 *
 * Errors: `DiskFailed`, when the store or a folder that was asked for cannot be read.
 */
export const findOrphans = async (
  effects: HousekeepingEffects,
  folders: ReadonlyArray<string> | null,
): Result<Orphans> => {
  const before = folders === null ? await readHeaders(effects) : E.right(null);
  if (E.isLeft(before)) return before;
  const beside = [...(before.right?.headers.values() ?? [])].map(({ target }) => dirname(target));
  // In this order: who creates a part file has claimed it before, and records it before it gives
  // up the claim. So each file seen here is claimed or recorded when we look at that.
  const candidates = await candidatesIn(effects, folders ?? [...new Set(beside)], folders !== null);
  if (E.isLeft(candidates)) return candidates;
  const store = await sortStoreFiles(effects);
  if (E.isLeft(store)) return store;
  const read = await readHeaders(effects);
  if (E.isLeft(read)) return read;

  const { living, leftovers } = store.right;
  const { headers, failure } = read.right;
  const unrecorded = [...living].find(([key]) => !headers.has(key))?.[1] ?? null;
  const heldBackBy = unrecorded === null ? failure : ({ _tag: 'Busy', ...unrecorded } as const);
  const isNamed = namedBy(headers, new Set(living.keys()));
  const partFiles = heldBackBy !== null ? [] : candidates.right.filter((it) => !isNamed(it));
  return E.right({ partFiles: partFiles.map(toOrphan), leftovers, heldBackBy });
};

export interface OrphanRemoval {
  readonly removed: ReadonlyArray<string>;
  readonly freed: Bytes;
  readonly failures: ReadonlyArray<DownloadError>;
  readonly heldBackBy: DownloadError | null;
}

/** Removes what `findOrphans` finds, or with `isDryRun` only says what would go. */
export const removeOrphans = async (
  effects: HousekeepingEffects,
  folders: ReadonlyArray<string> | null,
  isDryRun: boolean,
): Result<OrphanRemoval> => {
  const found = await findOrphans(effects, folders);
  if (E.isLeft(found)) return found;
  const { partFiles, leftovers, heldBackBy } = found.right;
  const removed: Array<string> = [];
  const failures: Array<DownloadError> = [];
  let freed = 0;
  const small = leftovers.map((path) => ({ path, allocated: bytes(0) }));
  for (const { path, allocated } of [...partFiles, ...small]) {
    const done = isDryRun ? E.right(undefined) : await effects.files.remove(path)();
    if (E.isLeft(done)) {
      failures.push(done.left);
    } else {
      removed.push(path);
      freed += allocated;
    }
  }
  return E.right({ removed, failures, heldBackBy, freed: bytes(freed) });
};

type Headers = ReadonlyMap<string, BreakpointHeader>;

interface ReadHeaders {
  /** Of all breakpoints that can be read, by their keys. */
  readonly headers: Headers;
  /** Why one could not be looked at: nobody knows what it names. */
  readonly failure: DownloadError | null;
}

const readHeaders = async ({ breakpoints }: HousekeepingEffects): Result<ReadHeaders> => {
  const keys = await breakpoints.list()();
  if (E.isLeft(keys)) return keys;
  const headers = new Map<string, BreakpointHeader>();
  let failure: DownloadError | null = null;
  for (const key of keys.right) {
    const reading = await breakpoints.read(key)();
    if (E.isLeft(reading)) failure ??= reading.left;
    else if (reading.right._tag === 'Found') headers.set(key, reading.right.breakpoint.header);
  }
  return E.right({ headers, failure });
};

interface Candidate {
  readonly path: string;
  readonly facts: FileFacts;
}

const PART_FILE_NAME = /^(.+)\.[0-9a-f]{8}\.part$/;

/** Files that are called like part files. */
const candidatesIn = async (
  { files, folders }: HousekeepingEffects,
  paths: ReadonlyArray<string>,
  isAskedFor: boolean,
): Result<ReadonlyArray<Candidate>> => {
  const found: Array<Candidate> = [];
  for (const folder of paths) {
    const names = await pipe(
      isAskedFor ? folders.checkWritable(folder) : TE.right(undefined),
      TE.flatMap(() => folders.list(folder)),
    )();
    if (E.isLeft(names) && isAskedFor) return names;
    const named = E.isRight(names) ? names.right.filter((name) => PART_FILE_NAME.test(name)) : [];
    for (const name of named) {
      const path = join(folder, name);
      const facts = await files.facts(path)();
      if (E.isRight(facts) && facts.right?.kind === 'file') {
        found.push({ path, facts: facts.right });
      }
    }
  }
  return E.right(found);
};

/**
 * Tells what a breakpoint speaks of: by path; by inode, since a folder has other paths, too; and,
 * beside a target that is being downloaded, by name, since it may just be starting over.
 */
const namedBy = (
  headers: Headers,
  living: ReadonlySet<string>,
): ((candidate: Candidate) => boolean) => {
  const all = [...headers];
  const paths = new Set(all.map(([, { partFile }]) => partFile.path));
  const identities = new Set(all.map(([, { partFile }]) => partFile.identity));
  const active = all.filter(([key]) => living.has(key)).map(([, { target }]) => target);
  const targets = new Set(active.map((target) => basename(target)));
  return ({ path, facts }) =>
    paths.has(path) ||
    identities.has(facts.identity) ||
    targets.has(PART_FILE_NAME.exec(basename(path))?.[1] ?? '');
};

const toOrphan = ({ path, facts: { size, allocated } }: Candidate): OrphanedFile => ({
  path,
  size,
  allocated,
});
