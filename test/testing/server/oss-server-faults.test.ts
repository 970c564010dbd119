/** Every fault of the embedded server, as a client sees it. */
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import {
  type FaultOrRule,
  fault,
  firstAttempts,
  forMethod,
  type OssServer,
  once,
  startOssServer,
  syntheticObject,
  times,
} from '../../../src/testing/index.ts';
import { type Asking, ask, open } from './ask.ts';

const CONTENT = Buffer.from('0123456789');
const CAT = '/photos/cat.jpg';

let server: OssServer;
afterEach(() => server.close());

const start = async (...faults: ReadonlyArray<FaultOrRule>): Promise<OssServer> => {
  const objects = [{ bucket: 'photos', key: 'cat.jpg', content: CONTENT }];
  server = await startOssServer({ anonymousRead: true, synthetic: true, objects, faults });
  return server;
};
const get = (headers: Asking['headers'] = {}, path = CAT) => ask(server, { path, headers });
const part = () => get({ range: 'bytes=2-7' });

describe('faults', () => {
  test('Reset: no head comes', async () => {
    await start(once(fault.reset));
    expect(await part()).toMatchObject({ status: 0, broken: 'ECONNRESET' });
    expect((await part()).body.toString()).toBe('234567');
    expect(server.requests()[0]).toMatchObject({ status: null, fault: 'Reset', bytesSent: 0 });
  });
  test.each([0, 1, 4])('CutAfter %i: so many bytes come, then the connection breaks', async (n) => {
    await start(fault.cutAfter(n));
    const came = await part();
    expect([came.status, came.body.toString(), came.broken]).toEqual([
      206,
      '234567'.slice(0, n),
      'ECONNRESET',
    ]);
    expect(came.headers).toMatchObject({ 'content-length': '6', 'content-range': 'bytes 2-7/10' });
    expect(server.requests()[0]).toMatchObject({ bytesSent: n, fault: 'CutAfter' });
  });
  test('CutAfter counts through a long body', async () => {
    await start(fault.cutAfter(3_000_001));
    const came = await get({}, '/photos/synthetic/1/10MB');
    expect([came.body.length, came.broken]).toEqual([3_000_001, 'ECONNRESET']);
  });
  test.each(['length', 'chunked'] as const)('EndEarly by %s: all looks well', async (framing) => {
    await start(fault.endEarly(4, framing));
    const came = await part();
    expect([came.status, came.body.toString(), came.broken]).toEqual([206, '2345', null]);
    expect(came.headers).toMatchObject({
      'content-range': 'bytes 2-7/10',
      ...(framing === 'length' ? { 'content-length': '4' } : { 'transfer-encoding': 'chunked' }),
    });
  });
  test.each([0, 4])('StallAfter %i: the connection stays open and silent', async (n) => {
    await start(fault.stallAfter(n));
    const came = await new Promise<string>((resolve) => {
      let text = '';
      const request = open(server, { path: CAT, headers: { range: 'bytes=2-7' } }, (response) => {
        const check = () => {
          if (text.length === n) setImmediate(() => resolve(text));
        };
        response.on('data', (chunk: Buffer) => {
          text += chunk.toString();
          check();
        });
        response.on('end', () => resolve('ended'));
        response.on('error', () => {});
        check();
      });
      request.on('error', () => {});
    });
    expect(came).toBe('234567'.slice(0, n));
    expect(server.requests()[0]).toMatchObject({ isEnded: false, bytesSent: n });
  });
  test('Slow: the pace is kept', async () => {
    await start(fault.slow(30));
    const startMs = performance.now();
    expect((await part()).body.toString()).toBe('234567');
    expect(performance.now() - startMs).toBeGreaterThan(190);
  });
  test('Refuse: as the rule words it', async () => {
    await start(once(fault.refuse(503, 'SlowDown', '7')));
    const came = await part();
    expect([came.status, came.headers['retry-after']]).toEqual([503, '7']);
    expect(came.body.toString()).toContain('<Code>SlowDown</Code>');
    expect((await part()).status).toBe(206);
  });
  test('Refuse, of a HEAD: in x-oss-err', async () => {
    await start(fault.refuse(500, 'InternalError'));
    const came = await ask(server, { method: 'HEAD', path: CAT });
    expect(Buffer.from(String(came.headers['x-oss-err']), 'base64').toString()).toContain(
      '<Code>InternalError</Code>',
    );
  });
  test('ChangeObject: the precondition fails from this request on', async () => {
    await start(forMethod('GET', once(fault.changeObject(Buffer.from('abcdefghij')))));
    const { headers } = await ask(server, { method: 'HEAD', path: CAT });
    const pinned = { 'if-match': String(headers['etag']), range: 'bytes=2-7' };
    expect((await get(pinned)).status).toBe(412);
    expect((await get(pinned)).status).toBe(412);
    expect((await part()).body.toString()).toBe('cdefgh');
  });
  test('ChangeObject in the middle: this answer stays old, the next one is new', async () => {
    await start(once(fault.changeObject(Buffer.from('abcdefghij'), 3)));
    expect((await part()).body.toString()).toBe('234567');
    expect((await part()).body.toString()).toBe('cdefgh');
  });
  test('WrongRange: other bytes of the right length, honestly labelled', async () => {
    await start(fault.wrongRange(1));
    const came = await part();
    expect([came.status, came.body.toString()]).toEqual([206, '345678']);
    expect(came.headers).toMatchObject({ 'content-length': '6', 'content-range': 'bytes 3-8/10' });
  });
  test('WrongRange at the end of the object goes the other way', async () => {
    await start(fault.wrongRange(2));
    expect((await get({ range: 'bytes=8-9' })).body.toString()).toBe('67');
  });
  test('IgnoreRange: 200 with all', async () => {
    await start(fault.ignoreRange);
    const came = await part();
    expect([came.status, came.body.toString()]).toEqual([200, '0123456789']);
    expect(came.headers).not.toHaveProperty('content-range');
  });
  test('FlipByte: one byte of the object is wrong, wherever the range begins', async () => {
    await start(fault.flipByte(5));
    expect((await part()).body).toEqual(Buffer.from([50, 51, 52, 53 ^ 255, 54, 55]));
    expect((await get({ range: 'bytes=5-5' })).body).toEqual(Buffer.from([53 ^ 255]));
    expect((await get({ range: 'bytes=6-9' })).body.toString()).toBe('6789');
    expect((await get({ range: 'bytes=0-4' })).body.toString()).toBe('01234');
  });
  test('FlipByte leaves the object as it is', async () => {
    await start(once(fault.flipByte(1_500_000)));
    const path = '/photos/synthetic/1/2MB';
    const right = Buffer.from(syntheticObject({ seed: 1, size: 2e6 }).read(0, 2e6));
    const flipped = (await get({}, path)).body;
    expect([flipped.equals(right), flipped[1_500_000]]).toEqual([false, right[1_500_000]! ^ 255]);
    expect((await get({}, path)).body.equals(right)).toBe(true);
  });
  test('WrongTotal: in Content-Range, and in the length that HEAD tells', async () => {
    await start(fault.wrongTotal(11));
    expect((await part()).headers['content-range']).toBe('bytes 2-7/11');
    const head = await ask(server, { method: 'HEAD', path: CAT });
    expect(head.headers['content-length']).toBe('11');
  });
  test('WrongEtag: conditions still know the real one', async () => {
    await start(forMethod('GET', fault.wrongEtag('OTHER')));
    const { headers } = await ask(server, { method: 'HEAD', path: CAT });
    const came = await get({ 'if-match': String(headers['etag']) });
    expect([came.status, came.headers['etag']]).toEqual([200, '"OTHER"']);
  });
  test('DelayHead: the head comes later', async () => {
    await start(fault.delayHead(100));
    const startMs = performance.now();
    expect((await part()).status).toBe(206);
    expect(performance.now() - startMs).toBeGreaterThan(95);
  });
  test('Gzip: for clients that accept it, or for all', async () => {
    await start(times(2, fault.gzip), { _tag: 'Gzip', force: true });
    expect((await part()).body.toString()).toBe('234567');
    const zipped = await get({ range: 'bytes=2-7', 'accept-encoding': 'gzip' });
    expect(zipped.headers).toMatchObject({ 'content-encoding': 'gzip' });
    expect(gunzipSync(zipped.body).toString()).toBe('234567');
    expect((await get({ 'accept-encoding': 'identity' })).headers['content-encoding']).toBe('gzip');
  });
});

