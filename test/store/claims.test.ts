/** Claims as files, on a disk in memory and on a real one: what becomes of those of others. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { liveClock, liveEntropy } from '../../src/effects/clock.ts';
import { loadCrc64 } from '../../src/effects/crc64.ts';
import { nodeFileSystem, nodeFolders } from '../../src/effects/file-system.node.ts';
import { E } from '../../src/fp.ts';
import { fileBreakpointStore } from '../../src/store/breakpoint-store.file.ts';
import { fileClaims } from '../../src/store/claims.file.ts';
import { memoryClaims } from '../../src/store/claims.memory.ts';
import { SILENCE_MS_MAX } from '../../src/store/find-claims.ts';
import { diskRules } from '../../src/testing/simulation/disk-faults.ts';
import { simulatedHost } from '../../src/testing/simulation/simulated-host.ts';
import { describeClaims } from '../conformance/claims.ts';
import { claimsScene, STORE, TARGET } from './claims-scene.ts';

let root = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'partwise-claims-'));
});
afterAll(() => rm(root, { recursive: true }));

describeClaims('fileClaims on a real disk', async () => {
  const disk = {
    folder: await mkdtemp(join(root, 'store-')),
    ...{ files: nodeFileSystem, folders: nodeFolders, clock: liveClock, entropy: liveEntropy },
  };
  const breakpoints = fileBreakpointStore({ ...disk, loadChecksum: loadCrc64 });
  const host = simulatedHost();
  const open = () => fileClaims({ ...disk, breakpoints, host: host.start() });
  return { ours: open(), theirs: open() };
});

describeClaims('memoryClaims', async () => {
  const claims = memoryClaims({ host: 'here', pid: 1 });
  return { ours: claims, theirs: claims };
});

const ACQUIRED = { _tag: 'Right' };
const BUSY = { _tag: 'Left', left: { _tag: 'Busy' } };

describe('an owner of the same place', () => {
  test('that ended is no owner, and its claim is removed', async () => {
    const { claims, host, own } = claimsScene();
    const dead = host.start();
    await claims(dead).acquire(TARGET)();
    host.end(dead);
    expect(await claims(host.start()).acquire(TARGET)()).toMatchObject(ACQUIRED);
    expect(own()).toHaveLength(1);
  });

  test('of another boot is no owner', async () => {
    const { claims, host } = claimsScene();
    await claims(host.start()).acquire(TARGET)();
    host.reboot();
    expect(await claims(host.start()).acquire(TARGET)()).toMatchObject(ACQUIRED);
  });

  test('that lives is the owner, however long it was silent', async () => {
    const { claims, host, clock } = claimsScene();
    await claims(host.start()).acquire(TARGET)();
    clock.jumpWallTime(100 * SILENCE_MS_MAX);
    expect(await claims(host.start()).acquire(TARGET)()).toMatchObject(BUSY);
  });

  test('whose claim somebody removed is told so, and where that was', async () => {
    const { claims, host, disk, own } = claimsScene();
    const claim = await claims(host.start()).acquire(TARGET)();
    const [path = ''] = own();
    await disk.files.remove(path)();
    expect(E.isRight(claim) && (await claim.right.confirm()())).toEqual(
      E.left({ _tag: 'ClaimLost', path }),
    );
  });
});

describe('an owner of another place', () => {
  test.each([
    ['of another name', simulatedHost('far')],
    ['of the same name on another computer', simulatedHost('simulated', { machineId: 'other' })],
    [
      'of the same name in another container',
      simulatedHost('simulated', { pidNamespace: 'pid:2' }),
    ],
  ])('%s is not judged by its number, and keeps the target while it is seen', async (_, far) => {
    const { claims, host, clock } = claimsScene();
    const stranger = far.start();
    const theirs = await claims(stranger).acquire(TARGET)();
    far.end(stranger); // For all we know it runs.
    for (let minute = 0; minute < 10; minute++) {
      clock.jumpWallTime(60_000);
      if (E.isRight(theirs)) await theirs.right.confirm()();
      const { host: name, pid } = stranger.self();
      expect(await claims(host.start()).acquire(TARGET)()).toEqual(
        E.left({ _tag: 'Busy', host: name, pid }),
      );
    }
    clock.jumpWallTime(SILENCE_MS_MAX - 1_000);
    expect(await claims(host.start()).acquire(TARGET)()).toMatchObject(BUSY);
    clock.jumpWallTime(1_000);
    expect(await claims(host.start()).acquire(TARGET)()).toMatchObject(ACQUIRED);
    expect(E.isRight(theirs) && (await theirs.right.confirm()())).toMatchObject(BUSY);
  });

  test('that is called otherwise since, in the same boot, is judged all the same', async () => {
    const { claims, host } = claimsScene();
    const before = host.start();
    await claims(before).acquire(TARGET)();
    host.end(before);
    const after = host.start();
    const self = { ...after.self(), pidNamespace: 'pid:1' };
    const renamed = { ...self, host: 'by-dhcp' };
    const { whereIs } = await import('../../src/effects/host.ts');
    expect(whereIs(self, renamed)).toBe('here');
    expect(whereIs({ ...self, bootId: 'another' }, renamed)).toBe('elsewhere');
    expect(whereIs({ ...self, bootId: 'another' }, self)).toBe('past');
    expect(whereIs({ ...self, bootId: 'another', machineId: null }, self)).toBe('elsewhere');
  });

  test('is unknown to who only looks, until something was written long after', async () => {
    const { claims, host, clock } = claimsScene();
    await claims(simulatedHost('far').start()).acquire(TARGET)();
    const looking = claims(host.start());
    const look = async () => {
      const all = await looking.all()();
      return E.isRight(all) ? all.right.map(({ standing }) => standing) : all;
    };
    clock.jumpWallTime(SILENCE_MS_MAX + 1);
    expect(await look()).toEqual(['unknown']); // Nothing tells what time the disk has.
    await claims(host.start()).acquire('/data/other.bin')();
    expect(await look()).toEqual(expect.arrayContaining(['gone', 'alive']));
    expect(await looking.ownerOf(TARGET)()).toEqual(E.right(null));
  });
});

describe('the claim of an owner that is gone', () => {
  /** A process that made its part file, and its second name, and died. */
  const leave = async () => {
    const scene = claimsScene();
    const { host, disk, claims, save } = scene;
    const dead = host.start();
    const all = claims(dead);
    await all.acquire(TARGET)();
    const seen = await all.all()();
    const partFile = (E.isRight(seen) && seen.right[0]?.partFile) || '';
    await save(partFile, 'bytes');
    host.end(dead);
    return { ...scene, partFile, disk };
  };

  test('goes with the part file that it names', async () => {
    const { claims, host, disk, partFile } = await leave();
    expect(disk.contentOf(partFile)).not.toBeNull();
    const claim = await claims(host.start()).acquire(TARGET)();
    expect(disk.contentOf(partFile)).toBeNull();
    if (E.isRight(claim)) await claim.right.release()();
    expect(disk.paths()).toEqual([]);
  });

  test('leaves a part file that a breakpoint names, of whatever object', async () => {
    const { claims, host, disk, partFile, record } = await leave();
    await record('oss://another/object', partFile);
    await claims(host.start()).acquire(TARGET)();
    expect(disk.contentOf(partFile)).not.toBeNull();
  });

  test('stays where its part file cannot be removed, and is no obstacle', async () => {
    const { claims, host, disk, partFile, own } = await leave();
    disk.setFaults([
      diskRules.forPath('.part', diskRules.forOperation('remove', { _tag: 'Fail', code: 'EIO' })),
    ]);
    const claim = await claims(host.start()).acquire(TARGET)();
    expect(claim).toMatchObject(ACQUIRED);
    expect(own()).toHaveLength(2);
    disk.setFaults([]);
    if (E.isRight(claim)) await claim.right.release()();
    await claims(host.start()).acquire(TARGET)();
    expect([disk.contentOf(partFile), own().length]).toEqual([null, 1]);
  });

  test('under the name of another target removes nothing but itself', async () => {
    const { claims, host, disk, partFile, own } = await leave();
    const [path = ''] = own();
    const other = await claims(host.start()).acquire('/data/other.bin')();
    const name = own().find((it) => it !== path) ?? '';
    if (E.isRight(other)) await other.right.release()();
    await disk.files.rename(path, name)();
    expect(await claims(host.start()).acquire('/data/other.bin')()).toMatchObject(ACQUIRED);
    expect(disk.contentOf(partFile)).not.toBeNull();
  });

  test('is shown by all, which removes nothing', async () => {
    const { claims, host, disk, partFile } = await leave();
    const before = disk.paths();
    disk.setFaults([diskRules.readOnly]);
    expect(await claims(host.start()).all()()).toMatchObject({
      right: [{ target: TARGET, partFile, standing: 'gone' }],
    });
    expect(await claims(host.start()).ownerOf(TARGET)()).toEqual(E.right(null));
    expect(disk.paths()).toEqual(before);
  });
});

