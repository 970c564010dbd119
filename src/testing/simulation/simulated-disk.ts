/**
 * A disk in memory with two layers: what the kernel has, and what survives a power cut.
 *
 * Content becomes durable by `datasync`, names by syncing their folder. When the process is
 * killed, the kernel's layer remains; when power is lost, unsynced changes survive or not as a
 * seed decides, each for itself. Passes the conformance suite of the live file system.
 */
import { dirname } from 'node:path';
import { bytes } from '../../domain/bytes.ts';
import type { ErrorOf } from '../../domain/errors.ts';
import { jitter } from '../../domain/retry.ts';
import type {
  DiskEffect,
  FileFacts,
  FileSystem,
  Folders,
  OpenFile,
} from '../../effects/file-system.ts';
import { E } from '../../fp.ts';
import { type SimulatedFile, simulatedFile } from './simulated-file.ts';

/** The two ways in which a run ends without a goodbye. */
export type Crash = 'killed' | 'powerLost';

export interface SimulatedDisk {
  readonly files: FileSystem;
  readonly folders: Folders;
  /** Ends all open files as a crash does. `seed` decides what of the unsynced survives. */
  readonly crash: (kind: Crash, seed: number) => void;
  /** Content of a file as the kernel has it; null when there is none. */
  readonly contentOf: (path: string) => Uint8Array | null;
  /** Paths of all files, sorted. */
  readonly paths: () => ReadonlyArray<string>;
}

export const simulatedDisk = (initialFolders: ReadonlyArray<string> = ['/']): SimulatedDisk => {
  let names = new Map<string, SimulatedFile>();
  let durableNames = new Map<string, SimulatedFile>();
  const folders = new Set(initialFolders);
  let generation = 0;
  let count = 0;

  const create = (path: string): SimulatedFile => {
    if (!folders.has(dirname(path))) throw failure('ENOENT');
    if (names.has(path) || folders.has(path)) throw failure('EEXIST');
    count += 1;
    const file = simulatedFile(String(count));
    names.set(path, file);
    return file;
  };
  const find = (path: string): SimulatedFile => {
    if (folders.has(path)) throw failure('EISDIR');
    return names.get(path) ?? raise('ENOENT');
  };
  const opened = (file: SimulatedFile, path: string): OpenFile => {
    const openedIn = generation;
    return openFile(file, path, () => generation === openedIn);
  };
  return {
    files: {
      create: (path) => onDisk('create', path, () => opened(create(path), path)),
      open: (path) => onDisk('open', path, () => opened(find(path), path)),
      facts: (path) => onDisk('inspect', path, () => factsOf(names.get(path), folders.has(path))),
      rename: (from, to) =>
        onDisk('rename to', to, () => {
          const file = find(from);
          if (folders.has(to)) throw failure('EISDIR');
          if (!folders.has(dirname(to))) throw failure('ENOENT');
          if (names.get(to) === file) return; // POSIX: of two names of one file both stay.
          names.delete(from);
          names.set(to, file);
        }),
      link: (from, to) =>
        onDisk('create', to, () => {
          const file = find(from);
          if (!folders.has(dirname(to))) throw failure('ENOENT');
          if (names.has(to) || folders.has(to)) throw failure('EEXIST');
          names.set(to, file);
        }),
      remove: (path) =>
        onDisk('remove', path, () => {
          if (folders.has(path)) throw failure('EISDIR');
          names.delete(path);
        }),
    },
    folders: {
      make: (path) => onDisk('make folder', path, () => makeFolders(path, folders, names)),
      list: (path) => onDisk('list', path, () => namesIn(path, [...names.keys(), ...folders])),
      sync: (path) =>
        onDisk('sync folder', path, () => {
          if (!folders.has(path)) throw failure('ENOENT');
          durableNames = syncedNames(path, names, durableNames);
        }),
      freeBytes: (path) =>
        onDisk('inspect', path, () =>
          folders.has(path) || names.has(path) ? bytes(2 ** 50) : raise('ENOENT'),
        ),
      checkWritable: (path) =>
        onDisk('write into', path, () => {
          if (!folders.has(path)) throw failure(names.has(path) ? 'ENOTDIR' : 'ENOENT');
        }),
    },
    crash: (kind, seed) => {
      generation += 1;
      if (kind === 'killed') return;
      let drawn = 0;
      const survives = () => jitter(seed, ++drawn, 0) < 0.5;
      for (const file of new Set([...names.values(), ...durableNames.values()])) {
        file.cutPower(survives);
      }
      names = survivingNames(names, durableNames, survives);
      durableNames = new Map(names);
    },
    contentOf: (path) => names.get(path)?.content() ?? null,
    paths: () => [...names.keys()].sort(),
  };
};

