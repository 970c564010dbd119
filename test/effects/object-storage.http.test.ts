/** The HTTP storage: its laws, how it probes, redirects, and presigned URLs. */
import { describe, expect, test } from 'vitest';
import { decodeHttpSource } from '../../src/domain/http-source.ts';
import type { HttpClient, HttpRequest } from '../../src/effects/http-client.ts';
import { httpStorage } from '../../src/effects/object-storage.http.ts';
import { E } from '../../src/fp.ts';
import {
  ETAG,
  fetchWith,
  LAST_MODIFIED,
  MIDDLE,
  objectServer,
  objectStorageConformance,
  VERSION,
  withHeaders,
} from '../conformance/object-storage.ts';
import { answer, inMemory, overLoopback, type Script } from './scripted-http-client.ts';

const never = new AbortController().signal;

const open = (
  http: HttpClient,
  url: string,
  options: { headers?: Record<string, string>; refreshUrl?: () => Promise<string> } = {},
) => {
  const source = decodeHttpSource(url, options.headers);
  if (E.isLeft(source)) throw new RangeError(JSON.stringify(source.left));
  return httpStorage({ source: source.right, http, refreshUrl: options.refreshUrl });
};

const rig = async (
  script: Script,
  url = 'https://example.com/o',
  options: Parameters<typeof open>[2] = {},
) => {
  const { http, seen } = await inMemory(script);
  return { storage: open(http, url, options), seen };
};

/** Any request: what the object's server answers to it. */
const UNASKED: HttpRequest = {
  method: 'GET',
  url: 'https://example.com/o',
  headers: { range: 'bytes=2-5' },
};

const asked = (seen: ReadonlyArray<HttpRequest>) =>
  seen.map(({ method, url }) => `${method} ${url}`);

for (const [name, wire] of [
  ['in memory', inMemory],
  ['over loopback', overLoopback],
] as const) {
  objectStorageConformance(`httpStorage ${name}`, wire, (http, origin) =>
    open(http, `${origin}/o`),
  );
}