describe('what only looks like a claim', () => {
  const NAME = '.0011223344556677.claim';

  test.each<[string, (own: string) => string]>([
    ['empty', () => ''],
    ['torn', (own) => own.slice(0, 20)],
    ['of another format', () => '{"host":"a","pid":1,"startedAt":null,"bootId":null}'],
    ['of process 0', (own) => own.replace(/"pid":\d+/, '"pid":0')],
    ['of process -1', (own) => own.replace(/"pid":\d+/, '"pid":-1')],
    ['of half a process', (own) => own.replace(/"pid":\d+/, '"pid":1.5')],
    ['longer than any', (own) => `${own}${' '.repeat(2 ** 17)}`],
  ])('%s: is removed', async (_, change) => {
    const { claims, host, own, textOf, save } = claimsScene();
    const first = await claims(host.start()).acquire(TARGET)();
    const [path = ''] = own();
    const text = textOf(path);
    if (E.isRight(first)) await first.right.release()();
    await save(path.replace(/\.[0-9a-f]{16}\.claim$/, NAME), change(text));
    expect(await claims(host.start()).acquire(TARGET)()).toMatchObject(ACQUIRED);
    expect(own()).toHaveLength(1);
  });

  test('a folder: is nobody’s claim, and left alone', async () => {
    const { claims, host, own, disk } = claimsScene();
    const first = await claims(host.start()).acquire(TARGET)();
    const folder = (own()[0] ?? '').replace(/\.[0-9a-f]{16}\.claim$/, NAME);
    if (E.isRight(first)) await first.right.release()();
    await disk.folders.make(folder)();
    expect(await claims(host.start()).acquire(TARGET)()).toMatchObject(ACQUIRED);
    expect(await disk.files.facts(folder)()).toMatchObject({ right: { kind: 'folder' } });
  });

  test('one that may not be read: is told with its path, until it was silent for long', async () => {
    const { claims, host, own, disk, clock } = claimsScene();
    const far = simulatedHost('far');
    await claims(far.start()).acquire(TARGET)();
    const [path = ''] = own();
    disk.setFaults([
      diskRules.forOperation(
        'open to read',
        diskRules.forPath(path, { _tag: 'Fail', code: 'EACCES' }),
      ),
    ]);
    const { left } = (await claims(host.start()).acquire(TARGET)()) as E.Left<unknown>;
    expect(left).toEqual({ _tag: 'DiskFailed', code: 'EACCES', operation: 'read the claim', path });
    clock.jumpWallTime(SILENCE_MS_MAX + 1);
    expect(await claims(host.start()).acquire(TARGET)()).toMatchObject(ACQUIRED);
  });

  test('a draft without content: is removed by the next who wants the target', async () => {
    const { claims, host, own, save, disk } = claimsScene();
    const first = await claims(host.start()).acquire(TARGET)();
    const draft = (own()[0] ?? '').replace(/\.[0-9a-f]{16}\.claim$/, `${NAME}-draft`);
    if (E.isRight(first)) await first.right.release()();
    await save(draft, '');
    expect(await claims(host.start()).acquire(TARGET)()).toMatchObject(ACQUIRED);
    expect(disk.contentOf(draft)).toBeNull();
  });

  test('a draft that a living process has filled: is left to it', async () => {
    const { claims, host, own, textOf, save, disk } = claimsScene();
    const writer = host.start();
    const first = await claims(writer).acquire(TARGET)();
    const [path = ''] = own();
    const text = textOf(path);
    if (E.isRight(first)) await first.right.release()();
    const draft = path.replace(/\.[0-9a-f]{16}\.claim$/, `${NAME}-draft`);
    await save(draft, text);
    expect(await claims(host.start()).acquire(TARGET)()).toMatchObject(ACQUIRED);
    expect(disk.contentOf(draft)).not.toBeNull();
    host.end(writer);
    await claims(host.start()).acquire(TARGET)();
    expect(disk.contentOf(draft)).toBeNull();
  });
});

