/** Disks that are full, broken, read-only or gone: a typed error or a pause, and nothing is lost. */
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bytes } from '../../src/domain/bytes.ts';
import { TE } from '../../src/fp.ts';
import type { DownloadEffects } from '../../src/machines/provide-effects.ts';
import type { Download } from '../../src/start-download.ts';
import { rangeContains } from '../../src/testing/index.ts';
import {
  changeFiles,
  changeLog,
  DENIED,
  diskFailed,
  halfDone,
  partFileOf,
} from './durable-tools.ts';
import {
  contentOf,
  eventsOf,
  expectDone,
  expectKept,
  fileAt,
  journals,
  leftovers,
  partFiles,
  type RunOptions,
  run,
  setScene,
} from './scene.ts';

/** A disk with so many bytes to give. */
const withFree =
  (free: () => number) =>
  (effects: DownloadEffects): DownloadEffects => ({
    ...effects,
    folders: { ...effects.folders, freeBytes: () => TE.fromIO(() => bytes(free())) },
  });

/** Looks around at the first pause, then lets the download go on. */
const oncePaused = (look: (job: Download) => Promise<void> | void) => {
  const looked: Array<Promise<void>> = [];
  const begun: RunOptions['begun'] = (job) => {
    job.on('paused', () => {
      looked.push(
        Promise.resolve(look(job)).finally(() => {
          if (looked.length === 1) job.resume();
          else job.cancel({ keep: true });
        }),
      );
    });
  };
  return { begun, looked };
};

describe('a disk without room', () => {
  test('W18 is noticed before a byte is asked for; with room it goes on', async () => {
    const scene = await setScene();
    let free = 4_000;
    const { begun, looked } = oncePaused(async () => {
      expect(scene.server.requests().filter(({ method }) => method === 'GET')).toEqual([]);
      expect(await leftovers(scene)).toEqual([]);
      expect(await fileAt(scene.target)).toBeNull();
      free = 10_000;
    });
    const done = await run(scene, { begun, change: withFree(() => free) });
    await Promise.all(looked);
    const because = { _tag: 'DiskFull', path: scene.target, missing: 6_000 };
    expect(eventsOf(done, 'paused')).toEqual([{ type: 'paused', because }]);
    await expectDone(scene, done);
  });

  test('W18 counts what the part file holds already', async () => {
    const scene = await halfDone({ content: contentOf(1_000_000) }, { partSize: 100_000 });
    const allocated = (await stat(await partFileOf(scene))).blocks * 512;
    expect(allocated).toBeGreaterThanOrEqual(500_000);
    let free = 1_000_000 - allocated - 1;
    const { begun, looked } = oncePaused(async () => {
      expect(await partFiles(scene.target)).toHaveLength(1);
      free += 1;
    });
    const done = await run(scene, { begun, change: withFree(() => free) });
    await Promise.all(looked);
    const because = { _tag: 'DiskFull', path: scene.target, missing: 1 };
    expect(eventsOf(done, 'paused')).toEqual([{ type: 'paused', because }]);
    expect(done.outcome?.resumedBytes).toBe(500_000);
    await expectDone(scene, done);
  });

  test.each(['ENOSPC', 'EDQUOT'])(
    'W18 %s in the middle pauses, and nothing is lost',
    async (code) => {
      const scene = await setScene();
      let isFull = true;
      let written = 0;
      const { begun, looked } = oncePaused(async () => {
        expect(await partFiles(scene.target)).toHaveLength(1);
        const names = await readdir(scene.store);
        expect(names.filter((name) => name.endsWith('.journal'))).toHaveLength(1);
        isFull = false;
      });
      const done = await run(scene, {
        begun,
        change: changeFiles((file) => ({
          ...file,
          writeAt: (chunks, position) => {
            if (isFull && written >= 4_000) return diskFailed(code, 'write', scene.target);
            for (const chunk of chunks) written += chunk.length;
            return file.writeAt(chunks, position);
          },
        })),
      });
      await Promise.all(looked);
      const because = { _tag: 'DiskFull', path: scene.target, missing: 6_000 };
      expect(eventsOf(done, 'paused')).toEqual([{ type: 'paused', because }]);
      expect(eventsOf(done, 'resumed')).toHaveLength(1);
      await expectDone(scene, done);
      expect(done.fetches).toHaveLength(11); // The part that found no room is asked for once more.
    },
  );

  test('W18 for the journal alone pauses, too', async () => {
    const scene = await setScene();
    let isFull = true;
    const { begun, looked } = oncePaused(() => {
      isFull = false;
    });
    const change = changeLog((append, record) =>
      isFull && record.type === 'facts' ? diskFailed('ENOSPC') : append(record),
    );
    const done = await run(scene, { begun, change });
    await Promise.all(looked);
    expect(eventsOf(done, 'paused')).toMatchObject([{ because: { _tag: 'DiskFull' } }]);
    await expectDone(scene, done);
  });

  test('W18 that is given up keeps everything where that was asked for', async () => {
    const scene = await halfDone();
    const begun: RunOptions['begun'] = (job) => {
      job.on('paused', () => job.cancel({ keep: true }));
    };
    const first = await run(scene, { begun, change: withFree(() => 0) });
    expect(first.error).toEqual({ _tag: 'Cancelled' });
    await expectKept(scene, { ...first, resumable: true });
    await expectDone(scene, await run(scene));
  });

  test('W18 that is given up leaves nothing where nothing was to be kept', async () => {
    const scene = await halfDone();
    const begun: RunOptions['begun'] = (job) => {
      job.on('paused', () => job.cancel());
    };
    await run(scene, { begun, change: withFree(() => 0) });
    expect(await leftovers(scene)).toEqual([]);
  });
});

