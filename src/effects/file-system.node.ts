/** `FileSystem` and `Folders` over `node:fs`. */
import { type BigIntStats, constants, statSync } from 'node:fs';
import {
  access,
  type FileHandle,
  link,
  lstat,
  mkdir,
  open,
  readdir,
  realpath,
  rename,
  stat,
  statfs,
  unlink,
} from 'node:fs/promises';
import { dirname } from 'node:path';
import { bytes } from '../domain/bytes.ts';
import type { ErrorOf } from '../domain/errors.ts';
import { E } from '../fp.ts';
import type { DiskEffect, FileFacts, FileSystem, Folders, OpenFile } from './file-system.ts';

export const nodeFileSystem: FileSystem = {
  create: (path) => onDisk('create', path, async () => openFile(await open(path, 'wx+'), path)),
  open: (path) => onDisk('open', path, async () => openFile(await open(path, 'r+'), path)),
  openToRead: (path) =>
    onDisk('open to read', path, async () => openFile(await open(path, 'r'), path)),
  facts: (path) => onDisk('inspect', path, () => factsAt(path)),
  rename: (from, to) => onDisk('rename to', to, () => rename(from, to)),
  link: (from, to) => onDisk('create', to, () => link(from, to)),
  remove: (path) => onDisk('remove', path, () => orIfMissing(undefined, () => unlink(path))),
};

export const nodeFolders: Folders = {
  make: (path) => onDisk('make folder', path, () => makeFolder(path)),
  list: (path) =>
    onDisk('list', path, () => orIfMissing([], async () => (await readdir(path)).sort())),
  sync: (path) => onDisk('sync folder', path, () => syncFolder(path)),
  freeBytes: (path) =>
    onDisk('inspect', path, async () => {
      const { bavail, bsize } = await statfs(path);
      return bytes(Math.min(bavail * bsize, Number.MAX_SAFE_INTEGER));
    }),
  realPath: (path) => onDisk('find', path, () => realpath(path)),
  checkWritable: (path) =>
    onDisk('write into', path, async () => {
      if (!(await stat(path)).isDirectory()) throw failure('ENOTDIR');
      await access(path, constants.W_OK | constants.X_OK);
    }),
};

/** New folders are durable, too: each is synced into the one above it. */
const makeFolder = async (path: string): Promise<void> => {
  const first = await mkdir(path, { recursive: true });
  if (first === undefined) return;
  for (let made = path; made.length >= first.length; made = dirname(made)) {
    await syncFolder(dirname(made));
  }
};

const openFile = (handle: FileHandle, path: string): OpenFile => ({
  writeAt: (chunks, position) => onDisk('write', path, () => writeAll(handle, chunks, position)),
  readAt: (buffer, position) =>
    onDisk('read', path, async () => bytes(await readFully(handle, buffer, position))),
  datasync: () => onDisk('sync', path, () => handle.datasync()),
  resize: (size) => onDisk('resize', path, () => handle.truncate(size)),
  facts: () => onDisk('inspect', path, async () => toFacts(await handle.stat({ bigint: true }))),
  stamp: ({ mode, modifiedAtMs }) =>
    onDisk('stamp', path, async () => {
      if (mode !== null) await handle.chmod(mode);
      if (modifiedAtMs !== null) await handle.utimes(modifiedAtMs / 1000, modifiedAtMs / 1000);
      // `datasync` need not make them durable.
      if (mode !== null || modifiedAtMs !== null) await handle.sync();
    }),
  close: () => onDisk('close', path, () => handle.close()),
});

const writeAll = async (
  handle: FileHandle,
  chunks: ReadonlyArray<Uint8Array>,
  position: number,
): Promise<void> => {
  let rest = chunks;
  let at = position;
  while (rest.length > 0) {
    const { bytesWritten } = await handle.writev(rest, at);
    at += bytesWritten;
    rest = withoutFirst(rest, bytesWritten);
  }
};

/** The chunks that remain after `count` bytes were taken. */
const withoutFirst = (
  chunks: ReadonlyArray<Uint8Array>,
  count: number,
): ReadonlyArray<Uint8Array> => {
  let taken = count;
  let index = 0;
  while (index < chunks.length && taken >= chunks[index]!.length) taken -= chunks[index++]!.length;
  const rest = chunks.slice(index);
  return taken === 0 ? rest : [rest[0]!.subarray(taken), ...rest.slice(1)];
};

const readFully = async (
  handle: FileHandle,
  buffer: Uint8Array,
  position: number,
): Promise<number> => {
  let count = 0;
  while (count < buffer.length) {
    const { bytesRead } = await handle.read(buffer, count, buffer.length - count, position + count);
    if (bytesRead === 0) break;
    count += bytesRead;
  }
  return count;
};

/** Windows cannot open folders and needs no sync of them: NTFS journals its names. */
const syncFolder = async (path: string): Promise<void> => {
  if (process.platform === 'win32') return;
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

const factsAt = async (path: string): Promise<FileFacts | null> => {
  const found = await orIfMissing(null, () => stat(path, { bigint: true }));
  if (found !== null) return toFacts(found);
  const link = await orIfMissing(null, () => lstat(path, { bigint: true }));
  return link === null ? null : toFacts(link);
};

const toFacts = (stats: BigIntStats): FileFacts => ({
  kind: kindOf(stats),
  size: bytes(Number(stats.size)),
  allocated: bytes(Number(stats.blocks) * 512),
  modifiedAtMs: Number(stats.mtimeNs) / 1e6,
  identity: identityOf(stats),
});

const kindOf = (stats: BigIntStats): FileFacts['kind'] => {
  if (stats.isSymbolicLink()) return 'link';
  return stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : 'other';
};

/** The number of the device is left out: it may be another one after a boot. */
const identityOf = ({ ino, birthtimeNs }: BigIntStats): string => {
  tellsBirth ??= knowsBirth();
  return tellsBirth && birthtimeNs > 0n ? `${ino}:${birthtimeNs}` : String(ino);
};

let tellsBirth: boolean | null = null;

/**
 * Where Linux, or a sandbox, has no statx(2), Node gives the time of the last change in place of
 * that of the birth. Entries of /proc have no birth: one that seems to have gives it away.
 */
const knowsBirth = (): boolean => {
  if (process.platform !== 'linux') return true;
  try {
    return statSync('/proc/self', { bigint: true }).birthtimeNs === 0n;
  } catch {
    return false;
  }
};

const orIfMissing = async <A, B>(fallback: B, run: () => Promise<A>): Promise<A | B> => {
  try {
    return await run();
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return fallback;
    throw thrown;
  }
};

/** Runs `run` and turns what Node throws into data; an exception without a code is a bug. */
const onDisk =
  <A>(operation: string, path: string, run: () => Promise<A>): DiskEffect<A> =>
  async () => {
    try {
      return E.right(await run());
    } catch (thrown) {
      const code = codeOf(thrown);
      if (code === null) throw thrown;
      return E.left({ _tag: 'DiskFailed', code, operation, path } as ErrorOf<'DiskFailed'>);
    }
  };

const failure = (code: string): Error => Object.assign(new Error(code), { code });

const codeOf = (thrown: unknown): string | null =>
  thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string'
    ? thrown.code
    : null;
