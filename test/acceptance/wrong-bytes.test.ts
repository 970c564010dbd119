/** Servers that change their mind, lie, or send too little: no wrong byte gets a target's name. */
import { describe, expect, test } from 'vitest';
import { fault, forMethod, once, rangeContains, times, whenPart } from '../../src/testing/index.ts';
import {
  answered,
  BUCKET,
  contentOf,
  eventsOf,
  expectDone,
  expectKept,
  expectNothing,
  fileAt,
  KEY,
  leftovers,
  rangesOf,
  run,
  setScene,
} from './scene.ts';

const REQUEST_ID = expect.stringMatching(/^[0-9A-F]{24}$/);
const NEW = contentOf(10_000, 2);

describe('an object that changes during the download', () => {
  test('A14 is refused by the precondition in run 1, and is fetched anew in run 2', async () => {
    const scene = await setScene();
    scene.server.setFaults([once(whenPart({ index: 4, size: 1_000 }, fault.changeObject(NEW)))]);
    const first = await run(scene);
    expect(first.error).toMatchObject({
      _tag: 'ObjectChanged',
      difference: 'precondition',
      requestId: REQUEST_ID,
    });
    expect(first.fetches.at(-1)?.status).toBe(412);
    expect(first.fetches).toHaveLength(5);

    const second = await run(scene);
    expect(answered(second.fetches)).toHaveLength(10);
    await expectDone(scene, second, { content: NEW });
  });

  test('B4 at some offset has another ETag: neither target nor part file remain', async () => {
    const scene = await setScene();
    scene.server.setFaults([rangeContains(4_500, fault.wrongEtag('OTHER'))]);
    const failed = await run(scene, { attemptsMax: 5 });
    expect(failed.error).toMatchObject({
      _tag: 'ObjectChanged',
      difference: 'etag',
      actual: '"OTHER"',
      requestId: REQUEST_ID,
    });
    expect(failed.fetches).toHaveLength(5);
    await expectNothing(scene, failed);
  });

  test('DEMAND 4 a changed object leaves the file of an earlier download as it is', async () => {
    const scene = await setScene();
    await run(scene);
    const before = await fileAt(scene.target);
    scene.server.put(BUCKET, KEY, NEW);
    const third = contentOf(10_000, 3);
    scene.server.setFaults([once(whenPart({ index: 9, size: 1_000 }, fault.changeObject(third)))]);
    const failed = await run(scene, { lanes: 4 });
    expect(failed.error?._tag).toBe('ObjectChanged');
    expect((await fileAt(scene.target))?.equals(before ?? NEW)).toBe(true);
    expect(await leftovers(scene)).toEqual([]);
  });

  test('DEMAND 4 in the middle of a body mixes no bytes of two versions', async () => {
    const scene = await setScene();
    const change = fault.changeObject(NEW, 500);
    scene.server.setFaults([once(whenPart({ index: 4, size: 1_000 }, change))]);
    const failed = await run(scene);
    expect(failed.error).toMatchObject({ _tag: 'ObjectChanged' });
    await expectNothing(scene, failed);
    await expectDone(scene, await run(scene), { content: NEW });
  });

  test('DEMAND 4 in a bucket with versions is finished as it was planned', async () => {
    const scene = await setScene({ put: { versionId: 'planned' } });
    scene.server.setFaults([once(whenPart({ index: 4, size: 1_000 }, fault.changeObject(NEW)))]);
    const done = await run(scene, { lanes: 2 });
    await expectDone(scene, done);
    expect(new Set(done.fetches.map(({ versionId }) => versionId))).toEqual(new Set(['planned']));
  });

  test('DEMAND 4 to another size is told, also where the answer alone says so', async () => {
    const scene = await setScene();
    scene.server.setFaults([rangeContains(4_500, fault.wrongTotal(20_000))]);
    const failed = await run(scene);
    expect(failed.error).toMatchObject({ _tag: 'ObjectChanged', difference: 'size' });
    await expectNothing(scene, failed);
  });
});

