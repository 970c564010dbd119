/** Opening a workspace: what is continued, what is read back, and what is never touched. */
import { describe, expect, test } from 'vitest';
import { describeError } from '../../src/domain/describe-error.ts';
import { DISK_POLICY_DEFAULT, type DiskPolicy } from '../../src/domain/disk-policy.ts';
import { partFileName } from '../../src/domain/part-file-name.ts';
import type { FileSystem } from '../../src/effects/file-system.ts';
import { E, TE } from '../../src/fp.ts';
import { close, commit } from '../../src/transfer/end-workspace.ts';
import { verifyPart } from '../../src/transfer/verify-part.ts';
import type { Workspace } from '../../src/transfer/workspace.ts';
import { missingParts, unconfirmedParts } from '../../src/transfer/workspace.ts';
import {
  CONTENT,
  diskFailed,
  done,
  KEY,
  makeScene,
  NEVER,
  PLAN,
  TARGET,
  VERSION,
} from './workspace-scene.ts';

const policy = (verifyOnResume: DiskPolicy['verifyOnResume']): DiskPolicy => ({
  ...DISK_POLICY_DEFAULT,
  verifyOnResume,
});

type Scene = ReturnType<typeof makeScene>;

/** Reads back what has to be, fetches what is missing, and puts the file in place. */
const finish = async ({ fetch }: Scene, workspace: Workspace) => {
  for (let part = 1; part <= workspace.plan.partCount; part++) {
    if (!workspace.ledger.isConfirmed(part)) await done(() => verifyPart(workspace, part, NEVER));
    await done(() => fetch(workspace, part));
  }
  return commit(workspace)();
};

describe('openWorkspace, for a new download', () => {
  test('makes a part file of the full size and a record of it, durable both', async () => {
    const { open, disk, breakpoints, contentOf, clock, host } = makeScene();
    const { workspace, verdict } = await open();
    expect(verdict).toEqual({ _tag: 'Fresh' });
    disk.crash('powerLost', 1);
    expect(workspace.filePath).toBe(partFileName(TARGET, workspace.claim.nonce));
    expect(contentOf(workspace.filePath)).toBe('\0'.repeat(10));
    expect(await done(breakpoints.read(KEY))).toMatchObject({
      _tag: 'Found',
      breakpoint: {
        header: {
          target: TARGET,
          version: VERSION,
          plan: PLAN,
          createdAtMs: clock.wallTime(),
          bootId: host.start().self().bootId,
        },
        finalCrc64: null,
      },
    });
  });

  test('is Busy while another one has it open, and then not', async () => {
    const { open, tryOpen, disk } = makeScene();
    const { workspace } = await open();
    const before = disk.paths();
    expect(await tryOpen()).toEqual(E.left({ _tag: 'Busy', host: 'simulated', pid: 7 }));
    expect(disk.paths()).toEqual(before);
    await done(() => close(workspace, true));
    expect(await tryOpen()).toMatchObject({ right: { verdict: { _tag: 'Resumed', bytes: 0 } } });
  });

  test('leaves nothing and gives its claim back when its record cannot be begun', async () => {
    const { tryOpen, breakpoints, disk } = makeScene();
    const error = diskFailed('EACCES', '/home/store');
    const closed = { ...breakpoints, begin: () => TE.left(error) };
    expect(await tryOpen({ effects: { breakpoints: closed } })).toEqual(E.left(error));
    expect(disk.paths()).toEqual([]);
    expect(await tryOpen()).toMatchObject({ right: { verdict: { _tag: 'Fresh' } } });
  });
});

