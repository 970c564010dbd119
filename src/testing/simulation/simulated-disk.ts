/**
 * A disk in memory with two layers: what the kernel has, and what survives a power cut.
 *
 * Content becomes durable by `datasync`, names by syncing their folder. When the process is
 * killed, the kernel's layer remains; when power is lost, unsynced sectors, sizes and names
 * survive or not as a seed decides, each for itself. Passes the conformance suite of the live file
 * system.
 */
import { dirname } from 'node:path';
import { bytes } from '../../domain/bytes.ts';
import type { Clock } from '../../effects/clock.ts';
import type { FileFacts, FileSystem, Folders } from '../../effects/file-system.ts';
import { absurd } from '../../fp.ts';
import { type DiskFaultOrRule, diskRules } from './disk-faults.ts';
import { seeded } from './seeded.ts';
import { type DiskLatency, diskCalls, raise } from './simulated-disk-calls.ts';
import { namesIn, survivingNames, syncedNames } from './simulated-disk-names.ts';
import { simulatedFile } from './simulated-file.ts';
import { factsOf, type Inode, openFile } from './simulated-open-file.ts';

/** The two ways in which a run ends without a goodbye. */
export type Crash = 'killed' | 'powerLost';

export interface SimulatedDiskOptions {
  /** Folders that are there from the beginning. Default: `/`. */
  readonly folders?: ReadonlyArray<string>;
  /** For latency, delays and dates; without one every file is of 1970. */
  readonly clock?: Pick<Clock, 'setTimeout' | 'wallTime'>;
  /** Default: nothing takes time. Needs `clock`. */
  readonly latency?: DiskLatency;
  /** The first that gives a fault decides. Default: nothing goes wrong. */
  readonly faults?: ReadonlyArray<DiskFaultOrRule>;
  /** Bytes that files can take, in pages of 4096. Default: 2^50, and nobody counts. */
  readonly capacity?: number;
  /**
   * Does a power cut show what was on the disk before, where a file got room but not its bytes? As
   * file systems do that do not order their writes. Default: no, such room is zeros.
   */
  readonly exposesStale?: boolean;
}

/** What somebody else does to a file, durably and at once. */
export type Tampering =
  | { readonly _tag: 'Remove' }
  /** By another file, under the same name. */
  | { readonly _tag: 'Replace'; readonly content: Uint8Array }
  /** Shorter or longer, the same file; all of it is durable then. */
  | { readonly _tag: 'Resize'; readonly size: number };

export interface SimulatedDisk {
  readonly files: FileSystem;
  readonly folders: Folders;
  /**
   * Ends all open files as a crash does; calls under way never happen. `seed` decides what of the
   * unsynced survives.
   */
  readonly crash: (kind: Crash, seed: number) => void;
  /** Content of a file as the kernel has it; null when there is none. */
  readonly contentOf: (path: string) => Uint8Array | null;
  /** Paths of all files, sorted. */
  readonly paths: () => ReadonlyArray<string>;
  /** Replaces the faults; calls are counted from now on. */
  readonly setFaults: (faults: ReadonlyArray<DiskFaultOrRule>) => void;
  /** Room is made, or taken away; what is there stays. */
  readonly setCapacity: (capacity: number) => void;
  /** Bytes that files take. */
  readonly used: () => number;
  /** Inverts a durable bit, of the lowest value by default. False: no durable byte is there. */
  readonly rot: (where: {
    readonly path: string;
    readonly at: number;
    readonly bit?: number;
  }) => boolean;
  /** False: there is no such file. */
  readonly tamper: (path: string, tampering: Tampering) => boolean;
  /** Memory is short: what the kernel need not write it reads from the disk again. */
  readonly evict: () => void;
}

