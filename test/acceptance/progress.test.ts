/** What is told of progress, and what stands under the target's name meanwhile. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Progress } from '../../src/domain/progress.ts';
import { resumableDownload } from '../../src/resumable-download.ts';
import { httpUrl } from '../../src/sources.ts';
import type { Download } from '../../src/start-download.ts';
import { chance, fault, firstOf, forMethod, once, whenPart } from '../../src/testing/index.ts';
import { startPlainServer } from './plain-server.ts';
import {
  BUCKET,
  contentOf,
  demoCredentials,
  eventsOf,
  expectDone,
  expectKept,
  fileAt,
  KEY,
  type Run,
  run,
  setScene,
} from './scene.ts';

/** All that was told, which is never backwards, never beyond the total, never nonsense. */
const saneProgress = (told: Pick<Run, 'events'>, total: number): ReadonlyArray<Progress> => {
  const all = eventsOf(told, 'progress').map(({ progress }) => progress);
  const counts = (one: Progress) => [one.received, one.written, one.durable, one.fetched];
  all.forEach((one, index) => {
    const before = all[index - 1] ?? one;
    counts(one).forEach((count, i) => {
      expect(count).toBeGreaterThanOrEqual(counts(before)[i] ?? 0);
    });
    expect(one.received).toBeLessThanOrEqual(total);
    expect(one.written).toBeLessThanOrEqual(one.received);
    expect(one.durable).toBeLessThanOrEqual(one.written);
    expect(one.bytesPerSecond).toBeGreaterThanOrEqual(0);
    expect(one.secondsLeft ?? 0).toBeGreaterThanOrEqual(0);
    expect(Number.isFinite(one.bytesPerSecond)).toBe(true);
  });
  return all;
};

describe('progress', () => {
  test('A16 of the reference call strictly increases up to the size, which comes last', async () => {
    const scene = await setScene({ content: contentOf(1_000_000) });
    const { server, target, store } = scene;
    server.setFaults([
      once(whenPart({ index: 2, size: 102_400 }, fault.cutAfter(50_000))),
      forMethod('GET', fault.slow(500_000)),
    ]);
    const bucket = { name: BUCKET, endpoint: server.url, credentials: demoCredentials };
    const told: Array<readonly [number, number | null]> = [];
    await resumableDownload(bucket, KEY, target, {
      store,
      multigetThreshold: 0,
      numThreads: 4,
      progressCallback: (consumed, total) => told.push([consumed, total]),
    });
    const consumed = told.map(([bytes]) => bytes);
    expect(consumed.length).toBeGreaterThan(3);
    expect(consumed).toEqual([...new Set(consumed)].sort((a, b) => a - b));
    expect(new Set(told.map(([, total]) => total))).toEqual(new Set([1_000_000]));
    expect(told.at(-1)).toEqual([1_000_000, 1_000_000]);
    expect((await fileAt(target))?.equals(scene.content)).toBe(true);
  });

  test('A16 of an object in one request ends at its size, too', async () => {
    const scene = await setScene();
    const done = await run(scene, { threshold: 20_000 });
    expect(saneProgress(done, 10_000).at(-1)).toMatchObject({ received: 10_000, total: 10_000 });
  });

  test('DEMAND 7 stays sane through faults of every kind', async () => {
    const scene = await setScene({ content: contentOf(200_000) });
    const rules = [fault.cutAfter(1_500), fault.refuse(503, 'SlowDown'), fault.wrongRange(4_000)];
    const faults = rules.map((rule, index) => chance(0.1, index, rule));
    const slow = forMethod('GET', fault.slow(100_000));
    scene.server.setFaults([firstOf([...faults.map((rule) => forMethod('GET', rule)), slow])]);
    const done = await run(scene, { partSize: 4_000, lanes: 8, attemptsMax: 20 });
    await expectDone(scene, done);
    const all = saneProgress(done, 200_000);
    expect(eventsOf(done, 'retry').length).toBeGreaterThan(3);
    expect(all.length).toBeGreaterThan(3);
    expect(all.at(-1)).toMatchObject({ received: 200_000, durable: 200_000, secondsLeft: 0 });
    expect(done.outcome?.fetchedBytes).toBe(200_000);
  });

  test('DEMAND 7 after a resume counts what was there, but not into the rate', async () => {
    const scene = await setScene({ content: contentOf(100_000) });
    const last = { index: 18, size: 5_000 };
    scene.server.setFaults([whenPart(last, fault.refuse(403, 'AccessDenied'))]);
    await run(scene, { partSize: 5_000 });

    scene.server.setFaults([forMethod('GET', fault.slow(20_000))]);
    const done = await run(scene, { partSize: 5_000 });
    await expectDone(scene, done);
    const all = saneProgress(done, 100_000);
    expect(all[0]).toMatchObject({ received: 90_000, bytesPerSecond: 0, secondsLeft: null });
    expect(all.length).toBeGreaterThan(3);
    expect(Math.max(...all.map(({ bytesPerSecond }) => bytesPerSecond))).toBeLessThan(60_000);
    expect(all.at(-1)).toMatchObject({ fetched: 10_000, resumed: 90_000, secondsLeft: 0 });
  });

  test('DEMAND 7 from a server without ranges does not jump back when it starts over', async () => {
    const scene = await setScene();
    const server = await startPlainServer({ content: scene.content, hasRanges: false });
    const begun = (job: Download) => {
      const seen = (fetched: number) =>
        new Promise<void>((resolve) => {
          job.on('progress', ({ progress }) => progress.fetched === fetched && resolve());
        });
      job.on('planned', () => {
        server.cutNextAfter(6_000, seen(6_000));
        server.cutNextAfter(1_000, seen(7_000));
      });
    };
    const done = await run(scene, { source: httpUrl(server.url), attemptsMax: 3, begun });
    await expectDone(scene, done);
    const all = saneProgress(done, 10_000);
    expect(new Set(all.map(({ received }) => received))).toEqual(new Set([0, 6_000, 10_000]));
    expect(all.at(-1)?.fetched).toBe(17_000);
  });
});

