/** Servers that refuse: what is asked again, how often, after which wait, and what is not. */
import { describe, expect, test } from 'vitest';
import { ossObject } from '../../src/sources.ts';
import { fault, forMethod, once, times, whenPart } from '../../src/testing/index.ts';
import { BUCKET, eventsOf, expectDone, expectKept, leftovers, run, setScene } from './scene.ts';

describe('a server that is busy', () => {
  test('W11 one 503 costs one more request', async () => {
    const scene = await setScene();
    scene.server.setFaults([once(forMethod('GET', fault.refuse(503, 'SlowDown')))]);
    const done = await run(scene, { attemptsMax: 2 });
    await expectDone(scene, done);
    expect(done.fetches).toHaveLength(11);
    expect(eventsOf(done, 'retry')).toHaveLength(1);
  });

  test('W11 a 503 to the first question is asked again, too', async () => {
    const scene = await setScene();
    scene.server.setFaults([times(2, forMethod('HEAD', fault.refuse(503, 'ServiceUnavailable')))]);
    const done = await run(scene, { attemptsMax: 3 });
    await expectDone(scene, done);
    expect(eventsOf(done, 'retry').map(({ part, attempt }) => [part, attempt])).toEqual([
      [null, 1],
      [null, 2],
    ]);
  });

  test.each([
    ['503', fault.refuse(503, 'SlowDown'), 'ServerBusy'],
    ['a reset', fault.reset, 'NetworkFailed'],
    ['nothing but a head', fault.cutAfter(0), 'NetworkFailed'],
  ])('W11 %s without end is given up, after waits between the tries', async (_, fault, tag) => {
    const scene = await setScene();
    scene.server.setFaults([whenPart({ index: 2, size: 1_000 }, fault)]);
    const failed = await run(scene, { attemptsMax: 4 });
    expect(failed.error?._tag).toBe(tag);
    expect(failed.fetches).toHaveLength(2 + 4);
    const retries = eventsOf(failed, 'retry');
    expect(retries.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    expect(retries.every(({ delayMs }) => delayMs > 0)).toBe(true);
    await expectKept(scene, failed);
  });

  test('W11 a wait that the server asks for is kept', async () => {
    const scene = await setScene();
    scene.server.setFaults([forMethod('GET', fault.refuse(503, 'SlowDown', '7'))]);
    const stopped = await run(scene, {
      attemptsMax: 4,
      begun: (job) => job.on('retry', () => job.cancel()),
    });
    expect(eventsOf(stopped, 'retry').map(({ delayMs }) => delayMs)).toEqual([7_000]);
    expect(stopped.fetches).toHaveLength(1);
  });

  test.each([
    ['NoSuchKey', 404],
    ['AccessDenied', 403],
    ['InvalidArgument', 400],
  ])('W11 a refusal such as %s is asked for once', async (code, status) => {
    const scene = await setScene();
    scene.server.setFaults([forMethod('GET', fault.refuse(status, code))]);
    const failed = await run(scene, { attemptsMax: 5 });
    expect(failed.error).toMatchObject({ _tag: 'ServerRefused', status, code });
    expect(failed.fetches).toHaveLength(1);
  });

  test('an object that is not there is told as such, before anything is written', async () => {
    const scene = await setScene();
    const { url } = scene.server;
    const source = ossObject({ endpoint: url, bucket: BUCKET, key: 'not/there' });
    const failed = await run(scene, { source, attemptsMax: 5 });
    expect(failed.error).toMatchObject({ _tag: 'ServerRefused', status: 404, code: 'NoSuchKey' });
    expect(failed.requests).toHaveLength(1);
    expect(await leftovers(scene)).toEqual([]);
  });
});
