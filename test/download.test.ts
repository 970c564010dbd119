/** The facade as applications use it: an actor that can be watched, and a context that is JSON. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AnyActorRef, InspectionEvent } from 'xstate';
import {
  anonymousCredentials,
  download,
  ossObject,
  type ResumableDownloadOptions,
  resumableDownload,
} from '../src/index.ts';
import { fault, forMethod, type OssServer, startOssServer } from '../src/testing/index.ts';

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

  test('tells whoever listens that its signal was aborted beforehand, and asks nothing', async () => {
    const job = download({ ...options(), signal: AbortSignal.abort() });
    const told: Array<string> = [];
    job.on('*', ({ type }) => told.push(type));
    await expect(job.done).rejects.toMatchObject({ error: { _tag: 'Cancelled' } });
    expect(told).toEqual(['cancelled']);
    expect(server.requests()).toEqual([]);
    expect(await readdir(folder)).toEqual([]);
  });
});

/** The exceptions that would have ended the process while `run` runs. */
const uncaughtDuring = async (run: () => Promise<unknown>): Promise<ReadonlyArray<unknown>> => {
  const caught: Array<unknown> = [];
  const others = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  process.on('uncaughtException', (thrown) => caught.push(thrown));
  try {
    await run();
    await new Promise((resolve) => setTimeout(resolve)); // XState throws them in a timer.
  } finally {
    process.removeAllListeners('uncaughtException');
    for (const other of others) process.on('uncaughtException', other);
  }
  return caught;
};

describe('an exception of whoever listens', () => {
  const boom = new Error('boom');
  const fail = (): never => {
    throw boom;
  };

  test.each(['progress', 'renamed', '*'] as const)(
    'in a handler of %j is uncaught, and the download ends as if there were none',
    async (type) => {
      const caught = await uncaughtDuring(async () => {
        const job = download(options());
        job.on(type, fail);
        expect(await job.done).toMatchObject({ size: 2_000_000 });
      });
      expect(new Set(caught)).toEqual(new Set([boom]));
    },
  );

  test.each([
    ['a function', fail],
    ['an observer', { next: fail }],
    ['what is attached', { attach: fail }],
  ])(
    'in %s that looks on is uncaught, and the download ends as if nobody did',
    async (_, inspect) => {
      const caught = await uncaughtDuring(async () => {
        expect(await download({ ...options(), inspect }).done).toMatchObject({ size: 2_000_000 });
      });
      expect(new Set(caught)).toEqual(new Set([boom]));
    },
  );
});

describe('resumableDownload', () => {
  const start = (more: ResumableDownloadOptions) => {
    const { target, store, credentials } = options();
    const bucket = { name: 'demo', endpoint: server.url, credentials };
    return resumableDownload(bucket, 'synthetic/7/2MB', target, { store, ...more });
  };

  test('rejects with what its callback throws, and goes on from there the next time', async () => {
    server.setFaults([forMethod('GET', fault.slow(1_000_000))]);
    const boom = new Error('boom');
    let calls = 0;
    const progressCallback = (consumed: number) => {
      if (consumed === 0) return;
      calls += 1;
      throw boom;
    };
    const caught = await uncaughtDuring(async () => {
      const first = start({ multigetThreshold: 0, progressCallback });
      await expect(first).rejects.toBe(boom);
    });
    expect({ caught, calls }).toEqual({ caught: [], calls: 1 });
    server.setFaults([]);
    const { resumedBytes } = await start({ multigetThreshold: 0 });
    expect(resumedBytes).toBeGreaterThan(0);
  });

  test('rejects with what its callback throws at the last byte, too', async () => {
    const boom = new Error('boom');
    const progressCallback = (consumed: number, total: number | null) => {
      if (consumed === total) throw boom;
    };
    await expect(start({ progressCallback })).rejects.toBe(boom);
  });
});