describe('the name of the target', () => {
  /** What stands there at every event of a run. */
  const watched = (target: string) => {
    const seen: Array<string | null> = [];
    const begun = (job: Download) =>
      job.on('*', ({ type }) => {
        if (type === 'renamed') return;
        seen.push(existsSync(target) ? readFileSync(target, 'utf8') : null);
      });
    return { seen, begun };
  };

  test('DEMAND 9 is not there before the file is whole', async () => {
    const scene = await setScene({ content: contentOf(100_000) });
    scene.server.setFaults([forMethod('GET', fault.slow(100_000))]);
    const { seen, begun } = watched(scene.target);
    const done = await run(scene, { partSize: 10_000, lanes: 3, begun });
    await expectDone(scene, done);
    expect(seen.length).toBeGreaterThan(5);
    expect(new Set(seen)).toEqual(new Set([null]));
  });

  test('DEMAND 9 is not there before a file in one request is whole', async () => {
    const scene = await setScene({ content: contentOf(50_000) });
    scene.server.setFaults([forMethod('GET', fault.slow(100_000))]);
    const { seen, begun } = watched(scene.target);
    const done = await run(scene, { threshold: 60_000, begun });
    await expectDone(scene, done);
    expect(seen.length).toBeGreaterThan(4);
    expect(new Set(seen)).toEqual(new Set([null]));
  });

  test('DEMAND 9 keeps an older file until the new one is whole', async () => {
    const scene = await setScene({ content: contentOf(100_000) });
    writeFileSync(scene.target, 'older');
    const denied = fault.refuse(403, 'AccessDenied');
    scene.server.setFaults([
      whenPart({ index: 6, size: 10_000 }, denied),
      forMethod('GET', fault.slow(200_000)),
    ]);
    const first = watched(scene.target);
    const failed = await run(scene, { partSize: 10_000, begun: first.begun });
    expect(failed.error).toMatchObject({ _tag: 'ServerRefused' });
    expect(String(await fileAt(scene.target))).toBe('older');

    scene.server.setFaults([]);
    const second = watched(scene.target);
    await expectDone(scene, await run(scene, { partSize: 10_000, begun: second.begun }));
    expect(new Set([...first.seen, ...second.seen])).toEqual(new Set(['older']));
  });

  test('DEMAND 9 is not given to a file that failed', async () => {
    const scene = await setScene();
    scene.server.setFaults([whenPart({ index: 6, size: 1_000 }, fault.cutAfter(10))]);
    await expectKept(scene, await run(scene, { lanes: 4 }));
  });
});
