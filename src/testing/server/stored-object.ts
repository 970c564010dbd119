/** An object as the embedded server keeps it, and how content becomes one. */
import { createHash } from 'node:crypto';
import type { ByteRange } from '../../domain/byte-range.ts';
import { type Bytes, bytes } from '../../domain/bytes.ts';
import type { Crc64 } from '../../domain/crc64.ts';
import type { Crc64Of } from '../../effects/crc64.ts';
import { crc64OfZeros, type HollowObject } from './hollow.ts';
import { crc64OfSynthetic } from './synthetic-crc64.ts';
import type { SyntheticObject } from './synthetic-object.ts';

/** What an object consists of: bytes in memory, or a way to compute them. */
export type ObjectContent = Uint8Array | SyntheticObject | HollowObject;

/** One version of an object. */
export interface StoredObject {
  readonly size: Bytes;
  /** Without quotes. */
  readonly etag: string;
  /** Milliseconds since 1970; shown in whole seconds. */
  readonly lastModified: number;
  /** Decimal; null: the server does not tell. */
  readonly crc64: string | null;
  readonly versionId: string | null;
  readonly type: ObjectType;
  readonly storageClass: StorageClass;
  readonly contentType: string;
  readonly contentEncoding: string | null;
  /** The `x-oss-restore` header of an archived object. */
  readonly restore: string | null;
  /** More headers, such as `x-oss-meta-author`. */
  readonly headers: Readonly<Record<string, string>>;
  /** The bytes of a range in order, in chunks of at most 1 MiB that are not to be written to. */
  readonly chunks: (range: ByteRange) => Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
}

export type ObjectType = 'Normal' | 'Multipart' | 'Appendable' | 'Symlink';
export type StorageClass = 'Standard' | 'IA' | 'Archive' | 'ColdArchive' | 'DeepColdArchive';

/** What may be said of an object that is put; the rest follows from its content. */
export interface PutOptions {
  /** Makes the object versioned: this version is added to those there are. */
  readonly versionId?: string;
  /** Without quotes. Default: upper-case MD5 of the content, `HASH-N` with `partsCount`. */
  readonly etag?: string;
  /** Milliseconds since 1970. Default: the server's clock. */
  readonly lastModified?: number;
  readonly storageClass?: StorageClass;
  /** Default: Multipart with `partsCount`, else Normal. */
  readonly type?: ObjectType;
  /** As if uploaded in so many parts. Default for synthetic objects: as 8 MiB parts would be. */
  readonly partsCount?: number;
  /** Decimal. Default: computed; null: not told, as for objects older than the feature. */
  readonly crc64?: string | null;
  readonly contentType?: string;
  readonly contentEncoding?: string;
  readonly restore?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Content with everything a server says of it.
 *
 * @param content  Belongs to the object from now on: not to be written to.
 */
export const toStoredObject = (
  content: ObjectContent,
  options: PutOptions,
  context: { readonly crc64Of: Crc64Of; readonly now: number },
): StoredObject => {
  const isStored = content instanceof Uint8Array;
  const partsCount = options.partsCount ?? (isStored ? null : partsCountOf(content.size));
  return {
    size: bytes(isStored ? content.length : content.size),
    etag: options.etag ?? etagOf(content, partsCount),
    lastModified: options.lastModified ?? context.now,
    crc64: options.crc64 === undefined ? crc64OfContent(content, context.crc64Of) : options.crc64,
    versionId: options.versionId ?? null,
    type: options.type ?? (partsCount === null ? 'Normal' : 'Multipart'),
    storageClass: options.storageClass ?? 'Standard',
    contentType: options.contentType ?? 'application/octet-stream',
    contentEncoding: options.contentEncoding ?? null,
    restore: options.restore ?? null,
    headers: options.headers ?? {},
    chunks: isStored ? (range) => slicesOf(content, range) : content.chunks,
  };
};

/** Is the object in an archive tier from which nobody has restored it? */
export const isArchived = (object: StoredObject): boolean =>
  object.storageClass.endsWith('Archive') &&
  !(object.restore ?? '').includes('ongoing-request="false"');

const CHUNK = 2 ** 18;
const PART = 8 * 2 ** 20;

const partsCountOf = (size: number): number => Math.max(1, Math.ceil(size / PART));

const crc64OfContent = (content: ObjectContent, crc64Of: Crc64Of): Crc64 => {
  if (content instanceof Uint8Array) return crc64Of(content);
  return content._tag === 'HollowObject'
    ? crc64OfZeros(content.size)
    : crc64OfSynthetic(content, crc64Of);
};

const etagOf = (content: ObjectContent, partsCount: number | null): string => {
  const hash = createHash('md5').update(hashedOf(content)).digest('hex').toUpperCase();
  return partsCount === null ? hash : `${hash}-${partsCount}`;
};

/** What stands for the content in its ETag: nobody reads a computed one to the end for that. */
const hashedOf = (content: ObjectContent): Uint8Array | string => {
  if (content instanceof Uint8Array) return content;
  return content._tag === 'HollowObject'
    ? `hollow/${content.size}`
    : `synthetic/${content.seed}/${content.size}`;
};

function* slicesOf(content: Uint8Array, range: ByteRange): Iterable<Uint8Array> {
  for (let start: number = range.start; start < range.end; start += CHUNK) {
    yield content.subarray(start, Math.min(start + CHUNK, range.end));
  }
}
