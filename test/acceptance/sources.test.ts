/** Where objects come from: keys that are easily spoilt on their way, and servers that lack much. */
import { describe, expect, test } from 'vitest';
import { httpUrl, ossObject } from '../../src/sources.ts';
import type { DownloadActor } from '../../src/start-download.ts';
import { runHere } from '../cli/run-here.ts';
import { type PlainServerOptions, startPlainServer } from './plain-server.ts';
import {
  BUCKET,
  contentOf,
  eventsOf,
  expectDone,
  expectKept,
  expectNothing,
  leftovers,
  run,
  setScene,
} from './scene.ts';

describe('a key', () => {
  test.each([
    'with blanks/in it.bin',
    'one+two.bin',
    '100%.bin',
    'a%2Fb%20c.bin',
    '文件/été/🚀.bin',
    'two//slashes///three',
    '/leading/slash',
    'trailing/slash/',
    'what?versionId=1&x=y',
    'part#2',
    'up/../and/./down',
    '../..',
    '..',
    "quotes'(1)!*~",
    'a:b@c;d=e,f$',
    '\\back\\slash',
    'tab\tand\u0001control',
    `${'x'.repeat(1_023)}`,
  ])('%j is asked for exactly as it stands', async (key) => {
    const scene = await setScene({ key, content: contentOf(2_500) });
    scene.server.put(BUCKET, 'up/and/down', contentOf(2_500, 2));
    const source = ossObject({ endpoint: scene.server.url, bucket: BUCKET, key });
    const done = await run(scene, { source, lanes: 2 });
    await expectDone(scene, done);
    expect(new Set(done.requests.map((request) => request.key))).toEqual(new Set([key]));
    expect(done.requests).toHaveLength(1 + 3);
  });
});

/** A download from a plain server; the embedded one is not asked. */
const plainScene = async (options: Partial<PlainServerOptions> = {}) => {
  const scene = await setScene();
  const server = await startPlainServer({ content: scene.content, ...options });
  return { scene: { ...scene, source: httpUrl(server.url) }, server };
};

/** As `plainScene`, with a server whose headers and content the test changes on its way. */
const changingScene = async ({ content = contentOf(10_000) } = {}) => {
  const headers = { content, etag: '"v1"' as string | null, lastModified: null as string | null };
  const server = await startPlainServer(headers);
  const scene = await setScene({ content });
  return { scene: { ...scene, source: httpUrl(server.url) }, server, headers };
};