describe('probing', () => {
  test('one HEAD is enough where it tells size and ranges', async () => {
    const { storage, seen } = await rig(objectServer());
    await storage.probe(never)();
    expect(seen).toEqual([
      { method: 'HEAD', url: 'https://example.com/o', headers: { 'accept-encoding': 'identity' } },
    ]);
  });

  test.each([400, 403, 404, 405, 500, 501])(
    'a HEAD answered %i is followed by a GET of one byte',
    async (status) => {
      const { storage, seen } = await rig((request) =>
        request.method === 'HEAD' ? answer(status) : objectServer()(request),
      );
      expect(await storage.probe(never)()).toEqual(
        E.right({ version: VERSION, acceptsRanges: true }),
      );
      expect(seen.map(({ method, headers }) => `${method} ${headers['range']}`)).toEqual([
        'HEAD undefined',
        'GET bytes=0-0',
      ]);
    },
  );

  test.each([429, 503])(
    'a HEAD answered %i is a busy server, which is not asked more',
    async (status) => {
      const { storage, seen } = await rig(() => answer(status, { 'retry-after': '3' }));
      expect(await storage.probe(never)()).toMatchObject({
        left: { _tag: 'ServerBusy', retryAfterMs: 3000 },
      });
      expect(seen.length).toBe(1);
    },
  );

  test.each([
    ['Accept-Ranges', { 'accept-ranges': undefined }],
    ['the size', { 'content-length': undefined }],
    ['a size but 0', { 'content-length': '0' }],
  ])('a HEAD silent about %s is followed by a GET of one byte', async (_, headers) => {
    const { storage } = await rig((request) => {
      const honest = objectServer()(request);
      return request.method === 'HEAD' ? withHeaders(honest, headers) : honest;
    });
    expect(await storage.probe(never)()).toEqual(
      E.right({ version: VERSION, acceptsRanges: true }),
    );
  });

  test('a HEAD that is reset is followed by a GET of one byte', async () => {
    const { storage, seen } = await rig((request) =>
      request.method === 'HEAD' ? { ...answer(200), ending: 'reset' } : objectServer()(request),
    );
    expect(await storage.probe(never)()).toEqual(
      E.right({ version: VERSION, acceptsRanges: true }),
    );
    expect(seen.map(({ method }) => method)).toEqual(['HEAD', 'GET']);
  });

  test('a network that is gone is told, and a HEAD that was given up is not followed', async () => {
    const gone = { _tag: 'NetworkFailed', code: 'ECONNREFUSED', message: 'gone' } as const;
    const storage = open({ exchange: () => async () => E.left(gone) }, 'https://example.com/o');
    expect(await storage.probe(never)()).toEqual(E.left(gone));
    const stop = new AbortController();
    const given = await rig(() => {
      stop.abort();
      return { ...answer(200), ending: 'silence' };
    });
    expect(await given.storage.probe(stop.signal)()).toEqual(E.left({ _tag: 'Interrupted' }));
    expect(given.seen.map(({ method }) => method)).toEqual(['HEAD']);
  });

  test.each([0, undefined])(
    'an empty object of S3, whose 416 tells no size, is asked for without a range (%s)',
    async (length) => {
      const refusal =
        '<Error><Code>InvalidRange</Code><Message>The requested range is not satisfiable' +
        '</Message><ActualObjectSize>0</ActualObjectSize></Error>';
      const { storage, seen } = await rig(({ headers }) => {
        if (headers['range'] !== undefined) return answer(416, {}, refusal);
        return answer(200, { etag: ETAG, ...(length === 0 ? { 'content-length': '0' } : {}) });
      });
      expect(await storage.probe(never)()).toMatchObject({
        right: { acceptsRanges: false, version: { etag: ETAG, size: length ?? null } },
      });
      expect(seen.map(({ method, headers }) => `${method} ${headers['range']}`)).toEqual([
        'HEAD undefined',
        'GET bytes=0-0',
        'GET undefined',
      ]);
    },
  );

  test('a server that refuses every range and the whole, too, is not asked for ever', async () => {
    const { storage, seen } = await rig(() => answer(416));
    expect(await storage.probe(never)()).toMatchObject({
      left: { _tag: 'ServerRefused', status: 416 },
    });
    expect(seen.length).toBe(3);
  });

  test('`Accept-Ranges: none` is believed', async () => {
    const { storage, seen } = await rig((request) =>
      withHeaders(objectServer()(request), { 'accept-ranges': 'none' }),
    );
    expect(await storage.probe(never)()).toMatchObject({
      right: { acceptsRanges: false, version: { size: 10 } },
    });
    expect(seen.length).toBe(1);
  });

  test('a server without ranges is cut off at its head', async () => {
    let wasRead = false;
    const endless: Script = ({ method }) => {
      if (method === 'HEAD') return answer(405);
      const body = {
        *[Symbol.iterator]() {
          wasRead = true;
          yield Buffer.alloc(1);
        },
      };
      const whole = answer(200, { 'content-length': '10', etag: ETAG });
      return { ...whole, body: body as unknown as ReadonlyArray<Uint8Array> };
    };
    const { storage } = await rig(endless);
    expect(await storage.probe(never)()).toEqual(
      E.right({ version: { ...VERSION, lastModified: null }, acceptsRanges: false }),
    );
    expect(wasRead).toBe(false);
  });

  test('a server without ranges is cut off over a real socket, however long its body', async () => {
    const wire = await overLoopback(({ method }) =>
      method === 'HEAD'
        ? answer(405)
        : { status: 200, headers: {}, body: [Buffer.alloc(2 ** 16)], ending: 'silence' },
    );
    expect(await open(wire.http, `${wire.origin}/o`).probe(never)()).toMatchObject({
      right: { acceptsRanges: false, version: { size: null } },
    });
    await wire.close();
  });

  test('a 206 without a size, or of another range, is a server without ranges', async () => {
    for (const range of ['bytes 0-0/*', 'bytes 0-9/10', 'nonsense']) {
      const { storage } = await rig(({ method }) =>
        method === 'HEAD' ? answer(405) : answer(206, { 'content-range': range }, 'x'),
      );
      expect(await storage.probe(never)()).toMatchObject({ right: { acceptsRanges: false } });
    }
  });
});