describe('a body that is not what was asked for', () => {
  test.each([
    ['A20', 'a part', 0],
    ['A21', 'a whole object', 20_000],
  ])('%s %s that ends early without an error is told with the request id', async (...given) => {
    const [, , threshold] = given;
    const scene = await setScene();
    scene.server.setFaults([forMethod('GET', fault.endEarly(600, 'chunked'))]);
    const failed = await run(scene, { threshold });
    expect(failed.error).toMatchObject({
      _tag: 'AnswerCut',
      expected: threshold === 0 ? 1_000 : 10_000,
      received: 600,
      requestId: REQUEST_ID,
    });
    expect(await fileAt(scene.target)).toBeNull();
  });

  test.each([
    ['A20', 'a part', 0],
    ['A21', 'a whole object', 20_000],
  ])('%s %s whose length is too short from the start is told, too', async (_, __, threshold) => {
    const scene = await setScene();
    scene.server.setFaults([forMethod('GET', fault.endEarly(600, 'length'))]);
    const failed = await run(scene, { threshold });
    expect(failed.error).toMatchObject({ requestId: REQUEST_ID });
    expect(await fileAt(scene.target)).toBeNull();
  });

  test('A20 a part that ends early once goes on behind what came', async () => {
    const scene = await setScene();
    scene.server.setFaults([once(forMethod('GET', fault.endEarly(600, 'chunked')))]);
    const done = await run(scene, { attemptsMax: 2 });
    await expectDone(scene, done);
    expect(rangesOf(done.fetches).slice(0, 2)).toEqual(['bytes=0-999', 'bytes=600-999']);
  });

  test('A22 a compressed answer is never asked for', async () => {
    const scene = await setScene({ server: { gzip: true } });
    for (const threshold of [0, 20_000]) {
      const done = await run(scene, { threshold });
      await expectDone(scene, done);
      const encodings = new Set(done.requests.map(({ headers }) => headers['accept-encoding']));
      expect(encodings).toEqual(new Set(['identity']));
    }
  });

  test.each([0, 20_000])(
    'A22 a compressed answer unasked is not written (%i)',
    async (threshold) => {
      const scene = await setScene();
      scene.server.setFaults([forMethod('GET', { _tag: 'Gzip', force: true })]);
      const failed = await run(scene, { threshold });
      expect(failed.error?._tag).toBe('RangeIgnored');
      expect(eventsOf(failed, 'progress').every(({ progress }) => progress.received === 0)).toBe(
        true,
      );
      expect(await fileAt(scene.target)).toBeNull();
    },
  );

  test('W12 another range of the right length is not written', async () => {
    const scene = await setScene();
    scene.server.setFaults([whenPart({ index: 4, size: 1_000 }, fault.wrongRange(1_000))]);
    const failed = await run(scene, { attemptsMax: 3 });
    expect(failed.error).toEqual({
      _tag: 'RangeIgnored',
      asked: 'bytes=4000-4999',
      answered: 'bytes 5000-5999/10000',
      requestId: REQUEST_ID,
    });
    expect(failed.fetches).toHaveLength(4 + 3);
    expect(eventsOf(failed, 'progress').at(-1)?.progress.received).toBe(4_000);
    await expectKept(scene, failed);
  });

  test('W12 another range that comes once is asked for again', async () => {
    const scene = await setScene();
    scene.server.setFaults([once(forMethod('GET', fault.wrongRange(1_000)))]);
    const done = await run(scene, { lanes: 3, attemptsMax: 2 });
    await expectDone(scene, done);
    expect(done.fetches).toHaveLength(11);
  });

  test('W12 short parts are completed, one piece after the other', async () => {
    const scene = await setScene();
    scene.server.setFaults([forMethod('GET', fault.endEarly(300, 'chunked'))]);
    const done = await run(scene, { lanes: 4, attemptsMax: 2 });
    await expectDone(scene, done);
    expect(done.fetches).toHaveLength(40);
    expect(done.outcome?.fetchedBytes).toBe(10_000);
  });

  test('DEMAND 5 the whole object in answer to a range is not appended to anything', async () => {
    const scene = await setScene();
    scene.server.setFaults([whenPart({ index: 4, size: 1_000 }, fault.ignoreRange)]);
    const failed = await run(scene, { attemptsMax: 3 });
    expect(failed.error).toMatchObject({ _tag: 'RangeIgnored', answered: '200' });
    expect(eventsOf(failed, 'progress').at(-1)?.progress.received).toBe(4_000);
    await expectKept(scene, failed);

    scene.server.setFaults([]);
    const second = await run(scene);
    expect(second.outcome).toMatchObject({ resumedBytes: 4_000, fetchedBytes: 6_000 });
    await expectDone(scene, second);
  });

  test('DEMAND 5 a server that forgets a range now and then is asked again', async () => {
    const scene = await setScene();
    scene.server.setFaults([times(3, forMethod('GET', fault.ignoreRange))]);
    const done = await run(scene, { lanes: 2, attemptsMax: 5 });
    await expectDone(scene, done);
    expect(done.fetches).toHaveLength(13);
    expect(done.outcome?.fetchedBytes).toBe(10_000);
  });
});

describe('checksums', () => {
  test('B7 a checksum that is not the bytes’ is an integrity error, without a target', async () => {
    const scene = await setScene({ put: { crc64: '123' } });
    const failed = await run(scene);
    expect(failed.error).toMatchObject({ _tag: 'IntegrityFailed', expected: '123' });
    expect(failed.resumable).toBe(false);
    expect(await fileAt(scene.target)).toBeNull();
    await expectDone(scene, await run(scene, { verify: false }));
  });

  test('B7 a wrong checksum does not replace the file of an earlier download', async () => {
    const scene = await setScene();
    await run(scene);
    scene.server.put(BUCKET, KEY, NEW, { crc64: '123' });
    const failed = await run(scene, { threshold: 20_000 });
    expect(failed.error?._tag).toBe('IntegrityFailed');
    expect((await fileAt(scene.target))?.equals(scene.content)).toBe(true);
  });

  test('B7 an object without a checksum is downloaded, and its own is told', async () => {
    const scene = await setScene({ put: { crc64: null } });
    const expected = scene.server.put('otherbucket', KEY, scene.content).crc64;
    const done = await run(scene);
    await expectDone(scene, done);
    expect(done.outcome?.crc64).toBe(expected);
  });

  test.each([0, 20_000])(
    'W3 damage in transit does not outlive its run (%i)',
    async (threshold) => {
      const scene = await setScene();
      scene.server.setFaults([forMethod('GET', fault.flipByte(4_500))]);
      const first = await run(scene, { threshold });
      expect(first.error?._tag).toBe('IntegrityFailed');
      expect(await fileAt(scene.target)).toBeNull();

      scene.server.setFaults([]);
      await expectDone(scene, await run(scene, { threshold }));
    },
  );
});
