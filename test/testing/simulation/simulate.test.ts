/** `simulate`: the real downloader in a world that an application can interrupt, heal and read. */
import { describe, expect, test } from 'vitest';
import { E } from '../../../src/fp.ts';
import { startDownload } from '../../../src/start-download.ts';
import {
  chance,
  diskFault,
  diskRules,
  fault,
  hollowObject,
  once,
  type Simulation,
  type SimulationOptions,
  simulate,
} from '../../../src/testing/index.ts';
import { loadTrace } from '../../../src/trace/read-trace.ts';

const SLOW = { rttMs: 40, bytesPerSecond: 2e6 };
const PARTS = { partSize: '200KB', threshold: 0, concurrency: 4 } as const;

const arrange = (over: Partial<SimulationOptions> = {}): Promise<Simulation> =>
  simulate({ seed: 7, object: '6MB', link: SLOW, ...over });

const receivedBy = (sim: Simulation, bytes: number, job = sim.download(PARTS)) => {
  let received = 0;
  job.on('progress', ({ progress }) => {
    received = progress.received;
  });
  return sim.until(() => received >= bytes);
};

describe('simulate', () => {
  test('downloads a file that is the object', async () => {
    const sim = await arrange();
    const { size, seconds } = await sim.finish(sim.download(PARTS));
    expect(size).toBe(6e6);
    expect(seconds).toBeGreaterThan(3);
    expect(sim.nowMs()).toBe(seconds * 1000);
    expect(Buffer.compare(sim.file()!, sim.original())).toBe(0);
  });

  test.each(['killed', 'powerLost'] as const)('resumes after a crash: %s', async (kind) => {
    const sim = await arrange();
    await receivedBy(sim, 4e6);
    const before = sim.effects;
    sim.crash(kind);
    expect(sim.effects).not.toBe(before);
    const { resumedBytes, fetchedBytes } = await sim.finish(sim.download(PARTS));
    expect(resumedBytes).toBeGreaterThan(0);
    expect(resumedBytes + fetchedBytes).toBe(6e6);
    expect(Buffer.compare(sim.file()!, sim.original())).toBe(0);
  });

  test('never hears of a crashed download again', async () => {
    const sim = await arrange();
    const job = sim.download(PARTS);
    await sim.advance(500);
    sim.crash();
    const told = sim.log().filter(({ kind }) => kind === 'told').length;
    await sim.advance(60_000);
    expect(sim.log().filter(({ kind }) => kind === 'told')).toHaveLength(told);
    await expect(sim.finish(job)).rejects.toThrow('its process has crashed');
  });

  test('tells the same story for the same seed, over several runs and crashes', async () => {
    const live = async (seed: number) => {
      const sim = await arrange({
        seed,
        faults: [chance(0.2, seed, fault.reset)],
        link: { ...SLOW, jitterMs: 20 },
        credentials: { lastMs: 1_000 },
      });
      for (const kind of ['killed', 'powerLost'] as const) {
        sim.download(PARTS);
        await sim.advance(1_500);
        sim.crash(kind);
      }
      await sim.finish(sim.download(PARTS));
      return { story: sim.story(), trace: sim.trace() };
    };
    const [first, again, other] = [await live(7), await live(7), await live(8)];
    expect(again).toEqual(first);
    expect(other.story).not.toBe(first.story);
    for (const word of ['request ', 'answer ', 'of the server', 'killed', 'power', 'renamed']) {
      expect(first.story).toContain(word);
    }
  });

  test('traces all runs in a file that a replay opens', async () => {
    const sim = await arrange();
    sim.download(PARTS);
    await sim.advance(600);
    sim.crash();
    await sim.finish(sim.download(PARTS));
    const read = await loadTrace(
      (async function* () {
        yield sim.trace();
      })(),
    );
    if (E.isLeft(read)) throw new Error(JSON.stringify(read.left));
    const { records, isTorn } = read.right;
    expect(isTorn).toBe(false);
    const begun = records.flatMap((it) => (it.type === 'started' ? [it.actor] : []));
    expect(begun.filter((actor) => actor === 'download')).toHaveLength(2);
    const times = records.map(({ at }) => at);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times.at(-1)! / 1000).toBeCloseTo(sim.nowMs() / 1000, 3);
  });

  test('gives effects to whoever starts downloads itself', async () => {
    const sim = await arrange({ link: {} });
    const { size } = await sim.finish(startDownload(sim.effects, sim.input(PARTS)));
    expect(size).toBe(6e6);
  });

  test('pauses on a full disk, and goes on when there is room', async () => {
    const sim = await arrange({
      disk: { faults: [diskRules.forPath('.part', diskFault.writeShort(1000))] },
    });
    const job = sim.download(PARTS);
    await expect(sim.finish(job)).rejects.toThrow('it is paused');
    sim.heal();
    job.resume();
    expect((await sim.finish(job)).size).toBe(6e6);
    expect(sim.story()).toContain('of the disk, when asked to write');
  });

  test('lets credentials end, and refreshes them as often as it says', async () => {
    const often = await arrange({ credentials: { lastMs: 1_000 } });
    await often.finish(often.download(PARTS));
    expect(often.story()).toContain('accessRefreshed');

    const never = await arrange({ credentials: { lastMs: Infinity, refreshes: 0 } });
    const job = never.download(PARTS);
    await never.advance(1_500);
    never.expireCredentials();
    await expect(never.finish(job)).rejects.toMatchObject({
      error: { _tag: 'AccessExpired', code: 'SecurityTokenExpired' },
      resumable: true,
    });
    never.heal();
    const { resumedBytes } = await never.finish(never.download(PARTS));
    expect(resumedBytes).toBeGreaterThan(0);
  });

  test('has faults of the network, too', async () => {
    const sim = await arrange({
      network: ({ sequence }) => (sequence === 3 ? { _tag: 'Cut', afterBytes: 1000 } : null),
    });
    await sim.finish(sim.download(PARTS));
    expect(sim.story()).toContain('of the network, in exchange 3: Cut');
    expect(sim.log().filter(({ text }) => text.startsWith('retry'))).toHaveLength(1);
  });

  test('waits for what the application says, no longer than it says', async () => {
    const sim = await arrange();
    await expect(sim.until(() => false)).rejects.toThrow('nothing is left');
    const job = sim.download(PARTS);
    await expect(sim.until(() => false, 300)).rejects.toThrow('not within that time');
    expect(sim.nowMs()).toBeLessThanOrEqual(300);
    job.pause();
    await expect(sim.finish(job)).rejects.toThrow('it is paused');
  });

  test('downloads content of its own, and zeros that nobody stores', async () => {
    const own = await arrange({ object: Uint8Array.of(1, 2, 3) });
    await own.finish(own.download());
    expect(own.file()).toEqual(Uint8Array.of(1, 2, 3));

    const large = await arrange({ object: hollowObject(2e9), link: { chunkLength: 2 ** 20 } });
    const { size } = await large.finish(large.download({ partSize: '64MiB' }));
    expect(size).toBe(2e9);
    expect(() => large.original()).toThrow('compared by their CRC-64');
  });

  test('refuses options that download refuses, and sizes that are none', async () => {
    const sim = await arrange({ faults: [once(fault.reset)] });
    expect(() => sim.download({ concurrency: 0 })).toThrow(/256/);
    expect(() => sim.expireCredentials()).toThrow('public');
    await expect(arrange({ object: 'big' })).rejects.toThrow('not a size');
  });
});
