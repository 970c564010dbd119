/** What a resume would do, told without asking the network. */
import { copyFile, mkdir, open, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bytes } from '../../src/domain/bytes.ts';
import { partFileName } from '../../src/domain/part-file-name.ts';
import { TE } from '../../src/fp.ts';
import { explainTarget } from '../../src/housekeeping/explain-target.ts';
import type { HousekeepingEffects } from '../../src/housekeeping/housekeeping-effects.ts';
import { arrange, begin, effectsOn, namesIn, refusing, right } from './arrange.ts';
import { readOnly } from './read-only.ts';

const explain = (effects: HousekeepingEffects, target: string, verify = false) =>
  right(explainTarget(effects, { target, verify }, new AbortController().signal));

describe('explainTarget', () => {
  test('a target that nobody knows starts afresh', async () => {
    const { effects, folder, leave } = await arrange();
    await leave({ name: 'other' });
    const target = join(folder, 'object.bin');
    expect(await explain(effects, target)).toEqual({
      ...{ target, owner: null, breakpoints: [], unreadable: [], obstacle: null },
      ...{ orphans: [], leftovers: [] },
    });
  });

  test('tells the verdict, and what the server would be asked', async () => {
    const { effects, leave } = await arrange();
    const { target } = await leave();
    const { breakpoints } = await explain(effects, target);
    expect(breakpoints).toMatchObject([
      {
        verdict: { _tag: 'Resumed', bytes: 1_000 },
        wouldAsk: { etag: '"tag"', size: 2_500 },
        ...{ obstacle: null, check: null },
      },
    ]);
  });

  test('each source of a target has its own verdict', async () => {
    const { effects, leave } = await arrange();
    const { target } = await leave({ source: 'oss://bucket/a', digits: 'aaaaaaaa' });
    const { path } = await leave({ source: 'oss://bucket/b', digits: 'bbbbbbbb' });
    await rm(path);
    const { breakpoints } = await explain(effects, target);
    expect(new Map(breakpoints.map((it) => [it.label, it.verdict._tag]))).toEqual(
      new Map([
        ['oss://bucket/a', 'Resumed'],
        ['oss://bucket/b', 'Restarted'],
      ]),
    );
  });

  test('what was proven asks nobody', async () => {
    const { effects, leave } = await arrange();
    const { target, path } = await leave({ parts: 3, isFinal: true });
    expect((await explain(effects, target)).breakpoints).toMatchObject([{ wouldAsk: null }]);
    await rename(path, target);
    expect((await explain(effects, target)).breakpoints).toMatchObject([
      { wouldAsk: null, isInPlace: true },
    ]);
  });

  test('a disk without room is told as what would stop it', async () => {
    const { effects, leave } = await arrange();
    const { target, path } = await leave({ size: 10_000_000 });
    await truncate(path, 0); // Sparse: it takes nothing of the disk.
    await truncate(path, 10_000_000);
    const folders = { ...effects.folders, freeBytes: () => TE.right(bytes(0)) };
    const { breakpoints } = await explain({ ...effects, folders }, target);
    expect(breakpoints).toMatchObject([{ obstacle: { _tag: 'DiskFull', missing: 10_000_000 } }]);
  });

  test('names the process that has it open, and reads nothing back then', async () => {
    const { effects, leave, takeByOther, otherPid } = await arrange();
    const { target } = await leave();
    await takeByOther(target);
    expect(await explain(effects, target, true)).toMatchObject({
      owner: { pid: otherPid },
      breakpoints: [{ verdict: { _tag: 'Owned', pid: otherPid }, wouldAsk: null, check: null }],
    });
  });

  test('names the process that has no journal, by whatever path it came', async () => {
    const { effects, folder, store, host } = await arrange();
    await symlink(folder, join(folder, 'alias'));
    const process = host.start();
    await begin(effectsOn(store, process), join(folder, 'object.bin'));
    for (const target of [join(folder, 'object.bin'), join(folder, 'alias', 'object.bin')]) {
      expect(await explain(effects, target)).toMatchObject({
        owner: { host: 'simulated', pid: process.self().pid },
        ...{ breakpoints: [], obstacle: null, orphans: [], leftovers: [] },
      });
    }
  });

  test('a target that is a folder is told as what would stop it, with or without bytes', async () => {
    const { effects, folder, leave } = await arrange();
    const { target } = await leave({ parts: 3, isFinal: true });
    const other = join(folder, 'other');
    const obstacle = { _tag: 'DiskFailed', code: 'EISDIR' };
    await mkdir(target);
    await mkdir(other);
    expect(await explain(effects, target)).toMatchObject({ breakpoints: [{ obstacle }] });
    expect(await explain(effects, other)).toMatchObject({ breakpoints: [], obstacle });
  });

  test('a folder that is missing is told as what would stop it', async () => {
    const { effects, folder } = await arrange();
    expect(await explain(effects, join(folder, 'missing', 'object.bin'))).toMatchObject({
      ...{ breakpoints: [], obstacle: { _tag: 'DiskFailed', code: 'ENOENT' } },
    });
  });

  test('journals that cannot be read may be of it, unless they say otherwise', async () => {
    const { effects, store, leave } = await arrange();
    const { key, target } = await leave();
    const copied = await leave({ name: 'copied' });
    await copyFile(copied.journal, join(store, 'copy.journal'));
    await writeFile(join(store, 'junk.journal'), 'junk');
    expect(await explain(refusing(effects, key), target)).toMatchObject({
      breakpoints: [],
      unreadable: [
        { key, because: { _tag: 'DiskFailed', code: 'EIO' } },
        { key: 'junk', because: 'foreign' },
      ].sort((a, b) => (a.key < b.key ? -1 : 1)),
    });
  });

  test('a part file that cannot be looked at is told with its journal', async () => {
    const { effects, leave } = await arrange();
    const { key, target, path } = await leave();
    const error = { _tag: 'DiskFailed', code: 'EACCES', operation: 'inspect', path } as const;
    const { facts } = effects.files;
    const files = {
      ...effects.files,
      facts: (it: string) => (it === path ? TE.left(error) : facts(it)),
    };
    expect(await explain({ ...effects, files }, target)).toMatchObject({
      ...{ breakpoints: [], unreadable: [{ key, target, because: error }] },
    });
  });

  test('tells which part files of the target nothing names, and which a dead process left', async () => {
    const { effects, folder, store, host } = await arrange();
    const target = join(folder, 'object.bin');
    const dead = host.start();
    const { partFile } = await begin(effectsOn(store, dead), target);
    host.end(dead);
    const orphan = partFileName(target, 'ffffffff');
    await writeFile(orphan, '');
    await writeFile(partFileName(join(folder, 'other.bin'), 'ffffffff'), '');
    expect(await explain(effects, target)).toMatchObject({
      ...{ orphans: [{ path: orphan }], leftovers: [{ path: partFile }] },
    });
  });

  test('changes nothing, and needs nothing that may be written', async () => {
    const { effects, folder, store, leave, takeByOther, endOther } = await arrange();
    const { target } = await leave();
    await takeByOther(target);
    endOther();
    const before = await namesIn(folder);
    const { breakpoints } = await explain(readOnly(store, effects.host), target, true);
    expect(breakpoints).toMatchObject([
      {
        ...{ verdict: { _tag: 'Resumed' }, check: { read: 1_000, damaged: [] } },
        obstacle: { _tag: 'DiskFailed', code: 'EROFS' },
      },
    ]);
    expect(await namesIn(folder)).toEqual(before);
  });

  test('verify finds exactly the parts that are not on disk as recorded', async () => {
    const { effects, leave } = await arrange();
    const { target, path } = await leave({ parts: 3 });
    const intact = await explain(effects, target, true);
    expect(intact.breakpoints).toMatchObject([{ check: { read: 2_500, damaged: [] } }]);
    const file = await open(path, 'r+');
    await file.write('!', 1_500);
    await file.close();
    const damaged = await explain(effects, target, true);
    expect(damaged.breakpoints).toMatchObject([{ check: { read: 2_500, damaged: [2] } }]);
  });
});
