/** Downloads that fail or are cut off, and what the next run makes of what is there. */
import { appendFile, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { download } from '../../src/download.ts';
import { E } from '../../src/fp.ts';
import type { DownloadEffects } from '../../src/machines/provide-effects.ts';
import type { Download } from '../../src/start-download.ts';
import { fault, forMethod, once, whenPart } from '../../src/testing/index.ts';
import {
  answered,
  collect,
  contentOf,
  demoCredentials,
  eventsOf,
  expectDone,
  expectKept,
  expectNothing,
  fileAt,
  journals,
  leftovers,
  partFiles,
  rangesOf,
  run,
  setScene,
} from './scene.ts';

const DENIED = fault.refuse(403, 'AccessDenied');
const NO_BYTES = forMethod('GET', DENIED);

/** A part of 1000 bytes, by its index from 0, is refused. */
const refuse = (index: number) => whenPart({ index, size: 1_000 }, DENIED);

/** After a run that was refused the part `index`; the server would give it now. */
const failedAt = async (index: number) => {
  const scene = await setScene();
  scene.server.setFaults([refuse(index)]);
  const first = await run(scene);
  scene.server.setFaults([]);
  return { scene, first };
};

/** The disk does not let the part file become the target. */
const withoutRename = (effects: DownloadEffects): DownloadEffects => ({
  ...effects,
  files: {
    ...effects.files,
    rename: (_, path) => async () =>
      E.left({ _tag: 'DiskFailed', code: 'EBUSY', operation: 'rename to', path }),
  },
});

describe('a part that fails in run 1', () => {
  test.each([
    ['A5', 'first', 0],
    ['A6', 'middle', 5],
    ['A7', 'last', 9],
  ])('%s a %s part that fails in run 1 leaves to run 2 what is missing', async (_, __, index) => {
    const { scene, first } = await failedAt(index);
    expect(first.error).toMatchObject({ _tag: 'ServerRefused', status: 403 });
    await expectKept(scene, first);

    const second = await run(scene);
    await expectDone(scene, second);
    expect(second.outcome).toMatchObject({
      resumedBytes: index * 1_000,
      fetchedBytes: 10_000 - index * 1_000,
    });
    const fetched = answered([...first.fetches, ...second.fetches]);
    expect(fetched).toHaveLength(10);
    expect(new Set(rangesOf(fetched)).size).toBe(10);
  });

  test.each([
    ['A5', 'first', 0],
    ['A6', 'middle', 5],
    ['A7', 'last', 9],
  ])('%s a %s part that fails among four lanes costs no byte twice', async (_, __, index) => {
    const scene = await setScene();
    scene.server.setFaults([refuse(index)]);
    const first = await run(scene, { lanes: 4 });
    await expectKept(scene, first);

    scene.server.setFaults([]);
    const second = await run(scene, { lanes: 4 });
    await expectDone(scene, second);
    const { resumedBytes = 0, fetchedBytes = 0 } = second.outcome ?? {};
    expect(resumedBytes + fetchedBytes).toBe(10_000);
    const told = eventsOf(first, 'progress').at(-1)?.progress;
    expect(resumedBytes).toBe(told?.durable);
    expect(told?.received).toBe(told?.durable);
  });

  test('A5 the recorded part size wins over that of the second run', async () => {
    const { scene } = await failedAt(5);
    const second = await run(scene, { partSize: 3_000 });
    await expectDone(scene, second);
    expect(rangesOf(second.fetches)[0]).toBe('bytes=5000-5999');
    expect(second.fetches).toHaveLength(5);
  });

  test('B5 after a 403 the lowest offset that is asked for is where it stopped', async () => {
    const { scene, first } = await failedAt(3);
    expect(first.error).toMatchObject({ code: 'AccessDenied', status: 403 });
    expect(rangesOf(first.fetches).at(-1)).toBe('bytes=3000-3999');

    const second = await run(scene);
    await expectDone(scene, second);
    expect(rangesOf(second.fetches)[0]).toBe('bytes=3000-3999');
    expect(second.fetches).toHaveLength(7);
  });

  test('B5 a part that was cut off goes on in run 2 behind its last byte', async () => {
    const scene = await setScene();
    scene.server.setFaults([whenPart({ index: 3, size: 1_000 }, fault.cutAfter(600))]);
    const first = await run(scene);
    expect(first.error?._tag).toBe('NetworkFailed');
    await expectKept(scene, first);

    scene.server.setFaults([]);
    const second = await run(scene);
    await expectDone(scene, second);
    expect(rangesOf(second.fetches)[0]).toBe('bytes=3600-3999');
    expect(second.outcome).toMatchObject({ resumedBytes: 3_600, fetchedBytes: 6_400 });
  });

  test('B8 a body that is cut in half once is reopened at the right offset', async () => {
    const scene = await setScene({ content: contentOf(4_000) });
    scene.server.setFaults([once(forMethod('GET', fault.cutAfter(2_000)))]);
    const done = await run(scene, { partSize: 4_000, attemptsMax: 2 });
    await expectDone(scene, done);
    expect(rangesOf(done.fetches)).toEqual(['bytes=0-3999', 'bytes=2000-3999']);
    expect(done.outcome?.fetchedBytes).toBe(4_000);
  });

  test('B8 a whole object that is cut in half is reopened there, too', async () => {
    const scene = await setScene({ content: contentOf(4_000) });
    scene.server.setFaults([once(forMethod('GET', fault.cutAfter(2_000)))]);
    const done = await run(scene, { threshold: 5_000, attemptsMax: 2 });
    await expectDone(scene, done);
    expect(rangesOf(done.fetches)).toEqual([null, 'bytes=2000-3999']);
  });

  test('B10 the first progress after a resume counts what was there', async () => {
    const { scene } = await failedAt(7);
    const second = await run(scene);
    const first = eventsOf(second, 'progress')[0]?.progress;
    expect(first).toMatchObject({ received: 7_000, durable: 7_000, resumed: 7_000, fetched: 0 });
    expect(second.verdict).toEqual({ _tag: 'Resumed', bytes: 7_000, tornAt: null, trimmed: 0 });
  });
});

describe('the last step', () => {
  test('A8 after a rename that failed, run 2 finishes without asking for a byte', async () => {
    const scene = await setScene();
    const first = await run(scene, { change: withoutRename });
    expect(first.error).toMatchObject({ _tag: 'DiskFailed', code: 'EBUSY', path: scene.target });
    await expectKept(scene, first);

    scene.server.setFaults([NO_BYTES]);
    const second = await run(scene);
    await expectDone(scene, second);
    expect(second.fetches).toEqual([]);
    expect(second.outcome).toMatchObject({ resumedBytes: 10_000, fetchedBytes: 0 });
  });

  test('A15 two stores have a breakpoint and a part file each, and finish their own', async () => {
    const scene = await setScene();
    const stores = [join(scene.folder, 'one'), join(scene.folder, 'two')] as const;
    for (const store of stores) {
      const failed = await run(scene, { store, change: withoutRename });
      expect(failed.error?._tag).toBe('DiskFailed');
    }
    expect(await partFiles(scene.target)).toHaveLength(2);
    expect(await journals(stores[0])).toHaveLength(1);
    expect(await journals(stores[1])).toHaveLength(1);

    scene.server.setFaults([NO_BYTES]);
    const first = await run(scene, { store: stores[0] });
    expect(first.error).toBeNull();
    expect(await leftovers({ ...scene, store: stores[0] })).toHaveLength(1);
    expect(await journals(stores[1])).toHaveLength(1);
    const second = await run(scene, { store: stores[1] });
    await expectDone(scene, second, { store: stores[1] });
    expect([...first.fetches, ...second.fetches]).toEqual([]);
  });
});

describe('where things are', () => {
  test('A18 a start with an absolute path is resumed with a relative one', async () => {
    const scene = await setScene({ content: contentOf(500_000) });
    const { source, store, target } = scene;
    const options = {
      source,
      store,
      credentials: demoCredentials,
      partSize: '100KB',
      threshold: 0,
    };
    scene.server.setFaults([whenPart({ index: 3, size: 100_000 }, DENIED)]);
    const first = await collect(download({ ...options, target, concurrency: 1 }));
    expect(first.error?._tag).toBe('ServerRefused');

    scene.server.setFaults([]);
    const second = await collect(download({ ...options, target: relative('.', target) }));
    expect(second.verdict).toMatchObject({ _tag: 'Resumed', bytes: 300_000 });
    await expectDone(scene, second);
  });

  test('A19 a part file that was deleted between the runs means a fresh download', async () => {
    const { scene } = await failedAt(5);
    for (const path of await partFiles(scene.target)) await rm(path);

    const second = await run(scene);
    expect(second.verdict).toEqual({ _tag: 'Restarted', because: { _tag: 'PartFileMissing' } });
    expect(answered(second.fetches)).toHaveLength(10);
    await expectDone(scene, second);
  });

  test('W4 a part file that grew beyond the object loses its tail', async () => {
    const { scene } = await failedAt(5);
    for (const path of await partFiles(scene.target)) await appendFile(path, 'garbage');

    const second = await run(scene);
    expect(second.verdict).toMatchObject({ _tag: 'Resumed', bytes: 5_000 });
    await expectDone(scene, second);
  });
});

describe('stopping on purpose', () => {
  /** Calls `then` as soon as the download has bytes, which come slowly. */
  const onBytes = (act: (job: Download) => void) => (job: Download) => {
    const off = job.on('progress', ({ progress: { fetched } }) => {
      if (fetched === 0) return;
      off();
      act(job);
    });
  };
  const slowScene = async () => {
    const scene = await setScene({ content: contentOf(400_000) });
    scene.server.setFaults([forMethod('GET', fault.slow(200_000))]);
    return scene;
  };

  test('a download that is cancelled and kept goes on in a later run', async () => {
    const scene = await slowScene();
    const partSize = 100_000;
    const begun = onBytes((job) => job.cancel({ keep: true }));
    const first = await run(scene, { partSize, begun });
    expect(first.error).toEqual({ _tag: 'Cancelled' });
    await expectKept(scene, first);

    scene.server.setFaults([]);
    const second = await run(scene, { partSize });
    expect(second.verdict?._tag).toBe('Resumed');
    const { resumedBytes = 0, fetchedBytes = 0 } = second.outcome ?? {};
    expect(resumedBytes).toBeGreaterThan(0);
    expect(resumedBytes + fetchedBytes).toBe(400_000);
    await expectDone(scene, second);
  });

  test.each(['pause', 'resume'] as const)(
    'a %s that comes too late is no failure',
    async (late) => {
      const scene = await slowScene();
      const begun = (job: Download) => {
        onBytes((given) => given.cancel())(job);
        const { unsubscribe } = job.actor.subscribe((snapshot) => {
          if (!snapshot.matches({ settling: 'closing' })) return;
          unsubscribe();
          job[late]();
        });
      };
      const { error } = await run(scene, { partSize: 100_000, begun });
      expect(error).toEqual({ _tag: 'Cancelled' });
      expect(await leftovers(scene)).toEqual([]);
    },
  );

  test('a download that is cancelled leaves nothing', async () => {
    const scene = await slowScene();
    const begun = onBytes((job) => job.cancel());
    await expectNothing(scene, await run(scene, { partSize: 100_000, begun }));
  });

  test('a download that is paused asks for nothing, and goes on where it was', async () => {
    const scene = await slowScene();
    const asked: Array<number> = [];
    const targets: Array<Buffer | null> = [];
    const begun = (job: Download) => {
      onBytes(({ pause }) => pause())(job);
      job.on('paused', async () => {
        asked.push(scene.server.requests().length);
        targets.push(await fileAt(scene.target));
        asked.push(scene.server.requests().length);
        scene.server.setFaults([]);
        job.resume();
      });
    };
    const done = await run(scene, { partSize: 100_000, lanes: 2, begun });
    await expectDone(scene, done);
    expect(targets).toEqual([null]);
    expect(asked[1]).toBe(asked[0]);
    expect(done.requests.length).toBeGreaterThan(asked[1] ?? Number.NaN);
    expect(done.outcome?.fetchedBytes).toBe(400_000);
  });

  test('an object below the threshold that fails leaves nothing', async () => {
    const scene = await setScene();
    scene.server.setFaults([forMethod('GET', fault.cutAfter(5_000))]);
    const failed = await run(scene, { threshold: 20_000 });
    expect(failed.error?._tag).toBe('NetworkFailed');
    await expectNothing(scene, failed);
  });
});
