/** Two callers on one target: one downloads, the other is told who does. */

import { type ChildProcess, fork } from 'node:child_process';
import { readdirSync, unlinkSync } from 'node:fs';
import { realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { DownloadError } from '../../src/domain/errors.ts';
import { jitter } from '../../src/domain/retry.ts';
import { loadCrc64 } from '../../src/effects/crc64.ts';
import { nodeFileSystem, nodeFolders } from '../../src/effects/file-system.node.ts';
import type { FileSystem } from '../../src/effects/file-system.ts';
import type { ObjectStorage } from '../../src/effects/object-storage.ts';
import type { DownloadEffects } from '../../src/machines/provide-effects.ts';
import { targetKey } from '../../src/store/breakpoint-key.ts';
import { fileBreakpointStore } from '../../src/store/breakpoint-store.file.ts';
import { fault, forMethod } from '../../src/testing/index.ts';
import { builtMain, jsonOf, SIGNED_IN, startCli } from '../cli/run-cli.ts';
import { changeFiles, halfDone } from './durable-tools.ts';
import {
  BUCKET,
  contentOf,
  expectDone,
  fileAt,
  KEY,
  leftovers,
  partFiles,
  run,
  type Scene,
  setScene,
} from './scene.ts';

beforeAll(async () => void (await builtMain()), 120_000);

/** A scene whose object takes long enough that two callers meet: two seconds in two lanes. */
const slowScene = async (bytesPerSecond = 100_000): Promise<Scene> => {
  const scene = await setScene({ content: contentOf(400_000) });
  scene.server.setFaults([forMethod('GET', fault.slow(bytesPerSecond))]);
  return scene;
};

/** Lets no request for bytes through until it is opened. */
const gate = () => {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const fetches = (effects: DownloadEffects): DownloadEffects => {
    const { storage } = effects;
    const fetchRange: ObjectStorage['fetchRange'] =
      (...asked) =>
      async () => {
        await opened;
        return storage.fetchRange(...asked)();
      };
    return { ...effects, storage: { ...storage, fetchRange } };
  };
  return { open: () => open(), fetches };
};

const claims = (store: string): ReadonlyArray<string> =>
  readdirSync(store).filter((name) => name.endsWith('.claim'));

describe('two callers in one process', () => {
  test('W9 one ends with the file, the other learns that this process has it', async () => {
    const scene = await slowScene(400_000);
    const options = { partSize: 100_000, lanes: 2 };
    const both = await Promise.all([run(scene, options), run(scene, options)]);
    const busy = both.find(({ error }) => error !== null);
    expect(busy?.error).toEqual({ _tag: 'Busy', host: hostname(), pid: process.pid });
    expect(busy?.resumable).toBe(true);
    expect(busy?.verdict).toEqual({ _tag: 'Owned', host: hostname(), pid: process.pid });
    const done = both.find(({ error }) => error === null);
    await expectDone(scene, done ?? { error: null, outcome: null });
  });

  test('W9 a journal that its owner ends while another looks at it is no failure', async () => {
    const scene = await halfDone();
    let isThere = true;
    const removing: FileSystem = {
      ...nodeFileSystem,
      openToRead: (path) => async () => {
        if (isThere && path.endsWith('.journal')) await rm(path);
        isThere = false;
        return nodeFileSystem.openToRead(path)();
      },
    };
    const disk = { folder: scene.store, files: removing, folders: nodeFolders };
    const breakpoints = fileBreakpointStore({ ...disk, loadChecksum: loadCrc64 });
    const done = await run(scene, { change: (effects) => ({ ...effects, breakpoints }) });
    expect(done.error).toBeNull();
    expect(done.verdict).toEqual({ _tag: 'Fresh' });
  });

  test('W9 twenty at once: one is the owner', async () => {
    const scene = await setScene({ content: contentOf(400_000) });
    const hold = gate();
    let refused = 0;
    const all = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const ended = await run(scene, { partSize: 100_000, lanes: 4, change: hold.fetches });
        if (ended.error !== null && ++refused === 19) hold.open();
        return ended;
      }),
    );
    expect(all.filter(({ error }) => error === null)).toHaveLength(1);
    expect(new Set(all.map(({ error }) => error?._tag))).toEqual(new Set([undefined, 'Busy']));
    const done = all.find(({ error }) => error === null);
    await expectDone(scene, done ?? { error: null, outcome: null });
  });
});

