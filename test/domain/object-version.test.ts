/** Which differences between two answers of a server mean another object. */
import { describe, expect, test } from 'vitest';
import { bytes } from '../../src/domain/bytes.ts';
import type { Crc64 } from '../../src/domain/crc64.ts';
import {
  differenceBetween,
  hasValidator,
  isSameEtag,
  isStrongEtag,
  ObjectVersion,
  type VersionDifference,
} from '../../src/domain/object-version.ts';
import { E } from '../../src/fp.ts';

const BEFORE: ObjectVersion = {
  size: bytes(10),
  etag: '"A"',
  lastModified: 'Fri, 24 Feb 2012 06:07:48 GMT',
  crc64: '7' as Crc64,
  versionId: 'v1',
};
const NOTHING_KNOWN: ObjectVersion = {
  size: null,
  etag: null,
  lastModified: null,
  crc64: null,
  versionId: null,
};

describe('differenceBetween', () => {
  test('the same version differs in nothing', () => {
    expect(differenceBetween(BEFORE, { ...BEFORE })).toBeNull();
    expect(differenceBetween(NOTHING_KNOWN, NOTHING_KNOWN)).toBeNull();
  });

  test.each<[VersionDifference, Partial<ObjectVersion>]>([
    ['size', { size: bytes(11) }],
    ['size', { size: null }],
    ['etag', { etag: '"B"' }],
    ['lastModified', { lastModified: 'Fri, 24 Feb 2012 06:07:49 GMT' }],
    ['crc64', { crc64: '8' as Crc64 }],
    ['versionId', { versionId: 'v2' }],
  ])('%s tells', (field, now) => {
    expect(differenceBetween(BEFORE, { ...BEFORE, ...now })).toBe(field);
    expect(differenceBetween({ ...BEFORE, ...now }, BEFORE)).toBe(field);
  });

  test.each<Partial<ObjectVersion>>([
    { etag: null },
    { lastModified: null },
    { crc64: null },
    { versionId: null },
  ])('a field that one side does not know contradicts nothing: %j', (now) => {
    expect(differenceBetween(BEFORE, { ...BEFORE, ...now })).toBeNull();
    expect(differenceBetween({ ...BEFORE, ...now }, BEFORE)).toBeNull();
  });

  test('an ETag without its quotes is the same', () => {
    expect(differenceBetween(BEFORE, { ...BEFORE, etag: 'A' })).toBeNull();
  });

  test('upper and lower case of an ETag differ', () => {
    expect(differenceBetween(BEFORE, { ...BEFORE, etag: '"a"' })).toBe('etag');
  });

  test('an object that grew from empty differs in its size', () => {
    const empty = { ...BEFORE, size: bytes(0) };
    expect(differenceBetween(empty, BEFORE)).toBe('size');
  });
});

describe('hasValidator', () => {
  test.each<[string, Partial<ObjectVersion>]>([
    ['an ETag', { etag: '"A"' }],
    ['a date', { lastModified: 'Fri, 24 Feb 2012 06:07:48 GMT' }],
    ['a version id', { versionId: 'v1' }],
  ])('%s alone would tell a changed object', (_, known) =>
    expect(hasValidator({ ...NOTHING_KNOWN, ...known })).toBe(true),
  );
  test('a size or a checksum that may be absent from a range answer would not', () => {
    expect(hasValidator({ ...NOTHING_KNOWN, size: bytes(10), crc64: '7' as Crc64 })).toBe(false);
  });
});

describe('isStrongEtag', () => {
  test('a weak ETag is told by its prefix', () => {
    expect(isStrongEtag('"A"')).toBe(true);
    expect(isStrongEtag('W/"A"')).toBe(false);
  });
});

describe('isSameEtag', () => {
  test('quotes do not matter, all else does', () => {
    expect(isSameEtag('"A"', 'A')).toBe(true);
    expect(isSameEtag('"A"', '"A"')).toBe(true);
    expect(isSameEtag('"A"', '"AA"')).toBe(false);
    expect(isSameEtag('"A"', 'W/"A"')).toBe(false);
  });
});

describe('ObjectVersion', () => {
  test('what was written as JSON is read back', () => {
    for (const version of [BEFORE, NOTHING_KNOWN]) {
      expect(ObjectVersion.decode(JSON.parse(JSON.stringify(version)))).toEqual(E.right(version));
    }
  });
  test.each([
    null,
    {},
    { ...BEFORE, size: -1 },
    { ...BEFORE, size: '10' },
    { ...BEFORE, crc64: '18446744073709551616' },
    { ...BEFORE, etag: 1 },
    { ...BEFORE, versionId: undefined },
  ])('refuses %j', (value) => expect(E.isLeft(ObjectVersion.decode(value))).toBe(true));
});
