/**
 * What the embedded server has: objects in memory with their versions, files of a folder, and
 * synthetic objects by their name. Memory goes before folder.
 */

import { parseSize } from '../../domain/bytes.ts';
import type { Crc64Of } from '../../effects/crc64.ts';
import { E } from '../../fp.ts';
import type { FolderObjects } from './folder-objects.ts';
import {
  type ObjectContent,
  type PutOptions,
  type StoredObject,
  toStoredObject,
} from './stored-object.ts';
import { syntheticObject } from './synthetic-object.ts';

/** What a name stands for. */
export type Lookup =
  | { readonly _tag: 'Found'; readonly object: StoredObject }
  /** `isNamed`: the request named the marker's own version id. */
  | { readonly _tag: 'DeleteMarker'; readonly versionId: string; readonly isNamed: boolean }
  | { readonly _tag: 'NoSuchBucket' | 'NoSuchKey' | 'NoSuchVersion' };

export interface ObjectCatalog {
  /** Adds a version when `versionId` is given, else replaces what has none. */
  readonly put: (
    bucket: string,
    key: string,
    content: ObjectContent,
    options?: PutOptions,
  ) => StoredObject;
  /** Versioned objects get a delete marker, whose id is returned; others are gone: null. */
  readonly remove: (bucket: string, key: string) => string | null;
  /** @param versionId  Null: the current version. */
  readonly find: (bucket: string, key: string, versionId: string | null) => Promise<Lookup>;
}

/** A catalog without objects in memory. */
export const objectCatalog = (options: {
  readonly folder: FolderObjects | null;
  readonly isSynthetic: boolean;
  readonly crc64Of: Crc64Of;
  readonly clock: () => number;
}): ObjectCatalog => {
  const buckets = new Map<string, Map<string, ReadonlyArray<Version>>>();
  const versionsOf = (bucket: string, key: string) => buckets.get(bucket)?.get(key) ?? [];
  const keep = (bucket: string, key: string, versions: ReadonlyArray<Version>): void => {
    if (!buckets.has(bucket)) buckets.set(bucket, new Map());
    buckets.get(bucket)?.set(key, versions);
  };
  const synthetic = syntheticByName(options.crc64Of);
  let markersCount = 0;
  return {
    put: (bucket, key, content, putOptions = {}) => {
      const context = { crc64Of: options.crc64Of, now: options.clock() };
      const object = toStoredObject(content, putOptions, context);
      const others = versionsOf(bucket, key).filter(({ id }) => id !== object.versionId);
      keep(bucket, key, [...others, { id: object.versionId, object }]);
      return object;
    },
    remove: (bucket, key) => {
      const versions = versionsOf(bucket, key);
      const isVersioned = versions.some(({ id }) => id !== null);
      const id = isVersioned ? `marker-${++markersCount}` : null;
      keep(bucket, key, isVersioned ? [...versions, { id, object: null }] : []);
      return id;
    },
    find: async (bucket, key, versionId) => {
      const versions = versionsOf(bucket, key);
      if (versions.length > 0) return pick(versions, versionId);
      const object =
        (await options.folder?.find(bucket, key)) ?? (options.isSynthetic ? synthetic(key) : null);
      if (object !== null) return pick([{ id: null, object }], versionId);
      const hasBucket = buckets.has(bucket) || (await options.folder?.hasBucket(bucket)) === true;
      return { _tag: hasBucket || options.isSynthetic ? 'NoSuchKey' : 'NoSuchBucket' };
    },
  };
};

/** One version, or a delete marker: the version without object. Id null: not versioned. */
interface Version {
  readonly id: string | null;
  readonly object: StoredObject | null;
}

const pick = (versions: ReadonlyArray<Version>, versionId: string | null): Lookup => {
  const version =
    versionId === null ? versions.at(-1) : versions.find(({ id }) => (id ?? 'null') === versionId);
  if (version === undefined) return { _tag: 'NoSuchVersion' };
  return version.object === null
    ? { _tag: 'DeleteMarker', versionId: version.id ?? 'null', isNamed: versionId !== null }
    : { _tag: 'Found', object: version.object };
};

const NAMES_KEPT_MAX = 1000;
/** `Last-Modified` of synthetic objects, which never change: 2024-01-01. */
const SYNTHETIC_SINCE = Date.UTC(2024, 0, 1);

/** Objects named `synthetic/SEED/SIZE`, the size as `parseSize` reads it. */
const syntheticByName = (crc64Of: Crc64Of): ((key: string) => StoredObject | null) => {
  const known = new Map<string, StoredObject>();
  return (key) => {
    const kept = known.get(key);
    if (kept !== undefined) return kept;
    const match = /^synthetic\/(\d{1,15})\/([^/]+)$/.exec(key);
    const size = match === null ? E.left(key) : parseSize(match[2]!);
    if (match === null || E.isLeft(size)) return null;
    const content = syntheticObject({ seed: Number(match[1]), size: size.right });
    const object = toStoredObject(content, {}, { crc64Of, now: SYNTHETIC_SINCE });
    if (known.size >= NAMES_KEPT_MAX) known.clear();
    known.set(key, object);
    return object;
  };
};
