/** Where the bytes of a breakpoint are; a record never leads to a stranger's file. */
import { describe, expect, test } from 'vitest';
import { partFileName } from '../../src/domain/part-file-name.ts';
import type { FileSystem } from '../../src/effects/file-system.ts';
import { E, TE } from '../../src/fp.ts';
import type { BreakpointReading } from '../../src/store/breakpoint-store.ts';
import { locatePartFile, recordedPath } from '../../src/transfer/locate-part-file.ts';
import { breakpointWith, headerOf } from '../conformance/breakpoint-store.ts';
import { diskFailed, done, KEY, makeScene, TARGET } from './workspace-scene.ts';

const PART = partFileName(TARGET, '0123abcd');

const readingOf = (path: string): BreakpointReading => ({
  _tag: 'Found',
  breakpoint: breakpointWith(headerOf({ target: TARGET, partFile: { path, identity: '1' } }), []),
  tornAt: null,
});

/** A breakpoint, the part file it names, and where they say the bytes are. */
const leaveOne = async ({ isFinal = true } = {}) => {
  const scene = makeScene();
  const { filePath } = isFinal ? await scene.leaveFinal() : await scene.leave([1, 2, 3]);
  const reading = await done(scene.breakpoints.read(KEY));
  const locate = (files: FileSystem = scene.files) => locatePartFile(files, reading, TARGET);
  const where = async () => (await done(locate))?.path ?? null;
  return { ...scene, filePath, locate, where };
};

describe('recordedPath', () => {
  test('is the part file that a breakpoint names', () => {
    expect(recordedPath(readingOf(PART), TARGET)).toBe(PART);
  });

  test('is null where there is no breakpoint', () => {
    expect(recordedPath({ _tag: 'Absent' }, TARGET)).toBeNull();
    expect(recordedPath({ _tag: 'Foreign' }, TARGET)).toBeNull();
  });

  test.each([
    TARGET,
    `${TARGET}.part`,
    `${TARGET}.0123abcd.part`,
    '/data/other.bin.partwise-0123abcd.part',
  ])('is null for %s, which we would not have made for this target', (path) =>
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

  test('finds no target before every byte was proven, whatever its inode and size', async () => {
    const { where, filePath, files } = await leaveOne({ isFinal: false });
    await done(files.rename(filePath, TARGET));
    expect(await where()).toBeNull();
  });

  test('nor after the proof was taken back', async () => {
    const scene = await leaveOne();
    const { workspace } = await scene.open();
    workspace.ledger.forget(2);
    await done(() => workspace.checkpointer.checkpoint());
    await done(scene.files.rename(scene.filePath, TARGET));
    const reading = await done(scene.breakpoints.read(KEY));
    expect(await locatePartFile(scene.files, reading, TARGET)).toEqual(E.right(null));
  });

  test('nor a file that was made at another time under the same inode', async () => {
    const { filePath, files, breakpoints } = await leaveOne();
    await done(files.rename(filePath, TARGET));
    const reading = await done(breakpoints.read(KEY));
    if (reading._tag !== 'Found') throw new RangeError('it was left');
    const { header } = reading.breakpoint;
    const madeAt = (time: string): BreakpointReading => {
      const partFile = { ...header.partFile, identity: `${header.partFile.identity}:${time}` };
      return { ...reading, breakpoint: { ...reading.breakpoint, header: { ...header, partFile } } };
    };
    const facts = await done(files.facts(TARGET));
    const telling: FileSystem = {
      ...files,
      facts: (path) =>
        path === TARGET
          ? TE.right({ ...facts!, identity: `${facts!.identity}:20` })
          : files.facts(path),
    };
    expect(await locatePartFile(telling, madeAt('10'), TARGET)).toEqual(E.right(null));
    const located = await done(() => locatePartFile(telling, madeAt('20'), TARGET));
    expect(located?.path).toBe(TARGET);
    // Where one of the two does not tell, the inode has to do, and the record's word is given.
    const untold = await done(() => locatePartFile(telling, reading, TARGET));
    expect(untold?.facts.identity).toBe(header.partFile.identity);
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