export const simulatedDisk = (options: SimulatedDiskOptions = {}): SimulatedDisk => {
  const { clock = null, latency = null, exposesStale = false } = options;
  let names = new Map<string, Inode>();
  let durableNames = new Map<string, Inode>();
  const folders = new Set(options.folders ?? ['/']);
  /** Open, and perhaps without a name. */
  const opened = new Set<Inode>();
  let capacity = options.capacity ?? Infinity;
  let count = 0;
  const calls = diskCalls({ clock, latency });
  const { call } = calls;

  const wallTime = () => clock?.wallTime() ?? 0;
  const used = (): number => {
    let sum = 0;
    for (const inode of new Set([...names.values(), ...opened])) sum += inode.content.allocated();
    return sum;
  };
  const room = () => (capacity === Infinity ? Infinity : Math.max(0, capacity - used()));
  const setFaults = (faults: ReadonlyArray<DiskFaultOrRule>) =>
    calls.setFaults(faults.length === 0 ? null : diskRules.firstOf(faults));
  setFaults(options.faults ?? []);

  const newInode = (): Inode => {
    count += 1;
    return { content: simulatedFile(String(count)), modifiedAtMs: wallTime(), opened: 0 };
  };
  /** Why a path leads nowhere. */
  const missing = (path: string): 'ENOENT' | 'ENOTDIR' => {
    const above = dirname(path);
    if (folders.has(above)) return 'ENOENT';
    return names.has(above) ? 'ENOTDIR' : missing(above);
  };
  const checkFree = (path: string): void => {
    if (!folders.has(dirname(path))) raise(missing(path));
    if (names.has(path) || folders.has(path)) raise('EEXIST');
  };
  const find = (path: string): Inode => {
    if (folders.has(path)) raise('EISDIR');
    return names.get(path) ?? raise(missing(path));
  };
  const open = (inode: Inode, path: string, isReadOnly = false) => {
    inode.opened += 1;
    opened.add(inode);
    return openFile({ calls, wallTime, room, closed }, inode, path, isReadOnly);
  };
  const closed = (inode: Inode): void => {
    inode.opened -= 1;
    if (inode.opened === 0) opened.delete(inode);
  };
  const makeFolders = (path: string): void => {
    if (names.has(path)) raise('EEXIST');
    if (dirname(path) !== path) makeFolders(dirname(path));
    folders.add(path);
  };
  return {
    files: {
      create: (path) =>
        call({ operation: 'create', path }, () => {
          checkFree(path);
          const inode = newInode();
          names.set(path, inode);
          return open(inode, path);
        }),
      open: (path) => call({ operation: 'open', path }, () => open(find(path), path)),
      openToRead: (path) =>
        call({ operation: 'open to read', path }, () => open(find(path), path, true)),
      facts: (path) =>
        call({ operation: 'inspect', path }, () => {
          if (folders.has(path)) return FOLDER;
          const inode = names.get(path);
          if (inode !== undefined) return factsOf(inode);
          return missing(path) === 'ENOENT' ? null : raise('ENOTDIR');
        }),
      rename: (from, to) =>
        call({ operation: 'rename to', path: to }, () => {
          for (const path of [from, to]) if (!folders.has(dirname(path))) raise(missing(path));
          const inode = find(from);
          if (folders.has(to)) raise('EISDIR');
          if (names.get(to) === inode) return; // POSIX: of two names of one file both stay.
          names.delete(from);
          names.set(to, inode);
        }),
      link: (from, to) =>
        call({ operation: 'create', path: to }, () => {
          const inode = find(from);
          checkFree(to);
          names.set(to, inode);
        }),
      remove: (path) =>
        call({ operation: 'remove', path }, () => {
          if (folders.has(path)) raise('EISDIR');
          if (!names.delete(path) && missing(path) === 'ENOTDIR') raise('ENOTDIR');
        }),
    },
    folders: {
      make: (path) => call({ operation: 'make folder', path }, () => makeFolders(path)),
      list: (path) =>
        call({ operation: 'list', path }, () => {
          if (names.has(path) || missing(path) === 'ENOTDIR') raise('ENOTDIR');
          return namesIn(path, [...names.keys(), ...folders]);
        }),
      sync: (path) =>
        call({ operation: 'sync folder', path }, (fault) => {
          if (!folders.has(path)) raise(missing(path));
          if (fault?._tag !== 'Lie') durableNames = syncedNames(path, names, durableNames);
        }),
      freeBytes: (path) =>
        call({ operation: 'inspect', path }, () => {
          if (!folders.has(path) && !names.has(path)) raise(missing(path));
          return bytes(Math.min(room(), 2 ** 50));
        }),
      realPath: (path) =>
        call({ operation: 'find', path }, () => {
          if (!folders.has(path)) raise(names.has(path) ? 'ENOTDIR' : missing(path));
          return path;
        }),
      checkWritable: (path) =>
        call({ operation: 'write into', path }, () => {
          if (!folders.has(path)) raise(names.has(path) ? 'ENOTDIR' : missing(path));
        }),
    },
    crash: (kind, seed) => {
      calls.crash();
      for (const inode of opened) inode.opened = 0;
      opened.clear();
      if (kind === 'killed') return;
      const draw = seeded(seed);
      for (const { content } of new Set([...names.values(), ...durableNames.values()])) {
        content.cutPower(draw.fork(content.identity), exposesStale);
      }
      const drawName = draw.fork('names');
      names = survivingNames(names, durableNames, () => drawName.chance(0.5));
      durableNames = new Map(names);
    },
    contentOf: (path) => names.get(path)?.content.content() ?? null,
    paths: () => [...names.keys()].sort(),
    setFaults,
    setCapacity: (given) => {
      capacity = given;
    },
    used,
    rot: ({ path, at, bit = 0 }) => names.get(path)?.content.rot(at, bit) ?? false,
    tamper: (path, tampering) => {
      const inode = names.get(path);
      if (inode === undefined) return false;
      switch (tampering._tag) {
        case 'Remove':
          names.delete(path);
          durableNames.delete(path);
          return true;
        case 'Replace': {
          const other = newInode();
          other.content.write([tampering.content], 0);
          other.content.sync();
          names.set(path, other);
          durableNames.set(path, other);
          return true;
        }
        case 'Resize':
          inode.content.resize(tampering.size);
          inode.content.sync();
          return true;
        default:
          return absurd(tampering);
      }
    },
    evict: () => {
      for (const { content } of new Set(names.values())) content.evict();
    },
  };
};

const FOLDER: FileFacts = {
  kind: 'folder',
  size: bytes(0),
  allocated: bytes(0),
  modifiedAtMs: 0,
  identity: 'folder',
};
