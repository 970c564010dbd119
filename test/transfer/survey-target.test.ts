/** What can be said of a download before the network is asked. */
import { describe, expect, test } from 'vitest';
import { DISK_POLICY_DEFAULT, type DiskPolicy } from '../../src/domain/disk-policy.ts';
import { E, TE } from '../../src/fp.ts';
import { surveyTarget } from '../../src/transfer/survey-target.ts';
import { diskFailed, done, IDENTITY, makeScene, TARGET, VERSION } from './workspace-scene.ts';

const FAIL: DiskPolicy = { ...DISK_POLICY_DEFAULT, ifExists: 'fail' };

const makeSurvey = () => {
  const scene = makeScene();
  const survey = (disk = DISK_POLICY_DEFAULT, target = TARGET) =>
    surveyTarget(scene.effects, { identity: IDENTITY, target, disk });
  return { ...scene, survey };
};

describe('surveyTarget', () => {
  test('where nothing is, the network has to be asked', async () => {
    const { survey, disk } = makeSurvey();
    expect(await survey()).toEqual(E.right(null));
    expect(await survey(FAIL)).toEqual(E.right(null));
    expect(disk.paths()).toEqual([]);
  });

  test('a final breakpoint is recalled: what the server would say, without asking', async () => {
    const { survey, leaveFinal, disk } = makeSurvey();
    await leaveFinal();
    const before = disk.paths();
    const recalled = E.right({ version: VERSION, acceptsRanges: true });
    expect(await survey()).toEqual(recalled);
    expect(await survey(FAIL)).toEqual(recalled);
    expect(disk.paths()).toEqual(before);
  });

  test('also when its file has been renamed already', async () => {
    const { survey, leaveFinal, files } = makeSurvey();
    const { filePath } = await leaveFinal();
    await done(files.rename(filePath, TARGET));
    expect(await survey(FAIL)).toEqual(E.right({ version: VERSION, acceptsRanges: true }));
  });

  test('but not when its file is gone', async () => {
    const { survey, leaveFinal, files, save } = makeSurvey();
    const { filePath } = await leaveFinal();
    await done(files.remove(filePath));
    expect(await survey()).toEqual(E.right(null));
    await save(TARGET, '0123456789');
    expect(await survey()).toEqual(E.right(null));
  });

  test('a breakpoint whose bytes were not proven is not enough, though all are there', async () => {
    const { survey, leave } = makeSurvey();
    await leave([1, 2, 3]);
    expect(await survey()).toEqual(E.right(null));
  });

  test('facts that came behind the proof take it back', async () => {
    const { survey, leaveFinal, open } = makeSurvey();
    await leaveFinal();
    const { workspace } = await open();
    workspace.ledger.forget(2);
    await done(() => workspace.checkpointer.checkpoint());
    expect(await survey()).toEqual(E.right(null));
  });

  test("a stranger's file is replaced, or refused where that was asked for", async () => {
    const { survey, save, contentOf } = makeSurvey();
    await save(TARGET, 'mine');
    expect(await survey()).toEqual(E.right(null));
    expect(await survey(FAIL)).toEqual(E.left(diskFailed('EEXIST', TARGET)));
    expect(contentOf(TARGET)).toBe('mine');
  });

  test("a stranger's file is refused beside our part file, too", async () => {
    const { survey, save, leaveFinal } = makeSurvey();
    await leaveFinal();
    await save(TARGET, 'mine');
    expect(await survey(FAIL)).toEqual(E.left(diskFailed('EEXIST', TARGET)));
  });

  test('our own file is not refused: renamed, or with both names when killed in between', async () => {
    const { survey, files, leaveFinal } = makeSurvey();
    const { filePath } = await leaveFinal();
    await done(files.link(filePath, TARGET));
    expect(await survey(FAIL)).toMatchObject({ right: { acceptsRanges: true } });
    await done(files.remove(filePath));
    expect(await survey(FAIL)).toMatchObject({ right: { acceptsRanges: true } });
  });

  test("a file with our part file's inode and size is a stranger's before the proof", async () => {
    const { survey, files, leave } = makeSurvey();
    const { filePath } = await leave([1, 2, 3]);
    await done(files.rename(filePath, TARGET));
    expect(await survey()).toEqual(E.right(null));
    expect(await survey(FAIL)).toEqual(E.left(diskFailed('EEXIST', TARGET)));
  });

  test('a symbolic link that leads nowhere is replaced, or refused at once', async () => {
    const { survey, effects } = makeSurvey();
    const facts = await done(effects.files.facts('/data'));
    const dangling = {
      ...effects.files,
      facts: () => TE.right({ ...facts!, kind: 'link' as const }),
    };
    const request = { identity: IDENTITY, target: TARGET, disk: DISK_POLICY_DEFAULT };
    const ask = (disk: DiskPolicy) =>
      surveyTarget({ ...effects, files: dangling }, { ...request, disk });
    expect(await ask(DISK_POLICY_DEFAULT)).toEqual(E.right(null));
    expect(await ask(FAIL)).toEqual(E.left(diskFailed('EEXIST', TARGET)));
    expect(await survey(FAIL)).toEqual(E.right(null));
  });

  test('a folder is no target, nor is a device', async () => {
    const { survey, folders, effects } = makeSurvey();
    await done(folders.make(TARGET));
    expect(await survey()).toEqual(E.left(diskFailed('EISDIR', TARGET)));
    const facts = await done(effects.files.facts('/data'));
    const device = {
      ...effects.files,
      facts: () => TE.right({ ...facts!, kind: 'other' as const }),
    };
    const request = { identity: IDENTITY, target: TARGET, disk: DISK_POLICY_DEFAULT };
    expect(await surveyTarget({ ...effects, files: device }, request)).toEqual(
      E.left(diskFailed('ENOTSUP', TARGET)),
    );
  });

  test('a folder that is missing, or a file in its place, is told first', async () => {
    const { survey, save } = makeSurvey();
    expect(await survey(FAIL, '/none/a')).toMatchObject({
      left: { code: 'ENOENT', path: '/none' },
    });
    await save(TARGET, 'mine');
    expect(await survey(FAIL, `${TARGET}/a`)).toMatchObject({
      left: { code: 'ENOTDIR', path: TARGET },
    });
  });
});
