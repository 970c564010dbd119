/** Part files that nobody names; and those that somebody might. */
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findOrphans, removeOrphans } from '../../src/housekeeping/find-orphans.ts';
import { arrange, namesIn, right } from './arrange.ts';

const pathsOf = ({ partFiles }: { readonly partFiles: ReadonlyArray<{ readonly path: string }> }) =>
  partFiles.map(({ path }) => path);

describe('findOrphans', () => {
  test('finds what lies beside a known target and is named by no breakpoint', async () => {
    const { effects, folder, leave } = await arrange();
    await leave();
    const orphan = join(folder, 'object.bin.ffffffff.part');
    await writeFile(orphan, 'abc');
    const found = await right(findOrphans(effects, null));
    expect(found).toMatchObject({ partFiles: [{ path: orphan, size: 3 }], heldBackBy: null });
  });

  test('looks into other folders only when asked, and not below them', async () => {
    const { effects, folder } = await arrange();
    const [elsewhere, below] = [join(folder, 'a'), join(folder, 'a', 'b')];
    await mkdir(below, { recursive: true });
    await writeFile(join(elsewhere, 'x.00000000.part'), '');
    await writeFile(join(below, 'x.00000000.part'), '');
    expect(pathsOf(await right(findOrphans(effects, null)))).toEqual([]);
    expect(pathsOf(await right(findOrphans(effects, [elsewhere])))).toEqual([
      join(elsewhere, 'x.00000000.part'),
    ]);
  });

  test.each(['x.part', 'x.0000000.part', 'x.0000000G.part', '.00000000.part', 'x.00000000.part~'])(
    '%s is not called like a part file of ours',
    async (name) => {
      const { effects, folder } = await arrange();
      await writeFile(join(folder, name), '');
      expect(pathsOf(await right(findOrphans(effects, [folder])))).toEqual([]);
    },
  );

  test('a folder with another path is the same: the inode tells', async () => {
    const { effects, folder, leave } = await arrange();
    await leave();
    const alias = join(folder, 'alias');
    await symlink(folder, alias);
    expect(pathsOf(await right(findOrphans(effects, [alias])))).toEqual([]);
  });

  test('beside a target that is being downloaded nothing of its name is an orphan', async () => {
    const { effects, folder, leave, takeByOther } = await arrange();
    await takeByOther((await leave()).key);
    await writeFile(join(folder, 'object.bin.ffffffff.part'), '');
    const other = join(folder, 'other.bin.ffffffff.part');
    await writeFile(other, '');
    expect(pathsOf(await right(findOrphans(effects, null)))).toEqual([other]);
  });

  test('while a living process has recorded nothing, none is called an orphan', async () => {
    const { effects, folder, takeByOther, endOther, otherPid } = await arrange();
    await takeByOther('unrecorded');
    await writeFile(join(folder, 'object.bin.ffffffff.part'), '');
    const found = await right(findOrphans(effects, [folder]));
    expect(found).toMatchObject({ partFiles: [], heldBackBy: { _tag: 'Busy', pid: otherPid } });
    endOther();
    expect(pathsOf(await right(findOrphans(effects, [folder])))).toHaveLength(1);
  });

  test('while a breakpoint cannot be read, none is called an orphan', async () => {
    const { effects, folder, store } = await arrange();
    await mkdir(join(store, 'folder.journal'), { recursive: true });
    await writeFile(join(folder, 'object.bin.ffffffff.part'), '');
    expect(await right(findOrphans(effects, [folder]))).toMatchObject({
      ...{ partFiles: [], heldBackBy: { _tag: 'DiskFailed', code: 'EISDIR' } },
    });
  });

  test('claims and drafts of gone owners are found, those of living ones are not', async () => {
    const { effects, store, host, claimsAs, takeByOther } = await arrange();
    const dead = host.start();
    await claimsAs(dead).acquire('dead')();
    await takeByOther('living');
    const gone = JSON.stringify(dead.self());
    await writeFile(join(store, 'key.0000000000000001.claim-draft'), gone);
    await writeFile(
      join(store, 'key.0000000000000002.claim-draft'),
      JSON.stringify(effects.host.self()),
    );
    await writeFile(join(store, 'key.0000000000000003.claim-draft'), '');
    await writeFile(join(store, 'key.0000000000000004.claim'), '');
    await writeFile(join(store, 'abandoned.journal.draft'), '');
    await writeFile(join(store, 'living.journal.draft'), '');
    host.end(dead);
    const { leftovers } = await right(findOrphans(effects, null));
    expect(leftovers.map((path) => basename(path).replace(/^dead\..*/, 'dead')).sort()).toEqual([
      'abandoned.journal.draft',
      'dead',
      'key.0000000000000001.claim-draft',
      'key.0000000000000004.claim',
    ]);
  });

  test('a folder that was asked for and is missing is an error', async () => {
    const { effects, folder } = await arrange();
    expect(await findOrphans(effects, [join(folder, 'missing')])).toMatchObject({
      left: { _tag: 'DiskFailed', code: 'ENOENT' },
    });
  });
});

describe('removeOrphans', () => {
  test('removes orphans and nothing else; a dry run only says so', async () => {
    const { effects, folder, leave } = await arrange();
    const { path } = await leave();
    const orphan = join(folder, 'object.bin.ffffffff.part');
    await writeFile(orphan, '');
    await writeFile(join(folder, 'notes.part'), '');
    expect(await right(removeOrphans(effects, null, true))).toMatchObject({ removed: [orphan] });
    expect(await namesIn(folder)).toContain(basename(orphan));
    expect(await right(removeOrphans(effects, null, false))).toMatchObject({
      ...{ removed: [orphan], failures: [], heldBackBy: null },
    });
    expect(await namesIn(folder)).toEqual(
      expect.arrayContaining([basename(path), 'notes.part', 'store']),
    );
    expect(await namesIn(folder)).not.toContain(basename(orphan));
  });
});
