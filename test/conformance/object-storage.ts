/** The laws of `ObjectStorage`, run against every storage over every client. */
import { afterEach, describe, expect, test } from 'vitest';
import { type Bytes, bytes } from '../../src/domain/bytes.ts';
import type { DownloadError } from '../../src/domain/errors.ts';
import type { ObjectVersion } from '../../src/domain/object-version.ts';
import type { HttpClient, HttpRequest } from '../../src/effects/http-client.ts';
import type { ObjectStorage, RangeRequest } from '../../src/effects/object-storage.ts';
import { E } from '../../src/fp.ts';
import {
  answer,
  type Script,
  type ScriptedAnswer,
  type Wire,
} from '../effects/scripted-http-client.ts';

export const CONTENT = Buffer.from('0123456789');
export const ETAG = '"5B3C1A2E053D763E1B002CC607C5A0FE"';
export const LAST_MODIFIED = 'Fri, 24 Feb 2012 06:07:48 GMT';

/** The version of the object that `objectServer` serves. */
export const VERSION: ObjectVersion = {
  size: bytes(10),
  etag: ETAG,
  lastModified: LAST_MODIFIED,
  crc64: null,
  versionId: null,
};

/** The 4 bytes from 2 on, of `VERSION`. */
export const MIDDLE: RangeRequest = {
  range: { start: bytes(2), end: bytes(6) },
  version: VERSION,
  isWhole: false,
};

export const WHOLE: RangeRequest = {
  range: { start: bytes(0), end: bytes(10) },
  version: VERSION,
  isWhole: true,
};

/** An honest server of one object, and what spoils its answers to GETs. */
export const objectServer = (
  spoil: (honest: ScriptedAnswer, request: HttpRequest) => ScriptedAnswer = (honest) => honest,
  content: Buffer = CONTENT,
): Script => {
  const common = { etag: ETAG, 'last-modified': LAST_MODIFIED, 'accept-ranges': 'bytes' };
  const honest = ({ headers }: HttpRequest): ScriptedAnswer => {
    if ((headers['if-match'] ?? ETAG) !== ETAG) return answer(412, {}, OSS_PRECONDITION);
    const match = /^bytes=(\d+)-(\d+)$/.exec(headers['range'] ?? '');
    if (match === null) {
      return answer(200, { ...common, 'content-length': String(content.length) }, content);
    }
    const [start, end] = [Number(match[1]), Math.min(Number(match[2]) + 1, content.length)];
    if (start >= end) return answer(416, { 'content-range': `bytes */${content.length}` });
    const contentRange = `bytes ${start}-${end - 1}/${content.length}`;
    const length = String(end - start);
    return answer(
      206,
      { ...common, 'content-range': contentRange, 'content-length': length },
      content.subarray(start, end),
    );
  };
  return (request) => {
    if (request.method === 'GET') return spoil(honest(request), request);
    return answer(200, { ...common, 'content-length': String(content.length) });
  };
};

/** What a range request gave, and what reached its sink. */
export const fetchWith = async (
  storage: ObjectStorage,
  request: RangeRequest,
  signal: AbortSignal = new AbortController().signal,
): Promise<{ result: E.Either<DownloadError, Bytes>; got: string }> => {
  const chunks: Array<Uint8Array> = [];
  const write = (chunk: Uint8Array) => {
    chunks.push(Buffer.from(chunk));
    return null;
  };
  const result = await storage.fetchRange(request, { write }, signal)();
  return { result, got: Buffer.concat(chunks).toString() };
};

/** `headers` over those of an answer; undefined takes one away. */
export const withHeaders = (
  given: ScriptedAnswer,
  headers: Readonly<Record<string, string | undefined>>,
): ScriptedAnswer => ({
  ...given,
  headers: Object.fromEntries(
    Object.entries({ ...given.headers, ...headers }).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    ),
  ),
});

const OSS_PRECONDITION =
  '<?xml version="1.0"?><Error><Code>PreconditionFailed</Code><Message>At least one of the ' +
  'preconditions you specified did not hold.</Message></Error>';

const SPOILT: ReadonlyArray<
  [string, DownloadError['_tag'], (it: ScriptedAnswer) => ScriptedAnswer]
