/** Which differences between two answers of a server mean another object. */
import { describe, expect, test } from 'vitest';
import { bytes } from '../../src/domain/bytes.ts';
import type { Crc64 } from '../../src/domain/crc64.ts';
import {
  differenceBetween,
  hasValidator,
  haveCommonValidator,
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
    ['etag', { etag: '"B"' }],
    ['crc64', { crc64: '8' as Crc64 }],
    ['versionId', { versionId: 'v2' }],
  ])('%s tells', (field, now) => {
    expect(differenceBetween(BEFORE, { ...BEFORE, ...now })).toBe(field);
    expect(differenceBetween({ ...BEFORE, ...now }, BEFORE)).toBe(field);
  });

  test('a size that is no longer known tells; one that was not known contradicts nothing', () => {
    const unknown = { ...BEFORE, size: null };
    expect(differenceBetween(BEFORE, unknown)).toBe('size');
    expect(differenceBetween(unknown, BEFORE)).toBeNull();
  });

  test.each<[string, string | null, string | null, VersionDifference | null]>([
    ['a strong ETag vouches for another date', '"A"', '"A"', null],
    ['one that was weakened on its way does, too', '"A"', 'W/"A"', null],
    ['one that is no longer weakened does, too', 'W/"A"', '"A"', null],
    ['a weak ETag vouches for nothing', 'W/"A"', 'W/"A"', 'lastModified'],
    ['an ETag on one side vouches for nothing', '"A"', null, 'lastModified'],
    ['without ETags the date tells', null, null, 'lastModified'],
  ])('%s', (_, etag, etagNow, difference) => {
    const now = { ...BEFORE, etag: etagNow, lastModified: 'Fri, 24 Feb 2012 06:07:49 GMT' };
    expect(differenceBetween({ ...BEFORE, etag }, now)).toBe(difference);
  });

  test('no ETag vouches for a date where the checksum differs', () => {
    const date = { lastModified: 'Fri, 24 Feb 2012 06:07:49 GMT' };
    const now = { ...BEFORE, ...date, crc64: '8' as Crc64 };
    expect(differenceBetween(BEFORE, now)).toBe('lastModified');
    expect(differenceBetween(BEFORE, { ...BEFORE, ...date, crc64: null })).toBeNull();
  });

  test('ETags are compared weakly', () => {
    expect(differenceBetween(BEFORE, { ...BEFORE, etag: 'W/"A"' })).toBeNull();
    expect(differenceBetween(BEFORE, { ...BEFORE, etag: 'W/"B"' })).toBe('etag');
    const weak = { ...BEFORE, etag: 'W/"A"' };
    expect(differenceBetween(weak, { ...BEFORE, etag: 'W/"B"' })).toBe('etag');
  });

  test('where a weak ETag is the same, the checksum still tells', () => {
    const weak = { ...BEFORE, etag: 'W/"A"' };
    expect(differenceBetween(weak, { ...weak, crc64: '8' as Crc64 })).toBe('crc64');
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

const ALONE: ReadonlyArray<[string, Partial<ObjectVersion>]> = [
  ['an ETag', { etag: '"A"' }],
  ['a weak ETag', { etag: 'W/"A"' }],
  ['a date', { lastModified: 'Fri, 24 Feb 2012 06:07:48 GMT' }],
  ['a version id', { versionId: 'v1' }],
  ['a checksum, in the end', { crc64: '7' as Crc64 }],
];

describe('hasValidator', () => {
  test.each(ALONE)('%s alone would tell a changed object', (_, known) =>
    expect(hasValidator({ ...NOTHING_KNOWN, ...known })).toBe(true),
  );
  test('a size would not', () => {
    expect(hasValidator({ ...NOTHING_KNOWN, size: bytes(10) })).toBe(false);
  });
});

describe('haveCommonValidator', () => {
  test.each(ALONE)('%s on both sides would tell, on one side it would not', (_, known) => {
    const one = { ...NOTHING_KNOWN, ...known };
    expect(haveCommonValidator(one, one)).toBe(true);
    expect(haveCommonValidator(one, NOTHING_KNOWN)).toBe(false);
    expect(haveCommonValidator(NOTHING_KNOWN, one)).toBe(false);
  });
  test('different ones on each side would not', () => {
    const dated = { ...NOTHING_KNOWN, lastModified: BEFORE.lastModified };
    expect(haveCommonValidator({ ...NOTHING_KNOWN, etag: '"A"' }, dated)).toBe(false);
  });
});

describe('isStrongEtag', () => {
  test('a weak ETag is told by its prefix', () => {
    expect(isStrongEtag('"A"')).toBe(true);
    expect(isStrongEtag('W/"A"')).toBe(false);
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