describe('an HTTP server', () => {
  test('with ranges is downloaded in parts', async () => {
    const { scene, server } = await plainScene();
    const done = await run(scene, { partSize: 4_000 });
    await expectDone(scene, done);
    expect(done.requests).toEqual([]);
    expect(server.asked()).toEqual([
      'HEAD whole',
      'GET bytes=0-3999',
      'GET bytes=4000-7999',
      'GET bytes=8000-9999',
    ]);
  });

  test('with ranges is resumed by a later run', async () => {
    const { scene, server } = await plainScene();
    server.cutNextAfter(2_500);
    const failed = await run(scene, { partSize: 4_000 });
    await expectKept(scene, failed);
    const done = await run(scene);
    expect(done.verdict).toMatchObject({ _tag: 'Resumed', bytes: 2_500 });
    await expectDone(scene, done);
  });

  test('without ranges is downloaded in one request', async () => {
    const { scene, server } = await plainScene({ hasRanges: false });
    const done = await run(scene);
    await expectDone(scene, done);
    expect(eventsOf(done, 'planned')[0]?.plan).toMatchObject({
      strategy: 'single',
      acceptsRanges: false,
    });
    expect(server.asked().filter((asked) => asked === 'GET whole')).toHaveLength(1);
  });

  test('without ranges is asked for everything again after a cut', async () => {
    const { scene, server } = await plainScene({ hasRanges: false });
    const done = await run(scene, {
      attemptsMax: 3,
      begun: (job) => job.on('planned', () => server.cutNextAfter(6_000)),
    });
    await expectDone(scene, done);
    expect(server.asked().slice(-2)).toEqual(['GET whole', 'GET whole']);
    expect(done.outcome?.fetchedBytes).toBe(16_000);
    const received = eventsOf(done, 'progress').map(({ progress }) => progress.received);
    expect(received).toEqual([...received].sort((a, b) => a - b));
    expect(received.at(-1)).toBe(10_000);
  });

  test('without ranges leaves nothing when it fails', async () => {
    const { scene, server } = await plainScene({ hasRanges: false });
    const failed = await run(scene, {
      begun: (job) => job.on('planned', () => server.cutNextAfter(6_000)),
    });
    expect(failed.error?._tag).toBe('NetworkFailed');
    await expectNothing(scene, failed);
  });

  test('without length is downloaded to its end, with progress that knows no total', async () => {
    const { scene } = await plainScene({ hasRanges: false, hasLength: false });
    const done = await run(scene);
    await expectDone(scene, done);
    expect(eventsOf(done, 'progress').at(-1)?.progress).toMatchObject({
      received: 10_000,
      total: null,
      secondsLeft: null,
    });
  });

  test('without length is not believed when its body is cut', async () => {
    const { scene, server } = await plainScene({ hasRanges: false, hasLength: false });
    const failed = await run(scene, {
      begun: (job) => job.on('planned', () => server.cutNextAfter(6_000)),
    });
    expect(failed.error?._tag).toBe('NetworkFailed');
    await expectNothing(scene, failed);
    await expectDone(scene, await run(scene));
  });

  test('without length starts over after a cut', async () => {
    const { scene, server } = await plainScene({ hasRanges: false, hasLength: false });
    const done = await run(scene, {
      attemptsMax: 2,
      begun: (job) => job.on('planned', () => server.cutNextAfter(6_000)),
    });
    await expectDone(scene, done);
    expect(server.asked().slice(-2)).toEqual(['GET whole', 'GET whole']);
  });

  test('without a length in its HEAD, but with ranges, is downloaded in parts', async () => {
    const { scene } = await plainScene({ hasLength: false });
    const done = await run(scene, { lanes: 3 });
    await expectDone(scene, done);
    expect(eventsOf(done, 'planned')[0]?.plan).toMatchObject({ strategy: 'parts', partCount: 10 });
  });

  test('without ETag, but with a date, is resumed', async () => {
    const lastModified = 'Fri, 24 Feb 2012 06:07:48 GMT';
    const { scene, server } = await plainScene({ etag: null, lastModified });
    server.cutNextAfter(500);
    await expectKept(scene, await run(scene));
    const done = await run(scene);
    expect(done.verdict).toMatchObject({ _tag: 'Resumed', bytes: 500 });
    await expectDone(scene, done);
  });

  test('that is another CDN node with the same strong ETag is resumed', async () => {
    const { scene, server, headers } = await changingScene();
    headers.lastModified = 'Fri, 24 Feb 2012 06:07:48 GMT';
    server.cutNextAfter(500);
    await expectKept(scene, await run(scene));
    headers.lastModified = 'Fri, 24 Feb 2012 06:07:49 GMT';
    headers.etag = 'W/"v1"';
    const done = await run(scene);
    expect(done.verdict).toMatchObject({ _tag: 'Resumed', bytes: 500 });
    await expectDone(scene, done);
  });

  test('without ETag and date is asked for everything in one request', async () => {
    const { scene, server } = await plainScene({ etag: null });
    await expectDone(scene, await run(scene, { lanes: 4 }));
    expect(server.asked()).toEqual(['HEAD whole', 'GET whole']);
  });

  test.each([0, 20_000])(
    'without ETag and date never has two requests in one file (threshold %i)',
    async (threshold) => {
      const content = contentOf(10_000, 1);
      const { scene, server, headers } = await changingScene({ content });
      headers.etag = null;
      const done = await run(scene, {
        attemptsMax: 2,
        threshold,
        begun: (job) => {
          job.on('planned', () => server.cutNextAfter(6_000));
          job.on('retry', () => content.set(contentOf(10_000, 2)));
        },
      });
      expect(server.asked()).toEqual(['HEAD whole', 'GET whole', 'GET whole']);
      await expectDone(scene, done, { content: contentOf(10_000, 2) });
    },
  );

  test('that no longer gives ETag and date starts over, and says why', async () => {
    const { scene, server, headers } = await changingScene();
    server.cutNextAfter(500);
    await expectKept(scene, await run(scene));
    headers.etag = null;
    const actors: Array<DownloadActor> = [];
    const done = await run(scene, { begun: (job) => void actors.push(job.actor) });
    const verdict = { _tag: 'Restarted', because: { _tag: 'NoValidator' } };
    expect(eventsOf(done, 'verdict')).toEqual([{ type: 'verdict', verdict }]);
    expect(actors[0]?.getSnapshot().context.verdict).toEqual(verdict);
    expect(done.outcome?.resumedBytes).toBe(0);
    await expectDone(scene, done);
  });

  test('that no longer gives ETag and date says so in a line of --json', async () => {
    const { scene, server, headers } = await changingScene({ content: contentOf(300_000) });
    const words = ['get', server.url, scene.target, '--store', scene.store, '--json'];
    const inParts = ['--threshold', '0', '--part-size', '100000', '--retries', '0'];
    server.cutNextAfter(50_000);
    expect(await runHere([...words, ...inParts, '--concurrency', '1'])).toMatchObject({ code: 6 });
    headers.etag = null;
    const { code, stdout } = await runHere([...words, ...inParts]);
    const lines = stdout.trim().split('\n');
    const verdict = { _tag: 'Restarted', because: { _tag: 'NoValidator' } };
    expect(lines.map((line) => JSON.parse(line))).toContainEqual({ type: 'verdict', verdict });
    expect(code).toBe(0);
  });

  test('without anything: no ranges, no length, no ETag', async () => {
    const { scene } = await plainScene({ hasRanges: false, hasLength: false, etag: null });
    await expectDone(scene, await run(scene));
  });

  test('with an empty file gives an empty file', async () => {
    const content = new Uint8Array();
    const { scene } = await plainScene({ content, hasRanges: false });
    await expectDone(scene, await run(scene), { content });
    expect(await leftovers(scene)).toEqual([]);
  });
});