> = [
  ['200 and all of it', 'RangeIgnored', (it) => ({ ...it, status: 200, body: [CONTENT] })],
  ['another range of the same length', 'RangeIgnored', contentRange('bytes 3-6/10')],
  ['a part of the range', 'RangeIgnored', contentRange('bytes 2-4/10')],
  ['no Content-Range', 'RangeIgnored', contentRange(undefined)],
  ['a Content-Range that is none', 'RangeIgnored', contentRange('bytes 2-5')],
  ['no total size', 'RangeIgnored', contentRange('bytes 2-5/*')],
  ['another total size', 'ObjectChanged', contentRange('bytes 2-5/11')],
  ['another ETag', 'ObjectChanged', (it) => withHeaders(it, { etag: '"other"' })],
  ['no ETag', 'RangeIgnored', (it) => withHeaders(it, { etag: undefined })],
  ['412', 'ObjectChanged', () => answer(412, {}, OSS_PRECONDITION)],
  ['416 of a shorter object', 'ObjectChanged', () => answer(416, { 'content-range': 'bytes */1' })],
  ['416 of who knows what', 'ObjectChanged', () => answer(416)],
  ['416 of the same size', 'ServerRefused', () => answer(416, { 'content-range': 'bytes */10' })],
  ['304', 'ServerRefused', () => answer(304)],
  ['404', 'ServerRefused', () => answer(404, {}, '<html>not here</html>')],
  ['503', 'ServerBusy', () => answer(503, { 'retry-after': '7' })],
  ['gzip', 'RangeIgnored', (it) => withHeaders(it, { ...GZIP, 'content-length': undefined })],
  [
    'a length that is not the range’s',
    'RangeIgnored',
    (it) => ({ ...withHeaders(it, { 'content-length': '3' }), body: [Buffer.from('234')] }),
  ],
  [
    'a refusal whose body is cut',
    'ServerRefused',
    () => ({ ...answer(403, { 'content-length': '500' }, '<Error><Code>Acc'), ending: 'reset' }),
  ],
];

/** Answers to a request for the whole object. */
const SPOILT_WHOLE: typeof SPOILT = [
  [
    '206, though all of it',
    'RangeIgnored',
    (it) => ({ ...contentRange('bytes 0-9/10')(it), status: 206 }),
  ],
  [
    'another length',
    'ObjectChanged',
    (it) => ({ ...withHeaders(it, { 'content-length': '11' }), body: [Buffer.alloc(11)] }),
  ],
  ['another ETag', 'ObjectChanged', (it) => withHeaders(it, { etag: '"other"' })],
  ['404', 'ServerRefused', () => answer(404)],
];

function contentRange(header: string | undefined) {
  return (it: ScriptedAnswer) => withHeaders(it, { 'content-range': header });
}

const GZIP = { 'content-encoding': 'gzip' };

/**
 * @param open Makes a storage of one object whose requests a wire carries to `objectServer`.
 * @param wire How the client reaches the server.
 */
