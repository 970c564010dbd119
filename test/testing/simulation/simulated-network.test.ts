/** How long things take on a simulated network, what goes wrong on it, and that a seed repeats it. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { E } from '../../../src/fp.ts';
import { HOLLOW } from '../../../src/testing/server/hollow.ts';
import { simulatedClock } from '../../../src/testing/simulation/simulated-clock.ts';
import { simulatedNetwork } from '../../../src/testing/simulation/simulated-network.ts';
import {
  type FarAnswer,
  farAnswer,
} from '../../../src/testing/simulation/simulated-network-far-end.ts';
import type {
  NetworkFault,
  NetworkRule,
} from '../../../src/testing/simulation/simulated-network-fault.ts';
import {
  type LinkOptions,
  throughAt,
} from '../../../src/testing/simulation/simulated-network-link.ts';
import { driven } from './driven.ts';

const ORIGIN = 'http://far.example';

/** A network with a far end that answers every path `/N` with N bytes. */
const scene = ({
  link = {} as Partial<LinkOptions>,
  over = {} as Partial<FarAnswer>,
  faults = (() => null) as NetworkRule,
  seed = 0,
} = {}) => {
  const clock = simulatedClock();
  const farEnd = {
    answer: async ({ url }: { readonly url: string }) => {
      const length = Number(/\d+/.exec(url.slice(ORIGIN.length))?.[0] ?? 0);
      const headers = { 'content-length': String(length) };
      return farAnswer({ headers, body: [new Uint8Array(length)], ...over });
    },
  };
  const network = simulatedNetwork({ clock, link, faults, seed, farEndAt: () => farEnd });
  const arrivals: Array<{ readonly of: string; readonly atMs: number; readonly length: number }> =
    [];

  const start = (path: string, { origin = ORIGIN, signal = new AbortController().signal } = {}) =>
    network.exchange(
      { method: 'GET', url: `${origin}${path}`, headers: {} },
      () => {
        const write = (chunk: Uint8Array) => {
          arrivals.push({ of: path, atMs: clock.now(), length: chunk.length });
          return null;
        };
        return E.right({ write });
      },
      signal,
    )();
  /** Asks for all at the same time; what came of it, and when it was over. */
  const ask = async (...paths: ReadonlyArray<string>) => {
    const all = await driven(
      clock,
      Promise.all(paths.map(async (path) => ({ result: await start(path), endMs: clock.now() }))),
    );
    return all.map(({ result, endMs }) => ({
      endMs,
      ending: E.isRight(result) ? result.right.status : result.left,
    }));
  };
  const endsOf = async (...paths: ReadonlyArray<string>) =>
    (await ask(...paths)).map(({ endMs }) => endMs);
  return { clock, network, arrivals, start, ask, endsOf };
};

describe('the time that an exchange takes', () => {
  test('nothing, without a timer, where nothing is limited', async () => {
    const { clock, start } = scene();
    const exchange = start('/1000000');
    expect(E.isRight(await exchange)).toBe(true);
    expect([clock.now(), clock.timers()]).toEqual([0, 0]);
  });

  test('a round trip to connect and one to the first byte; a second exchange only the latter', async () => {
    const { endsOf, network } = scene({ link: { rttMs: 80 } });
    expect([await endsOf('/0'), await endsOf('/0')]).toEqual([[160], [240]]);
    expect(network.traffic()).toEqual({ exchanges: 2, connections: 1, bodyBytes: 0 });
  });

  test('with TLS one round trip more, and every origin has connections of its own', async () => {
    const { clock, start, network } = scene({ link: { rttMs: 80 } });
    await driven(clock, start('/0', { origin: 'https://far.example' }));
    expect(clock.now()).toBe(240);
    await driven(clock, start('/0', { origin: 'https://other.example' }));
    expect([clock.now(), network.traffic().connections]).toEqual([480, 2]);
  });

  test('jitter comes on top: each way up to so much longer', async () => {
    const { endsOf } = scene({ link: { rttMs: 80, jitterMs: 10 } });
    const [endMs] = await endsOf('/0');
    expect(endMs).toBeGreaterThan(160);
    expect(endMs).toBeLessThanOrEqual(200);
  });

  test('a connection has its limit, packets lost lower it, and a server may have its own', async () => {
    const limited = { link: { bytesPerSecondPerConnection: 1000 } };
    expect(await scene(limited).endsOf('/2000')).toEqual([2000]);
    expect(await scene({ ...limited, over: { bytesPerSecond: 500 } }).endsOf('/2000')).toEqual([
      4000,
    ]);
    const [endMs] = await scene({ link: { rttMs: 100, loss: 0.01 } }).endsOf('/178120');
    expect(endMs).toBeCloseTo(200 + 1000 * (178_120 / ((1.22 * 1460) / (0.1 * 0.1))), 3);
  });

  test('a slow body comes in pieces of a quarter of a second at most', async () => {
    const { endsOf, arrivals } = scene({ link: { bytesPerSecondPerConnection: 100 } });
    await endsOf('/110');
    expect(arrivals.map(({ atMs }) => atMs)).toEqual([250, 500, 750, 1000, 1100]);
  });
});