describe('fault rules', () => {
  test('are asked once per request, with what was asked', async () => {
    const seen: Array<unknown> = [];
    await start(({ headers: _, ...request }) => {
      seen.push(request);
      return null;
    });
    await part();
    await part();
    await get({ range: 'bytes=-3' });
    await get();
    const common = { method: 'GET', bucket: 'photos', key: 'cat.jpg' };
    expect(seen).toEqual([
      { ...common, range: { start: 2, end: 8 }, attempt: 1, sequence: 1 },
      { ...common, range: { start: 2, end: 8 }, attempt: 2, sequence: 2 },
      { ...common, range: { start: 7, end: 10 }, attempt: 1, sequence: 3 },
      { ...common, range: null, attempt: 1, sequence: 4 },
    ]);
  });
  test('can be replaced while the server runs', async () => {
    await start(fault.reset);
    expect((await part()).status).toBe(0);
    server.setFaults([firstAttempts(2, fault.refuse(503, 'SlowDown'))]);
    expect([(await part()).status, (await part()).status]).toEqual([503, 206]);
    server.clearRequests();
    expect((await part()).status).toBe(503);
    server.setFaults([]);
    expect((await part()).status).toBe(206);
  });
  test('close ends stalled, slow and delayed answers', async () => {
    await start(once(fault.stallAfter(1)), once(fault.slow(1)), once(fault.delayHead(600_000)));
    const asked = [part(), part(), part()];
    await new Promise<void>((resolve) => {
      server.setFaults([
        () => {
          resolve();
          return null;
        },
      ]);
      void part();
    });
    await server.close();
    for (const came of await Promise.all(asked)) expect(came.broken).toBe('ECONNRESET');
  });
});
