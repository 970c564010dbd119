/** The disk in memory: it obeys the laws of the live one, and shows what a crash leaves. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytes } from '../../../src/domain/bytes.ts';
import { loadCrc64 } from '../../../src/effects/crc64.ts';
import { E } from '../../../src/fp.ts';
import { fileBreakpointStore } from '../../../src/store/breakpoint-store.file.ts';
import {
  type SimulatedDisk,
  simulatedDisk,
} from '../../../src/testing/simulation/simulated-disk.ts';
import {
  describeBreakpointStore,
  done,
  factOf,
  factsRecord,
  headerOf,
} from '../../conformance/breakpoint-store.ts';
import { describeFileSystem } from '../../conformance/file-system.ts';

const ROOT = '/data';
const A = `${ROOT}/a`;
const B = `${ROOT}/b`;
const SEEDS = Array.from({ length: 64 }, (_, seed) => seed);

describeFileSystem('simulatedDisk', async () => {
  const { files, folders } = simulatedDisk({ folders: ['/', ROOT] });
  return { files, folders, root: ROOT, dispose: async () => {} };
});

const storeOn = ({ files, folders }: SimulatedDisk) =>
  fileBreakpointStore({ folder: `${ROOT}/store`, files, folders, loadChecksum: loadCrc64 });

describeBreakpointStore('fileBreakpointStore on simulatedDisk', async () => {
  const disk = simulatedDisk({ folders: ['/', ROOT] });
  return { store: storeOn(disk), reborn: () => storeOn(disk), dispose: async () => {} };
});

const text = (content: string): Uint8Array => Buffer.from(content);

/** A disk with a durable file `a`. */
const withFile = async (content = 'old') => {
  const disk = simulatedDisk({ folders: ['/', ROOT, '/other'] });
  const file = await done(disk.files.create(A));
  await done(file.writeAt([text(content)], bytes(0)));
  await done(file.datasync());
  await done(disk.folders.sync(ROOT));
  const contentOf = (path: string): string | null => {
    const found = disk.contentOf(path);
    return found === null ? null : Buffer.from(found).toString();
  };
  return { ...disk, file, contentOf };
};

type Changed = Awaited<ReturnType<typeof withFile>>;

/** What is on disk after `change` and a power cut, for every seed; no state twice. */
const afterPowerCut = async (change: (disk: Changed) => Promise<unknown>) => {
  const states = new Set<string>();
  for (const seed of SEEDS) {
    const disk = await withFile();
    await change(disk);
    disk.crash('powerLost', seed);
    states.add(
      disk
        .paths()
        .map((path) => `${path.at(-1)}=${disk.contentOf(path)}`)
        .join(' '),
    );
  }
  return [...states].sort();
};

describe('simulatedDisk, when the process is killed', () => {
  test('all content and all names stay; open files end', async () => {
    const { files, file, crash, contentOf, paths } = await withFile();
    await done(file.writeAt([text('NEW')], bytes(0)));
    await done(files.link(A, B));
    await done((await done(files.create(`${ROOT}/c`))).close());
    crash('killed', 1);
    expect(paths()).toEqual([A, B, `${ROOT}/c`]);
    expect(contentOf(B)).toBe('NEW');
    const ended = { left: { _tag: 'DiskFailed', code: 'EBADF', path: A } };
    const stamp = { mode: 0o600, modifiedAtMs: null };
    for (const effect of [
      file.writeAt([text('late')], bytes(0)),
      file.readAt(new Uint8Array(1), bytes(0)),
      file.datasync(),
      file.resize(bytes(0)),
      file.facts(),
      file.stamp(stamp),
    ]) {
      expect(await effect()).toMatchObject(ended);
    }
    expect(contentOf(A)).toBe('NEW');
    const again = await done(files.open(A));
    await done(again.writeAt([text('now')], bytes(0)));
    expect(contentOf(A)).toBe('now');
  });

  test('what was not synced stays unsynced: power may be cut later', async () => {
    const states = await afterPowerCut(async ({ file, crash }) => {
      await done(file.writeAt([text('NEW')], bytes(0)));
      crash('killed', 1);
    });
    expect(states).toEqual(['a=NEW', 'a=old']);
  });
});

