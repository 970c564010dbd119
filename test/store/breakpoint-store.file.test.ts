/** The store of journals obeys the laws, whatever a crash or a failing disk leaves behind. */
import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { ErrorOf } from '../../src/domain/errors.ts';
import { loadCrc64 } from '../../src/effects/crc64.ts';
import { nodeFileSystem, nodeFolders } from '../../src/effects/file-system.node.ts';
import type { DiskEffect, FileSystem, Folders, OpenFile } from '../../src/effects/file-system.ts';
import { E, TE } from '../../src/fp.ts';
import { fileBreakpointStore } from '../../src/store/breakpoint-store.file.ts';
import { encodeFrame, JOURNAL_MAGIC } from '../../src/store/journal.ts';
import {
  describeBreakpointStore,
  done,
  factOf,
  factsRecord,
  headerOf,
} from '../conformance/breakpoint-store.ts';

const made: Array<string> = [];
const makeRoot = async () => {
  const root = await mkdtemp(join(tmpdir(), 'partwise-store-'));
  made.push(root);
  return root;
};
afterEach(async () => {
  for (const root of made.splice(0)) await rm(root, { recursive: true, force: true });
});

const KEY = 'key';

/** A store in a folder that does not exist yet, over a disk that may be tampered with. */
const makeStore = async ({ files = nodeFileSystem, folders = nodeFolders } = {}) => {
  const folder = join(await makeRoot(), 'not', 'there', 'yet');
  const open = (over: { files?: FileSystem; folders?: Folders } = {}) =>
    fileBreakpointStore({ folder, files, folders, loadChecksum: loadCrc64, ...over });
  return { store: open(), open, folder, path: join(folder, `${KEY}.journal`) };
};

describeBreakpointStore('fileBreakpointStore', async () => {
  const { store, open } = await makeStore();
  return { store, reborn: () => open(), dispose: async () => {} };
});

/** A store with a breakpoint of parts 1 and 2, and its journal's bytes. */
const makeJournal = async () => {
  const made = await makeStore();
  const log = await done(made.store.begin(KEY, headerOf()));
  const lengths = [(await readFile(made.path)).length];
  for (const fact of [factOf(1, 4), factOf(2, 4)]) {
    await done(log.append(factsRecord([fact])));
    lengths.push((await readFile(made.path)).length);
  }
  await done(log.close());
  return { ...made, content: await readFile(made.path), lengths };
};

const DISK_FULL: ErrorOf<'DiskFailed'> = {
  _tag: 'DiskFailed',
  code: 'ENOSPC',
  operation: 'write',
  path: 'a',
};

/** Calls `see` once `effect` has succeeded. */
const tap =
  (see: () => void, effect: DiskEffect<void>): DiskEffect<void> =>
  async () => {
    const result = await effect();
    if (E.isRight(result)) see();
    return result;
  };

/** Files whose open handles go through `tamper`. */
const tampered = (tamper: (file: OpenFile) => OpenFile): FileSystem => ({
  ...nodeFileSystem,
  create: (path) => TE.map(tamper)(nodeFileSystem.create(path)),
  open: (path) => TE.map(tamper)(nodeFileSystem.open(path)),
  openToRead: (path) => TE.map(tamper)(nodeFileSystem.openToRead(path)),
});