/** Of `words`: so many requests write at once, each a part that is smaller than a batch. */
const LANES = 2;
const PART_SIZE = 100_000;

const words = ({ server, target, store }: Scene): ReadonlyArray<string> => [
  ...['get', `oss://${BUCKET}/${KEY}`, target, '--endpoint', server.url, '--store', store],
  ...['--part-size', '100KB', '--threshold', '0', '--concurrency', '2', '--json'],
];

describe('two processes', () => {
  test('W9 the second command ends with code 7 and says which process has it', async () => {
    const scene = await slowScene();
    const first = await startCli(words(scene), { env: SIGNED_IN });
    await first.until(({ stdout }) => stdout.includes('"verdict"'));
    first.child.kill('SIGSTOP'); // However long the second one takes, the first is not done.
    const second = await startCli(words(scene), { env: SIGNED_IN });
    const { code, stdout } = await second.end;
    first.child.kill('SIGCONT');
    expect(code).toBe(7);
    expect(jsonOf(stdout).at(-1)).toEqual({
      type: 'failed',
      error: { _tag: 'Busy', host: hostname(), pid: first.child.pid },
      resumable: true,
    });
    scene.server.setFaults([]);
    expect((await first.end).code).toBe(0);
    expect((await fileAt(scene.target))?.equals(scene.content)).toBe(true);
    expect(await leftovers(scene)).toEqual([]);
  });

  test('W9 an owner that was killed has no claim any more', async () => {
    const scene = await slowScene();
    const first = await startCli(words(scene), { env: SIGNED_IN });
    await first.until(({ stdout }) => /"durable":[1-9]/.test(stdout));
    first.child.kill('SIGKILL');
    await first.end;
    expect(claims(scene.store)).toHaveLength(1);
    scene.server.setFaults([]);
    const second = await (await startCli(words(scene), { env: SIGNED_IN })).end;
    expect(second.code).toBe(0);
    expect(jsonOf(second.stdout).at(-1)?.['resumedBytes']).toBeGreaterThan(0);
    expect((await fileAt(scene.target))?.equals(scene.content)).toBe(true);
    expect(await leftovers(scene)).toEqual([]);
  });

  test('W9 what a process left that died while it announced itself is removed', async () => {
    const scene = await halfDone();
    const key = targetKey(join(await realpath(scene.folder), basename(scene.target)));
    await writeFile(join(scene.store, `${key}.0123456789abcdef.claim-draft`), '');
    await expectDone(scene, await run(scene));
  });

  test('W9 whose claim was taken while it slept hands over no byte after it wakes', async () => {
    const scene = await setScene({ content: contentOf(20 * PART_SIZE) });
    scene.server.setFaults([forMethod('GET', fault.slow(PART_SIZE))]); // Ten seconds in all.
    const { child, end, until } = await startCli(words(scene), { env: SIGNED_IN });
    await until(({ stdout }) => /"durable":[1-9]/.test(stdout));
    child.kill('SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, 1_200)); // A claim counts for a second.
    for (const name of claims(scene.store)) await rm(join(scene.store, name));
    const path = (await partFiles(scene.target))[0] ?? '';
    const before = (await fileAt(path)) ?? Buffer.alloc(0);
    expect(bytesThat(scene.content, (at) => before[at] !== scene.content[at])).toBeGreaterThan(
      10 * PART_SIZE,
    );
    child.kill('SIGCONT');
    const { code, stdout } = await end;
    // What the kernel had been handed when it fell asleep may still land: bytes of the object, at
    // their place, one write of each lane at most. Nothing is handed over after it wakes.
    const after = (await fileAt(scene.target)) ?? (await fileAt(path)) ?? Buffer.alloc(0);
    const isLate = (at: number) => after[at] !== before[at];
    expect(bytesThat(after, isLate)).toBeLessThanOrEqual(LANES * PART_SIZE);
    expect(bytesThat(after, (at) => isLate(at) && after[at] !== scene.content[at])).toBe(0);
    expect(code).toBe(7);
    expect(jsonOf(stdout).at(-1)).toMatchObject({ error: { _tag: 'ClaimLost' } });
    expect(await fileAt(scene.target)).toBeNull();

    scene.server.setFaults([]);
    await expectDone(scene, await run(scene, { partSize: PART_SIZE }));
  });

  test('W9 two objects to one target: the second ends with code 7, too', async () => {
    const scene = await slowScene();
    scene.server.put(BUCKET, 'other.bin', contentOf(400_000, 9));
    const first = await startCli(words(scene), { env: SIGNED_IN });
    await first.until(({ stdout }) => stdout.includes('"verdict"'));
    first.child.kill('SIGSTOP');
    const other = words(scene).map((word) => word.replace(`/${KEY}`, '/other.bin'));
    const second = await (await startCli(other, { env: SIGNED_IN })).end;
    first.child.kill('SIGCONT');
    expect(second.code).toBe(7);
    scene.server.setFaults([]);
    expect((await first.end).code).toBe(0);
    expect((await fileAt(scene.target))?.equals(scene.content)).toBe(true);
    expect(await leftovers(scene)).toEqual([]);
  });

  test('W9 a target is the same one through a linked folder', async () => {
    const scene = await slowScene();
    const linked = `${scene.folder}-linked`;
    await symlink(scene.folder, linked);
    onTestFinished(() => rm(linked));
    const first = await startCli(words(scene), { env: SIGNED_IN });
    await first.until(({ stdout }) => stdout.includes('"verdict"'));
    first.child.kill('SIGSTOP');
    const through = { ...scene, target: join(linked, basename(scene.target)) };
    const second = await (await startCli(words(through), { env: SIGNED_IN })).end;
    first.child.kill('SIGCONT');
    expect(second.code).toBe(7);
    scene.server.setFaults([]);
    expect((await first.end).code).toBe(0);
  });

  test('W9 a download in one request that was killed leaves nothing after the next run', async () => {
    const scene = await slowScene();
    const single = words(scene).map((word) => (word === '0' ? '1GB' : word));
    const first = await startCli(single, { env: SIGNED_IN });
    await first.until(({ stdout }) => /"received":[1-9]/.test(stdout));
    first.child.kill('SIGKILL');
    await first.end;
    expect(await partFiles(scene.target)).toHaveLength(1);
    scene.server.setFaults([]);
    expect((await (await startCli(single, { env: SIGNED_IN })).end).code).toBe(0);
    expect((await fileAt(scene.target))?.equals(scene.content)).toBe(true);
    expect(await leftovers(scene)).toEqual([]);
  });
});

const bytesThat = (content: Uint8Array, is: (at: number) => boolean): number => {
  let count = 0;
  for (let at = 0; at < content.length; at++) if (is(at)) count += 1;
  return count;
};

describe('a claim that is taken away', () => {
  test('W9 stops its owner before it writes another byte', async () => {
    const scene = await slowScene(400_000);
    let skewMs = 0;
    let writesAfter = 0;
    const failed = await run(scene, {
      partSize: 20_000,
      lanes: 2,
      change: (effects) => ({
        ...changeFiles((file) => ({
          ...file,
          writeAt: (chunks, position) => {
            if (skewMs > 0) writesAfter += 1;
            return file.writeAt(chunks, position);
          },
        }))(effects),
        clock: { ...effects.clock, wallTime: () => effects.clock.wallTime() + skewMs },
      }),
      begun: (job) => {
        job.on('progress', ({ progress }) => {
          if (progress.written === 0 || skewMs > 0) return;
          for (const name of claims(scene.store)) unlinkSync(join(scene.store, name));
          skewMs = 60_000; // The lid of the laptop was closed for a minute.
        });
      },
    });
    expect(failed.error?._tag).toBe('ClaimLost');
    expect(writesAfter).toBe(0);
    expect(await fileAt(scene.target)).toBeNull();
    scene.server.setFaults([]);
    await expectDone(scene, await run(scene));
  });

  test('W9 without any sleep stops its owner within about a second', async () => {
    const scene = await slowScene(40_000);
    let takenAtMs = 0;
    let lastWriteMs = 0;
    const failed = await run(scene, {
      partSize: 20_000,
      lanes: 2,
      change: changeFiles((file) => ({
        ...file,
        writeAt: (chunks, position) => {
          lastWriteMs = performance.now();
          return file.writeAt(chunks, position);
        },
      })),
      begun: (job) => {
        job.on('progress', ({ progress }) => {
          if (progress.written === 0 || takenAtMs > 0) return;
          for (const name of claims(scene.store)) unlinkSync(join(scene.store, name));
          takenAtMs = performance.now();
        });
      },
    });
    expect(failed.error?._tag).toBe('ClaimLost');
    expect(lastWriteMs - takenAtMs).toBeLessThan(1_500);
    expect(await fileAt(scene.target)).toBeNull();
  });
});

interface Report {
  readonly error: DownloadError | null;
  readonly writes: ReadonlyArray<{
    readonly path: string;
    readonly from: number;
    readonly to: number;
  }>;
}

const ROUNDS = Number(process.env['PARTWISE_ROUNDS'] ?? 4);
const SEED = Number(process.env['PARTWISE_SEED'] ?? Date.now() % 2 ** 31);
const WORKER = fileURLToPath(new URL('./durable-worker.mjs', import.meta.url));

const startWorker = async (): Promise<ChildProcess> => {
  const worker = fork(WORKER, [dirname(dirname(await builtMain()))]);
  onTestFinished(() => void worker.kill('SIGKILL'));
  await answer(worker);
  return worker;
};

const answer = (worker: ChildProcess): Promise<unknown> =>
  new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('exit', () => reject(new Error('the worker died')));
  });