describe('simulatedDisk, when power is cut', () => {
  test('a sector is as it was after one of its writes, as the seed decides', async () => {
    const states = await afterPowerCut(async ({ file }) => {
      await done(file.writeAt([text('O')], bytes(0)));
      await done(file.writeAt([text('D')], bytes(2)));
    });
    expect(states).toEqual(['a=OlD', 'a=Old', 'a=old']);
  });

  test('an unsynced change of the size survives or not, and the bytes in its way, too', async () => {
    const cut = await afterPowerCut(({ file }) => done(file.resize(bytes(1))));
    expect(cut).toEqual(['a=o', 'a=old', 'a=o\0\0'].sort());
    const longer = await afterPowerCut(({ file }) => done(file.resize(bytes(4))));
    expect(longer).toEqual(['a=old', 'a=old\0']);
  });

  test('a buffer that was written may be used again: what it held then survives', async () => {
    const states = await afterPowerCut(async ({ file }) => {
      const buffer = Buffer.from('NEW');
      await done(file.writeAt([buffer], bytes(0)));
      buffer.fill('x');
    });
    expect(states).toEqual(['a=NEW', 'a=old']);
  });

  test('the same seed leaves the same disk', async () => {
    const left = async (seed: number) => {
      const { file, crash, contentOf } = await withFile();
      for (let at = 0; at < 16; at++) await done(file.writeAt([text('x')], bytes(at)));
      crash('powerLost', seed);
      return contentOf(A);
    };
    for (const seed of [1, 2, 3]) expect(await left(seed)).toBe(await left(seed));
    expect(await left(1)).not.toBe(await left(2));
  });

  test('for every row of writes and syncs, synced bytes survive', async () => {
    const steps = fc.array(
      fc.record({ at: fc.nat({ max: 9_000 }), byte: fc.integer({ min: 1, max: 255 }) }),
      { maxLength: 12 },
    );
    await fc.assert(
      fc.asyncProperty(steps, fc.nat({ max: 12 }), fc.nat(), async (writes, syncAfter, seed) => {
        const { files, folders, crash, contentOf } = simulatedDisk({ folders: ['/', ROOT] });
        const file = await done(files.create(A));
        await done(folders.sync(ROOT));
        const synced = new Map<number, number>();
        const late = new Set<number>();
        for (const [index, { at, byte }] of writes.entries()) {
          if (index === syncAfter) await done(file.datasync());
          await done(file.writeAt([Uint8Array.of(byte)], bytes(at)));
          if (index < syncAfter && syncAfter < writes.length) synced.set(at, byte);
          else late.add(at);
        }
        crash('powerLost', seed);
        const content = contentOf(A)!;
        for (const [at, byte] of synced) assert.ok(late.has(at) || content[at] === byte);
        const known = new Set([...synced.keys(), ...late]);
        assert.ok(content.every((byte, at) => byte === 0 || known.has(at)));
      }),
      { numRuns: 100 },
    );
  });

  test('open files end, and what is left is durable: a second cut takes nothing', async () => {
    for (const seed of SEEDS) {
      const { files, file, crash, contentOf, paths } = await withFile();
      await done(file.writeAt([text('NEW')], bytes(0)));
      await done(files.rename(A, B));
      crash('powerLost', seed);
      const [path, ...others] = paths();
      const content = contentOf(path!);
      crash('powerLost', seed + 1);
      assert.deepEqual([paths(), contentOf(path!), others], [[path], content, []]);
      assert.ok(E.isLeft(await file.datasync()()));
    }
  });

  test('a new name needs a sync of its folder, not of its file or of another folder', async () => {
    const make = async ({ files, folders }: Changed, folder: string | null) => {
      const file = await done(files.create(B));
      await done(file.writeAt([text('new')], bytes(0)));
      await done(file.datasync());
      if (folder !== null) await done(folders.sync(folder));
    };
    const either = ['a=old', 'a=old b=new'];
    expect(await afterPowerCut((disk) => make(disk, null))).toEqual(either);
    expect(await afterPowerCut((disk) => make(disk, '/other'))).toEqual(either);
    expect(await afterPowerCut((disk) => make(disk, ROOT))).toEqual(['a=old b=new']);
  });

  test('a synced name of an unsynced file may lead to nothing, or to zeros', async () => {
    const states = await afterPowerCut(async ({ files, folders }) => {
      const file = await done(files.create(B));
      await done(file.writeAt([text('new')], bytes(0)));
      await done(folders.sync(ROOT));
    });
    expect(states).toEqual(['a=old b=', 'a=old b=new', 'a=old b=\0\0\0'].sort());
  });

  test('a removal needs a sync of the folder, too', async () => {
    const remove = ({ files }: Changed) => done(files.remove(A));
    expect(await afterPowerCut(remove)).toEqual(['', 'a=old']);
    const durably = async (disk: Changed) => {
      await remove(disk);
      await done(disk.folders.sync(ROOT));
    };
    expect(await afterPowerCut(durably)).toEqual(['']);
  });

  test('a rename is one change: the file has one of its names, never none and never both', async () => {
    const rename = ({ files }: Changed) => done(files.rename(A, B));
    expect(await afterPowerCut(rename)).toEqual(['a=old', 'b=old']);
  });

  test('a rename over a file leaves the old one or the new one under the name', async () => {
    const replace = async ({ files, folders }: Changed) => {
      const file = await done(files.create(B));
      await done(file.writeAt([text('new')], bytes(0)));
      await done(file.datasync());
      await done(folders.sync(ROOT));
      await done(files.rename(B, A));
    };
    expect(await afterPowerCut(replace)).toEqual(['a=new', 'a=old b=new']);
  });

  test('a name that was given to another file after a rename takes the renamed one nothing', async () => {
    const states = await afterPowerCut(async ({ files }) => {
      await done(files.rename(A, B));
      const file = await done(files.create(A));
      await done(file.writeAt([text('new')], bytes(0)));
      await done(file.datasync());
    });
    expect(states).toEqual(['a=new b=old', 'a=old', 'b=old']);
  });

  test('a second name survives or not; the first one stays', async () => {
    const link = ({ files }: Changed) => done(files.link(A, B));
    expect(await afterPowerCut(link)).toEqual(['a=old', 'a=old b=old']);
    const removed = async ({ files, folders }: Changed) => {
      await done(files.link(A, B));
      await done(folders.sync(ROOT));
      await done(files.remove(A));
    };
    expect(await afterPowerCut(removed)).toEqual(['a=old b=old', 'b=old']);
  });

  test('a journal keeps every record whose append ended', async () => {
    for (const seed of SEEDS) {
      const disk = simulatedDisk({ folders: ['/', ROOT] });
      const log = await done(storeOn(disk).begin('key', headerOf()));
      await done(log.append(factsRecord([factOf(1, 4)])));
      disk.crash('powerLost', seed);
      const reading = await done(storeOn(disk).read('key'));
      assert.ok(reading._tag === 'Found');
      assert.deepEqual([...reading.breakpoint.facts.keys()], [1]);
    }
  });
});
