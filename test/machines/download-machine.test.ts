/** What bounds a download: deadlines, budgets and paces, with real effects in virtual time. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytes } from '../../src/domain/bytes.ts';
import { type DownloadError, INTERRUPTED, interruptionOf } from '../../src/domain/errors.ts';
import type { Progress } from '../../src/domain/progress.ts';
import type { ObjectStorage, Probe } from '../../src/effects/object-storage.ts';
import { E, pipe, TE } from '../../src/fp.ts';
import type { DownloadEmitted } from '../../src/machines/emitted.ts';
import type { DownloadEffects } from '../../src/machines/provide-effects.ts';
import { type Download, startDownload } from '../../src/start-download.ts';
import {
  fault,
  forMethod,
  once,
  type Simulation,
  type SimulationOptions,
  simulate,
} from '../../src/testing/index.ts';
import { EXPIRED } from '../access-expired.ts';

type TransferOptions = Parameters<Simulation['input']>[0];
type Change = (effects: DownloadEffects) => Partial<ObjectStorage>;

const PARTS = { partSize: '200KB', threshold: 0, concurrency: 4 } as const;
const RESET: DownloadError = { _tag: 'NetworkFailed', code: 'ECONNRESET', message: 'reset' };

/** A download whose storage is changed, in a world of its own. */
const start = async (
  change: Change = () => ({}),
  options: TransferOptions = {},
  world: Partial<SimulationOptions> = {},
) => {
  const sim = await simulate({ seed: 7, object: '1MB', ...world });
  const { storage } = sim.effects;
  const effects = { ...sim.effects, storage: { ...storage, ...change(sim.effects) } };
  const job = startDownload(effects, sim.input({ retries: 2, timeout: 5, ...options }));
  const events: Array<DownloadEmitted> = [];
  job.on('*', (event) => events.push(event));
  return { sim, job, events };
};

const errorOf = async (sim: Simulation, job: Download): Promise<DownloadError> => {
  const ended = await sim.finish(job).catch((thrown: unknown) => thrown);
  return (ended as { readonly error: DownloadError }).error;
};

const retriesIn = (events: ReadonlyArray<DownloadEmitted>) =>
  events.flatMap((event) => (event.type === 'retry' ? [event] : []));

/** A question that nobody answers. Counts how often it was asked, and how often given up. */
const unanswered = () => {
  const seen = { asked: 0, aborted: 0 };
  const ask =
    (signal: AbortSignal): TE.TaskEither<DownloadError, never> =>
    () => {
      seen.asked += 1;
      return new Promise((resolve) => {
        signal.addEventListener('abort', () => {
          seen.aborted += 1;
          resolve(E.left(interruptionOf(signal)));
        });
      });
    };
  return { seen, ask };
};

const SILENCE = { _tag: 'Stalled', cause: 'silence', silentMs: 5_000 };

describe('downloadMachine, when nobody answers', () => {
  test('the probe: it is given up, asked for again within the budget, and fails', async () => {
    const { seen, ask } = unanswered();
    const { sim, job, events } = await start(() => ({ probe: ask }));
    expect(await errorOf(sim, job)).toEqual(SILENCE);
    expect(seen).toEqual({ asked: 3, aborted: 3 });
    expect(retriesIn(events)).toMatchObject([
      { part: null, attempt: 1, error: SILENCE },
      { part: null, attempt: 2, error: SILENCE },
    ]);
    expect(sim.nowMs()).toBeGreaterThan(15_000);
    expect(sim.nowMs()).toBeLessThan(18_000);
  });

  test('the first probe only: it goes on as if nothing had been', async () => {
    const { seen, ask } = unanswered();
    const { sim, job } = await start(({ storage }) => ({
      probe: (signal) => (seen.asked === 0 ? ask(signal) : storage.probe(signal)),
    }));
    expect((await sim.finish(job)).size).toBe(1e6);
    expect(seen).toEqual({ asked: 1, aborted: 1 });
  });

  test('an answer just in time counts', async () => {
    const { sim, job, events } = await start(({ storage, clock }) => ({
      probe: (signal) => async () => {
        await new Promise<void>((resolve) => clock.setTimeout(resolve, 4_999));
        return storage.probe(signal)();
      },
    }));
    expect((await sim.finish(job)).size).toBe(1e6);
    expect(retriesIn(events)).toEqual([]);
  });

  test('the refresh before the first part: within the budget, as well', async () => {
    const { seen, ask } = unanswered();
    const { sim, job } = await start(() => ({
      probe: () => TE.left(EXPIRED),
      refreshAccess: ask,
    }));
    expect(await errorOf(sim, job)).toEqual(SILENCE);
    expect(seen).toEqual({ asked: 2, aborted: 2 });
  });

  /** Parts are refused until access was refreshed. */
  const expired =
    (refreshAccess: ObjectStorage['refreshAccess'], isFresh: () => boolean): Change =>
    ({ storage }) => ({
      refreshAccess,
      fetchRange: (...request) => (isFresh() ? storage.fetchRange(...request) : TE.left(EXPIRED)),
    });

  test('the refresh that parts wait for: it is asked for again, and then fails', async () => {
    const { seen, ask } = unanswered();
    const { sim, job, events } = await start(
      expired(ask, () => false),
      PARTS,
    );
    expect(await errorOf(sim, job)).toEqual(SILENCE);
    expect(seen).toEqual({ asked: 3, aborted: 3 });
    expect(retriesIn(events)).toMatchObject([
      { part: null, attempt: 1, delayMs: 0, error: SILENCE },
      { part: null, attempt: 2, delayMs: 0, error: SILENCE },
    ]);
  });

  test('the first refresh that parts wait for: the second serves them all', async () => {
    const { seen, ask } = unanswered();
    let isFresh = false;
    const refresh: ObjectStorage['refreshAccess'] = (signal) => {
      if (seen.asked === 0) return ask(signal);
      return async () => {
        isFresh = true;
        return E.right(undefined);
      };
    };
    const { sim, job } = await start(
      expired(refresh, () => isFresh),
      PARTS,
    );
    expect((await sim.finish(job)).size).toBe(1e6);
    expect(job.actor.getSnapshot().context).toMatchObject({ attempts: 0, error: null });
  });

  test('a refresh, and a pause comes meanwhile: it is a pause, not a failure', async () => {
    const { ask, seen } = unanswered();
    const { sim, job } = await start(
      expired(ask, () => false),
      PARTS,
    );
    await sim.until(() => seen.asked === 2);
    job.pause();
    await sim.until(() => job.actor.getSnapshot().value === 'paused');
    expect(job.actor.getSnapshot().context.error).toBeNull();
  });
});

