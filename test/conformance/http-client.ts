/**
 * The laws of `HttpClient`, run against every client and a far end that it can reach.
 *
 * Time is never waited for: where a law says that nothing happens meanwhile, another exchange of
 * the same size is the ruler.
 */
import assert from 'node:assert/strict';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import type { DownloadError } from '../../src/domain/errors.ts';
import type { BodySink, HttpClient, HttpHead, HttpRequest } from '../../src/effects/http-client.ts';
import { E } from '../../src/fp.ts';

/** What the far end answers. No header is added that changes what a client makes of the body. */
export interface FarAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | ReadonlyArray<string>>>;
  /** Answers with 1xx that go before. */
  readonly interim: ReadonlyArray<102 | 103>;
  readonly body: Iterable<Uint8Array>;
  /** After the body: an orderly end, a connection closed too early, a reset, or silence. */
  readonly ending: 'end' | 'cut' | 'reset' | 'silence';
}

/** What becomes of a request; null: it is never answered. */
export type FarEnd = (request: HttpRequest) => FarAnswer | null;

/** A client, and the world that it talks to. */
export interface HttpWorld {
  readonly client: HttpClient;
  /** `http://host:port` of the far end. */
  readonly origin: string;
  /** An origin where every connection is refused. */
  readonly deadOrigin: string;
  /** From now on requests are answered so. */
  readonly play: (farEnd: FarEnd) => void;
  /** The requests that arrived, with the path as it came over the wire. */
  readonly seen: ReadonlyArray<HttpRequest>;
  /** Body bytes that the far end got rid of, by path. */
  readonly sentTo: (path: string) => number;
  /** Fulfilled once the far end has no request under way: ended, or its connection is gone. */
  readonly idle: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export const farAnswer = (over: Partial<FarAnswer> = {}): FarAnswer => ({
  status: 200,
  headers: {},
  interim: [],
  body: [],
  ending: 'end',
  ...over,
});

const RAN_OUT: DownloadError = {
  _tag: 'DiskFailed',
  code: 'ENOSPC',
  operation: 'write',
  path: 'a.part',
};
const STALLED: DownloadError = { _tag: 'Stalled', cause: 'silence', silentMs: 30_000 };
const DONE: E.Either<DownloadError, void> = E.right(undefined);

const MIB = 2 ** 20;
const PERIOD = 251;
const PATTERN = Buffer.from(Array.from({ length: PERIOD * 5_000 }, (_, i) => i % PERIOD));

/** The bytes `start .. end - 1` of an endless row in which no two neighbours are alike. */
const patternAt = (start: number, length: number) =>
  PATTERN.subarray(start % PERIOD, (start % PERIOD) + length);

function* patternOf(size: number) {
  for (let at = 0; at < size; at += 2 ** 16) yield patternAt(at, Math.min(2 ** 16, size - at));
}

const patternAnswer = (size: number, over: Partial<FarAnswer> = {}): FarAnswer =>
  farAnswer({ headers: { 'content-length': String(size) }, body: patternOf(size), ...over });

/** A sink that checks each byte's place, and may be slowed down or stopped by `then`. */
const patternSink = (
  then: (received: number) => Promise<E.Either<DownloadError, void>> | null = () => null,
) => {
  const counters = { received: 0, writes: 0, overlaps: 0 };
  let isPending = false;
  const write: BodySink['write'] = (chunk) => {
    if (isPending) counters.overlaps += 1;
    const expected = patternAt(counters.received, chunk.length);
    assert.ok(expected.equals(chunk), 'a byte is not in its place');
    counters.received += chunk.length;
    counters.writes += 1;
    const pending = then(counters.received);
    if (pending === null) return null;
    isPending = true;
    return pending.finally(() => {
      isPending = false;
    });
  };
  return { counters, sink: { write } };
};

/** A promise and what fulfils it. */
const gate = <A>() => {
  let open: (value: A) => void = () => {};
  const opened = new Promise<A>((resolve) => {
    open = resolve;
  });
  return { open: (value: A) => open(value), opened };
};

/** @param make A world of its own for each test; the suite closes it. */
export const describeHttpClient = (name: string, make: () => Promise<HttpWorld>): void => {
  const worlds: Array<HttpWorld> = [];
  const enter = async (farEnd: FarEnd): Promise<HttpWorld> => {
    const world = await make();
    worlds.push(world);
    world.play(farEnd);
    return world;
  };
  afterEach(async () => {
    for (const world of worlds.splice(0)) await world.close();
  });

  /** One exchange whose body is collected; each argument can be replaced. */
  const exchange = async (
    { client, origin }: HttpWorld,
    {
      path = '/o',
      method = 'GET' as HttpRequest['method'],
      headers = {} as HttpRequest['headers'],
      onHead = null as ((head: HttpHead) => E.Either<DownloadError, BodySink>) | null,
      sink = null as BodySink | null,
      signal = new AbortController().signal,
      url = null as string | null,
    } = {},
  ) => {
    const chunks: Array<Uint8Array> = [];
    const heads: Array<HttpHead> = [];
    const collecting: BodySink = {
      write: (chunk) => {
        chunks.push(Buffer.from(chunk));
        return null;
      },
    };
    const pick = (head: HttpHead) => {
      heads.push(head);
      return onHead === null ? E.right(sink ?? collecting) : onHead(head);
    };
    const request = { method, url: url ?? `${origin}${path}`, headers };
    const result = await client.exchange(request, pick, signal)();
    return { result, heads, body: Buffer.concat(chunks) };
  };

  describe(`${name} obeys HttpClient`, () => {
    describe('1. Right holds the head, once the sink has taken the whole body, in order', () => {
      test('a body arrives byte by byte in its place', async () => {
        const world = await enter(() => patternAnswer(3 * MIB + 7));
        const { sink, counters } = patternSink();
        const { result } = await exchange(world, { sink });
        expect(result).toMatchObject({ right: { status: 200 } });
        expect(counters.received).toBe(3 * MIB + 7);
      });

      test('a body without a Content-Length is taken up to its end', async () => {
        const world = await enter(() => patternAnswer(MIB, { headers: {} }));
        const { sink, counters } = patternSink();
        expect(E.isRight((await exchange(world, { sink })).result)).toBe(true);
        expect(counters.received).toBe(MIB);
      });

      test('the head that was shown comes back: lower-case names, lists joined', async () => {
        const headers = { ETag: '"A"', 'X-OSS-Request-Id': '5C3D', Via: ['1.1 a', '1.1 b'] };
        const world = await enter(() => farAnswer({ status: 206, headers }));
        const { result, heads } = await exchange(world);
        expect(result).toEqual(E.right(heads[0]));
        expect(heads).toHaveLength(1);
        expect(heads[0]).toMatchObject({
          status: 206,
          headers: { etag: '"A"', 'x-oss-request-id': '5C3D', via: '1.1 a, 1.1 b' },
        });
      });

      test('a request goes out as it stands, and nobody tidies its path', async () => {
        const world = await enter(() => farAnswer());
        const path = "/b/../a//%2e/c%2Fd%e4+~!*'()?x=1&y=a%20b&z";
        await exchange(world, { path, headers: { range: 'bytes=0-3', 'x-oss-a': 'b' } });
        expect(world.seen).toMatchObject([
          {
            method: 'GET',
            url: `${world.origin}${path}`,
            headers: { range: 'bytes=0-3', 'x-oss-a': 'b' },
          },
        ]);
      });

      test('a status that is no success has a body like any other', async () => {
        const body = [Buffer.from('<Error/>')];
        const world = await enter(() => farAnswer({ status: 503, body }));
        const got = await exchange(world);
        expect(got.result).toMatchObject({ right: { status: 503 } });
        expect(got.body.toString()).toBe('<Error/>');
      });

      test.each([204, 304])('a %d has no body', async (status) => {
        const world = await enter(() => farAnswer({ status }));
        const got = await exchange(world);
        expect(got.result).toMatchObject({ right: { status } });
        expect(got.body.length).toBe(0);
      });

      test('the answer to a HEAD has a head and no body', async () => {
        const headers = { 'content-length': '1000000', etag: '"A"' };
        const world = await enter(() => farAnswer({ headers }));
        const got = await exchange(world, { method: 'HEAD' });
        expect(got.result).toMatchObject({ right: { status: 200, headers } });
        expect([got.body.length, world.seen[0]!.method]).toEqual([0, 'HEAD']);
      });

      test('an answer with 1xx is not the answer', async () => {
        const world = await enter(() => patternAnswer(10, { interim: [102, 103] }));
        const { result, heads, body } = await exchange(world);
        expect(result).toMatchObject({ right: { status: 200 } });
        expect(heads).toHaveLength(1);
        expect(body.equals(patternAt(0, 10))).toBe(true);
      });
    });

    describe('2. While a write is pending no chunk comes, and the server is slowed down', () => {
      test('a server whose reader stands still cannot get rid of its body', async () => {
        const size = 64 * MIB;
        const world = await enter(() => patternAnswer(size));
        const standing = gate<E.Either<DownloadError, void>>();
        const started = gate<void>();
        const slow = patternSink(() => {
          if (slow.counters.writes > 1) return null;
          started.open();
          return standing.opened;
        });
        const going = exchange(world, { path: '/slow', sink: slow.sink });
        await started.opened;

        const ruler = patternSink();
        expect(E.isRight((await exchange(world, { path: '/fast', sink: ruler.sink })).result)).toBe(
          true,
        );
        expect(ruler.counters.received).toBe(size);
        expect(slow.counters.writes).toBe(1);
        expect(world.sentTo('/slow')).toBeLessThan(size / 4);

        standing.open(DONE);
        expect(E.isRight((await going).result)).toBe(true);
        expect(slow.counters).toMatchObject({ received: size, overlaps: 0 });
      });

      test('a sink that is slow at each chunk gets them one at a time, and all', async () => {
        const world = await enter(() => patternAnswer(2 * MIB));
        const { sink, counters } = patternSink(
          () => new Promise((resolve) => setImmediate(() => resolve(DONE))),
        );
        expect(E.isRight((await exchange(world, { sink })).result)).toBe(true);
        expect(counters).toMatchObject({ received: 2 * MIB, overlaps: 0 });
      });
    });

    describe('3. A Left ends the exchange, frees the connection and comes back as it is', () => {
      test('a Left from onHead', async () => {
        const world = await enter(() => patternAnswer(64 * MIB));
        const { result } = await exchange(world, { onHead: () => E.left(RAN_OUT) });
        expect(result).toEqual(E.left(RAN_OUT));
        await world.idle();
        expect(world.sentTo('/o')).toBeLessThan(32 * MIB);
      });

      test('a Left from onHead, where there is no body to wait for', async () => {
        const world = await enter(() => farAnswer());
        for (const method of ['HEAD', 'GET'] as const) {
          const { result } = await exchange(world, { method, onHead: () => E.left(RAN_OUT) });
          expect(result).toEqual(E.left(RAN_OUT));
        }
        await world.idle();
      });

      test('a Left from write: no further write follows', async () => {
        const world = await enter(() => patternAnswer(64 * MIB));
        const { sink, counters } = patternSink((received) =>
          received < MIB ? null : Promise.resolve(E.left(RAN_OUT)),
        );
        const { result } = await exchange(world, { sink });
        const { writes } = counters;
        expect(result).toEqual(E.left(RAN_OUT));
        await world.idle();
        expect(counters.writes).toBe(writes);
        expect(counters.received).toBeLessThan(2 * MIB);
        expect(world.sentTo('/o')).toBeLessThan(32 * MIB);
      });

      test('a Left from the last write', async () => {
        const world = await enter(() => patternAnswer(10));
        const { sink } = patternSink(() => Promise.resolve(E.left(RAN_OUT)));
        expect((await exchange(world, { sink })).result).toEqual(E.left(RAN_OUT));
        await world.idle();
      });

      test('a Left from a server that fell silent', async () => {
        const world = await enter(() => patternAnswer(10, { headers: {}, ending: 'silence' }));
        const { sink } = patternSink(() => Promise.resolve(E.left(RAN_OUT)));
        expect((await exchange(world, { sink })).result).toEqual(E.left(RAN_OUT));
        await world.idle();
      });

      test('the client is as good as new afterwards', async () => {
        const world = await enter(() => patternAnswer(MIB));
        for (let i = 0; i < 20; i++) await exchange(world, { onHead: () => E.left(RAN_OUT) });
        const { sink, counters } = patternSink();
        expect(E.isRight((await exchange(world, { sink })).result)).toBe(true);
        expect(counters.received).toBe(MIB);
      });
    });

    describe('4. An abort ends the exchange with its reason, or with Interrupted', () => {
      const reasons = [
        ['a DownloadError', STALLED, STALLED],
        ['anything else', new Error('stop'), { _tag: 'Interrupted' }],
        ['nothing', undefined, { _tag: 'Interrupted' }],
      ] as const;

      describe.each(reasons)('the reason is %s', (_, reason, error) => {
        test('before the call: nothing is asked', async () => {
          const world = await enter(() => farAnswer());
          const signal = AbortSignal.abort(reason);
          const { result, heads } = await exchange(world, { signal });
          expect(result).toEqual(E.left(error));
          expect([heads, world.seen]).toEqual([[], []]);
        });

        test('while connecting', async () => {
          const world = await enter(() => farAnswer());
          const controller = new AbortController();
          const going = exchange(world, { signal: controller.signal });
          controller.abort(reason);
          const { result, heads } = await going;
          expect([result, heads]).toEqual([E.left(error), []]);
          await world.idle();
        });

        test('before the head', async () => {
          const controller = new AbortController();
          const world = await enter(() => {
            controller.abort(reason);
            return null;
          });
          const { result, heads } = await exchange(world, { signal: controller.signal });
          expect([result, heads]).toEqual([E.left(error), []]);
          await world.idle();
        });

        test('in the body: no write follows', async () => {
          const world = await enter(() => patternAnswer(64 * MIB));
          const controller = new AbortController();
          const { sink, counters } = patternSink((received) => {
            if (received >= MIB) controller.abort(reason);
            return null;
          });
          const { result } = await exchange(world, { sink, signal: controller.signal });
          const { writes } = counters;
          expect(result).toEqual(E.left(error));
          await world.idle();
          expect(counters.writes).toBe(writes);
          expect(counters.received).toBeLessThan(2 * MIB);
        });

        test('when the server fell silent', async () => {
          const world = await enter(() => patternAnswer(10, { headers: {}, ending: 'silence' }));
          const controller = new AbortController();
          const { sink } = patternSink(() => {
            setImmediate(() => controller.abort(reason));
            return null;
          });
          const { result } = await exchange(world, { sink, signal: controller.signal });
          expect(result).toEqual(E.left(error));
          await world.idle();
        });
      });

      test('a Left that came before the abort is what comes back', async () => {
        const world = await enter(() => patternAnswer(64 * MIB));
        const controller = new AbortController();
        const onHead = () => {
          queueMicrotask(() => controller.abort());
          return E.left(RAN_OUT);
        };
        const { result } = await exchange(world, { onHead, signal: controller.signal });
        expect(result).toEqual(E.left(RAN_OUT));
      });

      test('an abort after the end changes nothing, also for the next exchange', async () => {
        const world = await enter(() => patternAnswer(10));
        const controller = new AbortController();
        const first = await exchange(world, { signal: controller.signal });
        controller.abort();
        expect(E.isRight(first.result)).toBe(true);
        expect(E.isRight((await exchange(world)).result)).toBe(true);
      });

      test('one signal can serve many exchanges, and ends all of them', async () => {
        const controller = new AbortController();
        const world = await enter(() => {
          if (world.seen.length === 3) controller.abort(STALLED);
          return null;
        });
        const { signal } = controller;
        const all = await Promise.all([1, 2, 3].map(() => exchange(world, { signal })));
        expect(all.map(({ result }) => result)).toEqual([1, 2, 3].map(() => E.left(STALLED)));
      });
    });

    describe('5. It completes only after the last write has', () => {
      /** How an exchange goes on while its first write is pending, and what it ends with. */
      const whilePending: ReadonlyArray<
        readonly [string, Partial<FarAnswer>, 'abort' | 'go on', unknown]
      > = [
        ['the body ends', {}, 'go on', { right: { status: 200 } }],
        [
          'the connection is reset',
          { headers: { 'content-length': '11' }, ending: 'reset' },
          'go on',
          { left: { _tag: 'NetworkFailed' } },
        ],
        [
          'the exchange is aborted',
          { headers: {}, ending: 'silence' },
          'abort',
          { left: { _tag: 'Interrupted' } },
        ],
      ];
      test.each(whilePending)('also when %s meanwhile', async (_, over, then, ending) => {
        const world = await enter(({ url }) =>
          url.endsWith('/ruler') ? patternAnswer(MIB) : patternAnswer(10, over),
        );
        const controller = new AbortController();
        const begun = gate<void>();
        const standing = gate<E.Either<DownloadError, void>>();
        const { sink } = patternSink(() => {
          begun.open();
          return standing.opened;
        });
        const log: Array<string> = [];
        const { signal } = controller;
        const going = exchange(world, { sink, signal }).finally(() => log.push('exchange ended'));
        await begun.opened;
        if (then === 'abort') controller.abort();
        await exchange(world, { path: '/ruler' });
        log.push('write ended');
        standing.open(DONE);
        expect((await going).result).toMatchObject(ending as object);
        expect(log).toEqual(['write ended', 'exchange ended']);
      });
    });

    describe('6. It never rejects, follows no redirect and decodes no body', () => {
      test('a request that cannot be sent at all is a defect', async () => {
        const world = await enter(() => farAnswer());
        const { result } = await exchange(world, { url: 'nonsense' });
        expect(result).toMatchObject({ left: { _tag: 'Defect' } });
      });

      test.each(['cut', 'reset'] as const)(
        'a body shorter than its Content-Length, with a connection that is %s',
        async (ending) => {
          const headers = { 'content-length': '11' };
          const world = await enter(() => patternAnswer(10, { headers, ending }));
          const { result } = await exchange(world);
          expect(result).toMatchObject({ left: { _tag: 'NetworkFailed' } });
        },
      );

      test('a body without a length whose connection is reset', async () => {
        const world = await enter(() => patternAnswer(MIB, { headers: {}, ending: 'reset' }));
        const { result } = await exchange(world);
        expect(result).toMatchObject({ left: { _tag: 'NetworkFailed' } });
      });

      test('a connection that is refused', async () => {
        const world = await enter(() => null);
        const { result, heads } = await exchange(world, { url: `${world.deadOrigin}/o` });
        expect(result).toMatchObject({
          left: { _tag: 'NetworkFailed', code: 'ECONNREFUSED', message: expect.any(String) },
        });
        expect(heads).toEqual([]);
      });

      test('no URL is shown by a failure, since it may hold a signature', async () => {
        const world = await enter(() => null);
        const url = `${world.deadOrigin}/o?x-oss-signature=0123`;
        expect(JSON.stringify((await exchange(world, { url })).result)).not.toContain('signature');
      });

      test('a redirect is an answer; nobody goes there', async () => {
        const headers = { location: '/elsewhere' };
        const world = await enter(() => farAnswer({ status: 302, headers }));
        const { result } = await exchange(world);
        expect(result).toMatchObject({ right: { status: 302, headers } });
        expect(world.seen).toHaveLength(1);
      });

      test('a gzipped body stays gzipped', async () => {
        const zipped = gzipSync('hello world!');
        const headers = { 'content-encoding': 'gzip', 'content-length': String(zipped.length) };
        const world = await enter(() => farAnswer({ headers, body: [zipped] }));
        const { result, body } = await exchange(world);
        expect(result).toMatchObject({ right: { headers } });
        expect(body.equals(zipped)).toBe(true);
      });

      const boom = { _tag: 'Defect', message: 'TypeError: boom' };

      test('a sink that rejects is a Defect', async () => {
        const world = await enter(() => patternAnswer(10));
        const sink = { write: () => Promise.reject(new TypeError('boom')) };
        expect((await exchange(world, { sink })).result).toMatchObject({ left: boom });
      });

      test('an onHead or a sink that throws is a Defect, no NetworkFailed', async () => {
        const world = await enter(() => patternAnswer(10));
        const bug = () => {
          throw new TypeError('boom');
        };
        const sink = { write: bug };
        expect((await exchange(world, { sink })).result).toMatchObject({ left: boom });
        expect((await exchange(world, { onHead: bug })).result).toMatchObject({ left: boom });
      });
    });
  });
};
