/** The live disk, in a temporary folder. */
import {
  link,
  mkdir,
  mkdtemp,
  open,
  readFile,
  realpath,
  rm,
  stat,
  statfs,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { bytes } from '../../src/domain/bytes.ts';
import { nodeFileSystem, nodeFolders } from '../../src/effects/file-system.node.ts';
import { isSameFile } from '../../src/effects/file-system.ts';
import { E } from '../../src/fp.ts';
import { describeFileSystem } from '../conformance/file-system.ts';

vi.mock('node:fs/promises', async (actual) => {
  const original = await actual<typeof import('node:fs/promises')>();
  return { ...original, statfs: vi.fn(original.statfs) };
});

const made: Array<string> = [];
const makeRoot = async () => {
  const root = await mkdtemp(join(tmpdir(), 'partwise-disk-'));
  made.push(root);
  return root;
};
afterEach(async () => {
  vi.restoreAllMocks();
  for (const root of made.splice(0)) await rm(root, { recursive: true, force: true });
});

describeFileSystem('nodeFileSystem', async () => ({
  files: nodeFileSystem,
  folders: nodeFolders,
  root: await makeRoot(),
  dispose: async () => {},
}));

const openRight = async (path: string) => {
  const opened = await nodeFileSystem.create(path)();
  if (E.isLeft(opened)) throw new Error(JSON.stringify(opened.left));
  return opened.right;
};

/** Node's class of open files, which it does not export. */
const fileHandleClass = async () => {
  const handle = await open(process.execPath, 'r');
  await handle.close();
  return Object.getPrototypeOf(handle) as Awaited<ReturnType<typeof open>>;
};

describe('nodeFileSystem', () => {
  test('writes that the kernel cuts short are continued, whatever chunk they end in', async () => {
    const path = join(await makeRoot(), 'a');
    const handles = await fileHandleClass();
    const { write } = handles;
    const counts = [1, 3, 2, 4, 5, 1];
    const writev = vi.spyOn(handles, 'writev').mockImplementation(async function (
      this: Awaited<ReturnType<typeof open>>,
      buffers,
      position,
    ) {
      const all = Buffer.concat(buffers as ReadonlyArray<Uint8Array>);
      const taken = all.subarray(0, counts.shift() ?? all.length);
      await Reflect.apply(write, this, [taken, 0, taken.length, position]);
      return { bytesWritten: taken.length, buffers } as never;
    });
    const file = await openRight(path);
    const chunks = ['abcd', '', 'ef', 'g', 'hijklmnop', ''].map((it) => Buffer.from(it));
    expect(await file.writeAt(chunks, bytes(2))()).toEqual(E.right(undefined));
    await file.close()();
    expect(await readFile(path, 'latin1')).toBe('\0\0abcdefghijklmnop');
    expect(writev.mock.calls.map(([, position]) => position)).toEqual([2, 3, 6, 8, 12, 17]);
  });

  test('a disk that fills up in the middle of a write is a Left', async () => {
    const path = join(await makeRoot(), 'a');
    const handles = await fileHandleClass();
    vi.spyOn(handles, 'writev')
      .mockResolvedValueOnce({ bytesWritten: 2, buffers: [] })
      .mockRejectedValueOnce(Object.assign(new Error('no space left'), { code: 'ENOSPC' }));
    const file = await openRight(path);
    expect(await file.writeAt([Buffer.from('abcd')], bytes(0))()).toEqual(
      E.left({ _tag: 'DiskFailed', code: 'ENOSPC', operation: 'write', path }),
    );
    await file.close()();
  });

  test('reads that the kernel cuts short are continued', async () => {
    const path = join(await makeRoot(), 'a');
    await writeFile(path, '0123456789');
    const handles = await fileHandleClass();
    const original = handles.read;
    vi.spyOn(handles, 'read').mockImplementation(function (
      this: unknown,
      ...[buffer, offset, length, position]: ReadonlyArray<unknown>
    ) {
      const few = Math.min(3, length as number);
      return Reflect.apply(original, this, [buffer, offset, few, position]) as never;
    });
    const opened = await nodeFileSystem.open(path)();
    if (E.isLeft(opened)) throw new Error('it is there');
    const buffer = Buffer.alloc(8);
    expect(await opened.right.readAt(buffer, bytes(1))()).toEqual(E.right(8));
    expect(buffer.toString()).toBe('12345678');
    await opened.right.close()();
  });

  test('a path goes through links, and two names of one file are one file', async () => {
    const root = await makeRoot();
    await writeFile(join(root, 'a'), 'abc');
    await symlink('a', join(root, 'soft'));
    await link(join(root, 'a'), join(root, 'hard'));
    await symlink('nowhere', join(root, 'dangling'));
    const facts = await nodeFileSystem.facts(join(root, 'a'))();
    expect(await nodeFileSystem.facts(join(root, 'soft'))()).toEqual(facts);
    expect(await nodeFileSystem.facts(join(root, 'hard'))()).toEqual(facts);
    expect(await nodeFileSystem.facts(join(root, 'dangling'))()).toMatchObject({
      right: { kind: 'link' },
    });
  });

  test('stamp sets permissions and date, each alone or both; what is null stays', async () => {
    const path = join(await makeRoot(), 'a');
    const file = await openRight(path);
    const seen = async () => {
      const { mode, mtimeMs } = await stat(path);
      return [mode & 0o7777, mtimeMs];
    };
    expect(await file.stamp({ mode: 0o640, modifiedAtMs: 86_400_500 })()).toEqual(
      E.right(undefined),
    );
    expect(await seen()).toEqual([0o640, 86_400_500]);
    await file.stamp({ mode: 0o604, modifiedAtMs: null })();
    expect(await seen()).toEqual([0o604, 86_400_500]);
    await file.stamp({ mode: null, modifiedAtMs: 0 })();
    expect(await seen()).toEqual([0o604, 0]);
    await file.close()();
  });

  test('a date stays through a sync, a close and a rename', async () => {
    const root = await makeRoot();
    const file = await openRight(join(root, 'a'));
    await file.writeAt([Buffer.from('abc')], bytes(0))();
    await file.stamp({ mode: null, modifiedAtMs: 86_400_000 })();
    await file.datasync()();
    await file.close()();
    await nodeFileSystem.rename(join(root, 'a'), join(root, 'b'))();
    expect((await stat(join(root, 'b'))).mtimeMs).toBe(86_400_000);
  });

  test('more free bytes than a number holds are as many as one holds', async () => {
    vi.mocked(statfs).mockResolvedValueOnce({ bavail: 2 ** 50, bsize: 4096 } as never);
    expect(await nodeFolders.freeBytes('/')()).toEqual(E.right(Number.MAX_SAFE_INTEGER));
  });

  test('a device is neither file nor folder', async () => {
    expect(await nodeFileSystem.facts('/dev/null')()).toMatchObject({ right: { kind: 'other' } });
  });

  test('a path that no disk takes is a Left, not an exception', async () => {
    const path = join(await makeRoot(), 'a\0b');
    expect(await nodeFileSystem.open(path)()).toMatchObject({ left: { _tag: 'DiskFailed', path } });
    const long = join(await makeRoot(), 'x'.repeat(300));
    expect(await nodeFileSystem.create(long)()).toMatchObject({ left: { code: 'ENAMETOOLONG' } });
  });

  test('an exception without a code is a bug, and is not taken for a failing disk', async () => {
    const file = await openRight(join(await makeRoot(), 'a'));
    const handles = await fileHandleClass();
    vi.spyOn(handles, 'datasync').mockRejectedValueOnce(new TypeError('boom'));
    await expect(file.datasync()()).rejects.toThrow('boom');
    await file.close()();
  });

  test('the real path of a folder has no link on the way', async () => {
    const root = await realpath(await makeRoot());
    await mkdir(join(root, 'folder'));
    await symlink(join(root, 'folder'), join(root, 'link'));
    const real = E.right(join(root, 'folder'));
    expect(await nodeFolders.realPath(join(root, 'link'))()).toEqual(real);
  });

  test('a file that gets the inode of a removed one is another file', async () => {
    const root = await makeRoot();
    const path = join(root, 'a');
    const timesOf = new Map<string, Set<string>>();
    let found: ReadonlyArray<string> = [];
    for (let round = 0; round < 5_000 && found.length < 2; round++) {
      await writeFile(path, '0123456789');
      const facts = await nodeFileSystem.facts(path)();
      if (E.isLeft(facts) || facts.right === null) throw new Error('it is there');
      const [inode = '', madeAt] = facts.right.identity.split(':');
      if (madeAt === undefined) return; // This file system does not tell when a file was made.
      found = [...(timesOf.get(inode) ?? []), facts.right.identity];
      timesOf.set(inode, new Set(found));
      await rm(path);
    }
    if (timesOf.size === 5_000) return; // It gives no inode twice.
    expect(isSameFile(found[0] ?? '', found[1] ?? '')).toBe(false);
  });

  test('a file keeps its identity when it is written, renamed and dated', async () => {
    const root = await makeRoot();
    const file = await openRight(join(root, 'a'));
    const identityOf = async (name: string) => {
      const facts = await nodeFileSystem.facts(join(root, name))();
      return E.isRight(facts) ? facts.right?.identity : null;
    };
    const before = await identityOf('a');
    await file.writeAt([Buffer.from('abc')], bytes(0))();
    await file.stamp({ mode: 0o600, modifiedAtMs: 1_000 })();
    await file.close()();
    await nodeFileSystem.rename(join(root, 'a'), join(root, 'b'))();
    expect(await identityOf('b')).toBe(before);
    expect(isSameFile(before ?? '', (await identityOf('b')) ?? '')).toBe(true);
  });
});

describe('isSameFile', () => {
  test.each([
    ['7', '7', true],
    ['7', '8', false],
    ['7:10', '7:10', true],
    ['7:10', '7:11', false],
    ['7:10', '8:10', false],
    ['7', '7:10', true],
    ['7:10', '7', true],
    ['7', '70', false],
  ])('%s and %s: %s', (a, b, expected) => expect(isSameFile(a, b)).toBe(expected));
});
