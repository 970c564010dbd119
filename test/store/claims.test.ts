import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { liveClock, liveEntropy } from '../../src/effects/clock.ts';
import { nodeFileSystem, nodeFolders } from '../../src/effects/file-system.node.ts';
import { type Host, liveHost } from '../../src/effects/host.ts';
import { E } from '../../src/fp.ts';
import { fileClaims } from '../../src/store/claims.file.ts';
import { memoryClaims } from '../../src/store/claims.memory.ts';
import { simulatedHost } from '../../src/testing/simulation/simulated-host.ts';
import { describeClaims } from '../conformance/claims.ts';

let root = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'partwise-claims-'));
});
afterAll(() => rm(root, { recursive: true }));

const claimsOf = (folder: string, host: Host) =>
  fileClaims({
    folder,
    host,
    files: nodeFileSystem,
    folders: nodeFolders,
    clock: liveClock,
    entropy: liveEntropy,
  });

const freshFolder = () => mkdtemp(join(root, 'store-'));

describeClaims('fileClaims', async () => {
  const folder = await freshFolder();
  const host = simulatedHost();
  return { ours: claimsOf(folder, host.start()), theirs: claimsOf(folder, host.start()) };
});

describeClaims('memoryClaims', async () => {
  const claims = memoryClaims({ host: 'here', pid: 1 });
  return { ours: claims, theirs: claims };
});

describe('fileClaims', () => {
  test('an owner that ended is no owner, and its claim is cleaned up', async () => {
    const folder = await freshFolder();
    const host = simulatedHost();
    const dead = host.start();
    await claimsOf(folder, dead).acquire('key')();
    host.end(dead);
    const claim = await claimsOf(folder, host.start()).acquire('key')();
    expect(E.isRight(claim)).toBe(true);
    expect(await readdir(folder)).toHaveLength(1);
  });

  test('an owner of another boot is no owner', async () => {
    const folder = await freshFolder();
    const host = simulatedHost();
    await claimsOf(folder, host.start()).acquire('key')();
    host.reboot();
    expect(await claimsOf(folder, host.start()).acquire('key')()).toMatchObject({ _tag: 'Right' });
  });

  test('an owner on another host is never taken for gone', async () => {
    const folder = await freshFolder();
    const far = simulatedHost('far');
    await claimsOf(folder, far.start()).acquire('key')();
    far.reboot();
    expect(await claimsOf(folder, simulatedHost('near').start()).acquire('key')()).toEqual(
      E.left({ _tag: 'Busy', host: 'far', pid: 1 }),
    );
  });

  test('a claim without content is what a power cut left, and is cleaned up', async () => {
    const folder = await freshFolder();
    await writeFile(join(folder, 'key.0011223344556677.claim'), '');
    const claim = await claimsOf(folder, simulatedHost().start()).acquire('key')();
    expect(E.isRight(claim)).toBe(true);
    expect(await readdir(folder)).toHaveLength(1);
  });

  test('an owner whose claim somebody removed is told so', async () => {
    const folder = await freshFolder();
    const claim = await claimsOf(folder, simulatedHost().start()).acquire('key')();
    for (const name of await readdir(folder)) await rm(join(folder, name));
    expect(E.isRight(claim) && (await claim.right.confirm()())).toMatchObject({
      left: { _tag: 'Busy' },
    });
  });
});

describe('liveHost', () => {
  const self = liveHost.self();

  test('this process is not gone', () => expect(liveHost.isGone(self)).toBe(false));

  test('a process of another boot is gone', () => {
    expect(liveHost.isGone({ ...self, bootId: 'another' })).toBe(self.bootId !== null);
  });

  test('a process whose number was given to another one is gone', () => {
    expect(liveHost.isGone({ ...self, startedAt: '1' })).toBe(self.startedAt !== null);
  });

  test('a number that nobody has is gone', () => {
    expect(liveHost.isGone({ ...self, pid: 2 ** 22 + 1 })).toBe(true);
  });

  test('a process of another host is not known to be gone', () => {
    expect(liveHost.isGone({ ...self, host: 'elsewhere', pid: 2 ** 22 + 1 })).toBe(false);
  });
});
