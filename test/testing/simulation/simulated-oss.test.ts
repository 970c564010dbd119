/** One OSS, two transports: what the simulated one gives is what the embedded server gives. */
import { gunzipSync } from 'node:zlib';
import { Agent } from 'undici';
import { afterEach, describe, expect, test } from 'vitest';
import { bytes } from '../../../src/domain/bytes.ts';
import { loadCrc64 } from '../../../src/effects/crc64.ts';
import type { HttpClient, HttpHead, HttpRequest } from '../../../src/effects/http-client.ts';
import { undiciHttpClient } from '../../../src/effects/http-client.undici.ts';
import { E } from '../../../src/fp.ts';
import { once } from '../../../src/testing/server/fault-rules.ts';
import { type Fault, fault } from '../../../src/testing/server/faults.ts';
import {
  crc64OfZeros,
  HOLLOW,
  hollowObject,
  isHollow,
} from '../../../src/testing/server/hollow.ts';
import { startOssServer } from '../../../src/testing/server/oss-server.ts';
import type { OssControls, OssServiceOptions } from '../../../src/testing/server/oss-service.ts';
import { syntheticObject } from '../../../src/testing/server/synthetic-object.ts';
import { simulatedClock } from '../../../src/testing/simulation/simulated-clock.ts';
import { simulatedNetwork } from '../../../src/testing/simulation/simulated-network.ts';
import { simulatedOss } from '../../../src/testing/simulation/simulated-oss.ts';
import { drive } from './driven.ts';

const crc64Of = await loadCrc64();
const NOW_MS = Date.UTC(2024, 0, 2, 3, 4, 5);
const CONTENT = syntheticObject({ seed: 7, size: 600_000 });
const OPTIONS: OssServiceOptions = {
  anonymousRead: true,
  gzip: true,
  objects: [
    { bucket: 'photos', key: 'cat', content: Buffer.from('0123456789') },
    { bucket: 'photos', key: 'big', content: CONTENT, options: { versionId: 'V1' } },
  ],
};

/** An OSS that can be reached, and the client that reaches it. */
interface Reached extends OssControls {
  readonly http: HttpClient;
  readonly origin: string;
}

const closing: Array<() => unknown> = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

const reachLive = async (faults: ReadonlyArray<Fault>): Promise<Reached> => {
  const server = await startOssServer({ ...OPTIONS, faults, clock: () => NOW_MS });
  const agent = new Agent({ pipelining: 0 }); // No connection is used twice.
  closing.push(() => agent.destroy(), server.close);
  return { ...server, http: undiciHttpClient(agent), origin: server.url };
};

const reachSimulated = (options: OssServiceOptions): Reached => {
  const clock = simulatedClock({ wallTimeMs: NOW_MS });
  const oss = simulatedOss(options, { clock: { ...clock, wallTime: () => NOW_MS }, crc64Of });
  const http = simulatedNetwork({ clock, farEndAt: () => oss.farEnd, link: { rttMs: 10 } });
  closing.push(drive(clock));
  return { ...oss, http, origin: 'http://127.0.0.1' };
};

