/** Sources: what is accepted, and what is shown and recorded of them. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decodeHttpSource,
  expiryOf,
  isPresigned,
  isSecretName,
  urlIdentity,
  urlLabel,
} from '../../src/domain/http-source.ts';
import {
  decodeOssSource,
  decodeOssUri,
  type OssObjectOptions,
  sourceIdentity,
  sourceLabel,
} from '../../src/domain/oss-source.ts';
import type { Source } from '../../src/domain/source.ts';
import { E } from '../../src/fp.ts';

const decode = (options: Partial<OssObjectOptions> = {}) =>
  decodeOssSource({ bucket: 'examplebucket', key: 'a/b.bin', region: 'cn-hangzhou', ...options });

const rightOf = <A>(either: E.Either<unknown, A>): A => {
  if (E.isLeft(either)) throw new RangeError(JSON.stringify(either.left));
  return either.right;
};

const http = (url: string): Source => rightOf(decodeHttpSource(url));

describe('decodeOssSource', () => {
  test('fills in what was left out', () => {
    expect(decode()).toEqual(
      E.right({
        _tag: 'OssSource',
        bucket: 'examplebucket',
        key: 'a/b.bin',
        endpoint: null,
        region: 'cn-hangzhou',
        network: 'public',
        addressing: 'virtualHost',
        versionId: null,
        requestPayer: false,
        trafficLimit: null,
      }),
    );
  });

  test.each<[Partial<OssObjectOptions>, string, string]>([
    [{ bucket: 'ab' }, 'source', 'ab'],
    [{ bucket: '-abc' }, 'source', '-abc'],
    [{ bucket: 'abc-' }, 'source', 'abc-'],
    [{ bucket: 'Abc' }, 'source', 'Abc'],
    [{ bucket: 'a.b.c' }, 'source', 'a.b.c'],
    [{ bucket: 'a'.repeat(64) }, 'source', 'a'.repeat(64)],
    [{ key: '' }, 'source', ''],
    [{ key: 'ü'.repeat(512) }, 'source', 'ü'.repeat(512)],
    [{ key: 'a\ud800' }, 'source', 'a\ud800'],
    [{ region: undefined }, 'region', ''],
    [{ region: 'CN' }, 'region', 'CN'],
    [{ region: undefined, endpoint: 'files.example.com' }, 'region', ''],
    [{ region: undefined, endpoint: 'oss-accelerate.aliyuncs.com' }, 'region', ''],
    [{ endpoint: 'https://h/path' }, 'endpoint', 'https://h/path'],
    [{ endpoint: 'https://me:pw@h?x=1' }, 'endpoint', 'https://h'],
    [{ endpoint: 'ftp://h' }, 'endpoint', 'ftp://h'],
    [{ endpoint: '' }, 'endpoint', ''],
    [
      { endpoint: 'examplebucket.oss-cn-hangzhou.aliyuncs.com' },
      'endpoint',
      'examplebucket.oss-cn-hangzhou.aliyuncs.com',
    ],
    [{ cname: true }, 'cname', 'true'],
    [{ cname: true, pathStyle: true, endpoint: 'h' }, 'cname', 'true'],
    [{ network: 'internal', endpoint: 'h' }, 'network', 'internal'],
    [{ versionId: '' }, 'versionId', ''],
    [{ trafficLimit: 819_199 }, 'trafficLimit', '819199'],
    [{ trafficLimit: 838_860_801 }, 'trafficLimit', '838860801'],
    [{ trafficLimit: 819_200.5 }, 'trafficLimit', '819200.5'],
  ])('%j names %s and its value', (options, option, value) => {
    expect(decode(options)).toEqual(
      E.left({ _tag: 'UsageError', option, value, allowed: expect.stringMatching(/\w/) }),
    );
  });

  test.each<[Partial<OssObjectOptions>, string]>([
    [{ region: 'oss-cn-beijing' }, 'cn-beijing'],
    [{ endpoint: 'oss-cn-shanghai.aliyuncs.com' }, 'cn-shanghai'],
    [{ endpoint: 'https://oss-us-west-1-internal.aliyuncs.com' }, 'us-west-1'],
    [{ endpoint: 'cn-hongkong.oss.aliyuncs.com' }, 'cn-hongkong'],
    [{ endpoint: '127.0.0.1:8080' }, 'cn-hangzhou'],
    [{ endpoint: 'http://[::1]:8080' }, 'cn-hangzhou'],
    [{ endpoint: 'localhost', region: 'my-own' }, 'my-own'],
  ])('%j is of region %s', (options, region) => {
    expect(decode({ region: undefined, ...options })).toMatchObject({ right: { region } });
  });

  test.each<[Partial<OssObjectOptions>, string, string]>([
    [{ endpoint: '10.0.0.7' }, 'https://10.0.0.7', 'path'],
    [{ endpoint: 'http://localhost:9000/' }, 'http://localhost:9000', 'path'],
    [{ endpoint: 'minio.example.com', pathStyle: true }, 'https://minio.example.com', 'path'],
    [{ endpoint: 'f.example.com', cname: true }, 'https://f.example.com', 'customDomain'],
    [{ endpoint: 'h.example.com:443' }, 'https://h.example.com', 'virtualHost'],
  ])('%j goes to %s by %s', (options, endpoint, addressing) => {
    expect(decode(options)).toMatchObject({ right: { endpoint, addressing } });
  });

  test('the bounds themselves are allowed', () => {
    const key = 'k'.repeat(1023);
    for (const options of [
      { bucket: 'abc' },
      { bucket: 'a'.repeat(63) },
      { key },
      { trafficLimit: 819_200 },
      { trafficLimit: 838_860_800 },
    ]) {
      expect(decode(options)).toMatchObject({ right: options });
    }
  });
});

describe('decodeOssUri', () => {
  test.each([
    ['oss://examplebucket/a/b', 'a/b'],
    ['oss://examplebucket//a//b/', '/a//b/'],
    ['oss://examplebucket/a b+c%20?d#e', 'a b+c%20?d#e'],
    ['OSS://examplebucket/例子\n', '例子\n'],
  ])('%j keeps the key exactly', (text, key) => {
    expect(decodeOssUri(text)).toEqual(E.right({ bucket: 'examplebucket', key }));
  });

  test.each(['oss://', 'oss://b', 'oss://b/', 'oss:///k', 'https://b/k', ''])(
    '%j is refused',
    (text) => {
      expect(decodeOssUri(text)).toMatchObject({ left: { option: 'source', value: text } });
    },
  );

  test('for every key, what is written is what is read and decoded', () => {
    const key = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(key, (written) => {
        const read = rightOf(decodeOssUri(`oss://examplebucket/${written}`));
        return rightOf(decode(read)).key === written;
      }),
    );
  });
});

describe('decodeHttpSource', () => {
  test('lower-cases header names, encodes what a URL cannot hold, drops the fragment', () => {
    expect(decodeHttpSource('HTTPS://Example.com/a b%2Fc?x=%20#top', { 'X-A': ' 1 ' })).toEqual(
      E.right({
        _tag: 'HttpSource',
        url: 'https://example.com/a%20b%2Fc?x=%20',
        headers: { 'x-a': '1' },
      }),
    );
  });

  test.each([
    ['example.com/o', 'example.com/o'],
    ['file:///etc/passwd', 'file:///etc/passwd'],
    ['htp://me:hush@h/o?token=hush', 'htp://h/o'],
    ['https://me:hu/sh@:x', 'https://:x'],
    ['https://me:hu?sh@', 'https://'],
  ])('%j is refused, and no secret of it is shown', (url, value) => {
    expect(decodeHttpSource(url)).toMatchObject({ left: { option: 'source', value } });
  });

  test.each([
    ['Range', 'bytes=0-1'],
    ['if-match', '"1"'],
    ['Accept-Encoding', 'gzip'],
    ['Host', 'h'],
    ['bad name', 'x'],
    ['x-a', 'hush\r\nx-b: 1'],
  ])('the header %j: %j is refused, and its value not shown', (name, value) => {
    expect(decodeHttpSource('https://h/o', { [name]: value })).toMatchObject({
      left: { _tag: 'UsageError', option: 'headers', value: name },
    });
  });
});

const OSS_V4 =
  'x-oss-signature-version=OSS4-HMAC-SHA256&x-oss-credential=hush&x-oss-date=20240102T030405Z' +
  '&x-oss-expires=600&x-oss-additional-headers=host&x-oss-security-token=hush&x-oss-signature=hush';
const SIGNED: ReadonlyArray<[string, string, number | null]> = [
  ['OSS V4', OSS_V4, Date.UTC(2024, 0, 2, 3, 14, 5)],
  [
    'OSS V1',
    'OSSAccessKeyId=hush&Expires=1704165845&Signature=hush%3D&security-token=hush',
    1704165845000,
  ],
  [
    'S3',
    'X-Amz-Algorithm=A&X-Amz-Credential=hush&X-Amz-Date=20240102T030405Z&X-Amz-Expires=60' +
      '&X-Amz-SignedHeaders=host&X-Amz-Security-Token=hush&X-Amz-Signature=hush',
    Date.UTC(2024, 0, 2, 3, 5, 5),
  ],
  [
    'Google',
    'X-Goog-Algorithm=G&X-Goog-Credential=hush&X-Goog-Date=20240102T030405Z&X-Goog-Expires=60' +
      '&X-Goog-SignedHeaders=host&X-Goog-Signature=hush',
    Date.UTC(2024, 0, 2, 3, 5, 5),
  ],
  [
    'Azure',
    'sv=2021&st=2024-01-01T00%3A00%3A00Z&se=2024-01-02T03%3A04%3A05Z&sr=b&sp=r&spr=https&skoid=hush' +
      '&sktid=hush&skt=1&ske=1&sks=b&skv=2&sig=hush',
    Date.UTC(2024, 0, 2, 3, 4, 5),
  ],
  ['CloudFront', 'Policy=hush&Signature=hush&Key-Pair-Id=hush', null],
  ['CloudFront', 'Expires=1704165845&Signature=hush&Key-Pair-Id=hush', 1704165845000],
  ['Alibaba CDN', 'auth_key=1704165845-0-0-hush', null],
];

describe.each(SIGNED)('a URL presigned by %s', (_, signature, expiryMs) => {
  const url = `https://me:hush@h.example.com:8443/a%20b?versionId=V1&${signature}&part=2#hush`;

  test('is presigned, and says when it runs out', () => {
    expect([isPresigned(url), expiryOf(url)]).toEqual([true, expiryMs]);
  });

  test('is named by everything but its signature', () => {
    expect(sourceIdentity(http(url))).toBe('https://h.example.com:8443/a%20b?versionId=V1&part=2');
  });

  test('is shown without query', () => {
    expect(sourceLabel(http(url))).toBe('https://h.example.com:8443/a%20b');
  });
});

describe('sourceIdentity and sourceLabel', () => {
  test('parameters that only look like those of a signature name the object', () => {
    const url = 'https://h/o?se=1&sp=2&Expires=3&Policy=4&x-oss-process=image/resize';
    expect([isPresigned(url), expiryOf(url), urlIdentity(url)]).toEqual([false, null, url]);
    const processed = `https://h/o?x-oss-process=a%2Fb&${OSS_V4}`;
    expect(urlIdentity(processed)).toBe('https://h/o?x-oss-process=a%2Fb');
  });

  test('no parameter that is secret by its name is shown or recorded', () => {
    const url = 'https://h/o?id=7&access_token=hush&api_key=hush&key=hush&sig=hush&author=bob';
    expect([urlLabel(url), urlIdentity(url)]).toEqual(Array(2).fill('https://h/o?id=7&author=bob'));
  });

  test('no value that looks like a key is shown; it is part of the name all the same', () => {
    const url = `https://h/o?t=${'5ec4e7'.repeat(8)}&name=a.bin`;
    expect([urlLabel(url), urlIdentity(url)]).toEqual(['https://h/o?name=a.bin', url]);
  });

  test('a broken percent sign does no harm', () => {
    expect(urlIdentity('https://h/o?a=%E0%A4%A&b=%')).toBe('https://h/o?a=%E0%A4%A&b=%');
  });

  test('of an OSS object they are its address and its name', () => {
    const object = rightOf(decode({ key: 'a b/ü?versionId=1', versionId: 'V/1' }));
    expect(sourceLabel(object)).toBe('oss://examplebucket/a b/ü?versionId=1');
    expect(sourceIdentity(object)).toBe(
      'oss://oss-cn-hangzhou.aliyuncs.com/examplebucket/a%20b%2F%C3%BC%3FversionId%3D1?versionId=V%2F1',
    );
  });

  test('for every two objects, the identities differ', () => {
    const object = fc.record({
      key: fc.string({ minLength: 1, maxLength: 12, unit: fc.constantFrom(...'a/?&=%versionId') }),
      versionId: fc.constantFrom(undefined, 'a', '?', 'a&b'),
      endpoint: fc.constantFrom('h', 'http://h:81', 'h.example.com'),
      bucket: fc.constantFrom('abc', 'abd'),
    });
    fc.assert(
      fc.property(object, object, (a, b) => {
        const isSame = JSON.stringify(a) === JSON.stringify(b);
        const [one, other] = [rightOf(decode(a)), rightOf(decode(b))];
        return isSame === (sourceIdentity(one) === sourceIdentity(other));
      }),
      { numRuns: 500 },
    );
  });
});

test.each([
  ...['authorization', 'cookie', 'X-Api-Key', 'x-auth-token', 'Private-Token', 'OSSAccessKeyId'],
  ...['proxy-authorization', 'apikey', 'api_key', 'key', 'password', 'sig', 'sign', 'auth'],
])('%s holds a secret', (name) => expect(isSecretName(name)).toBe(true));

test.each(['user-agent', 'referer', 'author', 'authors', 'keyword', 'monkey', 'design', 'accept'])(
  '%s holds none',
  (name) => expect(isSecretName(name)).toBe(false),
);
