/** Room for what is missing: asked before a byte is, counting what is on disk already. */
import { describe, expect, test } from 'vitest';
import { bytes } from '../../src/domain/bytes.ts';
import type { Folders } from '../../src/effects/file-system.ts';
import { E, TE } from '../../src/fp.ts';
import { checkSpace } from '../../src/transfer/check-space.ts';
import { diskFailed, done, makeScene, TARGET } from './workspace-scene.ts';

/** Folders on a disk with so many free bytes, and the folders that were asked about. */
const withFree = (free: number) => {
  const { folders } = makeScene();
  const asked: Array<string> = [];
  const freeBytes: Folders['freeBytes'] = (path) => {
    asked.push(path);
    return TE.right(bytes(free));
  };
  return { folders: { ...folders, freeBytes }, asked };
};

describe('checkSpace', () => {
  test.each([
    { size: 10, allocated: 0, free: 10, missing: 0 },
    { size: 10, allocated: 0, free: 9, missing: 1 },
    { size: 10, allocated: 4, free: 6, missing: 0 },
    { size: 10, allocated: 4, free: 5, missing: 1 },
    { size: 10, allocated: 10, free: 0, missing: 0 },
    { size: 10, allocated: 4_096, free: 0, missing: 0 },
    { size: 0, allocated: 0, free: 0, missing: 0 },
    { size: 5e12, allocated: 1e12, free: 1e12, missing: 3e12 },
  ])('$missing are missing of $size, with $allocated there and $free free', async (it) => {
    const { folders, asked } = withFree(it.free);
    const checked = await checkSpace(folders, TARGET, bytes(it.size), bytes(it.allocated))();
    const { missing } = it;
    const full = E.left({ _tag: 'DiskFull', path: TARGET, missing });
    expect(checked).toEqual(missing === 0 ? E.right(undefined) : full);
    expect(asked).toEqual(['/data']);
  });

  test('a disk that does not tell is believed to have room', async () => {
    const { folders } = makeScene();
    const freeBytes = () => TE.left(diskFailed('ENOSYS', '/data'));
    const checked = await checkSpace({ ...folders, freeBytes }, TARGET, bytes(1e15), bytes(0))();
    expect(checked).toEqual(E.right(undefined));
  });
});

describe('openWorkspace on a disk that is nearly full', () => {
  test('a new download without room makes no file, and keeps no claim', async () => {
    const { tryOpen, disk, leave } = makeScene();
    const opened = await tryOpen({ effects: { folders: withFree(9).folders } });
    expect(opened).toEqual(E.left({ _tag: 'DiskFull', path: TARGET, missing: 1 }));
    expect(disk.paths()).toEqual([]);
    await leave();
  });

  test('a resumed one needs room only for what its sparse file does not hold yet', async () => {
    const { tryOpen, leave, files } = makeScene();
    const { filePath } = await leave([1, 2]);
    const facts = await done(files.facts(filePath));
    const sparse = { ...files, facts: () => TE.right({ ...facts!, allocated: bytes(8) }) };
    const resume = (free: number) =>
      tryOpen({
        effects: { files: sparse, folders: { ...makeScene().folders, ...withFree(free).folders } },
      });
    expect(await resume(1)).toEqual(E.left({ _tag: 'DiskFull', path: TARGET, missing: 1 }));
    expect(await done(files.facts(filePath))).toEqual(facts);
    expect(await resume(2)).toMatchObject({ right: { verdict: { _tag: 'Resumed' } } });
  });
});
