/** Both storages against the embedded OSS server, which verifies signatures by code of its own. */
import { Agent } from 'undici';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeHttpSource } from '../../src/domain/http-source.ts';
import { decodeOssSource, type OssObjectOptions } from '../../src/domain/oss-source.ts';
import { staticCredentials } from '../../src/effects/credentials.ts';
import { undiciHttpClient } from '../../src/effects/http-client.undici.ts';
import { httpStorage } from '../../src/effects/object-storage.http.ts';
import { ossStorage } from '../../src/effects/object-storage.oss.ts';
import type { ObjectStorage, Probe } from '../../src/effects/object-storage.ts';
import { presignedUrl } from '../../src/effects/presigned-url.ts';
import { E } from '../../src/fp.ts';
import { type OssServer, startOssServer } from '../../src/testing/index.ts';
import { CONTENT, fetchWith, MIDDLE, WHOLE } from '../conformance/object-storage.ts';

const NOW_MS = Date.UTC(2024, 0, 2, 3, 4, 5);
const EXPIRED_AT = NOW_MS + 3_600_000;
const key = { accessKeyId: 'ak', accessKeySecret: 'sk', securityToken: 'to/k+en' };
const never = new AbortController().signal;
const dispatcher = new Agent();
const http = undiciHttpClient(dispatcher);

let server: OssServer;
let nowMs = NOW_MS;
beforeAll(async () => {
  const accounts = [{ ...key, expiresAt: EXPIRED_AT }];
  server = await startOssServer({ accounts, region: 'cn-hangzhou', clock: () => nowMs });
});
afterAll(async () => {
  await dispatcher.destroy();
  await server.close();
});

const sourceOf = (options: Pick<OssObjectOptions, 'key'> & Partial<OssObjectOptions>) => {
  const decoded = decodeOssSource({ bucket: 'examplebucket', endpoint: server.url, ...options });
  if (E.isLeft(decoded)) throw new RangeError(JSON.stringify(decoded.left));
  return decoded.right;
};

const ossOf = (objectKey: string, wallTimeMs = NOW_MS): ObjectStorage => {
  const credentials = staticCredentials(key);
  const clock = { wallTime: () => wallTimeMs };
  return ossStorage({ source: sourceOf({ key: objectKey }), credentials, http, clock });
};

const presignedOf = (objectKey: string, secondsLeft = 60): ObjectStorage => {
  const signing = { accessKey: key, timeMs: NOW_MS, expiresSeconds: secondsLeft };
  const source = decodeHttpSource(presignedUrl(sourceOf({ key: objectKey }), signing));
  if (E.isLeft(source)) throw new RangeError(JSON.stringify(source.left));
  return httpStorage({ source: source.right, http });
};

const probeOf = async (storage: ObjectStorage): Promise<Probe> => {
  const probed = await storage.probe(never)();
  if (E.isLeft(probed)) throw new RangeError(JSON.stringify(probed.left));
  return probed.right;
};

const KEYS = ["dir/例子 a+b~!*'().txt", '/a//b/', '100%25&x=1?y#z', '...'];

describe.each([
  ['ossStorage', ossOf],
  ['httpStorage of a presigned URL', presignedOf],
])('%s', (_, open) => {
  test.each(KEYS)('fetches %j, in parts and whole', async (objectKey) => {
    server.put('examplebucket', objectKey, CONTENT);
    const storage = open(objectKey);
    const { version, acceptsRanges } = await probeOf(storage);
    expect({ acceptsRanges, size: version.size }).toEqual({ acceptsRanges: true, size: 10 });
    expect(version.crc64).toMatch(/^\d+$/);
    expect(await fetchWith(storage, { ...MIDDLE, version })).toMatchObject({ got: '2345' });
    expect(await fetchWith(storage, { ...WHOLE, version })).toMatchObject({ got: '0123456789' });
  });

  test('an empty object is probed and fetched', async () => {
    server.put('examplebucket', 'empty', Buffer.alloc(0));
    const { version } = await probeOf(open('empty'));
    const range = { start: WHOLE.range.start, end: WHOLE.range.start };
    const request = { range, version, isWhole: true };
    expect((await fetchWith(open('empty'), request)).result).toEqual(E.right(0));
  });

  test('an object that was replaced is an ObjectChanged', async () => {
    server.put('examplebucket', 'o', CONTENT);
    const { version } = await probeOf(open('o'));
    server.put('examplebucket', 'o', Buffer.from('9876543210'));
    const { result, got } = await fetchWith(open('o'), { ...MIDDLE, version });
    expect(result).toMatchObject({ left: { _tag: 'ObjectChanged' } });
    expect(got).toBe('');
  });

  test('an archived object, and one that is not there', async () => {
    server.put('examplebucket', 'cold', CONTENT, { storageClass: 'Archive' });
    expect((await fetchWith(open('cold'), WHOLE)).result).toMatchObject({
      left: { _tag: 'ObjectArchived', code: 'InvalidObjectState' },
    });
    expect(await open('absent').probe(never)()).toMatchObject({
      left: { _tag: 'ServerRefused', status: 404, code: 'NoSuchKey' },
    });
  });

  test('access that has run out is AccessExpired', async () => {
    server.put('examplebucket', 'o', CONTENT);
    nowMs = EXPIRED_AT;
    const storage = open === ossOf ? ossOf('o', EXPIRED_AT) : open('o');
    expect(await storage.probe(never)()).toMatchObject({ left: { _tag: 'AccessExpired' } });
    nowMs = NOW_MS;
  });
});

test('a version is pinned: what replaces it does not matter', async () => {
  server.put('examplebucket', 'versioned', CONTENT, { versionId: 'V1' });
  const storage = ossOf('versioned');
  const { version } = await probeOf(storage);
  expect(version.versionId).toBe('V1');
  server.put('examplebucket', 'versioned', Buffer.from('9876543210'), { versionId: 'V2' });
  expect(await fetchWith(storage, { ...MIDDLE, version })).toMatchObject({ got: '2345' });
});

test('a presigned URL is of the version that its source names', async () => {
  server.put('examplebucket', 'twice', CONTENT, { versionId: 'V1' });
  server.put('examplebucket', 'twice', Buffer.from('9876543210'), { versionId: 'V2' });
  const signing = { accessKey: key, timeMs: NOW_MS, expiresSeconds: 60 };
  const url = presignedUrl(sourceOf({ key: 'twice', versionId: 'V1' }), signing);
  const source = decodeHttpSource(url);
  if (E.isLeft(source)) throw new RangeError(JSON.stringify(source.left));
  const storage = httpStorage({ source: source.right, http });
  const { version } = await probeOf(storage);
  expect(await fetchWith(storage, { ...MIDDLE, version })).toMatchObject({ got: '2345' });
});

test('a host whose clock is a day late probes and fetches all the same', async () => {
  server.put('examplebucket', 'o', CONTENT);
  const storage = ossOf('o', NOW_MS - 86_400_000);
  const { version } = await probeOf(storage);
  expect(await fetchWith(storage, { ...MIDDLE, version })).toMatchObject({ got: '2345' });
});
