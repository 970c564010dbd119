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

/**
 * The first field in which two descriptions of an object contradict each other, or null when they
 * may be of the same version. The one rule, for each answer of a run and between two runs.
 *
 * What one side does not know contradicts nothing, but a size that was known and no longer is. An
 * ETag that is the same, and strong on one side at least, vouches for a `Last-Modified` that
 * differs, unless checksums say otherwise: the nodes of a CDN have different dates for the same
 * bytes.
 *
 * ETags are compared weakly, since a proxy on the way may weaken one without changing a byte. A tag
 * that is weak at its origin promises less: that two contents serve the same purpose, not that
 * their bytes are equal. Where the server gives a CRC-64, that decides in the end.
 *
 * Source: RFC 9110 §8.8.1 and §8.8.3.2.
 */
export const differenceBetween = (
  before: ObjectVersion,
  now: ObjectVersion,
): VersionDifference | null => {
  const differs = (field: Exclude<VersionDifference, 'size' | 'etag'>) =>
    areBothKnown(field, before, now) && before[field] !== now[field];
  if (before.size !== null && before.size !== now.size) return 'size';
  if (differs('versionId')) return 'versionId';
  const { etag } = before;
  const isTagged = etag !== null && now.etag !== null;
  if (isTagged && !isSameEtag(etag, now.etag)) return 'etag';
  const isStrong = isTagged && (isStrongEtag(etag) || isStrongEtag(now.etag));
  const isVouchedFor = isStrong && !differs('crc64');
  if (differs('lastModified') && !isVouchedFor) return 'lastModified';
  return differs('crc64') ? 'crc64' : null;
};

/**
 * Is there anything that would tell a changed object of the same size? Without it two requests may
 * give bytes of two versions, and nobody would know.
 */
export const hasValidator = (version: ObjectVersion): boolean =>
  VALIDATORS.some((field) => version[field] !== null);

/** Do both descriptions hold something by which a changed object of the same size would be told? */
export const haveCommonValidator = (before: ObjectVersion, now: ObjectVersion): boolean =>
  VALIDATORS.some((field) => areBothKnown(field, before, now));

/** A strong ETag may be used in `If-Match`; a weak one never matches there (RFC 9110 §13.1.1). */
export const isStrongEtag = (etag: string): boolean => !etag.startsWith('W/');

/** Weak comparison, and without quotes, since OSS documents both forms. */
const isSameEtag = (a: string, b: string): boolean => opaque(a) === opaque(b);

const opaque = (etag: string): string => etag.replace(/^W\//, '').replace(/^"(.*)"$/, '$1');

const VALIDATORS = ['versionId', 'etag', 'lastModified', 'crc64'] as const;

const areBothKnown = (
  field: (typeof VALIDATORS)[number],
  before: ObjectVersion,
  now: ObjectVersion,
): boolean => before[field] !== null && now[field] !== null;
