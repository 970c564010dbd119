/** What goes of the files that nothing of a store names, and above all what does not. */
import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { E } from '../../src/fp.ts';
import { ORPHAN_AGE_MS_MIN, removeOrphans } from '../../src/housekeeping/remove-orphans.ts';
import { age, arrange, begin, effectsOn, HOUR, namesIn, right } from './arrange.ts';

const ORPHAN = 'object.bin.partwise-ffffffff.part';
const BESIDE = { folders: null, ageMsMin: ORPHAN_AGE_MS_MIN };

describe('removeOrphans', () => {
  test('removes orphans and nothing else; a dry run says the same', async () => {
    const { effects, folder, leave } = await arrange();
    const { path } = await leave();
    const orphan = join(folder, ORPHAN);
    await writeFile(orphan, 'abc');
    await age(orphan, HOUR);
    await writeFile(join(folder, 'notes.part'), '');
    const told = await right(removeOrphans(effects, BESIDE, true));
    expect(await namesIn(folder)).toContain(ORPHAN);
    expect(await right(removeOrphans(effects, BESIDE, false))).toEqual(told);
    expect(told).toMatchObject({ removed: [orphan], kept: [], failures: [], heldBackBy: null });
    expect(await namesIn(folder)).toEqual(
      expect.arrayContaining([basename(path), 'notes.part', 'store']),
    );
    expect(await namesIn(folder)).not.toContain(ORPHAN);
  });

  test('a live download of another store is left alone', async () => {
    const { effects, folder, host } = await arrange();
    const theirs = effectsOn(join(folder, 'their-store'), host.start());
    const { partFile } = await begin(theirs, join(folder, 'object.bin'));
    const selection = { ...BESIDE, folders: [folder] };
    expect(await right(removeOrphans(effects, selection, false))).toMatchObject({
      ...{ removed: [], kept: [{ path: partFile, size: 3 }] },
    });
    expect(await readFile(partFile, 'utf8')).toBe('abc');
  });

  test('a part file goes from its age on, and not before', async () => {
    const { effects, folder } = await arrange();
    const orphan = join(folder, ORPHAN);
    await writeFile(orphan, '');
    await age(orphan, HOUR - 1_000);
    const selection = { ...BESIDE, folders: [folder] };
    expect(await right(removeOrphans(effects, selection, false))).toMatchObject({
      ...{ removed: [], kept: [{ path: orphan, ageMs: HOUR - 1_000 }] },
    });
    const younger = { ...selection, ageMsMin: HOUR - 1_000 };
    expect(await right(removeOrphans(effects, younger, false))).toMatchObject({
      ...{ removed: [orphan], kept: [] },
    });
  });

  test('of a process that is gone both files go at once, however young', async () => {
    const { effects, folder, store, host } = await arrange();
    const dead = host.start();
    const { claim, partFile } = await begin(effectsOn(store, dead), join(folder, 'object.bin'));
    host.end(dead);
    expect(await right(removeOrphans(effects, BESIDE, true))).toMatchObject({
      removed: [partFile, claim],
    });
    await right(removeOrphans(effects, BESIDE, false));
    expect(await namesIn(folder)).toEqual(['store']);
  });

  test('a claim stays while the part file that it names cannot be removed', async () => {
    const { effects, folder, store, host } = await arrange();
    const dead = host.start();
    const { claim, partFile } = await begin(effectsOn(store, dead), join(folder, 'object.bin'));
    host.end(dead);
    const error = { _tag: 'DiskFailed', code: 'EPERM', operation: 'remove', path: partFile };
    const { remove } = effects.files;
    const files = {
      ...effects.files,
      remove: (path: string) =>
        path === partFile ? async () => E.left(error as never) : remove(path),
    };
    expect(await right(removeOrphans({ ...effects, files }, BESIDE, false))).toMatchObject({
      ...{ removed: [], freed: 0, failures: [error] },
    });
    expect(await namesIn(store)).toEqual([basename(claim)]);
  });
});
