/**
 * Files as objects: `FOLDER/BUCKET/KEY`. Nothing outside the folder is ever read.
 *
 * A key is a file only when it is the file's exact relative path: keys with empty segments, `.`
 * or `..` have none. Links are followed as long as they stay inside the folder.
 */
import { createHash } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { open, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { ByteRange } from '../../domain/byte-range.ts';
import { bytes } from '../../domain/bytes.ts';
import { CRC64_OF_NOTHING, type Crc64, combineCrc64 } from '../../domain/crc64.ts';
import type { Crc64Of } from '../../effects/crc64.ts';
import type { StoredObject } from './stored-object.ts';

export interface FolderObjects {
  readonly hasBucket: (bucket: string) => Promise<boolean>;
  /** Null when there is no such file. The first time reads all of it, for ETag and CRC-64. */
  readonly find: (bucket: string, key: string) => Promise<StoredObject | null>;
}

/** Rejects when the folder does not exist. */
export const folderObjects = async (folder: string, crc64Of: Crc64Of): Promise<FolderObjects> => {
  const root = await realpath(folder);
  const digests = new Map<string, Promise<Digest>>();
  const digest = (path: string, stats: Stats): Promise<Digest> => {
    const id = [path, stats.ino, stats.size, stats.mtimeMs, stats.ctimeMs].join('|');
    const known = digests.get(id);
    if (known !== undefined) return known;
    if (digests.size >= DIGESTS_MAX) digests.clear();
    const reading = digestOf(path, bytes(stats.size), crc64Of);
    digests.set(id, reading);
    reading.catch(() => digests.delete(id));
    return reading;
  };
  return {
    hasBucket: async (bucket) => (await resolveInside(root, [bucket])) !== null,
    find: async (bucket, key) => {
      const path = await resolveInside(root, [bucket, ...key.split('/')]);
      const stats = path === null ? null : await stat(path).catch(() => null);
      if (path === null || stats === null || !stats.isFile()) return null;
      const known = await digest(path, stats).catch(() => null);
      return known === null ? null : objectOf(path, stats, known);
    },
  };
};

interface Digest {
  readonly etag: string;
  readonly crc64: Crc64;
}

const DIGESTS_MAX = 10_000;
const CHUNK = 2 ** 18;

/** The real path of a file below `root`, or null when it is not there or not below. */
const resolveInside = async (
  root: string,
  segments: ReadonlyArray<string>,
): Promise<string | null> => {
  if (!segments.every(isPlain)) return null;
  const path = await realpath(join(root, ...segments)).catch(() => null);
  return path?.startsWith(root.endsWith(sep) ? root : root + sep) ? path : null;
};

const isPlain = (segment: string): boolean =>
  segment !== '' && segment !== '.' && segment !== '..' && !/[\0\\]/.test(segment);

const objectOf = (path: string, stats: Stats, digest: Digest): StoredObject => ({
  size: bytes(stats.size),
  etag: digest.etag,
  lastModified: stats.mtimeMs,
  crc64: digest.crc64,
  versionId: null,
  type: 'Normal',
  storageClass: 'Standard',
  contentType: 'application/octet-stream',
  contentEncoding: null,
  restore: null,
  headers: {},
  chunks: (range) => chunksOf(path, range),
});

/**
 * `path` is real: a link that takes its place meanwhile is not followed. A file that cannot be
 * read any more ends early, which its reader notices by the length.
 */
async function* chunksOf(path: string, { start, end }: ByteRange): AsyncIterable<Uint8Array> {
  if (start >= end) return;
  const file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0)).catch(() => null);
  if (file === null) return;
  try {
    for (let offset: number = start; offset < end; ) {
      const chunk = Buffer.allocUnsafeSlow(Math.min(CHUNK, end - offset));
      const { bytesRead } = await file.read(chunk, 0, chunk.length, offset);
      if (bytesRead === 0) return;
      offset += bytesRead;
      yield chunk.subarray(0, bytesRead);
    }
  } catch {
    return;
  } finally {
    await file.close();
  }
}

const digestOf = async (path: string, size: number, crc64Of: Crc64Of): Promise<Digest> => {
  const md5 = createHash('md5');
  let crc64 = CRC64_OF_NOTHING;
  const file = await open(path, 'r');
  try {
    const buffer = Buffer.allocUnsafe(4 * CHUNK);
    for (let offset = 0; offset < size; ) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length, offset);
      if (bytesRead === 0) break;
      const chunk = buffer.subarray(0, bytesRead);
      md5.update(chunk);
      crc64 = combineCrc64(crc64, crc64Of(chunk), bytes(bytesRead));
      offset += bytesRead;
    }
  } finally {
    await file.close();
  }
  return { etag: md5.digest('hex').toUpperCase(), crc64 };
};