describe('validators', () => {
  test.each([
    ['a weak ETag', 'W/"1"'],
    ['no ETag', undefined],
  ])('with %s, Last-Modified is sent and compared', async (_, etag) => {
    const version = { ...VERSION, etag: etag ?? null };
    const script = objectServer((it) => withHeaders(it, { etag }));
    const { storage, seen } = await rig(script);
    expect((await fetchWith(storage, { ...MIDDLE, version })).result).toEqual(E.right(4));
    expect(seen[0]?.headers).toEqual({
      range: 'bytes=2-5',
      'if-unmodified-since': LAST_MODIFIED,
      'accept-encoding': 'identity',
    });
    const later = { ...version, lastModified: 'Fri, 24 Feb 2012 06:07:47 GMT' };
    expect((await fetchWith(storage, { ...MIDDLE, version: later })).result).toMatchObject({
      left: { _tag: 'ObjectChanged', difference: 'lastModified' },
    });
  });

  test('a strong ETag outweighs the Last-Modified of another node', async () => {
    const { storage } = await rig(
      objectServer((it) => withHeaders(it, { 'last-modified': 'Fri, 24 Feb 2012 06:07:47 GMT' })),
    );
    expect((await fetchWith(storage, MIDDLE)).result).toEqual(E.right(4));
  });
});