describe('openWorkspace, for what a former run left', () => {
  test('goes on: recorded parts are not fetched again', async () => {
    const scene = makeScene();
    await scene.leave([1, 3]);
    const { workspace, verdict } = await scene.open();
    expect(verdict).toMatchObject({ _tag: 'Resumed', bytes: 6, tornAt: null });
    expect(missingParts(workspace)).toEqual([{ start: 2, end: 3 }]);
    expect(await finish(scene, workspace)).toMatchObject({ right: { size: 10 } });
    expect(scene.contentOf(TARGET)).toBe(CONTENT.toString());
    expect(scene.storage.asked()).toHaveLength(3);
    expect(scene.disk.paths()).toEqual([TARGET]);
  });

  test('the recorded plan wins over today’s wishes', async () => {
    const { leave, open } = makeScene();
    await leave([1]);
    const { workspace } = await open({ plan: { ...PLAN, partSize: VERSION.size! } });
    expect(workspace.plan).toEqual(PLAN);
  });

  test('records that another process goes on, and in which boot', async () => {
    const { leave, open, host, breakpoints, clock } = makeScene();
    await leave([1]);
    host.reboot();
    clock.setTimeout(() => {}, 5_000);
    clock.fireNext();
    const { workspace } = await open();
    const [before] = [await done(breakpoints.read(KEY))];
    expect(before).toMatchObject({ breakpoint: { touchedAtMs: 1_005_000 } });
    workspace.ledger.forget(1);
    workspace.ledger.wrote(2, 4, VERSION.crc64!);
    await done(() => workspace.checkpointer.checkpoint());
    const after = await done(breakpoints.read(KEY));
    const bootIds = after._tag === 'Found' && [...after.breakpoint.facts.values()];
    expect(bootIds).toMatchObject([{ part: 2, bootId: host.start().self().bootId }]);
  });

  test('a longer part file is cut to the object’s size', async () => {
    const scene = makeScene();
    const { filePath } = await scene.leave([1, 2, 3]);
    await scene.spoil(filePath, 10, 'garbage');
    const { workspace, verdict } = await scene.open();
    expect(verdict).toMatchObject({ _tag: 'Resumed', bytes: 10 });
    expect(scene.contentOf(filePath)).toBe(CONTENT.toString());
    expect(await finish(scene, workspace)).toMatchObject({ right: { size: 10 } });
    expect(scene.contentOf(TARGET)).toBe(CONTENT.toString());
  });

  test('a file that was renamed already is gone on with in place, and never removed', async () => {
    const scene = makeScene();
    const { filePath } = await scene.leaveFinal();
    await scene.files.rename(filePath, TARGET)();
    const { workspace } = await scene.open();
    expect([workspace.filePath, missingParts(workspace)]).toEqual([TARGET, []]);
    expect(unconfirmedParts(workspace)).toEqual([]); // It was read.
    await done(() => close(workspace, false));
    expect(scene.contentOf(TARGET)).toBe(CONTENT.toString());
    expect(await done(scene.breakpoints.list())).toEqual([]);
  });

  test('a file in place that somebody changed is theirs: it is not written to', async () => {
    const scene = makeScene();
    const { filePath } = await scene.leaveFinal();
    await scene.files.rename(filePath, TARGET)();
    await scene.spoil(TARGET, 4, 'mine');
    const policy = { ...DISK_POLICY_DEFAULT, ifExists: 'fail' } as const;
    const before = scene.disk.paths();
    expect(await scene.tryOpen({ disk: policy })).toEqual(E.left(diskFailed('EEXIST', TARGET)));
    expect(scene.disk.paths()).toEqual(before);
    const { workspace, verdict } = await scene.open();
    expect(verdict).toEqual({ _tag: 'Restarted', because: { _tag: 'PartFileReplaced' } });
    expect(workspace.filePath).not.toBe(TARGET);
    expect(scene.contentOf(TARGET)).toBe('0123mine89');
    expect(await finish(scene, workspace)).toMatchObject({ right: { size: 10 } });
    expect(scene.contentOf(TARGET)).toBe(CONTENT.toString());
  });

  test('a file in place cannot be written to, also where nobody reads it back', async () => {
    const scene = makeScene();
    const { filePath } = await scene.leaveFinal();
    await scene.files.rename(filePath, TARGET)();
    const disk = { ...DISK_POLICY_DEFAULT, verifyOnResume: 'never' } as const;
    const { workspace } = await scene.open({ disk });
    workspace.ledger.forget(2); // Whatever may lead to that.
    expect(await scene.fetch(workspace, 2)).toMatchObject({ left: { code: 'EBADF' } });
    expect(scene.contentOf(TARGET)).toBe(CONTENT.toString());
  });

  test('what cannot be continued is removed, and the download begins anew', async () => {
    const { leave, open, disk, files } = makeScene();
    const { filePath } = await leave([1, 2]);
    const { workspace, verdict } = await open({ version: { ...VERSION, etag: '"B"' } });
    expect(verdict).toEqual({
      _tag: 'Restarted',
      because: { _tag: 'ObjectChanged', difference: 'etag' },
    });
    expect(await done(files.facts(filePath))).toBeNull();
    expect(disk.paths()).toContain(workspace.filePath);
    expect(missingParts(workspace)).toEqual([{ start: 1, end: 4 }]);
  });

  test('a record that cannot be opened again is told, and the claim is given back', async () => {
    const { leave, tryOpen, breakpoints, disk } = makeScene();
    await leave([1]);
    const before = disk.paths();
    const error = diskFailed('EIO', '/home/store');
    const broken = { ...breakpoints, reopen: () => TE.left(error) };
    expect(await tryOpen({ effects: { breakpoints: broken } })).toEqual(E.left(error));
    expect(disk.paths()).toEqual(before);
    expect(await tryOpen()).toMatchObject({ right: { verdict: { _tag: 'Resumed', bytes: 4 } } });
  });
});

