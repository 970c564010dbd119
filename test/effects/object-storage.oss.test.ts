/** The OSS storage: its laws, and exactly what it sends. */
import { describe, expect, test } from 'vitest';
import { bytes } from '../../src/domain/bytes.ts';
import { decodeOssSource, type OssObjectOptions } from '../../src/domain/oss-source.ts';
import type { OssSource } from '../../src/domain/source.ts';
import {
  anonymousCredentials,
  type CredentialsProvider,
  staticCredentials,
} from '../../src/effects/credentials.ts';
import { ossStorage } from '../../src/effects/object-storage.oss.ts';
import { E } from '../../src/fp.ts';
import {
  CONTENT,
  ETAG,
  fetchWith,
  LAST_MODIFIED,
  MIDDLE,
  objectServer,
  objectStorageConformance,
  VERSION,
  WHOLE,
  withHeaders,
} from '../conformance/object-storage.ts';
import { answer, inMemory, overLoopback, type Script } from './scripted-http-client.ts';

const NOW_MS = Date.UTC(2024, 0, 2, 3, 4, 5);
const SECRET = 'the-secret-of-the-key';
const TOKEN = 'the-token-of-the-session';
const never = new AbortController().signal;

const sourceWith = (options: Partial<OssObjectOptions> = {}): OssSource => {
  const decoded = decodeOssSource({
    bucket: 'examplebucket',
    key: 'a b/c+d.bin',
    region: 'cn-hangzhou',
    ...options,
  });
  if (E.isLeft(decoded)) throw new RangeError(JSON.stringify(decoded.left));
  return decoded.right;
};

const keyProvider = staticCredentials({ accessKeyId: 'ak', accessKeySecret: SECRET });

const rig = async (
  script: Script,
  options: Partial<OssObjectOptions> = {},
  credentials: CredentialsProvider = keyProvider,
) => {
  const { http, seen } = await inMemory(script);
  const clock = { wallTime: () => NOW_MS };
  return { storage: ossStorage({ source: sourceWith(options), credentials, http, clock }), seen };
};

const ossError = (code: string, rest = ''): string =>
  `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code>` +
  `<Message>It failed.</Message><RequestId>R7</RequestId>${rest}</Error>`;

for (const [name, wire] of [
  ['in memory', inMemory],
  ['over loopback', overLoopback],
] as const) {
  objectStorageConformance(`ossStorage ${name}`, wire, (http, endpoint) =>
    ossStorage({
      source: sourceWith({ endpoint }),
      credentials: keyProvider,
      http,
      clock: { wallTime: () => NOW_MS },
    }),
  );
}

describe('what ossStorage sends', () => {
  test('a HEAD to probe, without anything that a HEAD does not need', async () => {
    const { storage, seen } = await rig(objectServer());
    await storage.probe(never)();
    expect(seen).toEqual([
      {
        method: 'HEAD',
        url: 'https://examplebucket.oss-cn-hangzhou.aliyuncs.com/a%20b/c%2Bd.bin',
        headers: {
          'accept-encoding': 'identity',
          'x-oss-content-sha256': 'UNSIGNED-PAYLOAD',
          'x-oss-date': '20240102T030405Z',
          authorization: expect.stringMatching(
            /^OSS4-HMAC-SHA256 Credential=ak\/20240102\/cn-hangzhou\/oss\/aliyun_v4_request,Signature=[0-9a-f]{64}$/,
          ),
        },
      },
    ]);
  });

  test('a ranged GET with the ETag as it was given', async () => {
    const { storage, seen } = await rig(objectServer());
    await fetchWith(storage, MIDDLE);
    expect(seen[0]?.headers).toEqual({
      range: 'bytes=2-5',
      'if-match': ETAG,
      'accept-encoding': 'identity',
      'x-oss-range-behavior': 'standard',
      'x-oss-content-sha256': 'UNSIGNED-PAYLOAD',
      'x-oss-date': '20240102T030405Z',
      authorization: expect.any(String),
    });
  });

  test('no Range for the whole object', async () => {
    const { storage, seen } = await rig(objectServer());
    await fetchWith(storage, WHOLE);
    expect(seen[0]?.headers).not.toHaveProperty('range');
    expect(seen[0]?.headers).not.toHaveProperty('x-oss-range-behavior');
    expect(seen[0]?.headers).toMatchObject({ 'if-match': ETAG });
  });

  test('payer, traffic limit and version where they were asked for', async () => {
    const options = { requestPayer: true, trafficLimit: 819_200, versionId: 'CAEQ/+1' };
    const { storage, seen } = await rig(objectServer(), options);
    await storage.probe(never)();
    await fetchWith(storage, MIDDLE);
    expect(seen.map(({ url }) => url.split('?')[1])).toEqual([
      'versionId=CAEQ%2F%2B1',
      'versionId=CAEQ%2F%2B1',
    ]);
    expect(seen.map(({ headers }) => headers['x-oss-request-payer'])).toEqual([
      'requester',
      'requester',
    ]);
    expect(seen.map(({ headers }) => headers['x-oss-traffic-limit'])).toEqual([
      undefined,
      '819200',
    ]);
  });

  test('the session token, and no signature at all when anonymous', async () => {
    const session = staticCredentials({
      accessKeyId: 'ak',
      accessKeySecret: SECRET,
      securityToken: TOKEN,
    });
    const signed = await rig(objectServer(), {}, session);
    await fetchWith(signed.storage, MIDDLE);
    expect(signed.seen[0]?.headers['x-oss-security-token']).toBe(TOKEN);

    const plain = await rig(objectServer(), {}, anonymousCredentials());
    await fetchWith(plain.storage, MIDDLE);
    expect(Object.keys(plain.seen[0]?.headers ?? {}).sort()).toEqual([
      'accept-encoding',
      'if-match',
      'range',
      'x-oss-range-behavior',
    ]);
  });

  test('a key whose path a URL parser would change, over a real socket', async () => {
    const wire = await overLoopback(objectServer());
    const keys = ['/a//b', '../up', './x/..', 'ü ?#%2F&=', "!'()*~"];
    for (const key of keys) {
      const source = sourceWith({ endpoint: wire.origin, key });
      const clock = { wallTime: () => NOW_MS };
      await fetchWith(
        ossStorage({ source, credentials: keyProvider, http: wire.http, clock }),
        MIDDLE,
      );
    }
    await wire.close();
    expect(wire.seen.map(({ url }) => url.slice(wire.origin.length))).toEqual([
      '/examplebucket//a//b',
      '/examplebucket/../up',
      '/examplebucket/./x/..',
      '/examplebucket/%C3%BC%20%3F%23%252F%26%3D',
      '/examplebucket/%21%27%28%29%2A~',
    ]);
  });
});