describe('fileBreakpointStore', () => {
  test('makes its folder, with those above it, when first written to', async () => {
    const { store, folder } = await makeStore();
    expect(await done(store.read(KEY))).toEqual({ _tag: 'Absent' });
    await done(store.remove(KEY));
    expect(await done(nodeFileSystem.facts(folder))).toBeNull();
    await done((await done(store.begin(KEY, headerOf()))).close());
    expect(await readdir(folder)).toEqual(['key.journal']);
  });

  test('a tail torn at any byte is passed over, and cut off by reopen', async () => {
    const { store, path, content, lengths } = await makeJournal();
    const [headerOnly, withFirst] = lengths as [number, number];
    for (let cut = headerOnly; cut < content.length; cut++) {
      await writeFile(path, content.subarray(0, cut));
      const valid = cut < withFirst ? headerOnly : withFirst;
      const facts = cut < withFirst ? [] : [factOf(1, 4)];
      const reading = await done(store.read(KEY));
      expect(reading).toMatchObject({ _tag: 'Found', tornAt: cut === valid ? null : valid });
      expect(reading._tag === 'Found' && [...reading.breakpoint.facts.values()]).toEqual(
        facts.map((fact) => ({ ...fact, bootId: 'boot' })),
      );
      const log = await done(store.reopen(KEY));
      expect((await readFile(path)).length).toBe(valid);
      await done(log.append(factsRecord([factOf(3, 2)])));
      await done(log.close());
      const after = await done(store.read(KEY));
      expect(after).toMatchObject({ tornAt: null });
      expect(after._tag === 'Found' && [...after.breakpoint.facts.keys()]).toEqual([
        ...facts.map(({ part }) => part),
        3,
      ]);
    }
  });

  test('a journal whose header is torn, or that is none, is Foreign', async () => {
    const { store, path, content, lengths } = await makeJournal();
    for (const cut of [0, 5, JOURNAL_MAGIC.length, lengths[0]! - 1]) {
      await writeFile(path, content.subarray(0, cut));
      expect(await done(store.read(KEY))).toEqual({ _tag: 'Foreign' });
    }
    await writeFile(path, '{"version":1,"parts":[]}');
    expect(await done(store.read(KEY))).toEqual({ _tag: 'Foreign' });
    await done((await done(store.begin(KEY, headerOf()))).close());
    expect(await done(store.read(KEY))).toMatchObject({ _tag: 'Found' });
  });

  test('what is too long for a journal, or no file at all, is Foreign and not read', async () => {
    const { store, path, content } = await makeJournal();
    await truncate(path, 9e9);
    expect(await done(store.read(KEY))).toEqual({ _tag: 'Foreign' });
    await truncate(path, content.length);
    expect(await done(store.read(KEY))).toMatchObject({ _tag: 'Found' });
    await rm(path);
    await mkdir(path);
    expect(await done(store.read(KEY))).toEqual({ _tag: 'Foreign' });
  });

  test('a whole frame that is no record of ours makes all of it Foreign', async () => {
    const { store, path, content } = await makeJournal();
    const frame = encodeFrame('{"type":"later"}', await loadCrc64());
    await writeFile(path, Buffer.concat([content, frame]));
    expect(await done(store.read(KEY))).toEqual({ _tag: 'Foreign' });
  });

  test('a failed append is told, and what it left is overwritten by the next one', async () => {
    let isFull = false;
    const leavesHalf = (file: OpenFile): OpenFile => ({
      ...file,
      writeAt: (chunks, position) => {
        if (!isFull) return file.writeAt(chunks, position);
        const half = chunks.map((chunk) => chunk.subarray(0, chunk.length / 2));
        return TE.flatMap(() => TE.left(DISK_FULL))(file.writeAt(half, position));
      },
    });
    const { store, open, path } = await makeStore({ files: tampered(leavesHalf) });
    const log = await done(store.begin(KEY, headerOf()));
    await done(log.append(factsRecord([factOf(1, 4)])));
    const whole = (await readFile(path)).length;
    isFull = true;
    const many = Array.from({ length: 9 }, (_, i) => factOf(i + 1, 1));
    expect(await log.append(factsRecord(many))()).toMatchObject({ left: DISK_FULL });
    expect(await done(open().read(KEY))).toMatchObject({ _tag: 'Found', tornAt: whole });
    isFull = false;
    await done(log.append(factsRecord([factOf(2, 4)])));
    const reading = await done(open().read(KEY));
    expect(reading._tag === 'Found' && [...reading.breakpoint.facts.keys()]).toEqual([1, 2]);
    await done(log.close());
  });

  test('a begin that fails closes its file and tells why', async () => {
    const closed: Array<string> = [];
    const cannotSync = (file: OpenFile): OpenFile => ({
      ...file,
      datasync: () => TE.left(DISK_FULL),
      close: () => tap(() => closed.push('closed'), file.close()),
    });
    const { store } = await makeStore({ files: tampered(cannotSync) });
    expect(await store.begin(KEY, headerOf())()).toMatchObject({ left: DISK_FULL });
    expect(closed).toEqual(['closed']);
  });

  test('content becomes durable before its name, facts before their append ends', async () => {
    const order: Array<string> = [];
    const note = (what: string, effect: DiskEffect<void>) => tap(() => order.push(what), effect);
    const recording = (file: OpenFile): OpenFile => ({
      ...file,
      writeAt: (chunks, at) => note('write', file.writeAt(chunks, at)),
      datasync: () => note('datasync', file.datasync()),
    });
    const folders: Folders = {
      ...nodeFolders,
      sync: (path) => note('sync folder', nodeFolders.sync(path)),
    };
    const { store } = await makeStore({ files: tampered(recording), folders });
    const log = await done(store.begin(KEY, headerOf()));
    expect(order.splice(0)).toEqual(['write', 'datasync', 'sync folder']);
    await done(log.append(factsRecord([factOf(1, 4)])));
    expect(order).toEqual(['write', 'datasync']);
    await done(log.close());
  });

  test('a reader closes the journal, also when it cannot be read', async () => {
    const { open } = await makeJournal();
    let openCount = 0;
    const counting =
      (readAt?: OpenFile['readAt']) =>
      (file: OpenFile): OpenFile => {
        openCount += 1;
        const close = () =>
          tap(() => {
            openCount -= 1;
          }, file.close());
        return { ...file, close, readAt: readAt ?? file.readAt };
      };
    await done(open({ files: tampered(counting()) }).read(KEY));
    const broken = () => TE.left(DISK_FULL);
    const store = open({ files: tampered(counting(broken)) });
    expect(await store.read(KEY)()).toMatchObject({ left: DISK_FULL });
    expect(await store.reopen(KEY)()).toMatchObject({ left: DISK_FULL });
    expect(openCount).toBe(0);
  });

  test('reopening what is not there is a Left', async () => {
    const { store, path } = await makeStore();
    expect(await store.reopen(KEY)()).toEqual({
      _tag: 'Left',
      left: { _tag: 'DiskFailed', code: 'ENOENT', operation: 'open to read', path },
    });
  });

  test('files of others in the folder are not listed', async () => {
    const { store, folder } = await makeJournal();
    await writeFile(join(folder, 'notes.txt'), '');
    await writeFile(join(folder, '.journal.swp'), '');
    expect(await done(store.list())).toEqual([KEY]);
  });
});

