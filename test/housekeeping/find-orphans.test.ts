/** Part files that nobody names; and those that somebody does. */
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { E } from '../../src/fp.ts';
import { findOrphans } from '../../src/housekeeping/find-orphans.ts';
import { simulatedHost } from '../../src/testing/simulation/simulated-host.ts';
import { age, arrange, begin, effectsOn, HOUR, refusing, right } from './arrange.ts';

const ORPHAN = 'object.bin.partwise-ffffffff.part';

const pathsOf = ({ partFiles }: { readonly partFiles: ReadonlyArray<{ readonly path: string }> }) =>
  partFiles.map(({ path }) => path);

describe('findOrphans', () => {
  test('finds what lies beside a known target and is named by nothing', async () => {
    const { effects, folder, leave } = await arrange();
    await leave();
    const orphan = join(folder, ORPHAN);
    await writeFile(orphan, 'abc');
    await age(orphan, HOUR);
    const found = await right(findOrphans(effects, null));
    expect(found).toMatchObject({
      ...{ partFiles: [{ path: orphan, size: 3, ageMs: HOUR }], leftovers: [], heldBackBy: null },
    });
  });

  test('looks beside the targets of claims, too: they may have no journal', async () => {
    const { effects, folder, takeByOther } = await arrange();
    await takeByOther(join(folder, 'object.bin'));
    await writeFile(join(folder, ORPHAN), '');
    expect(pathsOf(await right(findOrphans(effects, null)))).toEqual([join(folder, ORPHAN)]);
  });

  test('looks into other folders only when asked, and not below them', async () => {
    const { effects, folder } = await arrange();
    const [elsewhere, below] = [join(folder, 'a'), join(folder, 'a', 'b')];
    await mkdir(below, { recursive: true });
    await writeFile(join(elsewhere, ORPHAN), '');
    await writeFile(join(below, ORPHAN), '');
    expect(pathsOf(await right(findOrphans(effects, null)))).toEqual([]);
    expect(pathsOf(await right(findOrphans(effects, [elsewhere])))).toEqual([
      join(elsewhere, ORPHAN),
    ]);
  });

  test.each(['backup.20240101.part', 'x.part', '.partwise-00000000.part', `${ORPHAN}~`])(
    '%s is not called like a part file of ours',
    async (name) => {
      const { effects, folder } = await arrange();
      await writeFile(join(folder, name), '');
      expect(pathsOf(await right(findOrphans(effects, [folder])))).toEqual([]);
    },
  );

  test('a folder with another path is the same: the inode tells', async () => {
    const { effects, folder, store, host, leave } = await arrange();
    await leave();
    await begin(effectsOn(store, host.start()), join(folder, 'other.bin'));
    const alias = join(folder, 'alias');
    await symlink(folder, alias);
    expect(pathsOf(await right(findOrphans(effects, [alias])))).toEqual([]);
  });

  test('what a living claim names belongs to it; what lies beside it does not', async () => {
    const { effects, folder, store, host } = await arrange();
    await begin(effectsOn(store, host.start()), join(folder, 'object.bin'));
    await writeFile(join(folder, ORPHAN), '');
    const found = await right(findOrphans(effects, null));
    expect(pathsOf(found)).toEqual([join(folder, ORPHAN)]);
    expect(found.leftovers).toEqual([]);
  });

  test('what the claim of a process elsewhere names belongs to it', async () => {
    const { effects, folder, store } = await arrange();
    const elsewhere = simulatedHost('elsewhere').start();
    await begin(effectsOn(store, elsewhere), join(folder, 'object.bin'));
    expect(await right(findOrphans(effects, null))).toEqual({
      ...{ partFiles: [], leftovers: [], heldBackBy: null },
    });
  });

  test('what only the claim of a process that is gone names is a leftover of it', async () => {
    const { effects, folder, store, host } = await arrange();
    const dead = host.start();
    const { claim, partFile } = await begin(effectsOn(store, dead), join(folder, 'object.bin'));
    host.end(dead);
    expect(await right(findOrphans(effects, null))).toMatchObject({
      ...{ partFiles: [], leftovers: [{ path: claim, partFile: { path: partFile, size: 3 } }] },
    });
  });

  test('what a journal names is not left over, though its process is gone', async () => {
    const { effects, leave, takeByOther, endOther } = await arrange();
    const { target } = await leave();
    const { nonce } = await takeByOther(target);
    await leave({ digits: nonce.slice(0, 8) });
    endOther();
    const { leftovers } = await right(findOrphans(effects, null));
    expect(leftovers).toMatchObject([{ partFile: null }]);
  });

  test('a claim whose part file cannot be looked at is no leftover; nowhere, it is', async () => {
    const { effects, folder, store, host } = await arrange();
    const away = join(folder, 'away');
    await mkdir(away);
    const dead = host.start();
    const { claim } = await begin(effectsOn(store, dead), join(away, 'object.bin'));
    host.end(dead);
    const findRefusing = async (code: string) => {
      const refused = { _tag: 'DiskFailed', code, operation: 'inspect', path: away };
      const { facts } = effects.files;
      const files = {
        ...effects.files,
        facts: (path: string) =>
          path.startsWith(away) ? async () => E.left(refused as never) : facts(path),
      };
      return right(findOrphans({ ...effects, files }, [store]));
    };
    expect((await findRefusing('EACCES')).leftovers).toEqual([]);
    expect((await findRefusing('ENOTDIR')).leftovers).toEqual([{ path: claim, partFile: null }]);
  });

  test('while a journal cannot be read, nobody knows what it names', async () => {
    const { effects, folder, store, host, leave } = await arrange();
    const { key } = await leave();
    await writeFile(join(folder, ORPHAN), '');
    const dead = host.start();
    await begin(effectsOn(store, dead), join(folder, 'other.bin'));
    host.end(dead);
    expect(await right(findOrphans(refusing(effects, key), [folder]))).toMatchObject({
      ...{ partFiles: [], leftovers: [], heldBackBy: { _tag: 'DiskFailed', code: 'EIO' } },
    });
  });

  test('claims and drafts of gone owners are found, those of living ones are not', async () => {
    const { effects, store, folder, host, takeByOther } = await arrange();
    await takeByOther(join(folder, 'living'));
    const dead = host.start();
    await effectsOn(store, dead).claims.acquire(join(folder, 'dead'))();
    const [claim] = (await right(effects.claims.all()())).filter(
      ({ owner }) => owner?.pid === dead.self().pid,
    );
    const draft = join(store, `${'0'.repeat(32)}.${'1'.repeat(16)}.claim-draft`);
    await writeFile(draft, JSON.stringify({ ...dead.self(), target: '/x' }));
    const mine = join(store, `${'0'.repeat(32)}.${'2'.repeat(16)}.claim-draft`);
    await writeFile(mine, JSON.stringify({ ...host.start().self(), target: '/x' }));
    host.end(dead);
    const { leftovers } = await right(findOrphans(effects, null));
    expect(leftovers.map(({ path }) => basename(path)).sort()).toEqual(
      [basename(draft), basename(claim?.path ?? '')].sort(),
    );
  });

  test('a folder that was asked for and is missing is an error', async () => {
    const { effects, folder } = await arrange();
    expect(await findOrphans(effects, [join(folder, 'missing')])).toMatchObject({
      left: { _tag: 'DiskFailed', code: 'ENOENT' },
    });
  });
});
