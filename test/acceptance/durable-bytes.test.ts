/** Bytes that are not what the record says: nothing is believed unread, and nothing else is lost. */
import { appendFile, truncate } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { fault, forMethod, once, rangeContains } from '../../src/testing/index.ts';
import { flipBit, halfDone, overwrite, PUT, partFileOf } from './durable-tools.ts';
import {
  answered,
  BUCKET,
  contentOf,
  eventsOf,
  expectDone,
  expectNothing,
  KEY,
  rangesOf,
  run,
  setScene,
} from './scene.ts';

const ALL_TEN = Array.from({ length: 10 }, (_, n) => `bytes=${n * 1_000}-${n * 1_000 + 999}`);

describe('bytes that were lost while the journal survived', () => {
  test('W1 zeros in place of all recorded bytes are fetched again', async () => {
    const scene = await halfDone();
    await overwrite(await partFileOf(scene), 0, new Uint8Array(5_000));
    const done = await run(scene, { lanes: 2 });
    expect(done.verdict).toMatchObject({ _tag: 'Resumed', bytes: 5_000 });
    expect(eventsOf(done, 'damaged').map(({ part }) => part)).toEqual([1, 2, 3, 4, 5]);
    expect([...rangesOf(done.fetches)].sort()).toEqual(ALL_TEN);
    await expectDone(scene, done);
  });

  test('W1 one recorded part that reads as zeros is fetched again, and nothing else', async () => {
    const scene = await halfDone();
    await overwrite(await partFileOf(scene), 2_000, new Uint8Array(1_000));
    const done = await run(scene);
    expect(eventsOf(done, 'damaged')).toEqual([{ type: 'damaged', part: 3 }]);
    expect([...rangesOf(done.fetches)].sort()).toEqual([ALL_TEN[2], ...ALL_TEN.slice(5)]);
    await expectDone(scene, done);
  });

  test('W1 a part file that was cut is told apart, and all is fetched again', async () => {
    const scene = await halfDone();
    await truncate(await partFileOf(scene), 3_500);
    const done = await run(scene);
    const because = { _tag: 'PartFileShorter', size: 3_500, expected: 10_000 };
    expect(done.verdict).toEqual({ _tag: 'Restarted', because });
    expect(answered(done.fetches)).toHaveLength(10);
    await expectDone(scene, done);
  });

  test('W1 a part file that was cut and made long again has lost only what was cut', async () => {
    const scene = await halfDone();
    const path = await partFileOf(scene);
    await truncate(path, 3_500);
    await truncate(path, 10_000);
    const done = await run(scene);
    expect(eventsOf(done, 'damaged').map(({ part }) => part)).toEqual([4, 5]);
    expect([...rangesOf(done.fetches)].sort()).toEqual(ALL_TEN.slice(3));
    await expectDone(scene, done);
  });
});

describe('a bit gone bad on disk', () => {
  test.each([0, 2_345, 4_999])('W2 at %i costs that part, and nothing else', async (at) => {
    const scene = await halfDone();
    await flipBit(await partFileOf(scene), at);
    const done = await run(scene, { lanes: 3 });
    const index = Math.floor(at / 1_000);
    expect(eventsOf(done, 'damaged')).toEqual([{ type: 'damaged', part: index + 1 }]);
    const ranges = [...rangesOf(done.fetches)].sort();
    expect(ranges).toEqual([ALL_TEN[index], ...ALL_TEN.slice(5)]);
    expect(done.outcome?.fetchedBytes).toBe(6_000);
    await expectDone(scene, done);
  });

  test('W2 in the written beginning of a part under way costs that part', async () => {
    const scene = await setScene({ put: PUT });
    scene.server.setFaults([rangeContains(5_000, fault.cutAfter(600))]);
    expect((await run(scene)).error?._tag).toBe('NetworkFailed');
    await flipBit(await partFileOf(scene), 5_300);
    scene.server.setFaults([]);
    const done = await run(scene);
    expect(done.verdict).toMatchObject({ _tag: 'Resumed', bytes: 5_600 });
    expect([...rangesOf(done.fetches)].sort()).toEqual(ALL_TEN.slice(5));
    await expectDone(scene, done);
  });
});

