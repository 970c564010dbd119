/** Downloads that nothing interrupts: sizes, parts, lanes, and what is asked of the server. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { download } from '../../src/download.ts';
import { resumableDownload } from '../../src/resumable-download.ts';
import { ossObject } from '../../src/sources.ts';
import {
  DEMO_ACCOUNT,
  fault,
  forMethod,
  type OssServerOptions,
  syntheticObject,
} from '../../src/testing/index.ts';
import {
  answered,
  BUCKET,
  collect,
  contentOf,
  demoCredentials,
  eventsOf,
  expectDone,
  expectNothing,
  fileAt,
  KEY,
  leftovers,
  rangesOf,
  run,
  setScene,
} from './scene.ts';

describe('a download without interruptions', () => {
  test('A1 an object below the threshold takes one request for all of it', async () => {
    const scene = await setScene({ content: contentOf(9_999) });
    const done = await run(scene, { threshold: 10_000 });
    await expectDone(scene, done);
    expect(done.requests.map(({ method }) => method)).toEqual(['HEAD', 'GET']);
    expect(rangesOf(done.fetches)).toEqual([null]);
  });

  test('A2 an object at the threshold takes one request a part, the last one short', async () => {
    const scene = await setScene({ content: contentOf(10_000) });
    const done = await run(scene, { threshold: 10_000, partSize: 4_000 });
    await expectDone(scene, done);
    const ranges = ['bytes=0-3999', 'bytes=4000-7999', 'bytes=8000-9999'];
    expect(rangesOf(done.fetches)).toEqual(ranges);
  });

  test('A3 fewer lanes than parts fetch each part once, and never more at a time', async () => {
    const meter = inFlightMeter();
    const scene = await setScene({ server: meter.server });
    const done = await run(scene, { lanes: 3, partSize: 1_000 });
    await expectDone(scene, done);
    expect(new Set(rangesOf(done.fetches)).size).toBe(10);
    expect(done.fetches).toHaveLength(10);
    expect(meter.most()).toBe(3);
  });

  test('A4 more lanes than parts fetch each part once', async () => {
    const scene = await setScene({ content: contentOf(2_345) });
    const done = await run(scene, { lanes: 16, partSize: 1_000 });
    await expectDone(scene, done);
    expect(new Set(rangesOf(done.fetches)).size).toBe(3);
    expect(done.fetches).toHaveLength(3);
  });

  test('A17 a part size and a concurrency that are given replace the defaults', async () => {
    const meter = inFlightMeter();
    const scene = await setScene({ content: contentOf(900_000), server: meter.server });
    const { source, target, store } = scene;
    const options = { source, target, store, credentials: demoCredentials };
    const done = await collect(
      download({ ...options, threshold: 0, partSize: '150KB', concurrency: 2 }),
    );
    await expectDone(scene, done);
    expect(eventsOf(done, 'planned')[0]?.plan).toMatchObject({ partSize: 150_000, partCount: 6 });
    expect(meter.most()).toBe(2);
  });

  test('A17 the reference call has its documented defaults: 100 KiB parts, one at a time', async () => {
    const meter = inFlightMeter();
    const scene = await setScene({ content: contentOf(300_000), server: meter.server });
    const { server, store, target } = scene;
    const bucket = { name: BUCKET, endpoint: server.url, credentials: demoCredentials };
    await resumableDownload(bucket, KEY, target, { store, multigetThreshold: 300_000 });
    expect((await fileAt(target))?.equals(scene.content)).toBe(true);
    const fetches = server.requests().filter(({ method }) => method === 'GET');
    const ranges = ['bytes=0-102399', 'bytes=102400-204799', 'bytes=204800-299999'];
    expect(rangesOf(fetches)).toEqual(ranges);
    expect(meter.most()).toBe(1);
  });

  test('A17 the reference call takes 10 MiB as the threshold when none is given', async () => {
    const scene = await setScene({ content: contentOf(300_000) });
    const { server, store, target } = scene;
    const bucket = { name: BUCKET, endpoint: server.url, credentials: demoCredentials };
    const { size } = await resumableDownload(bucket, KEY, target, { store });
    expect(size).toBe(300_000);
    expect(rangesOf(server.requests())).toEqual([null, null]);
  });

  test('A27 the folder of the store is created, with those above it', async () => {
    const scene = await setScene();
    const store = join(scene.folder, 'not', 'there', 'yet');
    const done = await run(scene, { store });
    await expectDone(scene, done, { store });
    expect((await stat(store)).isDirectory()).toBe(true);
  });
});

describe('what is asked of the server', () => {
  test.each([
    ['below', 20_000],
    ['above', 0],
  ])('A23 a traffic limit goes along %s the threshold', async (_, threshold) => {
    const scene = await setScene();
    const trafficLimit = 838_860_800;
    const source = ossObject({
      endpoint: scene.server.url,
      bucket: BUCKET,
      key: KEY,
      trafficLimit,
    });
    const done = await run(scene, { source, threshold });
    await expectDone(scene, done);
    const limits = new Set(done.fetches.map(({ headers }) => headers['x-oss-traffic-limit']));
    expect(limits).toEqual(new Set([String(trafficLimit)]));
  });

  test('A24 a requester-pays bucket refuses whoever does not offer to pay', async () => {
    const scene = await setScene({ server: { requesterPays: [BUCKET] } });
    const refused = await run(scene);
    expect(refused.error).toMatchObject({ _tag: 'ServerRefused', status: 403 });
    expect(refused.fetches).toEqual([]);
    expect(await fileAt(scene.target)).toBeNull();
    expect(await leftovers(scene)).toEqual([]);

    const payer = { endpoint: scene.server.url, bucket: BUCKET, key: KEY, requestPayer: true };
    const paid = await run(scene, { source: ossObject(payer) });
    await expectDone(scene, paid);
  });

  test('B9 the reference call passes payer and traffic limit on with each request', async () => {
    const scene = await setScene({ server: { requesterPays: [BUCKET] } });
    const { server, store, target } = scene;
    const bucket = { name: BUCKET, endpoint: server.url, credentials: demoCredentials };
    const headers = { 'X-Oss-Request-Payer': 'requester', 'x-oss-traffic-limit': '838860800' };
    await resumableDownload(bucket, KEY, target, { store, headers, multigetThreshold: 0 });
    expect((await fileAt(target))?.equals(scene.content)).toBe(true);
    const asked = server.requests().map(({ method, headers }) => ({
      method,
      payer: headers['x-oss-request-payer'],
      limit: headers['x-oss-traffic-limit'],
    }));
    expect(asked).toEqual([
      { method: 'HEAD', payer: 'requester', limit: undefined },
      { method: 'GET', payer: 'requester', limit: '838860800' },
    ]);
  });

  test('A25 a version that is named is downloaded, and has a breakpoint of its own', async () => {
    const scene = await setScene({ put: { versionId: 'old' } });
    const current = contentOf(10_000, 2);
    scene.server.put(BUCKET, KEY, current, { versionId: 'new' });
    const place = { endpoint: scene.server.url, bucket: BUCKET, key: KEY };
    const old = ossObject({ ...place, versionId: 'old' });
    scene.server.setFaults([forMethod('GET', ({ range }) => (range?.start === 5_000 ? NO : null))]);
    const failed = await run(scene, { source: old });
    expect(failed.error).toMatchObject({ _tag: 'ServerRefused' });

    scene.server.setFaults([]);
    const other = join(scene.folder, 'current.bin');
    const fresh = await run(scene, { target: other });
    expect(fresh.verdict).toEqual({ _tag: 'Fresh' });
    expect((await fileAt(other))?.equals(current)).toBe(true);

    const done = await run(scene, { source: old });
    expect(done.verdict).toMatchObject({ _tag: 'Resumed', bytes: 5_000 });
    expect(new Set(done.requests.map(({ versionId }) => versionId))).toEqual(new Set(['old']));
    await expectDone(scene, done);
  });

  test('A25 two versions on their way to one target do not share a breakpoint', async () => {
    const scene = await setScene({ put: { versionId: 'old' } });
    scene.server.put(BUCKET, KEY, contentOf(10_000, 2), { versionId: 'new' });
    const place = { endpoint: scene.server.url, bucket: BUCKET, key: KEY };
    scene.server.setFaults([forMethod('GET', ({ range }) => (range?.start === 5_000 ? NO : null))]);
    await run(scene, { source: ossObject({ ...place, versionId: 'old' }) });
    const second = await run(scene, { source: ossObject({ ...place, versionId: 'new' }) });
    expect(second.verdict).toEqual({ _tag: 'Fresh' });
    expect(await leftovers(scene)).toHaveLength(4);
  });
});

const NO = fault.refuse(403, 'AccessDenied');

describe('the size of parts', () => {
  const PARTS_MAX = 100_000;
  test.each([
    ['100 000 parts of the smallest size', 1e5 * PARTS_MAX, 1e5, 1e5, PARTS_MAX],
    ['one byte more than 100 000 parts hold', 1e5 * PARTS_MAX + 1, 1e5, 2e5, 50_001],
    ['a part of 5 GiB and one byte', 5 * 2 ** 30 + 1, 5 * 2 ** 30, 5 * 2 ** 30, 2],
    ['less than one part', 150_000, 5 * 2 ** 30, 150_000, 1],
  ])('A26 %s are planned as they are, or grown', async (_, size, wish, partSize, partCount) => {
    const scene = await setScene();
    scene.server.put(BUCKET, KEY, syntheticObject({ seed: 1, size }));
    const stopped = await run(scene, {
      partSize: wish,
      begun: (job) => job.on('planned', () => job.cancel()),
    });
    expect(eventsOf(stopped, 'planned')[0]?.plan).toMatchObject({ size, partSize, partCount });
    expect(stopped.error).toEqual({ _tag: 'Cancelled' });
    expect(stopped.fetches).toEqual([]);
    await expectNothing(scene, stopped);
  });

  const sizes = Array.from({ length: 20 }, (_, index) => (index + 1) * 1_234);
  test.each([1, 4])(
    'B1 parts of 1 to 20 times 1234 bytes are identical on %i lanes',
    async (lanes) => {
      const scene = await setScene({ content: contentOf(25_000) });
      for (const partSize of sizes) {
        const done = await run(scene, { partSize, lanes });
        await expectDone(scene, done);
        const count = Math.ceil(25_000 / partSize);
        expect(new Set(rangesOf(done.fetches)).size, `${partSize}`).toBe(count);
        expect(answered(done.fetches), `${partSize}`).toHaveLength(count);
      }
    },
  );

  test.each([
    ['one byte', 1, 1],
    ['one byte less than a part', 999, 1],
    ['exactly one part', 1_000, 1],
    ['one byte more than a part', 1_001, 2],
    ['exactly five parts', 5_000, 5],
    ['one byte less than five parts', 4_999, 5],
    ['one byte more than five parts', 5_001, 6],
  ])('%s is fetched as it is', async (_, size, count) => {
    const scene = await setScene({ content: contentOf(size) });
    const done = await run(scene, { partSize: 1_000, lanes: 4 });
    await expectDone(scene, done);
    expect(done.fetches).toHaveLength(count);
  });

  test.each([
    ['below', 1],
    ['above', 0],
  ])('W13 an object of no bytes %s the threshold becomes an empty file', async (_, threshold) => {
    const scene = await setScene({ content: new Uint8Array() });
    const done = await run(scene, { threshold });
    await expectDone(scene, done);
    expect(done.outcome).toMatchObject({ size: 0, crc64: '0', fetchedBytes: 0 });
    expect(done.fetches).toEqual([]);
    expect(eventsOf(done, 'progress').at(-1)?.progress).toMatchObject({ received: 0, total: 0 });
  });
});

/** Holds each GET for a moment, and counts how many there are at once. */
const inFlightMeter = (): {
  readonly server: OssServerOptions;
  readonly most: () => number;
} => {
  let inFlight = 0;
  let most = 0;
  const arrive = forMethod('GET', () => {
    inFlight += 1;
    most = Math.max(most, inFlight);
    return fault.delayHead(10);
  });
  const onEnd: OssServerOptions['onEnd'] = ({ method }) => {
    inFlight -= method === 'GET' ? 1 : 0;
  };
  return {
    server: { accounts: [DEMO_ACCOUNT], faults: [arrive], onEnd },
    most: () => most,
  };
};