/** The same object from a server that has no ranges. */
const withoutRanges = ({ storage }: DownloadEffects): Pick<ObjectStorage, 'probe'> => ({
  probe: (signal) =>
    pipe(
      storage.probe(signal),
      TE.map((probe): Probe => ({ ...probe, acceptsRanges: false })),
    ),
});

const withoutSize = ({ storage }: DownloadEffects): Pick<ObjectStorage, 'probe'> => ({
  probe: (signal) =>
    pipe(
      storage.probe(signal),
      TE.map(({ version }): Probe => {
        return { version: { ...version, size: null, crc64: null }, acceptsRanges: false };
      }),
    ),
});

/** Each body ends after so many bytes of the object; the last one stands for all later ones. */
const cutting = (change: Change, ...cuts: ReadonlyArray<number>) => {
  const asked: Array<number> = [];
  const cut: Change = (effects) => ({
    ...change(effects),
    fetchRange:
      ({ range }, sink, signal) =>
      async () => {
        asked.push(range.start);
        const end = cuts[asked.length - 1] ?? cuts.at(-1) ?? 0;
        for (let at: number = range.start; at < end; at += 1_000) {
          await sink.write(new Uint8Array(Math.min(1_000, end - at)));
        }
        return E.left(signal.aborted ? INTERRUPTED : RESET);
      },
  });
  return { cut, asked };
};

describe('downloadMachine, when every body is cut', () => {
  test.each([
    ['without ranges', withoutRanges],
    ['of unknown length', withoutSize],
  ])(
    'a download %s gives up after the budget: bytes that come again are none',
    async (_, change) => {
      const { cut, asked } = cutting(change, 500_000);
      const { sim, job, events } = await start(cut);
      expect(await errorOf(sim, job)).toEqual(RESET);
      // The first failure came behind new bytes: it is the first of three.
      expect(asked).toEqual([0, 0, 0]);
      expect(retriesIn(events).map(({ attempt }) => attempt)).toEqual([1, 2]);
    },
  );

  test('one that comes further each time goes on', async () => {
    const cuts = [1_000, 2_000, 2_000, 3_000, 3_000, 2_500];
    const { cut, asked } = cutting(withoutRanges, ...cuts);
    const { sim, job, events } = await start(cut);
    expect(await errorOf(sim, job)).toEqual(RESET);
    expect(asked).toHaveLength(6);
    expect(retriesIn(events).map(({ attempt }) => attempt)).toEqual([1, 1, 2, 1, 2]);
  });

  test('for every way to cut, requests are bounded by the budget and by what is gained', async () => {
    const cuts = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 30 });
    const changes = fc.constantFrom<Change>(withoutRanges, withoutSize, () => ({}));
    await fc.assert(
      fc.asyncProperty(changes, cuts, async (change, thousands) => {
        const { cut, asked } = cutting(change, ...thousands.map((count) => count * 1_000));
        const { sim, job } = await start(cut, {}, { object: 10_000 });
        assert.deepEqual(await errorOf(sim, job), RESET);
        const gains = thousands.filter((count, at) => {
          return count > Math.max(0, ...thousands.slice(0, at));
        });
        // Two retries behind each gain, and behind the start, which counts as one.
        assert.ok(asked.length <= 3 * (gains.length + 1), `asked ${asked.length} times`);
      }),
      { numRuns: 40 },
    );
  });

  test('one with ranges goes on behind its bytes, and has the whole budget each time', async () => {
    const { cut, asked } = cutting(() => ({}), 1_000, 2_000, 3_000, 4_000, 4_000);
    const { sim, job } = await start(cut);
    expect(await errorOf(sim, job)).toEqual(RESET);
    expect(asked).toEqual([0, 1_000, 2_000, 3_000, 4_000, 4_000]);
  });
});

