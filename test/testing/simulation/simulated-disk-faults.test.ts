/** Every fault of the simulated disk, shown once, and rules that say when. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytes } from '../../../src/domain/bytes.ts';
import { E } from '../../../src/fp.ts';
import { diskFault, diskRules } from '../../../src/testing/simulation/disk-faults.ts';
import { simulatedClock } from '../../../src/testing/simulation/simulated-clock.ts';
import {
  type SimulatedDiskOptions,
  simulatedDisk,
} from '../../../src/testing/simulation/simulated-disk.ts';
import { done } from '../../conformance/breakpoint-store.ts';

const { forOperation, once, always, chance, forBytes, forPath } = diskRules;
const PAGE = 4096;
const text = (content: string): Uint8Array => Buffer.from(content);
const failed = (code: string) => ({ left: { _tag: 'DiskFailed', code } });
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A disk with a durable file `a`; faults begin behind it. */
const withFile = async (options: SimulatedDiskOptions = {}, content = 'old') => {
  const { faults = [], ...rest } = options;
  const disk = simulatedDisk(rest);
  const file = await done(disk.files.create('/a'));
  await done(file.writeAt([text(content)], bytes(0)));
  await done(file.datasync());
  await done(disk.folders.sync('/'));
  disk.setFaults(faults);
  const textOf = (path = '/a') => {
    const found = disk.contentOf(path);
    return found === null ? null : Buffer.from(found).toString();
  };
  const write = (what: string, at = 0) => file.writeAt([text(what)], bytes(at))();
  return { ...disk, file, textOf, write };
};

/** What power cuts leave of `a`. */
const leftOf = async (change: (made: Awaited<ReturnType<typeof withFile>>) => Promise<unknown>) => {
  const seen = new Set<string | null>();
  for (let seed = 0; seed < 64; seed++) {
    const made = await withFile();
    await change(made);
    made.crash('powerLost', seed);
    seen.add(made.textOf());
  }
  return [...seen].sort();
};

describe('simulatedDisk, where a sync fails', () => {
  test('the next one succeeds and saves nothing: bytes read back well, and are lost', async () => {
    const left = await leftOf(async ({ setFaults, file, write, textOf }) => {
      setFaults([once(forOperation('sync', diskFault.fail()))]);
      await write('NEW');
      expect(await file.datasync()()).toMatchObject(failed('EIO'));
      expect(await file.datasync()()).toEqual(E.right(undefined));
      expect(textOf()).toBe('NEW');
    });
    expect(left).toEqual(['NEW', 'old']);
  });

  test('a page that is written again is saved whole; others stay lost', async () => {
    const left = await leftOf(async ({ setFaults, file, write }) => {
      await file.resize(bytes(PAGE + 3))();
      await file.datasync()();
      setFaults([once(forOperation('sync', diskFault.fail()))]);
      await write('NEW');
      await write('far', PAGE);
      await file.datasync()();
      await write('W', 2);
      await done(file.datasync());
    });
    const gap = '\0'.repeat(PAGE - 3);
    expect(left).toEqual([`NEW${gap}\0\0\0`, `NEW${gap}far`]);
  });

  test('a size is saved by the next sync, its bytes are not', async () => {
    const left = await leftOf(async ({ setFaults, file, write }) => {
      setFaults([once(forOperation('sync', diskFault.fail()))]);
      await write('NEW', 3);
      await file.datasync()();
      await done(file.datasync());
    });
    expect(left).toEqual(['oldNEW', 'old\0\0\0'].sort());
  });

  test('for ever, nothing is saved for certain', async () => {
    const { file, write } = await withFile({ faults: [forOperation('sync', diskFault.fail())] });
    for (const what of ['1', '2', '3']) {
      await write(what);
      expect(await file.datasync()()).toMatchObject(failed('EIO'));
    }
  });

  test('memory that runs short shows what was lost, and keeps what is still to be written', async () => {
    const made = await withFile({ faults: [once(forOperation('sync', diskFault.fail()))] });
    await made.write('NEW');
    await made.file.datasync()();
    expect(made.textOf()).toBe('NEW');
    made.evict();
    expect(made.textOf()).toBe('old');
    await made.write('YES');
    made.evict();
    expect(made.textOf()).toBe('YES');
  });

  test('for every row of writes and syncs that fail or not, saved bytes survive', async () => {
    const step = fc.record({
      at: fc.nat({ max: 9_000 }),
      length: fc.integer({ min: 1, max: 2_000 }),
      sync: fc.constantFrom('none' as const, 'done' as const, 'failed' as const),
    });
    let lost = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), fc.nat(), async (row, seed) => {
        const disk = simulatedDisk();
        const file = await done(disk.files.create('/a'));
        await done(disk.folders.sync('/'));
        const saved = new Map<number, number>();
        let dirty = new Map<number, number>();
        for (const [index, { at, length, sync }] of row.entries()) {
          await done(file.writeAt([new Uint8Array(length).fill(index + 1)], bytes(at)));
          for (let byte = at; byte < at + length; byte++) {
            dirty.set(byte, index + 1);
            saved.delete(byte);
          }
          if (sync === 'none') continue;
          disk.setFaults(sync === 'failed' ? [diskFault.fail()] : []);
          assert.equal(E.isRight(await file.datasync()()), sync === 'done');
          disk.setFaults([]);
          if (sync === 'done') for (const [byte, value] of dirty) saved.set(byte, value);
          dirty = new Map();
        }
        const before = disk.contentOf('/a')!;
        disk.crash('powerLost', seed);
        const after = disk.contentOf('/a')!;
        for (const [byte, value] of saved) assert.equal(after[byte], value);
        if (!Buffer.from(before).equals(after)) lost += 1;
      }),
      { numRuns: 150 },
    );
    expect(lost).toBeGreaterThan(30);
  });

  test('a sync that lies is as good as none', async () => {
    const lied = await leftOf(async ({ setFaults, file, write, files, folders }) => {
      setFaults([diskFault.lie]);
      await write('NEW');
      await done(file.datasync());
      await done(files.rename('/a', '/b'));
      await done(folders.sync('/'));
    });
    expect(lied).toEqual(['NEW', 'old', null].sort());
  });
});