describe('redirects', () => {
  const redirectTo = (location: string, status = 302) => answer(status, { location });

  test('are followed, and their target is asked for the parts', async () => {
    const { storage, seen } = await rig((request) =>
      request.url === 'https://example.com/o'
        ? redirectTo('//cdn.example.net/x?t=1')
        : objectServer()(request),
    );
    await storage.probe(never)();
    await fetchWith(storage, MIDDLE);
    expect(asked(seen)).toEqual([
      'HEAD https://example.com/o',
      'HEAD https://cdn.example.net/x?t=1',
      'GET https://cdn.example.net/x?t=1',
    ]);
  });

  const EXPIRED =
    '<Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message></Error>';

  test.each([
    [400, EXPIRED],
    [401, ''],
    [403, ''],
    [404, ''],
    [410, ''],
  ])('a target that answers %i has expired: the original is asked', async (status, body) => {
    let links = 0;
    const { storage, seen } = await rig((request) => {
      if (request.url === 'https://example.com/o') return redirectTo(`/link${++links}`, 307);
      return request.url.endsWith(`link1`) && request.method === 'GET'
        ? answer(status, {}, body)
        : objectServer()(request);
    });
    await storage.probe(never)();
    expect((await fetchWith(storage, MIDDLE)).result).toEqual(E.right(4));
    await fetchWith(storage, MIDDLE);
    expect(asked(seen).slice(2)).toEqual([
      'GET https://example.com/link1',
      'GET https://example.com/o',
      'GET https://example.com/link2',
      'GET https://example.com/link2',
    ]);
  });

  test.each([
    ['is busy', 503, 'ServerBusy'],
    ['has another version', 412, 'ObjectChanged'],
  ])('a target that %s has not expired', async (_, status, tag) => {
    const { storage, seen } = await rig((request) => {
      if (request.url === 'https://example.com/o') return redirectTo('/link');
      return request.method === 'GET' ? answer(status) : objectServer()(request);
    });
    await storage.probe(never)();
    expect((await fetchWith(storage, MIDDLE)).result).toMatchObject({ left: { _tag: tag } });
    expect(asked(seen).slice(2)).toEqual(['GET https://example.com/link']);
  });

  test('a target that cannot be reached is forgotten: the next request asks the original', async () => {
    let links = 0;
    const { storage, seen } = await rig((request) => {
      if (request.url === 'https://example.com/o') return redirectTo(`/link${++links}`);
      return request.url.endsWith('link1') && request.method === 'GET'
        ? { ...objectServer()(request), body: [], ending: 'reset' }
        : objectServer()(request);
    });
    await storage.probe(never)();
    const first = await fetchWith(storage, { ...MIDDLE, version: VERSION });
    expect(first.result).toMatchObject({ left: { _tag: 'NetworkFailed' } });
    expect((await fetchWith(storage, MIDDLE)).result).toEqual(E.right(4));
    expect(asked(seen).slice(2)).toEqual([
      'GET https://example.com/link1',
      'GET https://example.com/o',
      'GET https://example.com/link2',
    ]);
  });

  test('credentials stay with their origin, other headers go along', async () => {
    const headers = {
      authorization: 'Bearer x',
      cookie: 'a=1',
      'x-api-key': 'k',
      'user-agent': 'me',
    };
    const script: Script = (request) => {
      if (request.url === 'https://example.com/o') return redirectTo('/here');
      if (request.url === 'https://example.com/here') return redirectTo('https://other.example/o');
      return objectServer()(request);
    };
    const { storage, seen } = await rig(script, 'https://example.com/o', { headers });
    await fetchWith(storage, MIDDLE);
    expect(seen[1]?.headers).toMatchObject(headers);
    expect(Object.keys(seen[2]?.headers ?? {}).sort()).toEqual([
      'accept-encoding',
      'if-match',
      'range',
      'user-agent',
    ]);
  });

  test.each([
    ['other origins', 'https://example.com/o', 'https://other.example/o'],
    ['another port', 'http://example.com/o', 'http://example.com:8080/o'],
    ['another scheme', 'http://example.com/o', 'https://example.com/o'],
  ])('credentials never go to %s', async (_, from, to) => {
    const headers = { authorization: 'Bearer x' };
    const script: Script = ({ url }) => (url === from ? redirectTo(to) : objectServer()(UNASKED));
    const { storage, seen } = await rig(script, from, { headers });
    await fetchWith(storage, MIDDLE);
    expect(seen.map((request) => request.headers['authorization'])).toEqual([
      'Bearer x',
      undefined,
    ]);
  });

  test('user info in a Location is not sent anywhere, in no form', async () => {
    const { storage, seen } = await rig(({ url }) =>
      url === 'https://example.com/o'
        ? redirectTo('https://me:hush@cdn.example.net/a@b')
        : objectServer()(UNASKED),
    );
    await fetchWith(storage, MIDDLE);
    expect(asked(seen)[1]).toBe('GET https://cdn.example.net/a@b');
    expect(JSON.stringify(seen)).not.toMatch(/hush|authorization/);
  });

  test.each([
    ['in raw UTF-8', Buffer.from('/d/é').toString('latin1'), '/d/%C3%A9'],
    ['in raw Latin-1', '/d/\xe9', '/d/%E9'],
    ['that is encoded', '/d/%C3%A9', '/d/%C3%A9'],
    ['with dot segments', '/d/../e', '/e'],
    [
      'that is signed, with dot segments',
      'https://example.com/d/../e?x-oss-signature=1',
      '/d/../e?x-oss-signature=1',
    ],
  ])('a Location %s is asked for as it was meant', async (_, location, path) => {
    const { storage, seen } = await rig(({ url }) =>
      url.endsWith('/o') ? redirectTo(location) : objectServer()(UNASKED),
    );
    await fetchWith(storage, MIDDLE);
    expect(asked(seen)[1]).toBe(`GET https://example.com${path}`);
  });

  test.each([
    ['to nowhere', undefined],
    ['to an empty Location', ''],
  ])('%s are refused', async (_, location) => {
    const { storage, seen } = await rig(() =>
      answer(302, location === undefined ? {} : { location }),
    );
    expect((await fetchWith(storage, MIDDLE)).result).toMatchObject({
      left: { _tag: 'ServerRefused', status: 302, code: 'BadRedirect' },
    });
    expect(seen.length).toBe(1);
  });

  test.each([
    ['to itself, for ever', '/o', 'TooManyRedirects', 6],
    ['from https to http', 'http://example.com/o', 'InsecureRedirect', 1],
    ['to no HTTP URL', 'file:///etc/passwd', 'BadRedirect', 1],
  ])('%s are refused', async (_, location, code, requests) => {
    const { storage, seen } = await rig(() => redirectTo(location));
    expect((await fetchWith(storage, MIDDLE)).result).toMatchObject({
      left: { _tag: 'ServerRefused', status: 302, code },
    });
    expect(seen.length).toBe(requests);
  });
});

describe('user info', () => {
  test('leaves a path with dot segments as it is', async () => {
    const { storage, seen } = await rig(objectServer(), 'https://me:p@example.com/a/../b@c?d');
    await storage.probe(never)();
    expect(seen[0]?.url).toBe('https://example.com/a/../b@c?d');
  });

  test('becomes basic authorization, and leaves the URL', async () => {
    const { storage, seen } = await rig(objectServer(), 'https://me:p%40ss@example.com/o');
    await storage.probe(never)();
    expect(seen[0]).toMatchObject({
      url: 'https://example.com/o',
      headers: { authorization: `Basic ${Buffer.from('me:p@ss').toString('base64')}` },
    });
  });
});