describe('fileBreakpointStore, when a breakpoint is reopened', () => {
  test('a journal that has grown is rewritten, and says the same', async () => {
    const { store, open, path } = await makeStore();
    const log = await done(store.begin(KEY, headerOf()));
    const parts = Array.from({ length: 500 }, (_, index) => index + 1);
    for (let length = 1; length <= 80; length++) {
      await done(log.append(factsRecord(parts.map((part) => factOf(part, length)))));
    }
    await done(log.close());
    const before = await done(store.read(KEY));
    const grown = (await readFile(path)).length;
    const isOpen = new Set<OpenFile>();
    const cannotWrite = (file: OpenFile): OpenFile => {
      isOpen.add(file);
      return {
        ...file,
        writeAt: () => TE.left(DISK_FULL),
        close: () => tap(() => isOpen.delete(file), file.close()),
      };
    };
    const full = open({ files: tampered(cannotWrite) });
    expect(await full.reopen(KEY)()).toMatchObject({ left: DISK_FULL });
    expect([isOpen.size, (await readFile(path)).length]).toEqual([0, grown]);
    await done((await done(store.reopen(KEY))).close());
    expect((await readFile(path)).length).toBeLessThan(grown / 20);
    expect(await done(store.read(KEY))).toEqual(before);
  });

  test('what a killed process wrote is made durable: its name, and its bytes', async () => {
    const order: Array<string> = [];
    const recording = (file: OpenFile): OpenFile => ({
      ...file,
      datasync: () => tap(() => order.push('datasync'), file.datasync()),
    });
    const folders: Folders = {
      ...nodeFolders,
      sync: (path) => tap(() => order.push('sync folder'), nodeFolders.sync(path)),
    };
    const { open } = await makeJournal();
    const log = await done(open({ files: tampered(recording), folders }).reopen(KEY));
    expect(order).toEqual(['sync folder', 'datasync']);
    await done(log.close());
  });
});