describe('a disk that fails', () => {
  test.each(['EACCES', 'EROFS', 'EMFILE', 'EIO'])(
    'W18 %s when the part file is made is told, and no byte is asked for',
    async (code) => {
      const scene = await setScene();
      const failed = await run(scene, {
        change: ({ files, ...rest }) => ({
          ...rest,
          files: { ...files, create: (path) => diskFailed(code, 'create', path) },
        }),
      });
      expect(failed.error).toMatchObject({ _tag: 'DiskFailed', code, operation: 'create' });
      expect(failed.fetches).toEqual([]);
      expect(await leftovers(scene)).toEqual([]);
    },
  );

  test.each(['EACCES', 'EROFS', 'EMFILE', 'EIO'])(
    'W18 %s in the middle is told, and the next run goes on',
    async (code) => {
      const scene = await setScene();
      const failed = await run(scene, {
        change: changeFiles((file) => ({
          ...file,
          writeAt: (chunks, position) =>
            position >= 4_000 ? diskFailed(code) : file.writeAt(chunks, position),
        })),
      });
      expect(failed.error).toMatchObject({ _tag: 'DiskFailed', code });
      await expectKept(scene, failed);
      const done = await run(scene);
      expect(done.outcome?.resumedBytes).toBe(4_000);
      await expectDone(scene, done);
    },
  );

  test('W18 to sync is not asked twice, and what that sync covered counts as missing', async () => {
    const scene = await setScene();
    let syncs = 0;
    const failed = await run(scene, {
      change: changeFiles((file) => ({
        ...file,
        datasync: () => (syncs++ === 0 ? file.datasync() : diskFailed('EIO', 'sync')),
      })),
    });
    expect(failed.error).toMatchObject({ _tag: 'DiskFailed', code: 'EIO', operation: 'sync' });
    expect(syncs).toBe(2); // One when the file was made, one that failed.
    const done = await run(scene);
    expect(done.verdict).toMatchObject({ _tag: 'Resumed', bytes: 0 });
    await expectDone(scene, done);
  });
});

describe('folders', () => {
  test('W18 that are missing are told before anything is asked', async () => {
    const scene = await setScene();
    const failed = await run(scene, { target: join(scene.folder, 'no', 'such', 'object.bin') });
    expect(failed.error).toMatchObject({ _tag: 'DiskFailed', code: 'ENOENT' });
    expect(failed.requests).toEqual([]);
  });

  test('W18 of the target that go away are told; made again, the next run ends right', async () => {
    const scene = await setScene();
    const folder = join(scene.folder, 'gone');
    await mkdir(folder);
    const target = join(folder, 'object.bin');
    const goes = (effects: DownloadEffects): DownloadEffects => ({
      ...effects,
      files: {
        ...effects.files,
        rename: (from, to) => async () => {
          await rm(folder, { recursive: true });
          return effects.files.rename(from, to)();
        },
      },
    });
    const failed = await run(scene, { target, change: goes });
    expect(failed.error).toMatchObject({ _tag: 'DiskFailed', code: 'ENOENT' });
    await mkdir(folder);
    const done = await run(scene, { target });
    expect(done.verdict).toEqual({ _tag: 'Restarted', because: { _tag: 'PartFileMissing' } });
    await expectDone(scene, done, { target });
  });

  test('W18 of the store that go away cost the record, never the file', async () => {
    const scene = await setScene();
    scene.server.setFaults([rangeContains(5_000, DENIED)]);
    expect((await run(scene)).error?._tag).toBe('ServerRefused');
    await rm(scene.store, { recursive: true });
    scene.server.setFaults([]);
    const done = await run(scene);
    expect(done.verdict).toEqual({ _tag: 'Fresh' });
    expect(done.error).toBeNull();
    expect((await fileAt(scene.target))?.equals(scene.content)).toBe(true);
    expect(await journals(scene.store)).toEqual([]);
  });

  test('W18 that are files are told by name', async () => {
    const scene = await setScene();
    await writeFile(join(scene.folder, 'file'), '');
    const failed = await run(scene, { target: join(scene.folder, 'file', 'object.bin') });
    expect(failed.error).toMatchObject({ _tag: 'DiskFailed', code: 'ENOTDIR' });
    expect(failed.requests).toEqual([]);
  });
});