describe('a process', () => {
  test('shows that it lives by the same bytes, whatever its host is called by now', async () => {
    const { claims, host, own, textOf } = claimsScene();
    const process = host.start();
    let name = 'a-long-name-of-a-host';
    const renamed = { ...process, self: () => ({ ...process.self(), host: name }) };
    const claim = await claims(renamed).acquire(TARGET)();
    const before = textOf(own()[0] ?? '');
    name = 'short';
    expect(E.isRight(claim) && (await claim.right.confirm()())).toEqual(E.right(undefined));
    expect(textOf(own()[0] ?? '')).toBe(before);
  });

  test('that has lost its target settles nothing of the next owner', async () => {
    const { claims, host, disk, own, record, save } = claimsScene();
    const dead = host.start();
    await claims(dead).acquire(TARGET)();
    const [left = ''] = own();
    const seen = await claims(dead).all()();
    const partFile = (E.isRight(seen) && seen.right[0]?.partFile) || '';
    await save(partFile, 'bytes');
    await record('oss://b/k', partFile);
    host.end(dead);
    const claim = await claims(host.start()).acquire(TARGET)();
    for (const path of own()) if (path !== left) await disk.files.remove(path)();
    const before = disk.paths();
    if (E.isRight(claim)) await claim.right.release()();
    expect(disk.paths()).toEqual(before);
    const next = await claims(host.start()).acquire(TARGET)();
    if (E.isRight(next)) await next.right.release()();
    expect([own(), disk.contentOf(partFile) !== null]).toEqual([[], true]);
  });

  test('is not kept from a target by a claim of its own that it could not remove', async () => {
    const { claims, host, disk, own } = claimsScene();
    const process = host.start();
    const claim = await claims(process).acquire(TARGET)();
    disk.setFaults([
      diskRules.forPath('.claim', diskRules.forOperation('remove', { _tag: 'Fail', code: 'EIO' })),
    ]);
    expect(E.isRight(claim) && (await claim.right.release()())).toMatchObject({
      left: { code: 'EIO' },
    });
    disk.setFaults([]);
    expect(await claims(process).acquire(TARGET)()).toMatchObject(ACQUIRED);
    expect(own()).toHaveLength(1);
  });

  test('is kept from it by one that it holds, through whichever claims it asks', async () => {
    const { claims, host } = claimsScene();
    const process = host.start();
    await claims(process).acquire(TARGET)();
    expect(await claims(process).acquire(TARGET)()).toMatchObject(BUSY);
  });

  test('keeps no file open, and no draft, when a claim cannot be written', async () => {
    const { claims, host, disk } = claimsScene();
    for (const operation of ['write', 'sync', 'close', 'rename to', 'sync folder'] as const) {
      disk.setFaults([diskRules.forOperation(operation, { _tag: 'Fail', code: 'ENOSPC' })]);
      const refused = await claims(host.start()).acquire(TARGET)();
      expect(refused).toMatchObject({ left: { code: 'ENOSPC' } });
      expect([operation, disk.paths(), disk.used()]).toEqual([operation, [], 0]);
    }
  });

  test('has a durable claim before it goes on', async () => {
    for (let seed = 1; seed <= 8; seed++) {
      const { claims, host, disk, own, textOf } = claimsScene();
      await claims(host.start()).acquire(TARGET)();
      disk.crash('powerLost', seed);
      expect(own()).toHaveLength(1);
      expect(textOf(own()[0] ?? '')).toContain(TARGET);
      expect(own()[0]).toMatch(new RegExp(`^${STORE}/`));
    }
  });
});
