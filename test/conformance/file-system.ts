/** The laws of `FileSystem` and `Folders`, run against every disk. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { bytes } from '../../src/domain/bytes.ts';
import type { DiskEffect, FileSystem, Folders, OpenFile } from '../../src/effects/file-system.ts';
import { E } from '../../src/fp.ts';

/** A disk with an empty folder on it. */
export interface Disk {
  readonly files: FileSystem;
  readonly folders: Folders;
  /** Absolute path of the empty folder. */
  readonly root: string;
  readonly dispose: () => Promise<void>;
}

/** @param make An empty disk for each test; the suite disposes of it. */
export const describeFileSystem = (name: string, make: () => Promise<Disk>): void => {
  const disks: Array<Disk> = [];
  const enter = async () => {
    const disk = await make();
    disks.push(disk);
    const at = (...names: ReadonlyArray<string>) => join(disk.root, ...names);
    return { ...disk, at };
  };
  afterEach(async () => {
    for (const disk of disks.splice(0)) await disk.dispose();
  });

  describe(`${name} obeys FileSystem`, () => {
    test('1. Right: every byte was taken; chunks land one after the other', async () => {
      const { files, at } = await enter();
      const file = await done(files.create(at('a')));
      await done(file.writeAt([text('abc'), text(''), text('d')], bytes(0)));
      await done(file.writeAt([text('X')], bytes(1)));
      await done(file.writeAt([], bytes(2)));
      await done(file.writeAt([text('')], bytes(2)));
      expect(await contentOf(file)).toBe('aXcd');
      await done(file.close());
    });

    test('1. for every list of chunks, they are one row of bytes', async () => {
      const { files, at } = await enter();
      const file = await done(files.create(at('a')));
      const chunks = fc.array(fc.uint8Array({ maxLength: 9 }), { maxLength: 12 });
      const positions = fc.nat({ max: 40 });
      let model = new Uint8Array();
      await fc.assert(
        fc.asyncProperty(chunks, positions, async (row, position) => {
          await done(file.writeAt(row, bytes(position)));
          model = written(model, Buffer.concat(row), position);
          assert.ok(Buffer.from(model).equals(await bytesOf(file)));
        }),
        { numRuns: 60, endOnFailure: true },
      );
      await done(file.close());
    });

    test('1. thousands of chunks and many megabytes are written at once', async () => {
      const { files, at } = await enter();
      const file = await done(files.create(at('a')));
      const tiny = Array.from({ length: 5_000 }, (_, i) => Uint8Array.of(i % 251, i >> 8));
      const large = Array.from({ length: 12 }, (_, i) => new Uint8Array(2 ** 20 + i).fill(i + 1));
      await done(file.writeAt([...tiny, ...large], bytes(3)));
      const expected = Buffer.concat([new Uint8Array(3), ...tiny, ...large]);
      expect(expected.equals(await bytesOf(file))).toBe(true);
      await done(file.close());
    });

    test('1. writes to different places at the same time do not disturb each other', async () => {
      const { files, at } = await enter();
      const file = await done(files.create(at('a')));
      const blocks = Array.from({ length: 16 }, (_, i) => new Uint8Array(70_000).fill(i + 1));
      await Promise.all(
        blocks.map((block, i) => done(file.writeAt([block], bytes(i * block.length)))),
      );
      expect(Buffer.concat(blocks).equals(await bytesOf(file))).toBe(true);
      await done(file.close());
    });

    test('2. Writing beyond the end makes the file longer; a gap reads as zeros', async () => {
      const { files, at } = await enter();
      const file = await done(files.create(at('a')));
      await done(file.writeAt([text('ab')], bytes(0)));
      await done(file.writeAt([text('c')], bytes(4)));
      expect(await contentOf(file)).toBe('ab\0\0c');
      const farAway = bytes(5 * 2 ** 30);
      await done(file.writeAt([text('z')], farAway));
      expect((await done(file.facts())).size).toBe(farAway + 1);
      expect(await readText(file, farAway - 1, 2)).toBe('\0z');
      await done(file.close());
    });

    test('3. readAt fills its buffer; fewer bytes come only at the end', async () => {
      const { files, at } = await enter();
      const file = await done(files.create(at('a')));
      await done(file.writeAt([text('0123456789')], bytes(0)));
      expect(await readText(file, 2, 4)).toBe('2345');
      expect(await readText(file, 8, 4)).toBe('89');
      expect(await readText(file, 10, 4)).toBe('');
      expect(await readText(file, 99, 4)).toBe('');
      expect(await readText(file, 2, 0)).toBe('');
      const part = new Uint8Array(6).fill(0x2d);
      expect(await done(file.readAt(part.subarray(1, 3), bytes(4)))).toBe(2);
      expect(Buffer.from(part).toString()).toBe('-45---');
      await done(file.close());
    });

    test('4. datasync keeps all that was written before it', async () => {
      const { files, at } = await enter();
      const file = await done(files.create(at('a')));
      await done(file.datasync());
      await done(file.writeAt([text('abc')], bytes(0)));
      await done(file.datasync());
      expect(await contentOf(file)).toBe('abc');
      await done(file.close());
    });

    test('5. resize cuts or lengthens; what is added reads as zeros', async () => {
      const { files, at } = await enter();
      const file = await done(files.create(at('a')));
      await done(file.writeAt([text('0123456789')], bytes(0)));
      await done(file.resize(bytes(4)));
      expect(await contentOf(file)).toBe('0123');
      await done(file.resize(bytes(6)));
      expect(await contentOf(file)).toBe('0123\0\0');
      await done(file.resize(bytes(0)));
      expect((await done(file.facts())).size).toBe(0);
      await done(file.resize(bytes(100e9)));
      expect((await done(file.facts())).size).toBe(100e9);
      await done(file.close());
    });

    test('6. close waits for operations under way', async () => {
      const { files, at } = await enter();
      const file = await done(files.create(at('a')));
      const order: Array<string> = [];
      const block = new Uint8Array(8 * 2 ** 20).fill(7);
      const writes = [0, 1, 2].map((i) =>
        file
          .writeAt([block], bytes(i * block.length))()
          .then((result) => {
            order.push('written');
            return result;
          }),
      );
      const closed = file
        .close()()
        .then((result) => {
          order.push('closed');
          return result;
        });
      expect((await Promise.all([...writes, closed])).every(E.isRight)).toBe(true);
      expect(order).toEqual(['written', 'written', 'written', 'closed']);
      const again = await done(files.open(at('a')));
      expect((await bytesOf(again)).equals(Buffer.concat([block, block, block]))).toBe(true);
      await done(again.close());
    });

    test('6. after close nothing is written', async () => {
      const { files, at } = await enter();
      const file = await done(files.create(at('a')));
      await done(file.close());
      const late = await file.writeAt([text('late')], bytes(0))();
      expect(late).toMatchObject({ left: { _tag: 'DiskFailed', operation: 'write' } });
      expect((await done(files.facts(at('a'))))?.size).toBe(0);
    });

    test('7. create makes an empty file; EEXIST when the name is taken', async () => {
      const { files, folders, at } = await enter();
      const file = await done(files.create(at('a')));
      expect(await done(file.facts())).toMatchObject({ kind: 'file', size: 0 });
      await done(file.writeAt([text('mine')], bytes(0)));
      await done(folders.make(at('folder')));
      for (const name of ['a', 'folder']) {
        expect(await files.create(at(name))()).toEqual(failed('EEXIST', 'create', at(name)));
      }
      expect(await contentOf(file)).toBe('mine');
      await done(file.close());
    });

    test('7. create and open make no folder: ENOENT', async () => {
      const { files, at } = await enter();
      const path = at('none', 'a');
      expect(await files.create(path)()).toEqual(failed('ENOENT', 'create', path));
      expect(await files.open(path)()).toEqual(failed('ENOENT', 'open', path));
    });

    test('open gives what is there, and never makes a file', async () => {
      const { files, folders, at } = await enter();
      await save(files, at('a'), 'abc');
      const file = await done(files.open(at('a')));
      await done(file.writeAt([text('X')], bytes(1)));
      expect(await contentOf(file)).toBe('aXc');
      await done(file.close());
      expect(await files.open(at('b'))()).toEqual(failed('ENOENT', 'open', at('b')));
      expect(await done(files.facts(at('b')))).toBeNull();
      await done(folders.make(at('folder')));
      expect(await files.open(at('folder'))()).toEqual(failed('EISDIR', 'open', at('folder')));
    });

    test('8. facts tell what a path leads to; null when nothing is there', async () => {
      const { files, folders, at } = await enter();
      await save(files, at('a'), 'abc');
      await save(files, at('b'), 'abc');
      await done(folders.make(at('folder')));
      const [a, b] = [await done(files.facts(at('a'))), await done(files.facts(at('b')))];
      const [identity, allocated] = [expect.any(String), expect.any(Number)];
      const modifiedAtMs = expect.any(Number);
      expect(a).toEqual({ kind: 'file', size: 3, allocated, modifiedAtMs, identity });
      expect(a!.identity).not.toBe(b!.identity);
      expect(await done(files.facts(at('folder')))).toMatchObject({ kind: 'folder' });
      expect(await done(files.facts(at('c')))).toBeNull();
      expect(await done(files.facts(at('none', 'c')))).toBeNull();
    });

    test('15. openToRead reads what is there, and nothing can be written through it', async () => {
      const { files, folders, at } = await enter();
      await save(files, at('a'), 'abc');
      const file = await done(files.openToRead(at('a')));
      expect(await contentOf(file)).toBe('abc');
      expect(await file.writeAt([text('x')], bytes(0))()).toMatchObject({
        left: { operation: 'write' },
      });
      expect(await file.resize(bytes(1))()).toMatchObject({ left: { operation: 'resize' } });
      expect(await contentOf(file)).toBe('abc');
      await done(file.close());
      await done(folders.make(at('folder')));
      expect(await files.openToRead(at('b'))()).toEqual(failed('ENOENT', 'open to read', at('b')));
      expect(await done(files.facts(at('b')))).toBeNull();
    });

    test('8. identity stays with a file that is written, resized or renamed', async () => {
      const { files, at } = await enter();
      const file = await done(files.create(at('a')));
      const { identity } = await done(file.facts());
      await done(file.writeAt([text('abc')], bytes(0)));
      await done(file.resize(bytes(1)));
      await done(files.rename(at('a'), at('b')));
      expect(await done(file.facts())).toMatchObject({ kind: 'file', size: 1, identity });
      expect(await done(files.facts(at('b')))).toMatchObject({ identity });
      await done(file.close());
    });

    test('8. a sparse file takes less of the disk than its size; writing takes room', async () => {
      const { files, at } = await enter();
      const file = await done(files.create(at('a')));
      await done(file.resize(bytes(64 * 2 ** 20)));
      await done(file.datasync());
      const empty = await done(file.facts());
      expect(empty.allocated).toBeLessThan(2 ** 20);
      const block = Uint8Array.from(
        { length: 2 ** 21 },
        (_, at) => (at * 7 + (at >> 8) * 13) % 251,
      );
      await done(file.writeAt([block], bytes(8 * 2 ** 20)));
      await done(file.datasync());
      const { size, allocated } = await done(file.facts());
      expect(size).toBe(64 * 2 ** 20);
      expect(allocated).toBeGreaterThan(empty.allocated);
      expect(allocated).toBeLessThan(size);
      expect((await done(files.facts(at('a'))))?.allocated).toBe(allocated);
      await done(file.close());
    });

    test('stamp changes neither content, size nor identity, whatever of it is null', async () => {
      const { files, at } = await enter();
      const file = await done(files.create(at('a')));
      await done(file.writeAt([text('abc')], bytes(0)));
      const before = await done(file.facts());
      for (const mode of [null, 0o640]) {
        for (const modifiedAtMs of [null, 0, 1_330_063_668_500]) {
          await done(file.stamp({ mode, modifiedAtMs }));
        }
      }
      const { size, identity } = await done(file.facts());
      expect([size, identity]).toEqual([before.size, before.identity]);
      expect(await contentOf(file)).toBe('abc');
      await done(file.close());
      expect(await file.stamp({ mode: 0o600, modifiedAtMs: null })()).toMatchObject({
        left: { _tag: 'DiskFailed', operation: 'stamp', path: at('a') },
      });
    });

    test('9. rename replaces the target; an open reader keeps the old one', async () => {
      const { files, at } = await enter();
      await save(files, at('new'), 'new');
      await save(files, at('target'), 'old');
      const reader = await done(files.open(at('target')));
      await done(files.rename(at('new'), at('target')));
      expect(await contentOf(reader)).toBe('old');
      await done(reader.close());
      expect(await load(files, at('target'))).toBe('new');
      expect(await done(files.facts(at('new')))).toBeNull();
    });

    test('9. a reader sees the old file or the new one, never none', async () => {
      const { files, at } = await enter();
      await save(files, at('target'), 'old');
      let isOver = false;
      const seen = new Set<unknown>();
      const watch = async () => {
        while (!isOver) seen.add((await done(files.facts(at('target'))))?.size ?? null);
      };
      const watching = watch();
      for (let i = 0; i < 50; i++) {
        await save(files, at('new'), i % 2 === 0 ? 'longer' : 'old');
        await done(files.rename(at('new'), at('target')));
      }
      isOver = true;
      await watching;
      expect([...seen].every((size) => size === 3 || size === 6)).toBe(true);
    });

    test('9. what cannot be renamed stays where it is', async () => {
      const { files, folders, at } = await enter();
      await save(files, at('a'), 'abc');
      await done(folders.make(at('folder', 'inner')));
      const onto = await files.rename(at('a'), at('folder'))();
      expect(onto).toEqual(failed('EISDIR', 'rename to', at('folder')));
      expect(await files.rename(at('none'), at('b'))()).toEqual(
        failed('ENOENT', 'rename to', at('b')),
      );
      expect(await load(files, at('a'))).toBe('abc');
    });

    test('9. of two names of one file, renamed onto each other, none is lost', async () => {
      const { files, at } = await enter();
      await save(files, at('a'), 'abc');
      await done(files.link(at('a'), at('b')));
      await done(files.rename(at('a'), at('b')));
      expect(await load(files, at('b'))).toBe('abc');
      expect(await done(files.facts(at('a')))).toEqual(await done(files.facts(at('b'))));
    });

    test('14. link gives a file a second name; each goes without the other', async () => {
      const { files, at } = await enter();
      await save(files, at('a'), 'abc');
      const facts = await done(files.facts(at('a')));
      await done(files.link(at('a'), at('b')));
      expect(await done(files.facts(at('b')))).toEqual(facts);
      const file = await done(files.open(at('a')));
      await done(file.writeAt([text('X')], bytes(1)));
      await done(file.close());
      expect(await load(files, at('b'))).toBe('aXc');
      await done(files.remove(at('a')));
      expect(await load(files, at('b'))).toBe('aXc');
      expect(await done(files.facts(at('a')))).toBeNull();
    });

    test('14. a name that is taken is EEXIST, and what has it is untouched', async () => {
      const { files, folders, at } = await enter();
      await save(files, at('a'), 'abc');
      await save(files, at('b'), 'other');
      await done(folders.make(at('folder')));
      for (const name of ['b', 'folder', 'a']) {
        const linked = await files.link(at('a'), at(name))();
        expect(linked).toEqual(failed('EEXIST', 'create', at(name)));
      }
      expect([await load(files, at('a')), await load(files, at('b'))]).toEqual(['abc', 'other']);
      expect(await done(files.facts(at('folder')))).toMatchObject({ kind: 'folder' });
    });

    test('14. of many who link to one name at once, one gets it', async () => {
      const { files, at } = await enter();
      const rivals = ['a', 'b', 'c', 'd', 'e'];
      for (const name of rivals) await save(files, at(name), name);
      const linked = await Promise.all(rivals.map((name) => files.link(at(name), at('target'))()));
      const winners = rivals.filter((_, i) => E.isRight(linked[i]!));
      expect(winners).toEqual([await load(files, at('target'))]);
      const losers = linked.filter(E.isLeft);
      expect(losers).toEqual(Array(4).fill(failed('EEXIST', 'create', at('target'))));
    });

    test('14. a file that is not there gets no second name, nor does one get a folder', async () => {
      const { files, at } = await enter();
      expect(await files.link(at('none'), at('b'))()).toEqual(failed('ENOENT', 'create', at('b')));
      await save(files, at('a'), 'abc');
      const into = at('no', 'b');
      expect(await files.link(at('a'), into)()).toEqual(failed('ENOENT', 'create', into));
      expect(await done(files.facts(at('b')))).toBeNull();
    });

    test('10. remove removes a file; nothing there is fine', async () => {
      const { files, at } = await enter();
      await save(files, at('a'), 'abc');
      await done(files.remove(at('a')));
      expect(await done(files.facts(at('a')))).toBeNull();
      await done(files.remove(at('a')));
      await done(files.remove(at('none', 'a')));
    });

    test('10. remove leaves a folder alone', async () => {
      const { files, folders, at } = await enter();
      await done(folders.make(at('folder')));
      expect(await files.remove(at('folder'))()).toMatchObject({
        left: { _tag: 'DiskFailed', operation: 'remove', path: at('folder') },
      });
      expect(await done(files.facts(at('folder')))).toMatchObject({ kind: 'folder' });
    });
  });

  describe(`${name} obeys Folders`, () => {
    test('11. make makes a folder and those above it; one that is there is fine', async () => {
      const { files, folders, at } = await enter();
      await done(folders.make(at('a', 'b', 'c')));
      await done(folders.make(at('a', 'b', 'c')));
      expect(await done(files.facts(at('a', 'b', 'c')))).toMatchObject({ kind: 'folder' });
    });

    test('11. a file in the way is not replaced', async () => {
      const { files, folders, at } = await enter();
      await save(files, at('a'), 'abc');
      expect(E.isLeft(await folders.make(at('a'))())).toBe(true);
      expect(E.isLeft(await folders.make(at('a', 'b'))())).toBe(true);
      expect(await load(files, at('a'))).toBe('abc');
    });

    test('12. list gives names, sorted; a folder that is not there is empty', async () => {
      const { files, folders, at } = await enter();
      expect(await done(folders.list(at('.')))).toEqual([]);
      for (const name of ['c', 'a', 'B', 'ü', 'a.1']) await save(files, at(name), '');
      await done(folders.make(at('b')));
      expect(await done(folders.list(at('.')))).toEqual(['B', 'a', 'a.1', 'b', 'c', 'ü']);
      expect(await done(folders.list(at('none')))).toEqual([]);
    });

    test('13. sync succeeds on a folder, and tells of one that is not there', async () => {
      const { files, folders, at } = await enter();
      await save(files, at('a'), 'abc');
      await done(folders.sync(at('.')));
      expect(await folders.sync(at('none'))()).toEqual(failed('ENOENT', 'sync folder', at('none')));
    });

    test('freeBytes are some, as a whole number; Left for what is not there', async () => {
      const { folders, at } = await enter();
      const free = await done(folders.freeBytes(at('.')));
      expect(Number.isSafeInteger(free)).toBe(true);
      expect(free).toBeGreaterThan(0);
      expect(await folders.freeBytes(at('none'))()).toEqual(
        failed('ENOENT', 'inspect', at('none')),
      );
    });

    test('16. realPath is the folder itself where no link is on the way; ENOENT: nowhere', async () => {
      const { folders, at } = await enter();
      await done(folders.make(at('folder')));
      const real = await done(folders.realPath(at('folder')));
      expect(await done(folders.realPath(real))).toBe(real);
      expect(await folders.realPath(at('none'))()).toEqual(failed('ENOENT', 'find', at('none')));
    });

    test('checkWritable is Left when no file could be created there', async () => {
      const { files, folders, at } = await enter();
      await done(folders.checkWritable(at('.')));
      await save(files, at('a'), 'abc');
      expect(await folders.checkWritable(at('a'))()).toEqual(
        failed('ENOTDIR', 'write into', at('a')),
      );
      expect(await folders.checkWritable(at('none'))()).toEqual(
        failed('ENOENT', 'write into', at('none')),
      );
      expect(await done(folders.list(at('.')))).toEqual(['a']);
    });
  });
};