describe('openWorkspace, where nothing may be replaced', () => {
  const FAIL = { ...DISK_POLICY_DEFAULT, ifExists: 'fail' } as const;

  test.each(['EPERM', 'ENOTSUP'])(
    'finds out before the first byte that a disk has no links: %s',
    async (code) => {
      const scene = makeScene();
      const files: FileSystem = {
        ...scene.files,
        link: (_, to) => TE.left({ ...diskFailed(code, to), operation: 'create' }),
      };
      const refused = await scene.tryOpen({ disk: FAIL, effects: { files } });
      expect(refused).toMatchObject({ left: { _tag: 'UsageError', option: 'ifExists' } });
      expect(E.isLeft(refused) && describeError(refused.left)).toBe(
        'ifExists: "fail" is not allowed. Allowed: overwrite, since "/data" is on a disk without links.',
      );
      expect(scene.disk.paths()).toEqual([]);
      await scene.leave([1]);
      const resumed = await scene.tryOpen({ disk: FAIL, effects: { files } });
      expect(resumed).toMatchObject({ left: { _tag: 'UsageError' } });
      expect(await scene.tryOpen({ effects: { files } })).toMatchObject({ _tag: 'Right' });
    },
  );

  test('leaves no second name where a disk has links', async () => {
    const { open, disk } = makeScene();
    const { workspace } = await open({ disk: FAIL });
    const beside = disk.paths().filter((path) => path.startsWith('/data'));
    expect(beside).toEqual([workspace.filePath]);
  });
});

describe('openWorkspace, for another object to the same target', () => {
  test('is Busy while a process downloads one there', async () => {
    const { open, tryOpen } = makeScene();
    await open();
    expect(await tryOpen({ identity: 'another' })).toMatchObject({ left: { _tag: 'Busy' } });
  });
});

describe('openWorkspace, with a record that names a stranger’s file', () => {
  test.each(['/data/thesis.tex', `${TARGET}.part`, '/data/other.bin.partwise-0123abcd.part'])(
    '%s is neither written to nor removed',
    async (path) => {
      const scene = makeScene();
      const { breakpoints, files, save, open, contentOf } = scene;
      await save(path, 'precious  ');
      const facts = await done(files.facts(path));
      await scene.leave([1]);
      const reading = await done(breakpoints.read(KEY));
      if (reading._tag !== 'Found') throw new RangeError('it was left');
      const partFile = { path, identity: facts!.identity };
      await done(breakpoints.begin(KEY, { ...reading.breakpoint.header, partFile }));
      for (const version of [VERSION, { ...VERSION, etag: '"B"' }]) {
        const { workspace, verdict } = await open({ version });
        expect(verdict._tag).toBe('Restarted');
        expect(workspace.filePath).not.toBe(path);
        await done(() => close(workspace, false));
        await done(breakpoints.begin(KEY, { ...reading.breakpoint.header, partFile }));
      }
      expect(contentOf(path)).toBe('precious  ');
    },
  );

  test('another file under the part file’s name is not continued', async () => {
    const { leave, open, save } = makeScene();
    const { filePath } = await leave([1]);
    await save(filePath, '0123456789');
    const { verdict } = await open();
    expect(verdict).toEqual({ _tag: 'Restarted', because: { _tag: 'PartFileReplaced' } });
  });
});