const stallsIn = (events: ReadonlyArray<DownloadEmitted>) =>
  retriesIn(events).filter(({ error }) => error._tag === 'Stalled');

describe('downloadMachine, when bytes come slowly', () => {
  /** A burst, and then a thousandth of it. */
  const burst: Change = (effects) => ({
    ...withoutRanges(effects),
    fetchRange:
      ({ range }, sink) =>
      async () => {
        const { clock } = effects;
        let at: number = range.start;
        const send = async (length: number) => {
          await sink.write(new Uint8Array(Math.min(length, range.end - at)).fill(at === 0 ? 1 : 2));
          at += length;
        };
        await send(900_000);
        while (at < range.end) {
          await new Promise<void>((resolve) => clock.setTimeout(resolve, 1_000));
          await send(900);
        }
        return E.right(bytes(range.end));
      },
  });

  test('a single request that slows down is never given up for its own past', async () => {
    const { sim, job, events } = await start(burst, { verify: false });
    await sim.finish(job);
    expect(retriesIn(events)).toEqual([]);
    expect(sim.nowMs()).toBeGreaterThan(100_000);
  });

  const LINK = { link: { rttMs: 20, bytesPerSecond: 4e6 }, object: '40MB' } as const;

  test('DEMAND 3 a trickle among fast lanes is given up', async () => {
    const { sim, job, events } = await start(undefined, PARTS, {
      ...LINK,
      network: ({ sequence }) => (sequence === 9 ? { _tag: 'Trickle', bytesPerSecond: 900 } : null),
    });
    await sim.finish(job);
    expect(stallsIn(events)).toMatchObject([{ error: { cause: 'lostPace' } }]);
    expect(sim.nowMs()).toBeLessThan(15_000);
  });

  test('DEMAND 2 so is the last part, alone with its trickle', async () => {
    const { sim, job, events } = await start(undefined, PARTS, {
      ...LINK,
      network: ({ headers }) =>
        headers['range']?.startsWith('bytes=39800000-') === true
          ? { _tag: 'Trickle', bytesPerSecond: 900 }
          : null,
    });
    await sim.finish(job);
    expect(stallsIn(events)).toMatchObject([{ part: 200, error: { cause: 'lostPace' } }]);
    expect(sim.nowMs()).toBeLessThan(25_000);
  });

  test('no lane is given up where all become slow together', async () => {
    const slow = forMethod('GET', fault.slow(20_000));
    const { sim, job, events } = await start(undefined, PARTS, {
      ...LINK,
      object: '10MB',
      faults: [
        ({ sequence, ...request }) => (sequence > 30 ? slow({ sequence, ...request }) : null),
      ],
    });
    await sim.finish(job);
    expect(retriesIn(events)).toEqual([]);
    expect(sim.nowMs()).toBeGreaterThan(20_000);
  });
});

describe('the rate that is told', () => {
  const RATE = 2e6;
  const LINK = { link: { rttMs: 20, bytesPerSecond: RATE } };

  /** What is told from now on has a rate, and a time left, of a download that goes on as before. */
  const expectSteady = (told: ReadonlyArray<Progress>, secondsLeftMax: number) => {
    expect(told.length).toBeGreaterThan(5);
    for (const { bytesPerSecond, secondsLeft } of told) {
      expect(bytesPerSecond).toBeGreaterThan(0.8 * RATE);
      expect(secondsLeft).toBeLessThan(secondsLeftMax);
    }
  };

  test('after a pause, however long, is that before it, and follows what comes', async () => {
    const { sim, job } = await start(undefined, PARTS, { ...LINK, object: '40MB' });
    const told: Array<Progress> = [];
    job.on('progress', ({ progress }) => told.push(progress));
    await sim.advance(5_000);
    job.pause();
    await sim.until(() => job.actor.getSnapshot().value === 'paused');
    expectSteady(told.slice(-6), 20);
    await sim.advance(3_600_000);
    const count = told.length;
    job.resume();
    await sim.advance(2_000);
    expectSteady(told.slice(count), 20);
    sim.setFaults([forMethod('GET', fault.stallAfter(0))]);
    await sim.advance(4_000);
    expect(told.at(-1)?.bytesPerSecond).toBeLessThan(0.5 * RATE);
  });

  test('while all is fetched again is that before all was read back', async () => {
    const { sim, job, events } = await start(
      undefined,
      { ...PARTS, partSize: '2MB' },
      {
        ...LINK,
        object: '8MB',
        faults: [once(forMethod('GET', fault.flipByte(17)))],
        disk: { latency: ({ operation }) => (operation === 'read' ? 20_000 : 0) },
      },
    );
    await sim.finish(job);
    const repaired = events.findIndex(({ type }) => type === 'repairing');
    expect(events[repaired]).toMatchObject({ scope: 'all', parts: 4 });
    const told = events
      .slice(repaired)
      .flatMap((event) => (event.type === 'progress' ? [event.progress] : []));
    expectSteady(told, 1);
  });
});