describe('damage in transit', () => {
  test('W3 of one part is repaired by the same run', async () => {
    const scene = await setScene();
    scene.server.setFaults([once(rangeContains(4_500, fault.flipByte(4_500)))]);
    const done = await run(scene, { lanes: 2 });
    expect(eventsOf(done, 'repairing')).toEqual([{ type: 'repairing', scope: 'all', parts: 10 }]);
    await expectDone(scene, done);
  });

  test('W3 beside damage on disk is repaired, the damaged part first', async () => {
    const scene = await setScene();
    scene.server.setFaults([once(rangeContains(4_500, fault.flipByte(4_500)))]);
    const flip = async () => flipBit(await partFileOf(scene), 7_100);
    const flipped: Array<Promise<void>> = [];
    const done = await run(scene, {
      lanes: 1,
      change: (effects) => ({
        ...effects,
        storage: {
          ...effects.storage,
          fetchRange: (request, sink, signal) => async () => {
            if (request.range.start === 9_000 && flipped.length === 0) flipped.push(flip());
            await flipped[0];
            return effects.storage.fetchRange(request, sink, signal)();
          },
        },
      }),
    });
    expect(eventsOf(done, 'repairing')).toEqual([
      { type: 'repairing', scope: 'damaged', parts: 1 },
      { type: 'repairing', scope: 'all', parts: 10 },
    ]);
    await expectDone(scene, done);
  });

  test('W3 that never ends is an integrity error, and no record is left to fail again', async () => {
    const scene = await setScene();
    scene.server.setFaults([forMethod('GET', fault.flipByte(4_500))]);
    const failed = await run(scene, { lanes: 2 });
    expect(failed.error?._tag).toBe('IntegrityFailed');
    expect(eventsOf(failed, 'repairing').map(({ scope }) => scope)).toEqual(['all']);
    await expectNothing(scene, failed);

    scene.server.setFaults([]);
    await expectDone(scene, await run(scene));
  });
});

describe('a file that is too long', () => {
  test.each([1, 4_096, 100_000])(
    'W4 by %i bytes loses its garbage, and says so',
    async (length) => {
      const scene = await halfDone();
      await appendFile(await partFileOf(scene), contentOf(length, 9));
      const done = await run(scene);
      expect(done.verdict).toMatchObject({ _tag: 'Resumed', bytes: 5_000, trimmed: length });
      expect(rangesOf(done.fetches)).toEqual(ALL_TEN.slice(5));
      await expectDone(scene, done);
    },
  );
});

describe('checksums after a resume', () => {
  test('W26 damage in transit after a resume is noticed and repaired', async () => {
    const scene = await halfDone();
    scene.server.setFaults([once(rangeContains(7_500, fault.flipByte(7_500)))]);
    const done = await run(scene);
    expect(done.outcome?.resumedBytes).toBe(5_000);
    expect(eventsOf(done, 'repairing')).toHaveLength(1);
    await expectDone(scene, done);
  });

  test('W26 halves of two versions are no file, though every header says it is one', async () => {
    const scene = await halfDone();
    const told = scene.server.put('otherbucket', KEY, scene.content).crc64;
    const other = contentOf(10_000, 2);
    scene.server.put(BUCKET, KEY, other, { ...PUT, crc64: told });
    const failed = await run(scene);
    expect(failed.verdict?._tag).toBe('Resumed');
    expect(failed.error?._tag).toBe('IntegrityFailed');
    await expectNothing(scene, failed);
  });

  test('W26 a version that comes in the middle of a resume is refused', async () => {
    const scene = await halfDone();
    scene.server.setFaults([
      once(rangeContains(7_000, fault.changeObject(contentOf(10_000, 2), 100))),
    ]);
    const failed = await run(scene);
    expect(failed.error?._tag).toBe('ObjectChanged');
    await expectNothing(scene, failed);
  });
});