export const objectStorageConformance = (
  name: string,
  wire: (script: Script) => Promise<Wire>,
  open: (http: HttpClient, origin: string) => ObjectStorage,
): void => {
  const wires: Array<Wire> = [];
  afterEach(async () => {
    await Promise.all(wires.splice(0).map((opened) => opened.close()));
  });
  const start = async (script: Script) => {
    const opened = await wire(script);
    wires.push(opened);
    return { storage: open(opened.http, opened.origin), seen: opened.seen };
  };
  const never = new AbortController().signal;

  describe(`${name}: fetchRange`, () => {
    test.each(SPOILT)('1. of an answer with %s nothing reaches the sink', async (_, tag, spoil) => {
      const { storage } = await start(objectServer((honest) => spoil(honest)));
      const { result, got } = await fetchWith(storage, MIDDLE);
      expect(result).toMatchObject({ _tag: 'Left', left: { _tag: tag } });
      expect(got).toBe('');
    });

    test.each(SPOILT_WHOLE)(
      '1. of an answer to the whole with %s nothing reaches the sink',
      async (_, tag, spoil) => {
        const { storage } = await start(objectServer((honest) => spoil(honest)));
        const { result, got } = await fetchWith(storage, WHOLE);
        expect(result).toMatchObject({ _tag: 'Left', left: { _tag: tag } });
        expect(got).toBe('');
      },
    );

    test('2. Right holds the number of bytes delivered', async () => {
      const { storage } = await start(objectServer());
      expect(await fetchWith(storage, MIDDLE)).toEqual({
        result: E.right(4),
        got: '2345',
      });
      expect(await fetchWith(storage, WHOLE)).toMatchObject({
        result: E.right(10),
        got: '0123456789',
      });
    });

    test('2. of an object of unknown size, it is what the answer held', async () => {
      const chunked = (it: ScriptedAnswer) => withHeaders(it, { 'content-length': undefined });
      const { storage } = await start(objectServer(chunked));
      const version = { ...VERSION, size: null };
      const { result, got } = await fetchWith(storage, { ...WHOLE, version });
      expect({ result, got }).toEqual({ result: E.right(10), got: '0123456789' });
    });

    test.each([
      ['ends early', '234', '234', 3],
      ['runs over', '23456', '', 5],
    ])('3. a body that %s is an AnswerCut', async (_, body, delivered, received) => {
      const spoil = (it: ScriptedAnswer): ScriptedAnswer => ({
        ...withHeaders(it, { 'content-length': undefined, 'x-oss-request-id': 'R1' }),
        body: [Buffer.from(body)],
      });
      const { storage } = await start(objectServer(spoil));
      const { result, got } = await fetchWith(storage, MIDDLE);
      const left = { _tag: 'AnswerCut', expected: 4, received, requestId: 'R1' };
      expect({ result, got }).toEqual({ result: E.left(left), got: delivered });
    });

    test('3. a whole object that ends early, with no length, is an AnswerCut', async () => {
      const spoil = (it: ScriptedAnswer): ScriptedAnswer => ({
        ...withHeaders(it, { 'content-length': undefined }),
        body: [Buffer.from('012')],
      });
      const { storage } = await start(objectServer(spoil));
      const { result, got } = await fetchWith(storage, WHOLE);
      const left = { _tag: 'AnswerCut', expected: 10, received: 3, requestId: null };
      expect({ result, got }).toEqual({ result: E.left(left), got: '012' });
    });

    test('4. a version that the server replaced is an ObjectChanged', async () => {
      const { storage } = await start(objectServer());
      const version = { ...VERSION, etag: '"before"' };
      const { result, got } = await fetchWith(storage, { ...MIDDLE, version });
      expect(result).toMatchObject({ left: { _tag: 'ObjectChanged', expected: '"before"' } });
      expect(got).toBe('');
    });

    test('5. after an abort nothing more reaches the sink, and it completes', async () => {
      const stop = new AbortController();
      const hang = (it: ScriptedAnswer): ScriptedAnswer => {
        setTimeout(() => stop.abort({ _tag: 'Cancelled' }), 20);
        return { ...it, body: [Buffer.from('23')], ending: 'silence' };
      };
      const { storage } = await start(objectServer(hang));
      const { result, got } = await fetchWith(storage, MIDDLE, stop.signal);
      expect({ result, got }).toEqual({ result: E.left({ _tag: 'Cancelled' }), got: '23' });
    });

    test('5. after an abort nothing is asked', async () => {
      const { storage, seen } = await start(objectServer());
      const { result } = await fetchWith(storage, MIDDLE, AbortSignal.abort());
      expect({ result, asked: seen.length }).toEqual({
        result: E.left({ _tag: 'Interrupted' }),
        asked: 0,
      });
    });

    test('a dead connection is a NetworkFailed, and what came before it is kept', async () => {
      const reset = (it: ScriptedAnswer): ScriptedAnswer => ({
        ...it,
        body: [Buffer.from('23')],
        ending: 'reset',
      });
      const { storage } = await start(objectServer(reset));
      const { result, got } = await fetchWith(storage, MIDDLE);
      expect(result).toMatchObject({ left: { _tag: 'NetworkFailed' } });
      expect(got).toBe('23');
    });

    test('an object that is stored compressed comes as it is stored', async () => {
      const { storage } = await start(objectServer((it) => withHeaders(it, GZIP)));
      expect(await fetchWith(storage, MIDDLE)).toMatchObject({ result: E.right(4), got: '2345' });
    });

    test('an empty range is delivered without asking', async () => {
      const { storage, seen } = await start(objectServer());
      const range = { start: bytes(4), end: bytes(4) };
      const { result } = await fetchWith(storage, { ...MIDDLE, range });
      expect({ result, asked: seen.length }).toEqual({ result: E.right(0), asked: 0 });
    });
  });

  describe(`${name}: probe`, () => {
    test('tells version and abilities', async () => {
      const { storage } = await start(objectServer());
      expect(await storage.probe(never)()).toEqual(
        E.right({ version: VERSION, acceptsRanges: true }),
      );
    });

    test('an empty object has size 0, and its fetch gives no bytes', async () => {
      const { storage } = await start(objectServer(undefined, Buffer.alloc(0)));
      expect(await storage.probe(never)()).toMatchObject({ right: { version: { size: 0 } } });
      const version = { ...VERSION, size: bytes(0) };
      const range = { start: bytes(0), end: bytes(0) };
      const { result } = await fetchWith(storage, { range, version, isWhole: true });
      expect(result).toEqual(E.right(0));
    });

    test('a refusal is told with its status', async () => {
      const { storage } = await start(() => answer(404));
      expect(await storage.probe(never)()).toMatchObject({
        left: { _tag: 'ServerRefused', status: 404, code: 'Not Found' },
      });
    });
  });

  test(`${name}: refreshAccess is refused where there is nobody to ask`, async () => {
    const { storage } = await start(objectServer());
    expect(await storage.refreshAccess(never)()).toMatchObject({
      left: { _tag: 'ServerRefused', code: 'CredentialsUnavailable' },
    });
  });
};