describe('the link that all share', () => {
  test('gives those that are busy the same share, and what one leaves to the others', async () => {
    const link = { bytesPerSecond: 1e6, chunkLength: 1000 };
    const [short, ...long] = await scene({ link }).endsOf('/100000', '/400000', '/400000');
    expect(short).toBeGreaterThanOrEqual(298);
    expect(short).toBeLessThanOrEqual(300);
    expect(long.sort()).toEqual([899, 900]);
  });

  test('for every mix of exchanges, carries what it can and never more', async () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 30_000 }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(lengths, fc.integer(), async (all, seed) => {
        const { endsOf } = scene({ link: { bytesPerSecond: 1000, chunkLength: 700 }, seed });
        const ends = await endsOf(...all.map((length) => `/${length}`));
        const total = all.reduce((sum, length) => sum + length, 0);
        expect(Math.max(...ends)).toBeCloseTo(total, 3);
      }),
      { numRuns: 30 },
    );
  });

  test('is not given back by an abort before what is on it has gone, though nobody sees it', async () => {
    const link = { bytesPerSecond: 1000, chunkLength: 200 };
    const { clock, start, arrivals, network } = scene({ link });
    const stop = new AbortController();
    const aborted = start('/1000', { signal: stop.signal });
    const other = start('/200');
    clock.setTimeout(() => stop.abort(), 50);
    expect(E.isLeft(await driven(clock, aborted))).toBe(true);
    expect(clock.now()).toBe(50);
    await driven(clock, other);
    expect(clock.now()).toBe(400);
    expect(arrivals).toEqual([{ of: '/200', atMs: 400, length: 200 }]);
    expect(network.traffic()).toEqual({ exchanges: 2, connections: 2, bodyBytes: 200 });
  });

  test('carries nothing in a dead window, and all of it afterwards', async () => {
    const link = { bytesPerSecond: 1000, dead: [{ fromMs: 300, untilMs: 60_000 }] };
    const { endsOf, arrivals } = scene({ link });
    expect(await endsOf('/500')).toEqual([60_200]);
    expect(arrivals.map(({ atMs }) => atMs)).toEqual([250, 60_200]);
  });

  test('can change while it is used', async () => {
    const { endsOf, network } = scene({ link: { bytesPerSecond: 1000 } });
    expect(await endsOf('/250')).toEqual([250]);
    network.change({ bytesPerSecond: 500 });
    expect(await endsOf('/250')).toEqual([750]);
  });

  test('that cannot be is a bug of the caller', () => {
    for (const link of [{ rttMs: -1 }, { bytesPerSecond: 0 }, { loss: 1.1 }, { chunkLength: 0 }]) {
      expect(() => scene({ link })).toThrow(RangeError);
    }
  });
});

describe('throughAt', () => {
  const dead = [
    { fromMs: 10, untilMs: 20 },
    { fromMs: 30, untilMs: 40 },
  ];
  test.each([
    [0, 5, 5],
    [0, 10, 10],
    [0, 11, 21],
    [10, 0, 20],
    [15, 5, 25],
    [15, 10, 30],
    [5, 16, 41],
    [40, 3, 43],
  ])('from %i, what takes %i ms is through at %i', (startMs, durationMs, endMs) => {
    expect(throughAt(startMs, durationMs, dead)).toBe(endMs);
  });
});