describe('openWorkspace, deciding what is read back', () => {
  /** Which parts are read back after a run of parts 1 and 2, and `between` the runs. */
  const readBack = async (
    verifyOnResume: DiskPolicy['verifyOnResume'],
    between: (scene: Scene) => unknown = () => {},
  ) => {
    const scene = makeScene();
    await scene.leave([1, 2]);
    await between(scene);
    const { workspace } = await scene.open({ disk: policy(verifyOnResume) });
    expect(missingParts(workspace)).toEqual([{ start: 3, end: 4 }]);
    return unconfirmedParts(workspace);
  };
  const BOTH = [{ start: 1, end: 3 }];
  const reboot = ({ host }: Scene) => host.reboot();

  test('always: everything, in the same boot and in another', async () => {
    expect(await readBack('always')).toEqual(BOTH);
    expect(await readBack('always', reboot)).toEqual(BOTH);
  });

  test('afterBoot: nothing after a kill, everything after a boot', async () => {
    expect(await readBack('afterBoot')).toEqual([]);
    expect(await readBack('afterBoot', reboot)).toEqual(BOTH);
  });

  test('never: nothing', async () => {
    expect(await readBack('never')).toEqual([]);
    expect(await readBack('never', reboot)).toEqual([]);
  });

  test('afterBoot: of several boots, only what this one recorded is believed', async () => {
    const between = async (scene: Scene) => {
      scene.host.reboot();
      const { workspace } = await scene.open();
      workspace.ledger.forget(2);
      await done(() => scene.fetch(workspace, 2));
      await done(() => workspace.checkpointer.checkpoint());
      await done(() => close(workspace, true));
    };
    expect(await readBack('afterBoot', between)).toEqual([{ start: 1, end: 2 }]);
  });

  test('afterBoot: on a host that does not tell its boot everything is read back', async () => {
    const { leave, open, host } = makeScene();
    const process = host.start();
    const self = () => ({ ...process.self(), bootId: null });
    const effects = { host: { ...process, self } };
    await leave([1, 2], { effects });
    const { workspace } = await open({ effects, disk: policy('afterBoot') });
    expect(unconfirmedParts(workspace)).toEqual(BOTH);
  });

  test('a part that was read back and differs is fetched again', async () => {
    const scene = makeScene();
    const { filePath } = await scene.leave([1, 2]);
    await scene.spoil(filePath, 6, 'X');
    const { workspace } = await scene.open({ disk: policy('always') });
    await done(() => finish(scene, workspace));
    expect(scene.contentOf(TARGET)).toBe(CONTENT.toString());
    expect(scene.storage.asked().slice(2)).toEqual([
      { start: 4, end: 8 },
      { start: 8, end: 10 },
    ]);
  });
});

describe('openWorkspace, where an existing file must not be replaced', () => {
  const FAIL: DiskPolicy = { ...DISK_POLICY_DEFAULT, ifExists: 'fail' };

  test('a file that appears meanwhile is not replaced; what was fetched is kept', async () => {
    const scene = makeScene();
    const { workspace } = await scene.open({ disk: FAIL });
    await scene.save(TARGET, 'mine');
    expect(await finish(scene, workspace)).toMatchObject({ left: { code: 'EEXIST' } });
    expect(scene.contentOf(TARGET)).toBe('mine');
    expect(scene.contentOf(workspace.filePath)).toBe(CONTENT.toString());
  });

  test('where nothing is, the file gets its name and loses the other one', async () => {
    const scene = makeScene();
    const { workspace } = await scene.open({ disk: FAIL });
    expect(await finish(scene, workspace)).toMatchObject({ right: { size: 10 } });
    expect(scene.disk.paths()).toEqual([TARGET]);
  });

  test.each(['fail', 'overwrite'] as const)(
    'killed when the file had both names, a run with %s ends with one',
    async (ifExists) => {
      const scene = makeScene();
      const { filePath } = await scene.leave([1, 2, 3], { disk: FAIL });
      await done(scene.files.link(filePath, TARGET));
      const { workspace } = await scene.open({ disk: { ...DISK_POLICY_DEFAULT, ifExists } });
      expect(await finish(scene, workspace)).toMatchObject({ right: { size: 10 } });
      expect(scene.disk.paths()).toEqual([TARGET]);
      expect(scene.contentOf(TARGET)).toBe(CONTENT.toString());
    },
  );
});