describe('simulatedDisk, where there is no room', () => {
  test('a write is cut short at any byte: what was written stays', async () => {
    for (const count of [0, 1, 2]) {
      const faults = [once(forOperation('write', diskFault.writeShort(count)))];
      const { write, textOf } = await withFile({ faults });
      expect(await write('NEW')).toMatchObject(failed('ENOSPC'));
      expect(textOf()).toBe('NEW'.slice(0, count) + 'old'.slice(count));
      expect(await write('NEW')).toEqual(E.right(undefined));
    }
  });

  test('files take pages until none is left; room can be made, or comes back', async () => {
    const { files, folders, file, write, used, setCapacity } = await withFile({
      capacity: 3 * PAGE,
    });
    const free = () => done(folders.freeBytes('/'));
    expect([used(), await free()]).toEqual([PAGE, 2 * PAGE]);
    expect(await write('x'.repeat(4 * PAGE), 1)).toMatchObject(failed('ENOSPC'));
    expect([(await done(file.facts())).size, used(), await free()]).toEqual([
      3 * PAGE,
      3 * PAGE,
      0,
    ]);
    expect(await write('again', 5)).toEqual(E.right(undefined));
    const other = await done(files.create('/b'));
    expect(await other.writeAt([text('b')], bytes(0))()).toMatchObject(failed('ENOSPC'));
    setCapacity(4 * PAGE);
    await done(other.writeAt([text('b')], bytes(0)));
    await done(files.remove('/a'));
    expect(used()).toBe(4 * PAGE); // It is still open.
    await done(file.close());
    expect([used(), await free()]).toEqual([PAGE, 3 * PAGE]);
    setCapacity(0);
    expect(await free()).toBe(0);
  });

  test('holes take none', async () => {
    const { file, used } = await withFile({ capacity: 2 * PAGE });
    await done(file.resize(bytes(2 ** 40)));
    await done(file.writeAt([text('end')], bytes(2 ** 40 - 3)));
    expect(used()).toBe(2 * PAGE);
  });
});

