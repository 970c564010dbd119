/** The version of an object: what tells, between two requests or two runs, that it is the same. */
import * as t from 'io-ts';
import { Bytes } from './bytes.ts';
import { Crc64 } from './crc64.ts';

const nullable = <C extends t.Mixed>(codec: C) => t.union([codec, t.null]);

/**
 * What the server said of the object when it was planned. Null is "the server did not say".
 *
 * `etag` is the header's text, quotes and `W/` included. `crc64` is of the whole object.
 */
export const ObjectVersion = t.readonly(
  t.strict({
    size: nullable(Bytes),
    etag: nullable(t.string),
    lastModified: nullable(t.string),
    crc64: nullable(Crc64),
    versionId: nullable(t.string),
  }),
  'ObjectVersion',
);
export interface ObjectVersion extends t.TypeOf<typeof ObjectVersion> {}

/** Which field of a version tells that two versions differ. */
export type VersionDifference = 'size' | 'etag' | 'lastModified' | 'crc64' | 'versionId';

const FIELDS: ReadonlyArray<VersionDifference> = [
  'versionId',
  'size',
  'etag',
  'lastModified',
  'crc64',
];

/**
 * The first field in which two versions contradict each other, or null when they are the same.
 *
 * A field that one side does not know contradicts nothing, except the size. ETags are compared
 * without quotes, since OSS documents both forms.
 */
export const differenceBetween = (
  before: ObjectVersion,
  now: ObjectVersion,
): VersionDifference | null => {
  if (before.size !== now.size) return 'size';
  const differs = (field: VersionDifference) =>
    before[field] !== null && now[field] !== null && plain(before[field]) !== plain(now[field]);
  return FIELDS.find(differs) ?? null;
};

/** Is there anything that would tell a changed object of the same size? */
export const hasValidator = (version: ObjectVersion): boolean =>
  version.etag !== null || version.lastModified !== null || version.versionId !== null;

/** A strong ETag may be used in `If-Match`; a weak one never matches there (RFC 9110 §13.1.1). */
export const isStrongEtag = (etag: string): boolean => !etag.startsWith('W/');

export const isSameEtag = (a: string, b: string): boolean => plain(a) === plain(b);

const plain = (value: string | number): string => String(value).replace(/^"(.*)"$/, '$1');
