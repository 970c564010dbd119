/** What is removed, in which order, and above all what is not. */
import { link, readFile, rename, symlink, utimes, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { E, TE } from '../../src/fp.ts';
import { cleanBreakpoints } from '../../src/housekeeping/clean-breakpoints.ts';
import type { CleanSelection } from '../../src/housekeeping/clean-selection.ts';
import { arrange, begin, effectsOn, HOUR, NOW, namesIn, refusing, right } from './arrange.ts';

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
    await takeByOther((await leave()).target);
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
    const { target, path } = await leave();
    await takeByOther(target);
    const claims = { ...effects.claims, all: () => TE.right([]) };
    const reports = await right(cleanBreakpoints({ ...effects, claims }, ALL, false));
    expect(reports).toMatchObject([{ _tag: 'Kept', error: { _tag: 'Busy', pid: otherPid } }]);
    expect(await namesIn(folder)).toContain(basename(path));
  });

  test('a living download without a journal is left alone, by whatever path it came', async () => {
    const { effects, folder, store, host } = await arrange();
    await symlink(folder, join(folder, 'alias'));
    const process = host.start();
    const { partFile } = await begin(effectsOn(store, process), join(folder, 'object.bin'));
    const error = { _tag: 'Busy', pid: process.self().pid };
    for (const target of [join(folder, 'object.bin'), join(folder, 'alias', 'object.bin'), null]) {
      const reports = await right(cleanBreakpoints(effects, { ...ALL, target }, false));
      expect(reports).toMatchObject([{ _tag: 'Kept', breakpoint: { _tag: 'Unrecorded' }, error }]);
    }
    expect(await namesIn(folder)).toContain(basename(partFile));
  });

  test('of a target removes what a process that is gone left without a journal', async () => {
    const { effects, folder, store, host } = await arrange();
    const dead = host.start();
    const target = join(folder, 'object.bin');
    const { partFile } = await begin(effectsOn(store, dead), target);
    const other = await begin(effectsOn(store, dead), join(folder, 'other.bin'));
    host.end(dead);
    const told = await right(cleanBreakpoints(effects, { ...ALL, target }, true));
    expect(told).toMatchObject([{ _tag: 'Removed', partFile }]);
    expect(await right(cleanBreakpoints(effects, { ...ALL, target }, false))).toEqual(told);
    expect(await namesIn(folder)).toEqual([
      ...[basename(other.partFile), 'store', join('store', basename(other.claim))],
    ]);
  });

  test('a journal that tells nothing stays while a living download has none', async () => {
    const { effects, folder, store, host } = await arrange();
    const process = host.start();
    await begin(effectsOn(store, process), join(folder, 'object.bin'));
    await writeFile(join(store, 'begun.journal'), 'partwise');
    expect(await right(cleanBreakpoints(effects, ALL, false))).toMatchObject([
      { _tag: 'Kept', breakpoint: { key: 'begun' }, error: { _tag: 'Busy' } },
      { _tag: 'Kept', breakpoint: { _tag: 'Unrecorded' } },
    ]);
    host.end(process);
    await right(cleanBreakpoints(effects, ALL, false));
    expect(await namesIn(folder)).toEqual(['store']);
  });

  test('what a journal may name that cannot be read stays, though its process is gone', async () => {
    const { effects, folder, leave, takeByOther, endOther } = await arrange();
    const { target } = await leave();
    const { nonce } = await takeByOther(target);
    const { key, path } = await leave({ digits: nonce.slice(0, 8) });
    endOther();
    await right(cleanBreakpoints(refusing(effects, key), ALL, false));
    expect(await namesIn(folder)).toContain(basename(path));
  });

  test('a journal that cannot be read is kept and told, since it may be the one', async () => {
    const { effects, folder, leave } = await arrange();
    const { key, target } = await leave();
    await leave({ name: 'other' });
    const before = await namesIn(folder);
    const selection = { ...ALL, target };
    expect(await right(cleanBreakpoints(refusing(effects, key), selection, false))).toMatchObject([
      { _tag: 'Kept', breakpoint: { key }, error: { _tag: 'DiskFailed', code: 'EIO' } },
    ]);
    expect(await namesIn(folder)).toEqual(before);
  });

  test('a dead owner protects nothing', async () => {
    const { effects, folder, leave, takeByOther, endOther } = await arrange();
    await takeByOther((await leave()).target);
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
    const precious = join(folder, 'precious.part');
    await leave({ path: precious });
    const reports = await right(cleanBreakpoints(effects, ALL, false));
    expect(reports).toMatchObject([{ _tag: 'Removed', partFile: null }]);
    expect(await namesIn(folder)).toEqual(['precious.part', 'store']);
  });

  test('a copy of a journal takes nothing of the original away', async () => {
    const { effects, folder, leave, store, takeByOther } = await arrange();
    const { target, journal, path } = await leave();
    await writeFile(join(store, 'copy.journal'), await readFile(journal));
    await takeByOther(target);
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