describe('simulatedDisk, where calls fail', () => {
  test('each operation can, and then nothing of it happens', async () => {
    const { files, folders, file, textOf, setFaults } = await withFile();
    setFaults([diskFault.fail('EIO')]);
    const path = '/new';
    for (const effect of [
      files.create(path),
      files.open('/a'),
      files.facts('/a'),
      files.rename('/a', path),
      files.link('/a', path),
      files.remove('/a'),
      folders.make(path),
      folders.list('/'),
      folders.sync('/'),
      folders.freeBytes('/'),
      folders.checkWritable('/'),
      file.writeAt([text('NEW')], bytes(0)),
      file.readAt(new Uint8Array(1), bytes(0)),
      file.resize(bytes(0)),
      file.stamp({ mode: 0o600, modifiedAtMs: 1 }),
      file.facts(),
    ]) {
      expect(await effect()).toMatchObject(failed('EIO'));
    }
    setFaults([]);
    expect([textOf(), await done(folders.list('/'))]).toEqual(['old', ['a']]);
  });

  test('a disk for reading only refuses what changes it, and is read', async () => {
    const { files, file, write, setFaults } = await withFile();
    setFaults([diskRules.readOnly]);
    expect(await write('NEW')).toMatchObject(failed('EROFS'));
    expect(await files.create('/b')()).toMatchObject(failed('EROFS'));
    const buffer = new Uint8Array(3);
    expect([await done(file.readAt(buffer, bytes(0))), Buffer.from(buffer).toString()]).toEqual([
      3,
      'old',
    ]);
  });

  test('a read ends early, or fails where a sector is bad', async () => {
    const faults = [
      once(forOperation('read', diskFault.readShort(1))),
      forBytes(2, 3, forOperation('read', diskFault.fail())),
    ];
    const { file } = await withFile({ faults });
    const read = (length: number, at: number) => file.readAt(new Uint8Array(length), bytes(at))();
    expect(await read(2, 0)).toEqual(E.right(1));
    expect(await read(2, 0)).toEqual(E.right(2));
    expect(await read(2, 1)).toMatchObject(failed('EIO'));
  });
});

describe('simulatedDisk, where time passes', () => {
  test('a call takes as long as its latency says, and happens at its end', async () => {
    const clock = simulatedClock();
    const disk = simulatedDisk({
      clock,
      latency: ({ operation }) => (operation === 'create' ? 5 : 0),
    });
    let isAnswered = false;
    void disk.files
      .create('/a')()
      .then(() => {
        isAnswered = true;
      });
    await turn();
    expect([isAnswered, disk.paths()]).toEqual([false, []]);
    clock.fireNext();
    await turn();
    expect([clock.now(), isAnswered, disk.paths()]).toEqual([5, true, ['/a']]);
  });

  test('close waits for what is under way', async () => {
    const clock = simulatedClock();
    const faults = [forOperation('write', diskFault.delay(7))];
    const { file, textOf, setFaults } = await withFile({ clock });
    setFaults(faults);
    const order: Array<string> = [];
    void file
      .writeAt([text('NEW')], bytes(0))()
      .then(() => order.push('written'));
    void file
      .close()()
      .then(() => order.push('closed'));
    await turn();
    expect([order, textOf()]).toEqual([[], 'old']);
    clock.advanceTo(7);
    await turn();
    expect([order, textOf()]).toEqual([['written', 'closed'], 'NEW']);
  });

  test('what is under way when a process is killed never happens and is never answered', async () => {
    const clock = simulatedClock();
    const { files, write, textOf, crash, setFaults, paths } = await withFile({ clock });
    setFaults([always(diskFault.delay(5))]);
    let answers = 0;
    for (const effect of [() => write('NEW'), files.create('/b'), files.remove('/a')]) {
      void effect().then(() => {
        answers += 1;
      });
    }
    crash('killed', 1);
    while (clock.fireNext());
    await turn();
    expect([answers, textOf(), paths()]).toEqual([0, 'old', ['/a']]);
  });

  test('files have dates, by the wall clock; a stamp sets them', async () => {
    const clock = simulatedClock({ wallTimeMs: 1_000 });
    const { file, write } = await withFile({ clock });
    const date = async () => (await done(file.facts())).modifiedAtMs;
    clock.jumpWallTime(500);
    expect(await date()).toBe(1_000);
    await write('NEW');
    expect(await date()).toBe(1_500);
    await done(file.stamp({ mode: null, modifiedAtMs: 42 }));
    expect(await date()).toBe(42);
  });
});

