/** A full disk and a used-up quota are told apart from a broken disk. */
import { describe, expect, test } from 'vitest';
import type { DownloadError } from '../../src/domain/errors.ts';
import type { OpenFile } from '../../src/effects/file-system.ts';
import { E, TE } from '../../src/fp.ts';
import { asDiskFull } from '../../src/transfer/disk-full.ts';
import { diskFailed, done, makeScene, TARGET } from './workspace-scene.ts';

describe('asDiskFull', () => {
  test.each(['ENOSPC', 'EDQUOT'])(
    '%s is DiskFull with what still has to be written',
    async (code) => {
      const { open, fetch } = makeScene();
      const { workspace } = await open();
      const full = (missing: number) => ({ _tag: 'DiskFull', path: TARGET, missing });
      expect(asDiskFull(workspace, diskFailed(code, `${TARGET}.part`))).toEqual(full(10));
      await done(() => fetch(workspace, 2));
      expect(asDiskFull(workspace, diskFailed(code, `${TARGET}.part`))).toEqual(full(6));
    },
  );

  test('at least one byte is missing, also when all is written or no size is known', async () => {
    const { open, fetch, request } = makeScene();
    const { workspace } = await open();
    for (const part of [1, 2, 3]) await done(() => fetch(workspace, part));
    const error = diskFailed('ENOSPC', TARGET);
    expect(asDiskFull(workspace, error)).toMatchObject({ missing: 1 });
    const endless = { ...workspace, plan: { ...request.plan, size: null } };
    expect(asDiskFull(endless, error)).toMatchObject({ missing: 1 });
  });

  test('a full disk of the journal is named, not that of the target', async () => {
    const { workspace } = await makeScene().open();
    const path = '/home/.partwise/a.journal';
    const told = asDiskFull(workspace, diskFailed('ENOSPC', path));
    expect(told).toEqual({ _tag: 'DiskFull', path, missing: 65_536 });
  });

  test.each<DownloadError>([
    diskFailed('EIO', 'a'),
    diskFailed('EROFS', 'a'),
    { _tag: 'NetworkFailed', code: 'ENOSPC', message: '' },
    { _tag: 'Interrupted' },
  ])('%j stays what it is', async (error) => {
    const { workspace } = await makeScene().open();
    expect(asDiskFull(workspace, error)).toBe(error);
  });
});

describe('fetchPart on a disk that fills up', () => {
  test('is DiskFull; what was written before counts, and the next attempt goes on there', async () => {
    const { open, fetch, files, storage, contentOf } = makeScene();
    let isFull = false;
    let writes = 0;
    const filling = (file: OpenFile): OpenFile => ({
      ...file,
      writeAt: (chunks, position) => {
        writes += 1;
        isFull ||= writes === 2;
        return isFull ? TE.left(diskFailed('ENOSPC', TARGET)) : file.writeAt(chunks, position);
      },
    });
    const create = (path: string) => TE.map(filling)(files.create(path));
    const { workspace } = await open({ effects: { files: { ...files, create } } });
    const written = await fetch(workspace, 1);
    expect(written).toEqual(E.left({ _tag: 'DiskFull', path: TARGET, missing: 7 }));
    expect(workspace.ledger.factOf(1)).toMatchObject({ length: 3 });
    isFull = false;
    expect(await fetch(workspace, 1)).toEqual(E.right(undefined));
    expect(storage.asked()).toEqual([
      { start: 0, end: 4 },
      { start: 3, end: 4 },
    ]);
    expect(contentOf(workspace.filePath)?.slice(0, 4)).toBe('0123');
  });
});