describe('two processes that start together', () => {
  test(
    `W9 for every one of ${ROUNDS} rounds: one file, one writer at a time, nothing left`,
    async () => {
      const workers = [await startWorker(), await startWorker()];
      for (const worker of workers) worker.setMaxListeners(1_000);
      const kinds: Record<string, number> = {};
      for (let round = 0; round < ROUNDS; round++) {
        const told = `PARTWISE_SEED=${SEED} PARTWISE_ROUNDS=${ROUNDS}, round ${round}`;
        const scene = await setScene({ content: contentOf(200_000, round) });
        const delayHead = fault.delayHead(Math.round(8 * jitter(SEED, round, 7)));
        scene.server.setFaults([forMethod('GET', delayHead)]);
        const reports = await Promise.all(
          workers.map(async (worker, index) => {
            const reported = answer(worker) as Promise<Report>;
            const delayMs = Math.round(4 * jitter(SEED, round, index));
            const { server, target, store } = scene;
            worker.send({ url: server.url, bucket: BUCKET, key: KEY, target, store, delayMs });
            return reported;
          }),
        );
        const tags = reports.map(({ error }) => error?._tag ?? 'done').sort();
        expect(['Busy,done', 'done,done'], told).toContain(tags.join());
        kinds[tags.join()] = (kinds[tags.join()] ?? 0) + 1;
        expect((await fileAt(scene.target))?.equals(scene.content), told).toBe(true);
        expect(await leftovers(scene), told).toEqual([]);
        expect(overlaps(reports), told).toEqual([]);
        await scene.server.close();
      }
      console.info(`${ROUNDS} rounds of two processes:`, JSON.stringify(kinds));
    },
    30_000 + ROUNDS * 1_000,
  );
});

/** Part files that two processes wrote to at a time. */
const overlaps = ([a, b]: ReadonlyArray<Report>): ReadonlyArray<string> => {
  const span = (report: Report | undefined, path: string) => {
    const own = (report?.writes ?? []).filter((write) => write.path === path);
    return { from: Math.min(...own.map((it) => it.from)), to: Math.max(...own.map((it) => it.to)) };
  };
  const paths = new Set((a?.writes ?? []).map(({ path }) => path));
  return [...paths].filter((path) => {
    const [one, two] = [span(a, path), span(b, path)];
    return two.from <= one.to && one.from <= two.to;
  });
};