describe('simulatedDisk, in other hands', () => {
  test('a bit rots, durably, on the disk and in what is read from it', async () => {
    const { rot, textOf, crash } = await withFile();
    expect(rot({ path: '/a', at: 1, bit: 5 })).toBe(true);
    expect(textOf()).toBe('oLd');
    crash('powerLost', 1);
    expect(textOf()).toBe('oLd');
    expect([rot({ path: '/a', at: 3 }), rot({ path: '/b', at: 0 })]).toEqual([false, false]);
  });

  test('a bit that rots below newer bytes shows only where those are lost', async () => {
    const left = await leftOf(async ({ rot, write, textOf }) => {
      await write('NEW');
      rot({ path: '/a', at: 1, bit: 5 });
      expect(textOf()).toBe('NEW');
    });
    expect(left).toEqual(['NEW', 'oLd']);
  });

  test('a file is removed, replaced by another one, or cut, durably', async () => {
    for (const [tampering, expected] of [
      [{ _tag: 'Remove' }, null],
      [{ _tag: 'Replace', content: text('other') }, 'other'],
      [{ _tag: 'Resize', size: 1 }, 'o'],
      [{ _tag: 'Resize', size: 4 }, 'old\0'],
    ] as const) {
      const { tamper, textOf, crash, files } = await withFile();
      const before = await done(files.facts('/a'));
      expect(tamper('/a', tampering)).toBe(true);
      crash('powerLost', 3);
      expect(textOf()).toBe(expected);
      const after = await done(files.facts('/a'));
      const isSame = after?.identity === before?.identity;
      expect(isSame).toBe(tampering._tag === 'Resize');
      expect(tamper('/none', tampering)).toBe(false);
    }
  });
});

describe('diskRules', () => {
  const call = (over: object = {}) => ({
    ...{ operation: 'write' as const, path: '/x/a', position: 10, length: 5 },
    ...{ attempt: 1, sequence: 1 },
    ...over,
  });
  const fault = diskFault.fail();

  test('choose by operation, path, bytes, attempt and sequence', () => {
    expect(forOperation('read', fault)(call())).toBeNull();
    expect(forPath('a', fault)(call())).toBe(fault);
    expect(forPath('b', fault)(call())).toBeNull();
    const ends = [
      [0, 10],
      [0, 11],
      [14, 15],
      [15, 99],
    ] as const;
    expect(ends.map(([start, end]) => forBytes(start, end, fault)(call()) !== null)).toEqual([
      ...[false, true, true, false],
    ]);
    expect(forBytes(0, 99, fault)(call({ position: null, length: null }))).toBeNull();
    expect(diskRules.firstAttempts(1, fault)(call({ attempt: 2 }))).toBeNull();
    expect(diskRules.from(3, fault)(call({ sequence: 2 }))).toBeNull();
    expect(diskRules.from(3, fault)(call({ sequence: 3 }))).toBe(fault);
  });

  test('times gives so many; firstOf asks in order', () => {
    const twice = diskRules.times(2, fault);
    expect([twice(call()), twice(call()), twice(call())]).toEqual([fault, fault, null]);
    const both = diskRules.firstOf([once(fault), diskFault.lie]);
    expect([both(call()), both(call())]).toEqual([fault, diskFault.lie]);
  });

  test('chance picks a share by seed and call, the same in any order', () => {
    const rule = chance(0.3, 7, fault);
    const calls = Array.from({ length: 500 }, (_, position) => call({ position }));
    const hit = calls.map((one) => rule(one) !== null);
    const count = hit.filter(Boolean).length;
    expect(count > 100 && count < 200).toBe(true);
    const backwards = [...calls].reverse().map((one) => chance(0.3, 7, fault)(one) !== null);
    expect(backwards.reverse()).toEqual(hit);
    expect(calls.map((one) => chance(0.3, 8, fault)(one) !== null)).not.toEqual(hit);
  });

  test('calls are counted since the faults were set', async () => {
    const seen: Array<string> = [];
    const { write, setFaults, file } = await withFile();
    setFaults([
      ({ operation, attempt, sequence, position, length }) => {
        seen.push([operation, attempt, sequence, position, length].join(' '));
        return null;
      },
    ]);
    await write('NEW', 2);
    await done(file.datasync());
    await write('NE', 4);
    expect(seen).toEqual(['write 1 1 2 3', 'sync 1 2  ', 'write 2 3 4 2']);
  });
});