describe('versions', () => {
  const versioned = (versionId: string) =>
    objectServer((it) => withHeaders(it, { 'x-oss-version-id': versionId }));

  test('the version that the probe found is asked for by its id', async () => {
    const { storage, seen } = await rig(versioned('V1'));
    const version = { ...VERSION, versionId: 'V1' };
    const { result } = await fetchWith(storage, { ...MIDDLE, version });
    expect(result).toEqual(E.right(4));
    expect(seen[0]?.url).toMatch(/\?versionId=V1$/);
  });

  test('the null version is not pinned, since it is overwritten in place', async () => {
    const { storage, seen } = await rig(versioned('null'));
    await fetchWith(storage, { ...MIDDLE, version: { ...VERSION, versionId: 'null' } });
    expect(seen[0]?.url).not.toContain('versionId');
  });

  test('an answer of another version is an ObjectChanged', async () => {
    const { storage } = await rig(versioned('V2'));
    const version = { ...VERSION, versionId: 'V1' };
    expect((await fetchWith(storage, { ...MIDDLE, version })).result).toMatchObject({
      left: { _tag: 'ObjectChanged', difference: 'versionId', expected: 'V1', actual: 'V2' },
    });
  });

  test('who may not name versions is served without, from then on', async () => {
    const needsNoVersion: Script = (request) =>
      request.url.includes('versionId')
        ? answer(403, {}, ossError('AccessDenied'))
        : objectServer()(request);
    const { storage, seen } = await rig(needsNoVersion);
    const request = { ...MIDDLE, version: { ...VERSION, versionId: 'V1' } };
    expect(await fetchWith(storage, request)).toMatchObject({ got: '2345' });
    await fetchWith(storage, request);
    expect(seen.map(({ url }) => url.includes('versionId'))).toEqual([true, false, false]);
    const asked = await rig(needsNoVersion, { versionId: 'V1' });
    expect((await fetchWith(asked.storage, request)).result).toMatchObject({
      left: { code: 'AccessDenied' },
    });
  });

  test('CRC-64, version id and Last-Modified are read; the CRC of a symlink is not', async () => {
    const headers = {
      etag: ETAG,
      'content-length': '10',
      'last-modified': LAST_MODIFIED,
      'x-oss-hash-crc64ecma': '11051210869376104954',
      'x-oss-version-id': 'V1',
    };
    const object = await rig(() => answer(200, headers));
    expect(await object.storage.probe(never)()).toEqual(
      E.right({
        version: { ...VERSION, crc64: '11051210869376104954', versionId: 'V1' },
        acceptsRanges: true,
      }),
    );
    const link = await rig(() => answer(200, { ...headers, 'x-oss-object-type': 'Symlink' }));
    expect(await link.storage.probe(never)()).toMatchObject({
      right: { version: { crc64: null } },
    });
  });
});