describe('what goes wrong on the way', () => {
  const RESET = { _tag: 'NetworkFailed', code: 'ECONNRESET' };
  const CLOSED = { _tag: 'NetworkFailed', code: 'UND_ERR_SOCKET' };
  const cases: ReadonlyArray<readonly [NetworkFault, object, number]> = [
    [{ _tag: 'Refused' }, { _tag: 'NetworkFailed', code: 'ECONNREFUSED' }, 0],
    [{ _tag: 'Reset', afterBytes: null }, RESET, 0],
    [{ _tag: 'Reset', afterBytes: 0 }, RESET, 0],
    [{ _tag: 'Reset', afterBytes: 7 }, RESET, 7],
    [{ _tag: 'Cut', afterBytes: 7 }, CLOSED, 7],
  ];
  test.each(cases)('%j', async (fault, error, received) => {
    const { ask, network } = scene({ faults: ({ sequence }) => (sequence === 1 ? fault : null) });
    expect(await ask('/10')).toMatchObject([{ ending: error }]);
    expect(network.traffic().bodyBytes).toBe(received);
    expect(await ask('/10')).toMatchObject([{ ending: 200 }]);
    expect(network.traffic().connections).toBe(2);
  });

  test('a body that ends before its Content-Length', async () => {
    expect(await scene({ over: { body: [HOLLOW.subarray(0, 9)] } }).ask('/10')).toMatchObject([
      { ending: CLOSED },
    ]);
  });

  test.each([null, 0, 7])(
    'silence after %j bytes lasts until somebody ends it',
    async (afterBytes) => {
      const { clock, start, network } = scene({ faults: () => ({ _tag: 'Stall', afterBytes }) });
      const stop = new AbortController();
      clock.setTimeout(() => stop.abort({ _tag: 'Cancelled' }), 1e9);
      const result = await driven(clock, start('/10', { signal: stop.signal }));
      expect([result, clock.now()]).toEqual([E.left({ _tag: 'Cancelled' }), 1e9]);
      expect(network.traffic().bodyBytes).toBe(afterBytes ?? 0);
    },
  );

  test('a trickle, which is no silence', async () => {
    const { endsOf, arrivals } = scene({ faults: () => ({ _tag: 'Trickle', bytesPerSecond: 2 }) });
    expect(await endsOf('/4')).toEqual([2000]);
    expect(arrivals.map(({ length }) => length)).toEqual([1, 1, 1, 1]);
  });

  test('new connections that are refused for a while; open ones go on', async () => {
    const { clock, ask } = scene({ link: { rttMs: 10, refusing: [{ fromMs: 25, untilMs: 50 }] } });
    await ask('/1');
    clock.advanceTo(26);
    const refused = { _tag: 'NetworkFailed', code: 'ECONNREFUSED' };
    expect(await ask('/1', '/1')).toMatchObject([{ ending: 200 }, { ending: refused }]);
    clock.advanceTo(50);
    expect(await ask('/1', '/1')).toMatchObject([{ ending: 200 }, { ending: 200 }]);
  });

  test('rules are told what is asked, and can be replaced', async () => {
    const seen: Array<unknown> = [];
    const { ask, network } = scene();
    network.setFaults((request) => {
      seen.push(request);
      return null;
    });
    await ask('/1');
    expect(seen).toEqual([{ sequence: 1, atMs: 0, origin: ORIGIN, method: 'GET', headers: {} }]);
  });

  test.each(['nonsense', 'ftp://far.example/1', 'http://far.example'])(
    'a request to %j cannot be sent: a Defect',
    async (url) => {
      const { network } = scene();
      const request = { method: 'GET', url, headers: {} } as const;
      const never = new AbortController().signal;
      const onHead = () => E.right({ write: () => null });
      expect(await network.exchange(request, onHead, never)()).toMatchObject({
        left: { _tag: 'Defect' },
      });
    },
  );

  test('a far end that never decides is left alone by an abort', async () => {
    const stop = new AbortController();
    const farEnd = {
      answer: () => {
        queueMicrotask(() => stop.abort());
        return new Promise<never>(() => {});
      },
    };
    const network = simulatedNetwork({ clock: simulatedClock(), farEndAt: () => farEnd });
    const request = { method: 'GET', url: `${ORIGIN}/1`, headers: {} } as const;
    const onHead = () => E.right({ write: () => null });
    const result = await network.exchange(request, onHead, stop.signal)();
    expect(result).toEqual(E.left({ _tag: 'Interrupted' }));
  });

  test('a far end that throws is a bug, and told as one', async () => {
    const farEnd = { answer: () => Promise.reject(new TypeError('boom')) };
    const network = simulatedNetwork({ clock: simulatedClock(), farEndAt: () => farEnd });
    const request = { method: 'GET', url: `${ORIGIN}/1`, headers: {} } as const;
    const onHead = () => E.right({ write: () => null });
    const result = await network.exchange(request, onHead, new AbortController().signal)();
    expect(result).toMatchObject({ left: { _tag: 'Defect', message: 'TypeError: boom' } });
  });
});

describe('the order of what happens at the same time', () => {
  const orderFor = async (seed: number) => {
    const { ask, arrivals } = scene({ seed, over: { body: Array(4).fill(HOLLOW.subarray(0, 5)) } });
    await ask('/20?a', '/20?b', '/20?c');
    return arrivals.map(({ of }) => of.slice(-1)).join('');
  };

  test('is the seed’s: the same one gives the same, others give others', async () => {
    const orders = await Promise.all(Array.from({ length: 20 }, (_, seed) => orderFor(seed)));
    expect(await orderFor(7)).toBe(orders[7]);
    expect(new Set(orders).size).toBeGreaterThan(10);
  });

  test('lets nobody wait for long: who begins has not all before another has any', async () => {
    for (let seed = 0; seed < 50; seed++) {
      expect(await orderFor(seed)).toMatch(/^(?!aaaa|bbbb|cccc)[abc]{12}$/);
    }
  });
});
