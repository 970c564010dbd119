/** The facade as applications use it: an actor that can be watched, and a context that is JSON. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AnyActorRef, InspectionEvent } from 'xstate';
import { anonymousCredentials, download, ossObject } from '../src/index.ts';
import { type OssServer, startOssServer } from '../src/testing/index.ts';

let folder = '';
let server: OssServer;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'partwise-facade-'));
  server = await startOssServer({ synthetic: true, anonymousRead: true });
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

const options = () => ({
  source: ossObject({ endpoint: server.url, bucket: 'demo', key: 'synthetic/7/2MB' }),
  target: join(folder, 'object.bin'),
  store: join(folder, 'store'),
  credentials: anonymousCredentials(),
  partSize: '500KB',
  threshold: 0,
});

describe('download', () => {
  test('shows an inspector the download and one actor for each part', async () => {
    const seen: Array<InspectionEvent> = [];
    const job = download({ ...options(), inspect: (event) => seen.push(event) });
    await job.done;
    const actors = seen
      .filter(({ type }) => type === '@xstate.actor')
      .map(({ actorRef }) => (actorRef as AnyActorRef).id);
    expect(actors).toEqual(expect.arrayContaining(['part-1', 'part-2', 'part-3', 'part-4']));
    expect(seen.some(({ type }) => type === '@xstate.event')).toBe(true);
  });

  test('goes through the five states by name', async () => {
    const job = download(options());
    const states = new Set<string>();
    job.actor.subscribe(({ value }) => {
      states.add(typeof value === 'string' ? value : (Object.keys(value)[0] ?? ''));
    });
    await job.done;
    expect([...states]).toEqual([
      'planning',
      'validatingBreakpoint',
      'downloadingParts',
      'finalizing',
      'renamed',
    ]);
  });

  test('holds a context that JSON can hold, in every state', async () => {
    const job = download(options());
    job.actor.subscribe(({ context }) => {
      expect(JSON.parse(JSON.stringify(context))).toEqual(context);
    });
    await job.done;
    expect(job.actor.getSnapshot().status).toBe('done');
  });

  test('leaves no ended part behind in its snapshot', async () => {
    const job = download(options());
    await job.done;
    const parts = Object.keys(job.actor.getSnapshot().children).filter((id) => /^part-/.test(id));
    expect(parts).toEqual([]);
  });

  test('ends with everything kept when its signal aborts, and goes on the next time', async () => {
    const controller = new AbortController();
    const job = download({ ...options(), signal: controller.signal, concurrency: 1 });
    job.on('verdict', () => controller.abort());
    await expect(job.done).rejects.toMatchObject({
      name: 'DownloadFailed',
      error: { _tag: 'Cancelled' },
      resumable: true,
    });
    expect(await download(options()).done).toMatchObject({ size: 2_000_000 });
  });
});