const openFile = (file: SimulatedFile, path: string, isAlive: () => boolean): OpenFile => {
  let isClosed = false;
  const use = <A>(operation: string, run: () => A): DiskEffect<A> =>
    onDisk(operation, path, () => {
      if (isClosed || !isAlive()) throw failure('EBADF');
      return run();
    });
  return {
    writeAt: (chunks, position) =>
      use('write', () => {
        let at: number = position;
        for (const chunk of chunks) {
          file.write(chunk, at);
          at += chunk.length;
        }
      }),
    readAt: (buffer, position) => use('read', () => bytes(file.read(buffer, position))),
    datasync: () => use('sync', () => file.sync()),
    resize: (size) => use('resize', () => file.resize(size)),
    facts: () => use('inspect', () => fileFacts(file)),
    stamp: () => use('stamp', () => undefined),
    close: () =>
      onDisk('close', path, () => {
        isClosed = true;
      }),
  };
};

/** Names in the synced folder are what they are now; all others stay as they were durable. */
const syncedNames = <A>(
  folder: string,
  names: ReadonlyMap<string, A>,
  durable: ReadonlyMap<string, A>,
): Map<string, A> => {
  const elsewhere = [...durable].filter(([path]) => dirname(path) !== folder);
  const here = [...names].filter(([path]) => dirname(path) === folder);
  return new Map([...elsewhere, ...here]);
};

/** After a power cut each unsynced change of a name has happened or not. */
const survivingNames = <A>(
  names: ReadonlyMap<string, A>,
  durable: ReadonlyMap<string, A>,
  survives: () => boolean,
): Map<string, A> => {
  const result = new Map(durable);
  for (const [path, file] of names) {
    if (durable.get(path) !== file && survives()) {
      // A rename is one change: where the new name is, the old one is not. A link keeps both.
      for (const [other, same] of result) {
        if (same === file && names.get(other) !== file) result.delete(other);
      }
      result.set(path, file);
    }
  }
  const present = new Set(names.values());
  for (const [path, file] of durable) {
    const isElsewhere = [...result].some(([other, same]) => same === file && other !== path);
    const isRemoved = !names.has(path) && (isElsewhere || !present.has(file));
    if (isRemoved && survives()) result.delete(path);
  }
  // What took over the old name of a renamed file came after the rename.
  for (const file of durable.values()) {
    const isLost = ![...result.values()].includes(file);
    const renamed = [...names].find(([, same]) => same === file);
    if (isLost && renamed !== undefined) result.set(...renamed);
  }
  return result;
};

const fileFacts = (file: SimulatedFile): FileFacts => ({
  kind: 'file',
  size: bytes(file.size()),
  allocated: bytes(file.allocated()),
  modifiedAtMs: 0,
  identity: file.identity,
});

const FOLDER: FileFacts = {
  kind: 'folder',
  size: bytes(0),
  allocated: bytes(0),
  modifiedAtMs: 0,
  identity: 'folder',
};

const factsOf = (file: SimulatedFile | undefined, isFolder: boolean): FileFacts | null => {
  if (isFolder) return FOLDER;
  return file === undefined ? null : fileFacts(file);
};

const makeFolders = (
  path: string,
  folders: Set<string>,
  names: ReadonlyMap<string, SimulatedFile>,
): void => {
  if (names.has(path)) throw failure('EEXIST');
  if (dirname(path) !== path) makeFolders(dirname(path), folders, names);
  folders.add(path);
};

const namesIn = (folder: string, paths: ReadonlyArray<string>): ReadonlyArray<string> =>
  paths
    .filter((path) => path !== folder && dirname(path) === folder)
    .map((path) => path.slice(folder === '/' ? 1 : folder.length + 1))
    .sort();

const onDisk =
  <A>(operation: string, path: string, run: () => A): DiskEffect<A> =>
  async () => {
    try {
      return E.right(run());
    } catch (thrown) {
      const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : null;
      if (code === null) throw thrown;
      return E.left({ _tag: 'DiskFailed', code, operation, path } as ErrorOf<'DiskFailed'>);
    }
  };

const failure = (code: string): Error => Object.assign(new Error(code), { code });

const raise = (code: string): never => {
  throw failure(code);
};
