/** Pause, resume and cancel, one after the other and at odd moments, and what is told of them. */
import { describe, expect, test } from 'vitest';
import type { DownloadEmitted } from '../../src/machines/emitted.ts';
import type { Download } from '../../src/start-download.ts';
import {
  diskFault,
  diskRules,
  fault,
  type Simulation,
  type SimulationOptions,
  simulate,
} from '../../src/testing/index.ts';

const PARTS = { partSize: '1MB', threshold: 0, concurrency: 4 } as const;

const begin = async (over: Partial<SimulationOptions> = {}) => {
  const link = { rttMs: 40, bytesPerSecond: 2e6 };
  const sim = await simulate({ seed: 7, object: '20MB', link, ...over });
  const job = sim.download(PARTS);
  const told: Array<DownloadEmitted> = [];
  job.on('*', (event) => told.push(event));
  const state = () => job.actor.getSnapshot().value;
  const half = () => sim.until(() => receivedOf(told) >= 10e6);
  return { sim, job, told, state, half };
};

const receivedOf = (told: ReadonlyArray<DownloadEmitted>): number =>
  told.reduce((most, it) => (it.type === 'progress' ? it.progress.received : most), 0);

const endOf = async (sim: Simulation, job: Download) => {
  const ended = job.done.then(
    () => 'done',
    (thrown) => thrown,
  );
  await sim.advance(120_000);
  return ended;
};

describe('a cancel', () => {
  test.each(['pause', 'resume'] as const)('is not taken back by a %s', async (wish) => {
    const { sim, job, told, half } = await begin();
    await half();
    job.cancel({ keep: true });
    job[wish]();
    expect(await endOf(sim, job)).toMatchObject({ error: { _tag: 'Cancelled' } });
    expect(told.at(-1)).toEqual({ type: 'cancelled', kept: true });
  });

  test.each([true, false])('while it is carried out (keep: %s) is the last word', async (keep) => {
    const { sim, job, told, half } = await begin();
    await half();
    let isSecond = false;
    job.actor.subscribe((snapshot) => {
      if (isSecond || !snapshot.matches({ settling: 'closing' })) return;
      isSecond = true;
      job.cancel({ keep: !keep });
    });
    job.cancel({ keep });
    expect(await endOf(sim, job)).toMatchObject({ resumable: keep });
    expect(isSecond).toBe(true);
    expect(told.at(-1)).toEqual({ type: 'cancelled', kept: keep });
    const { resumedBytes } = await sim.finish(sim.download(PARTS));
    expect(resumedBytes > 0).toBe(keep);
  });
});

describe('a pause', () => {
  test('while the question for the object is repeated has no other reason', async () => {
    const { sim, job, told, state } = await begin({ faults: [fault.refuse(503, 'SlowDown')] });
    await sim.until(() => told.some(({ type }) => type === 'retry'));
    job.pause();
    await sim.until(() => state() === 'paused');
    expect(told.at(-1)).toEqual({ type: 'paused', because: null });
    sim.heal();
    job.resume();
    await sim.finish(job);
  });
});

describe('a full disk that was waited out', () => {
  test('takes back no progress, and every fetched byte counts', async () => {
    const { sim, job, told, state, half } = await begin();
    await half();
    sim.setDiskFaults([diskRules.forPath('.part', diskFault.fail('ENOSPC'))]);
    await sim.until(() => state() === 'paused');
    sim.heal();
    job.resume();
    const { resumedBytes, fetchedBytes } = await sim.finish(job);
    const received = told.flatMap((it) => (it.type === 'progress' ? [it.progress.received] : []));
    expect(received).toEqual(received.toSorted((a, b) => a - b));
    expect(resumedBytes).toBe(0);
    expect(fetchedBytes).toBeGreaterThanOrEqual(20e6);
    expect(Buffer.compare(sim.file()!, sim.original())).toBe(0);
  });
});

describe('the written beginning of a part that was damaged meanwhile', () => {
  test('is told as damaged, and fetched again', async () => {
    const { sim, job, half } = await begin();
    await half();
    job.pause();
    await sim.until(() => job.actor.getSnapshot().value === 'paused');
    sim.crash();
    const [partFile = ''] = sim.world.disk.paths().filter((path) => path.endsWith('.part'));
    for (const size of [0, 20e6]) sim.world.disk.tamper(partFile, { _tag: 'Resize', size });
    const again = sim.download(PARTS);
    const damaged = new Set<number>();
    again.on('damaged', ({ part }) => damaged.add(part));
    const { fetchedBytes } = await sim.finish(again);
    expect(fetchedBytes).toBe(20e6);
    expect(damaged.size).toBeGreaterThan(10);
    expect(Buffer.compare(sim.file()!, sim.original())).toBe(0);
  });
});
