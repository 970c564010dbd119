/** Where the bytes of a breakpoint are; a record never leads to a stranger's file. */
import { describe, expect, test } from 'vitest';
import type { FileSystem } from '../../src/effects/file-system.ts';
import { E, TE } from '../../src/fp.ts';
import type { BreakpointReading } from '../../src/store/breakpoint-store.ts';
import { locatePartFile, partFileName, recordedPath } from '../../src/transfer/locate-part-file.ts';
import { breakpointWith, headerOf } from '../conformance/breakpoint-store.ts';
import { diskFailed, done, KEY, makeScene, TARGET } from './workspace-scene.ts';

const PART = partFileName(TARGET, '0123abcd');

const readingOf = (path: string): BreakpointReading => ({
  _tag: 'Found',
  breakpoint: breakpointWith(headerOf({ target: TARGET, partFile: { path, identity: '1' } }), []),
  tornAt: null,
});

/** A breakpoint, the part file it names, and where they say the bytes are. */
const leaveOne = async () => {
  const scene = makeScene();
  const { filePath } = await scene.leave([1]);
  const reading = await done(scene.breakpoints.read(KEY));
  const locate = (files: FileSystem = scene.files) => locatePartFile(files, reading, TARGET);
  const where = async () => (await done(locate))?.path ?? null;
  return { ...scene, filePath, locate, where };
};

describe('recordedPath', () => {
  test('is the part file that a breakpoint names', () => {
    expect(PART).toBe('/data/object.bin.0123abcd.part');
    expect(recordedPath(readingOf(PART), TARGET)).toBe(PART);
  });

  test('is null where there is no breakpoint', () => {
    expect(recordedPath({ _tag: 'Absent' }, TARGET)).toBeNull();
    expect(recordedPath({ _tag: 'Foreign' }, TARGET)).toBeNull();
  });

  test.each([
    '',
    '/etc/passwd',
    TARGET,
    `${TARGET}.part`,
    `${TARGET}.0123abc.part`,
    `${TARGET}.0123abcde.part`,
    `${TARGET}.0123ABCD.part`,
    `${TARGET}.0123abcd.part/x`,
    `${TARGET}.0123abcd.part\n`,
    `${TARGET}/../other.0123abcd.part`,
    `${TARGET}2.0123abcd.part`,
    `/data/other.bin.0123abcd.part`,
    `/tmp${PART}`,
  ])('is null for %j, which we would not have made for this target', (path) =>
    expect(recordedPath(readingOf(path), TARGET)).toBeNull(),
  );
});

describe('locatePartFile', () => {
  test('finds the recorded part file, with what it takes of the disk', async () => {
    const { locate, filePath, files } = await leaveOne();
    const facts = await done(files.facts(filePath));
    expect(await locate()).toEqual(E.right({ path: filePath, facts }));
  });

  test('finds the target, when the file was renamed and only its breakpoint remained', async () => {
    const { where, filePath, files } = await leaveOne();
    await done(files.rename(filePath, TARGET));
    expect(await where()).toBe(TARGET);
  });

  test('the part file comes before a target of the same name as the object', async () => {
    const { where, filePath, save } = await leaveOne();
    await save(TARGET, '0123456789');
    expect(await where()).toBe(filePath);
  });

  test('finds nothing when there is neither', async () => {
    const { where, filePath, files } = await leaveOne();
    await done(files.remove(filePath));
    expect(await where()).toBeNull();
  });

  test("a stranger's file under the target's name is not ours, whatever its size", async () => {
    const { where, filePath, files, save } = await leaveOne();
    await done(files.remove(filePath));
    for (const content of ['0123456789', 'short']) {
      await save(TARGET, content);
      expect(await where()).toBeNull();
    }
  });

  test('our renamed file is not ours any more once it has another size', async () => {
    const { where, filePath, files, spoil } = await leaveOne();
    await done(files.rename(filePath, TARGET));
    await spoil(TARGET, 10, 'more');
    expect(await where()).toBeNull();
  });

  test('a disk that cannot tell is an error, not a missing file', async () => {
    const { locate, files } = await leaveOne();
    const error = diskFailed('EACCES', TARGET);
    expect(await locate({ ...files, facts: () => TE.left(error) })).toEqual(E.left(error));
  });
});