describe('presigned URLs', () => {
  const signedAt = (date: string) =>
    'https://examplebucket.oss-cn-hangzhou.aliyuncs.com/o?x-oss-signature-version=OSS4-HMAC-SHA256' +
    `&x-oss-credential=ak%2Fscope&x-oss-date=${date}&x-oss-expires=600&x-oss-signature=5ec4e7`;
  const url = signedAt('20240102T030405Z');
  const denied = (message: string) =>
    `<Error><Code>AccessDenied</Code><Message>${message}</Message></Error>`;

  test('are probed with a GET, and sent nothing that was not signed', async () => {
    const crc = { 'x-oss-hash-crc64ecma': '7', 'x-oss-version-id': 'V1' };
    const { storage, seen } = await rig(
      objectServer((it) => withHeaders(it, crc)),
      url,
    );
    expect(await storage.probe(never)()).toMatchObject({
      right: { version: { crc64: '7', versionId: 'V1' }, acceptsRanges: true },
    });
    await fetchWith(storage, MIDDLE);
    expect(seen).toEqual([
      { method: 'GET', url, headers: { range: 'bytes=0-0', 'accept-encoding': 'identity' } },
      {
        method: 'GET',
        url,
        headers: { range: 'bytes=2-5', 'if-match': ETAG, 'accept-encoding': 'identity' },
      },
    ]);
  });

  test.each([
    ['before its time', 'Tue, 02 Jan 2024 03:14:04 GMT', 'No.', 'ServerRefused'],
    ['from its time on', 'Tue, 02 Jan 2024 03:14:05 GMT', 'No.', 'AccessExpired'],
    [
      'whenever the server says so',
      'Tue, 02 Jan 2024 03:04:05 GMT',
      'Request has expired.',
      'AccessExpired',
    ],
  ])('403 %s', async (_, date, message, tag) => {
    const { storage } = await rig(() => answer(403, { date }, denied(message)), url);
    const { result } = await fetchWith(storage, MIDDLE);
    expect(result).toMatchObject({ left: { _tag: tag, code: 'AccessDenied' } });
    expect(JSON.stringify(result)).not.toContain('5ec4e7');
  });

  test('are replaced by a fresh one, also where a redirect had been remembered', async () => {
    const fresh = signedAt('20240103T030405Z');
    const { storage, seen } = await rig(objectServer(), url, { refreshUrl: async () => fresh });
    await fetchWith(storage, MIDDLE);
    expect(await storage.refreshAccess(never)()).toEqual(E.right(undefined));
    await fetchWith(storage, MIDDLE);
    expect(asked(seen)).toEqual([`GET ${url}`, `GET ${fresh}`]);
  });

  test('that were refreshed meanwhile are not taken back by an answer to the old one', async () => {
    const fresh = signedAt('20240103T030405Z');
    const { storage, seen } = await rig(objectServer(), url, { refreshUrl: async () => fresh });
    const write = async () => {
      await storage.refreshAccess(never)();
      return E.right(undefined);
    };
    expect(await storage.fetchRange(MIDDLE, { write }, never)()).toEqual(E.right(4));
    await fetchWith(storage, MIDDLE);
    expect(asked(seen)).toEqual([`GET ${url}`, `GET ${fresh}`]);
  });

  test('may be refreshed by a URL object', async () => {
    const fresh = signedAt('20240103T030405Z');
    const refreshUrl = (async () => new URL(fresh)) as unknown as () => Promise<string>;
    const { storage, seen } = await rig(objectServer(), url, { refreshUrl });
    expect(await storage.refreshAccess(never)()).toEqual(E.right(undefined));
    await fetchWith(storage, MIDDLE);
    expect(asked(seen)).toEqual([`GET ${fresh}`]);
  });

  test('a refresh that fails or gives no URL is reported without its secrets', async () => {
    for (const refreshUrl of [
      async () => 'not a url?x-oss-signature=5ec4e7',
      async () => 'ftp://h/?x-oss-signature=5ec4e7',
      async () => undefined as unknown as string,
      async () => ({ url: '5ec4e7' }) as unknown as string,
      () => Promise.reject(new Error(`cannot sign ${url}`)),
    ]) {
      const { storage } = await rig(objectServer(), url, { refreshUrl });
      const result = await storage.refreshAccess(never)();
      expect(result).toMatchObject({ left: { code: 'CredentialsUnavailable' } });
      expect(JSON.stringify(result)).not.toContain('5ec4e7');
    }
  });
});
