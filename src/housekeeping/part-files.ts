/** Files that are called like part files, and which of them somebody speaks of. */
import { join } from 'node:path';
import type { Bytes } from '../domain/bytes.ts';
import type { DownloadError } from '../domain/errors.ts';
import { targetOfPartFile } from '../domain/part-file-name.ts';
import { isSameFile } from '../effects/file-system.ts';
import { E } from '../fp.ts';
import { ageSince, type HousekeepingEffects, type Result } from './housekeeping-effects.ts';
import { headersOf, type StoreLook } from './look-at-store.ts';

/** A part file as it is on disk. */
export interface PartFileOnDisk {
  readonly path: string;
  readonly size: Bytes;
  /** What it takes of the disk. */
  readonly allocated: Bytes;
  /** Milliseconds since its content changed last; never below 0. */
  readonly ageMs: number;
}

export interface FoundFile {
  readonly file: PartFileOnDisk;
  readonly identity: string;
}

/** What is at a path. Right null: no file. */
export const findFile = async (
  { files, clock }: Pick<HousekeepingEffects, 'files' | 'clock'>,
  path: string,
): Result<FoundFile | null> => {
  const facts = await files.facts(path)();
  if (E.isLeft(facts)) return facts.left.code === 'ENOTDIR' ? E.right(null) : facts;
  if (facts.right?.kind !== 'file') return E.right(null);
  const { size, allocated, modifiedAtMs, identity } = facts.right;
  const ageMs = ageSince(clock, modifiedAtMs);
  return E.right({ file: { path, size, allocated, ageMs }, identity });
};

/**
 * The files in folders that are called like part files; those that are gone meanwhile, or are not
 * to be looked at, are left out.
 *
 * @param areAskedFor Is it an error when one of the folders is missing, or not to be read?
 */
export const partFilesIn = async (
  effects: HousekeepingEffects,
  paths: ReadonlyArray<string>,
  areAskedFor: boolean,
): Result<ReadonlyArray<FoundFile>> => {
  const found: Array<FoundFile> = [];
  for (const folder of paths) {
    const names = await namesIn(effects, folder);
    if (E.isLeft(names) && areAskedFor) return names;
    const named = E.isRight(names) ? names.right.filter((it) => targetOfPartFile(it) !== null) : [];
    for (const name of named) {
      const file = await findFile(effects, join(folder, name));
      if (E.isRight(file) && file.right !== null) found.push(file.right);
    }
  }
  return E.right(found);
};

/** Left `ENOENT` where there is no folder: to `Folders` such a one is empty. */
const namesIn = async (
  { files, folders }: HousekeepingEffects,
  folder: string,
): Result<ReadonlyArray<string>> => {
  const facts = await files.facts(folder)();
  if (E.isLeft(facts)) return facts;
  return facts.right === null ? E.left(missing(folder)) : folders.list(folder)();
};

const missing = (path: string): DownloadError => ({
  ...{ _tag: 'DiskFailed', code: 'ENOENT', operation: 'list' },
  path,
});

/** Does a journal name the file? */
export const namedByJournal = (look: StoreLook): ((found: FoundFile) => boolean) => {
  const named = headersOf(look).map(({ partFile }) => partFile);
  return among(named.map(({ path, identity }) => ({ file: { path }, identity })));
};

/** Is it one of these? By path; and by inode, since a folder has other paths, too. */
export const among = (
  files: ReadonlyArray<{ readonly file: { readonly path: string }; readonly identity: string }>,
): ((found: FoundFile) => boolean) => {
  const paths = new Set(files.map(({ file }) => file.path));
  return ({ file, identity }) =>
    paths.has(file.path) || files.some((it) => isSameFile(it.identity, identity));
};