const text = (content: string): Uint8Array => Buffer.from(content);

/** What an effect gave; a failure fails the test. */
const done = async <A>(effect: DiskEffect<A>): Promise<A> => {
  const result = await effect();
  if (E.isLeft(result)) throw new Error(JSON.stringify(result.left));
  return result.right;
};

const failed = (code: string, operation: string, path: string) =>
  E.left({ _tag: 'DiskFailed', code, operation, path });

const bytesOf = async (file: OpenFile): Promise<Buffer> => {
  const { size } = await done(file.facts());
  const buffer = Buffer.alloc(size);
  assert.equal(await done(file.readAt(buffer, bytes(0))), size);
  return buffer;
};

const contentOf = async (file: OpenFile): Promise<string> => (await bytesOf(file)).toString();

const readText = async (file: OpenFile, position: number, length: number): Promise<string> => {
  const buffer = Buffer.alloc(length, '-');
  return buffer.subarray(0, await done(file.readAt(buffer, bytes(position)))).toString();
};

const save = async (files: FileSystem, path: string, content: string): Promise<void> => {
  const file = await done(files.create(path));
  await done(file.writeAt([text(content)], bytes(0)));
  await done(file.close());
};

const load = async (files: FileSystem, path: string): Promise<string> => {
  const file = await done(files.open(path));
  const content = await contentOf(file);
  await done(file.close());
  return content;
};

/** The model of a write: `content` at `position`, zeros in a gap. */
const written = (
  before: Uint8Array,
  content: Uint8Array,
  position: number,
): Uint8Array<ArrayBuffer> => {
  const length = content.length === 0 ? before.length : position + content.length;
  const after = new Uint8Array(Math.max(before.length, length));
  after.set(before);
  after.set(content.length === 0 ? [] : content, content.length === 0 ? 0 : position);
  return after;
};