describe('a wrong clock', () => {
  const serverTime = '<ServerTime>2024-01-02T05:00:00.000Z</ServerTime>';
  const skewedUntil =
    (dates: ReadonlyArray<string>): Script =>
    (request) =>
      dates.includes(request.headers['x-oss-date'] ?? '')
        ? objectServer()(request)
        : answer(403, {}, ossError('RequestTimeTooSkewed', serverTime));

  test('is corrected by the server time, and the request signed again', async () => {
    const { storage, seen } = await rig(skewedUntil(['20240102T050000Z']));
    expect((await fetchWith(storage, MIDDLE)).result).toEqual(E.right(4));
    await fetchWith(storage, MIDDLE);
    expect(seen.map(({ headers }) => headers['x-oss-date'])).toEqual([
      '20240102T030405Z',
      '20240102T050000Z',
      '20240102T050000Z',
    ]);
    expect(seen[0]?.headers['authorization']).not.toBe(seen[1]?.headers['authorization']);
  });

  test('is corrected once per request, no more', async () => {
    const { storage, seen } = await rig(skewedUntil([]));
    expect((await fetchWith(storage, MIDDLE)).result).toMatchObject({
      left: { _tag: 'ServerRefused', code: 'RequestTimeTooSkewed' },
    });
    expect(seen.length).toBe(2);
  });

  test('of a HEAD is corrected by the error in its header', async () => {
    const xml = Buffer.from(ossError('RequestTimeTooSkewed', serverTime)).toString('base64');
    const { storage } = await rig((request) =>
      request.headers['x-oss-date'] === '20240102T050000Z'
        ? objectServer()(request)
        : answer(403, { 'x-oss-err': xml }),
    );
    expect(await storage.probe(never)()).toMatchObject({ _tag: 'Right' });
  });
});

describe('credentials', () => {
  test('are asked for at each request, and refreshed on demand', async () => {
    const reasons: Array<string> = [];
    const provider: CredentialsProvider = async (reason) => {
      reasons.push(reason);
      return { accessKeyId: 'ak', accessKeySecret: SECRET, securityToken: null };
    };
    const { storage } = await rig(objectServer(), {}, provider);
    await storage.probe(never)();
    expect(await storage.refreshAccess(never)()).toEqual(E.right(undefined));
    await fetchWith(storage, MIDDLE);
    expect(reasons).toEqual(['request', 'refresh', 'request']);
  });

  test('a provider that fails is reported, and nothing is asked', async () => {
    const provider = () => Promise.reject(new Error('no role at http://x/?token=abc'));
    const { storage, seen } = await rig(objectServer(), {}, provider);
    expect((await fetchWith(storage, MIDDLE)).result).toMatchObject({
      left: { code: 'CredentialsUnavailable', message: 'Error: no role at http://x/?…' },
    });
    expect(seen).toEqual([]);
  });

  test('a provider that hangs does not hold up an abort', async () => {
    const stop = new AbortController();
    const { storage } = await rig(objectServer(), {}, () => new Promise(() => {}));
    const fetching = fetchWith(storage, MIDDLE, stop.signal);
    stop.abort();
    expect((await fetching).result).toEqual(E.left({ _tag: 'Interrupted' }));
  });

  test('no secret is in any error, even when the server sends them back', async () => {
    const session = staticCredentials({
      accessKeyId: 'ak',
      accessKeySecret: SECRET,
      securityToken: TOKEN,
    });
    const tattle: Script = ({ headers, url }) => {
      const all = `${headers['authorization']} ${headers['x-oss-security-token']} ${url}`;
      const xml = ossError(
        'SignatureDoesNotMatch',
        `<StringToSign>${all}</StringToSign><SignatureProvided>${all}</SignatureProvided>`,
      );
      return answer(403, {}, xml);
    };
    const { storage, seen } = await rig(tattle, {}, session);
    const { result } = await fetchWith(storage, MIDDLE);
    expect(result).toEqual(
      E.left({
        _tag: 'ServerRefused',
        status: 403,
        code: 'SignatureDoesNotMatch',
        message: 'It failed.',
        requestId: 'R7',
        ec: null,
      }),
    );
    const signature = seen[0]?.headers['authorization']?.split('Signature=')[1];
    expect(JSON.stringify(result)).not.toContain(signature);
  });
});

test('all the bytes of the object are there, part by part', async () => {
  const { storage } = await rig(objectServer());
  let got = '';
  for (const start of [0, 3, 6, 9]) {
    const range = { start: bytes(start), end: bytes(Math.min(start + 3, 10)) };
    got += (await fetchWith(storage, { ...MIDDLE, range })).got;
  }
  expect(got).toBe(CONTENT.toString());
});
