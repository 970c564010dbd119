/** What is removed, in which order, and above all what is not. */
import { link, readFile, rename, utimes, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { E, TE } from '../../src/fp.ts';
import { type CleanSelection, cleanBreakpoints } from '../../src/housekeeping/clean-breakpoints.ts';
import { arrange, HOUR, NOW, namesIn, right } from './arrange.ts';

const ALL: CleanSelection = { target: null, olderThanMs: null, finished: false };

describe('cleanBreakpoints', () => {
  test('of a target removes its part file and journal, and nothing of others', async () => {
    const { effects, folder, leave } = await arrange();
    const { target, path } = await leave();
    const other = await leave({ name: 'other' });
    const reports = await right(cleanBreakpoints(effects, { ...ALL, target }, false));
    expect(reports).toMatchObject([{ _tag: 'Removed', partFile: path, breakpoint: { target } }]);
    expect(await namesIn(folder)).toEqual([
      basename(other.path),
      'store',
      join('store', basename(other.journal)),
    ]);
  });

  test('of all removes unreadable journals, too, and leaves no claim', async () => {
    const { effects, store, folder, leave } = await arrange();
    await leave();
    await writeFile(join(store, 'junk.journal'), 'junk');
    expect(await right(cleanBreakpoints(effects, ALL, false))).toHaveLength(2);
    expect(await namesIn(folder)).toEqual(['store']);
  });

  test('by age removes what was touched last so long ago, and nothing of unknown age', async () => {
    const { effects, store, leave } = await arrange();
    const old = await leave({ name: 'old', ageMs: 48 * HOUR });
    await leave({ name: 'new', ageMs: 47 * HOUR });
    await writeFile(join(store, 'junk.journal'), 'junk');
    const selection = { ...ALL, olderThanMs: 48 * HOUR };
    const reports = await right(cleanBreakpoints(effects, selection, false));
    expect(reports).toMatchObject([{ breakpoint: { target: old.target } }]);
    expect(await namesIn(store)).toHaveLength(2);
  });

  test('by age keeps a long session whose part file was written lately', async () => {
    const { effects, leave } = await arrange();
    const { path } = await leave({ ageMs: 48 * HOUR });
    await utimes(path, (NOW - HOUR) / 1000, (NOW - HOUR) / 1000);
    const selection = { ...ALL, olderThanMs: 24 * HOUR };
    expect(await right(cleanBreakpoints(effects, selection, false))).toEqual([]);
  });

  test('a dry run tells the same and removes nothing', async () => {
    const { effects, folder, leave } = await arrange();
    await leave();
    const before = await namesIn(folder);
    const told = await right(cleanBreakpoints(effects, ALL, true));
    expect(await namesIn(folder)).toEqual(before);
    expect(await right(cleanBreakpoints(effects, ALL, false))).toEqual(told);
  });

  test('one that a living process has open is left alone, and the process is named', async () => {
    const { effects, folder, leave, takeByOther, otherPid } = await arrange();
    const { key } = await leave();
    await takeByOther(key);
    const before = await namesIn(folder);
    const error = { _tag: 'Busy', host: 'simulated', pid: otherPid };
    for (const isDryRun of [true, false]) {
      const reports = await right(cleanBreakpoints(effects, ALL, isDryRun));
      expect(reports).toMatchObject([{ _tag: 'Kept', error }]);
    }
    expect(await namesIn(folder)).toEqual(before);
  });

  test('one that is taken after it was looked at is left alone', async () => {
    const { effects, folder, leave, takeByOther, otherPid } = await arrange();
    const { key, path } = await leave();
    await takeByOther(key);
    const claims = { ...effects.claims, ownerOf: () => TE.right(null) };
    const reports = await right(cleanBreakpoints({ ...effects, claims }, ALL, false));
    expect(reports).toMatchObject([{ _tag: 'Kept', error: { _tag: 'Busy', pid: otherPid } }]);
    expect(await namesIn(folder)).toContain(basename(path));
  });

  test('a dead owner protects nothing', async () => {
    const { effects, folder, leave, takeByOther, endOther } = await arrange();
    await takeByOther((await leave()).key);
    endOther();
    await right(cleanBreakpoints(effects, ALL, false));
    expect(await namesIn(folder)).toEqual(['store']);
  });

  test('of a finished download only the journal goes, never the file', async () => {
    const { effects, folder, leave } = await arrange();
    const { path, target } = await leave({ parts: 3, isFinal: true });
    await rename(path, target);
    const content = await readFile(target);
    const reports = await right(cleanBreakpoints(effects, { ...ALL, finished: true }, false));
    expect(reports).toMatchObject([{ _tag: 'Removed', partFile: null, freed: 0 }]);
    expect(await namesIn(folder)).toEqual(['object.bin', 'store']);
    expect(await readFile(target)).toEqual(content);
  });

  test('a file that was linked into place stays when its second name goes', async () => {
    const { effects, folder, leave } = await arrange();
    const { path, target } = await leave({ parts: 3, isFinal: true });
    await link(path, target);
    await right(cleanBreakpoints(effects, ALL, false));
    expect(await namesIn(folder)).toEqual(['object.bin', 'store']);
    expect(await readFile(target)).toHaveLength(2_500);
  });

  test('finished means finished: one that is under way is not selected', async () => {
    const { effects, leave } = await arrange();
    await leave({ parts: 3, isFinal: true });
    expect(await right(cleanBreakpoints(effects, { ...ALL, finished: true }, false))).toEqual([]);
  });

  test('a path that we would not have made is never removed', async () => {
    const { effects, folder, leave } = await arrange();
    const { path } = await leave({ suffix: 'precious' });
    const reports = await right(cleanBreakpoints(effects, ALL, false));
    expect(reports).toMatchObject([{ _tag: 'Removed', partFile: null }]);
    expect(await namesIn(folder)).toEqual([basename(path), 'store']);
  });

  test('a copy of a journal takes nothing of the original away', async () => {
    const { effects, folder, leave, store, takeByOther } = await arrange();
    const { key, journal, path } = await leave();
    await writeFile(join(store, 'copy.journal'), await readFile(journal));
    await takeByOther(key);
    await right(cleanBreakpoints(effects, ALL, false));
    expect(await namesIn(folder)).toContain(basename(path));
    expect(await namesIn(store)).not.toContain('copy.journal');
  });

  test('a journal stays while its part file cannot be removed', async () => {
    const { effects, store, leave } = await arrange();
    const { journal, path } = await leave();
    const error = { _tag: 'DiskFailed', code: 'EPERM', operation: 'remove', path } as const;
    const files = {
      ...effects.files,
      remove: (it: string) => (it === path ? async () => E.left(error) : effects.files.remove(it)),
    };
    const reports = await right(cleanBreakpoints({ ...effects, files }, ALL, false));
    expect(reports).toMatchObject([{ _tag: 'Kept', error }]);
    expect(await namesIn(store)).toEqual([basename(journal)]);
  });
});