interface Asking {
  readonly method?: HttpRequest['method'];
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What came. A body of which `stopAfter` bytes are there is aborted. */
const ask = async (
  { http, origin }: Reached,
  { method = 'GET', path = '/photos/cat', headers = {} }: Asking,
  stopAfter = -1,
) => {
  const stop = new AbortController();
  const chunks: Array<Uint8Array> = [];
  let received = 0;
  let head: HttpHead = { status: 0, headers: {} };
  const check = () => {
    const isBody = method === 'GET' && head.status < 300;
    if (isBody && received === stopAfter) setImmediate(() => stop.abort());
  };
  const onHead = (came: HttpHead) => {
    head = came;
    check();
    const write = (chunk: Uint8Array) => {
      chunks.push(chunk);
      received += chunk.length;
      check();
      return null;
    };
    return E.right({ write });
  };
  const result = await http.exchange(
    { method, url: `${origin}${path}`, headers },
    onHead,
    stop.signal,
  )();
  return { ending: E.isRight(result) ? 'Right' : result.left._tag, head, chunks };
};

/** What only a socket says, and what depends on how fast this computer is. */
const OF_THE_SOCKET = ['date', 'connection', 'keep-alive', 'transfer-encoding'].concat([
  'x-oss-server-time',
]);

const tell = ({ ending, head, chunks }: Awaited<ReturnType<typeof ask>>) => {
  const body = Buffer.concat(chunks);
  const headers = Object.fromEntries(
    Object.entries(head.headers).filter(([name]) => !OF_THE_SOCKET.includes(name)),
  );
  const content = headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
  return { ending, status: head.status, headers, length: content.length, crc: crc64Of(content) };
};

/** What was logged, but for the headers that a client adds. */
const logOf = ({ requests }: OssControls) => requests().map(({ headers: _, ...entry }) => entry);

const FAULTS: ReadonlyArray<Fault> = [
  fault.reset,
  fault.ignoreRange,
  fault.gzip,
  { _tag: 'Gzip', force: true },
  fault.cutAfter(0),
  fault.cutAfter(4),
  fault.endEarly(3),
  fault.endEarly(3, 'chunked'),
  fault.stallAfter(0),
  fault.stallAfter(2),
  fault.slow(1e7),
  fault.refuse(503, 'SlowDown', '7'),
  fault.changeObject(Buffer.from('abcdefghij')),
  fault.changeObject(Buffer.from('abcdefghij'), 3),
  fault.wrongRange(1),
  fault.flipByte(5),
  fault.wrongTotal(11),
  fault.wrongEtag('OTHER'),
  fault.delayHead(3),
];

const ZIPPED: Asking = { headers: { 'accept-encoding': 'gzip' } };
const REQUESTS: ReadonlyArray<Asking> = [
  { method: 'HEAD' },
  { headers: { range: 'bytes=2-7' } },
  ZIPPED,
  { headers: { range: 'bytes=8-20', 'x-oss-range-behavior': 'standard' } },
  { headers: { range: 'bytes=10-20', 'x-oss-range-behavior': 'standard' } },
  { headers: { 'if-match': '"other"' } },
  { headers: { 'if-modified-since': new Date(NOW_MS).toUTCString() } },
  { method: 'HEAD', path: '/photos/none' },
  { path: '/photos/big', headers: { range: 'bytes=100000-499999' } },
  { path: '/photos/big?versionId=V2' },
  { path: '/' },
];

describe('simulatedOss', () => {
  const cases = [null, ...FAULTS].map((given) => [JSON.stringify(given), given] as const);
  test.each(cases)('answers and logs as the embedded server does, fault: %s', async (_, given) => {
    const faults = given === null ? [] : [given];
    const live = await reachLive(faults);
    const simulated = reachSimulated({ ...OPTIONS, faults });
    const stopAfter = given?._tag === 'StallAfter' ? given.bytes : -1;
    const isCut = given?._tag === 'StallAfter' || given?._tag === 'CutAfter';
    // How much of a zipped body that is cut arrives is up to zlib.
    for (const request of isCut ? REQUESTS.filter((other) => other !== ZIPPED) : REQUESTS) {
      const [came, expected] = [
        await ask(simulated, request, stopAfter),
        await ask(live, request, stopAfter),
      ];
      expect(tell(came)).toEqual(tell(expected));
    }
    await expect.poll(() => live.requests().every(({ isEnded }) => isEnded)).toBe(true);
    expect(logOf(simulated)).toEqual(logOf(live));
  });

  test('keeps an answer that has begun when the object changes in the middle of it', async () => {
    const oss = reachSimulated(OPTIONS);
    oss.setFaults([once(fault.changeObject(Buffer.from('abcdefghij'), 3))]);
    const bodies = [await ask(oss, {}), await ask(oss, {})].map(({ chunks }) =>
      Buffer.concat(chunks),
    );
    expect(bodies.map(String)).toEqual(['0123456789', 'abcdefghij']);
  });

  test('gives hollow objects in chunks that are hollow, with their checksum', async () => {
    const oss = reachSimulated({ anonymousRead: true });
    oss.put('photos', 'cat', hollowObject(5e10));
    const range = { range: 'bytes=40000000000-40000199999' };
    const { head, chunks } = await ask(oss, { headers: range });
    expect(chunks.every(isHollow)).toBe(true);
    expect(Buffer.concat(chunks).equals(HOLLOW.subarray(0, 200_000))).toBe(true);
    expect(head.headers).toMatchObject({
      'content-range': 'bytes 40000000000-40000199999/50000000000',
      'x-oss-hash-crc64ecma': crc64OfZeros(bytes(5e10)),
    });
  });

  test('its content stays as it is, whatever a client does with a chunk', async () => {
    const oss = reachSimulated(OPTIONS);
    (await ask(oss, {})).chunks[0]!.fill(0);
    const again = await ask(oss, {});
    expect(Buffer.concat(again.chunks).toString()).toBe('0123456789');
  });
});
