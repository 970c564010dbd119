/** A page watches a real download, and commands it. */
import { describe, expect, test } from 'vitest';
import { createInspector } from '../../src/inspector/index.ts';
import { liveSession } from '../../src/inspector/live-session.ts';
import type { PageMessage, ServerMessage } from '../../src/inspector/protocol.ts';
import { fault, firstAttempts, forMethod } from '../../src/testing/index.ts';
import { redactor } from '../../src/trace/redact.ts';
import { createTracer } from '../../src/trace/tracer.ts';
import { expectDone } from '../acceptance/scene.ts';
import { handClock } from './hand-clock.ts';
import { ask, CRAWLING, post, SIZE, watch, watchDownload } from './watched-download.ts';

const ALL = { text: '', actors: [], hidesTicks: false };
const isIn = (word: string) => (message: { readonly view: { readonly word: string } }) =>
  message.view.word === word;

describe('a page', () => {
  test('sees a download from its parts to its end', async () => {
    const { scene, job, inspector, release } = await watchDownload();
    const page = await watch(inspector.url);
    const first = await page.until('view', ({ view }) => view.plan !== null);
    expect(page.messages()[0]).toMatchObject({ type: 'hello', mode: 'live', durationMs: null });
    expect(first).toMatchObject({
      isWhole: true,
      view: { plan: { size: SIZE, partCount: 10 }, isEnded: false },
    });
    expect(first.view).not.toHaveProperty('parts');
    release();
    job.pause();
    await page.until('view', isIn('paused'));
    job.resume();
    await expectDone(scene, { error: null, outcome: await job.done });
    const last = await page.until('view', ({ view }) => view.isEnded);
    expect(last.view).toMatchObject({ word: 'renamed', progress: { durable: SIZE } });
    expect(partsOf(page.messages())).toEqual(Array(10).fill(DURABLE));
  });

  test('that comes late sees what has been', async () => {
    const { scene, job, inspector } = await watchDownload([]);
    await expectDone(scene, { error: null, outcome: await job.done });
    const page = await watch(inspector.url);
    await page.until('view', ({ view }) => view.isEnded);
    expect(partsOf(page.messages())).toEqual(Array(10).fill(DURABLE));
    expect((await page.until('series')).isWhole).toBe(true);
    await post(inspector.url, { type: 'log', filter: ALL }, page.name);
    const { entries, isWhole, skipped } = await page.until('log');
    expect({ isWhole, skipped }).toEqual({ isWhole: true, skipped: 0 });
    expect(entries.map(({ number }) => number)).toEqual(entries.map((_, index) => index + 1));
    expect(entries[0]?.record).toMatchObject({ type: 'started', actor: 'download' });
  });

  test('pauses and resumes the download, where it can be', async () => {
    const { scene, job, inspector, release } = await watchDownload();
    const page = await watch(inspector.url);
    await page.until('view', isIn('downloading'));
    const command = (word: 'pause' | 'resume' | 'cancel') =>
      post(inspector.url, { type: 'command', command: word }, page.name);
    const tooEarly = await command('resume');
    expect(tooEarly.status).toBe(409);
    expect(tooEarly.text).not.toBe('');
    expect((await command('pause')).status).toBe(204);
    const { view } = await page.until('view', isIn('paused'));
    expect(view.commands.resume.isEnabled).toBe(true);
    expect(job.actor.getSnapshot().value).toBe('paused');
    release();
    expect((await command('resume')).status).toBe(204);
    await expectDone(scene, { error: null, outcome: await job.done });
    await page.until('view', ({ view: { isEnded } }) => isEnded);
    expect((await command('cancel')).status).toBe(409);
  });

  test('cancels with everything kept', async () => {
    const { job, inspector } = await watchDownload();
    const page = await watch(inspector.url);
    await page.until('view', ({ view }) => (view.progress?.received ?? 0) > 0);
    await post(inspector.url, { type: 'command', command: 'cancel' });
    await expect(job.done).rejects.toMatchObject({ error: { _tag: 'Cancelled' }, resumable: true });
  });

  test('cannot wind a download that runs', async () => {
    const { inspector } = await watchDownload();
    const page = await watch(inspector.url);
    for (const message of [
      { type: 'seek', atMs: 0 },
      { type: 'step', by: 1 },
      { type: 'play', speed: 1 },
    ] as const) {
      expect((await post(inspector.url, message, page.name)).status).toBe(409);
    }
  });

  test('gets log, part and context only when it asks, and no longer than it wants', async () => {
    const { job, inspector, release } = await watchDownload();
    const [asking, silent] = [await watch(inspector.url), await watch(inspector.url)];
    await asking.until('view', isIn('downloading'));
    await post(inspector.url, { type: 'log', filter: { ...ALL, text: 'BYTES.FLOWING' } }, '1');
    await post(inspector.url, { type: 'part', part: 2 }, '1');
    await post(inspector.url, { type: 'context', isWatched: true }, '1');
    const { entries } = await asking.until('log');
    for (const { text } of entries) expect(text).toContain('bytes.flowing');
    expect(await asking.until('part')).toMatchObject({
      part: 2,
      range: { start: 100_000, end: 200_000 },
    });
    const { context } = await asking.until('context');
    expect(context?.plan?.partCount).toBe(10);
    await post(inspector.url, { type: 'context', isWatched: false }, '1');
    await post(inspector.url, { type: 'part', part: null }, '1');
    await post(inspector.url, { type: 'log', filter: null }, '1');
    const told = asking.messages().filter(({ type }) => OWN.includes(type)).length;
    release();
    job.pause();
    await silent.until('view', isIn('paused'));
    await asking.until('view', isIn('paused'));
    expect(asking.messages().filter(({ type }) => OWN.includes(type))).toHaveLength(told);
    expect(silent.messages().filter(({ type }) => OWN.includes(type))).toEqual([]);
  });

  test('is never sent a secret, wherever it stands', async () => {
    const secret = 'hunter2-hunter2';
    const { inspector } = await watchDownload([CRAWLING], {
      key: `a/${secret}`,
      secrets: [secret],
    });
    const page = await watch(inspector.url);
    await page.until('view', isIn('downloading'));
    const wishes: ReadonlyArray<PageMessage> = [
      { type: 'log', filter: ALL },
      { type: 'part', part: 1 },
      { type: 'context', isWatched: true },
    ];
    for (const wish of wishes) await post(inspector.url, wish, page.name);
    for (const type of ['log', 'part'] as const) await page.until(type);
    const { context } = await page.until('context');
    const { view } = await page.until('view');
    expect([context?.label, view.label]).toEqual([
      expect.stringContaining('***'),
      expect.stringContaining('***'),
    ]);
    expect(JSON.stringify(page.messages())).not.toContain(secret);
    await post(inspector.url, { type: 'log', filter: { ...ALL, text: secret } }, page.name);
    const found = await page.until('log', ({ entries }) => entries.length === 0);
    expect(found.isWhole).toBe(true); // Searching does not find it either.
  });

  test('sees why a part waits', async () => {
    const busy = forMethod('GET', firstAttempts(1, fault.refuse(503, 'SlowDown', '3600')));
    const { inspector } = await watchDownload([busy]);
    const page = await watch(inspector.url);
    const { view } = await page.until('view', ({ view: { lanes } }) =>
      lanes.some(({ state }) => state === 'backingOff'),
    );
    const lane = view.lanes.find(({ state }) => state === 'backingOff');
    expect(lane).toMatchObject({ attempt: 1, error: { _tag: 'ServerBusy', status: 503 } });
    expect(lane?.untilMs).toBeGreaterThan(view.atMs);
    await post(inspector.url, { type: 'part', part: lane?.part ?? 0 }, page.name);
    expect((await page.until('part')).states).toEqual(['part.backingOff']);
  });
});

describe('createInspector', () => {
  test('rejects when its port is taken', async () => {
    const first = await createInspector();
    const port = Number(new URL(first.url).port);
    await expect(createInspector({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await first.close();
  });

  test('tells its pages the last of it when it is closed, and ends them', async () => {
    const { job, inspector } = await watchDownload();
    const page = await watch(inspector.url);
    await page.until('view', isIn('downloading'));
    job.cancel();
    await expect(job.done).rejects.toThrow();
    await inspector.close();
    await page.ended;
    expect(await page.until('view', ({ view }) => view.isEnded)).toMatchObject({
      view: { word: 'cancelled' },
    });
    await expect(ask(inspector.url)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});

describe('a bug of the inspection', () => {
  test('ends the inspection only', () => {
    const tracer = createTracer({ now: () => 0, startedAtMs: 0, partwise: '0', host: 'test' });
    const told: Array<(record: never) => void> = [];
    const subscribe: typeof tracer.subscribe = (listener) => {
      told.push(listener as (record: never) => void);
      return () => {};
    };
    const session = liveSession({
      tracer: { ...tracer, subscribe },
      clock: handClock(),
      redact: redactor(),
    });
    const ended: Array<string> = [];
    const viewer = (name: string) => ({
      name,
      isReady: () => true,
      send: () => {},
      end: () => void ended.push(name),
    });
    session.join(viewer('first'));
    expect(() => told[0]?.(null as never)).not.toThrow();
    expect(ended).toEqual(['first']);
    expect(() => session.join(viewer('second'))).toThrow(TypeError);
  });
});

const DURABLE = 6;
const OWN: ReadonlyArray<string> = ['log', 'part', 'context'];

/** The codes of all parts, put together from what a page was told. */
const partsOf = (messages: ReadonlyArray<ServerMessage>) => {
  let codes: Array<number> = [];
  for (const message of messages) {
    if (message.type !== 'view') continue;
    if (message.isWhole) codes = [];
    for (let at = 0; at < message.parts.length; at += 3) {
      const [first = 0, count = 0, code = 0] = message.parts.slice(at, at + 3);
      for (let index = first; index < first + count; index++) codes[index] = code;
    }
  }
  return codes;
};
