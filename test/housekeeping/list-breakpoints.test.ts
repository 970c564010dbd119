/** What a store holds: how far, how old, whose. */
import { mkdir, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { E } from '../../src/fp.ts';
import { listBreakpoints } from '../../src/housekeeping/list-breakpoints.ts';
import { simulatedHost } from '../../src/testing/simulation/simulated-host.ts';
import { arrange, begin, effectsOn, HOUR, NOW, namesIn, refusing, right } from './arrange.ts';
import { readOnly } from './read-only.ts';

describe('listBreakpoints', () => {
  test('a store that is not there is empty, and stays so', async () => {
    const { effects, folder } = await arrange();
    expect(await right(listBreakpoints(effects))).toEqual([]);
    expect(await namesIn(folder)).toEqual([]);
  });

  test('tells what, how far, how old and whose', async () => {
    const { effects, leave } = await arrange();
    const { key, target, path } = await leave({ parts: 2 });
    expect(await right(listBreakpoints(effects))).toEqual([
      {
        _tag: 'Readable',
        ...{ key, target, label: 'oss://bucket/key', owner: null },
        ...{ size: 2_500, recorded: 2_000, partsDone: 2, partsTotal: 3 },
        ...{ createdAtMs: NOW - HOUR, touchedAtMs: NOW - HOUR, ageMs: HOUR },
        ...{ isFinal: false, isInPlace: false },
        partFile: { path, isApproved: true, size: 2_500, allocated: expect.any(Number) },
        verdict: { _tag: 'Resumed', bytes: 2_000, tornAt: null, trimmed: 0 },
      },
    ]);
  });

  test('what was touched last comes first, and what cannot be read comes last', async () => {
    const { effects, leave, store } = await arrange();
    await leave({ name: 'old', ageMs: 9 * HOUR });
    await leave({ name: 'new' });
    await writeFile(join(store, `${'0'.repeat(32)}.journal`), 'junk');
    const listed = await right(listBreakpoints(effects));
    expect(listed).toMatchObject([{ ageMs: HOUR }, { ageMs: 9 * HOUR }, { because: 'foreign' }]);
  });

  test('names the living owner, and no owner that is gone', async () => {
    const { effects, leave, takeByOther, endOther, otherPid } = await arrange();
    const { target } = await leave();
    await takeByOther(target);
    const owner = { host: 'simulated', pid: otherPid };
    expect(await right(listBreakpoints(effects))).toMatchObject([
      { owner: { ...owner, standing: 'alive' }, verdict: { _tag: 'Owned', ...owner } },
    ]);
    endOther();
    expect(await right(listBreakpoints(effects))).toMatchObject([{ owner: null }]);
  });

  test('names the owner that came by another path to the folder', async () => {
    const { effects, folder, leave, takeByOther, otherPid } = await arrange();
    const { target } = await leave();
    await symlink(folder, join(folder, 'alias'));
    await takeByOther(join(folder, 'alias', basename(target)));
    const listed = await right(listBreakpoints(effects));
    expect(listed.find(({ _tag }) => _tag === 'Readable')).toMatchObject({
      owner: { pid: otherPid },
    });
  });

  test('of an owner elsewhere says that nobody can look, and which claim is its', async () => {
    const { effects, store, leave } = await arrange();
    const { target } = await leave();
    await effectsOn(store, simulatedHost('elsewhere').start()).claims.acquire(target)();
    const claim = (await namesIn(store)).find((name) => name.endsWith('.claim')) ?? '';
    expect(await right(listBreakpoints(effects))).toMatchObject([
      { owner: { host: 'elsewhere', standing: 'unknown', claim: join(store, claim) } },
    ]);
  });

  test('a living download without a journal comes first, with who it is', async () => {
    const { effects, folder, store, host, leave } = await arrange();
    await leave({ ageMs: 0 });
    const process = host.start();
    const target = join(folder, 'other.bin');
    const { claim, partFile } = await begin(effectsOn(store, process), target);
    expect(await right(listBreakpoints(effects))).toMatchObject([
      {
        ...{ _tag: 'Unrecorded', target, claim, partFile: { path: partFile, size: 3 } },
        owner: { host: 'simulated', pid: process.self().pid, standing: 'alive', claim },
      },
      { _tag: 'Readable' },
    ]);
  });

  test('a journal of another source does not hide it', async () => {
    const { effects, store, host, leave } = await arrange();
    const { target } = await leave();
    const { partFile } = await begin(effectsOn(store, host.start()), target);
    expect(await right(listBreakpoints(effects))).toMatchObject([
      { _tag: 'Unrecorded', target, partFile: { path: partFile } },
      { _tag: 'Readable', target },
    ]);
  });

  test('one whose part file cannot be looked at does not hide the others', async () => {
    const { effects, folder, store, host, leave } = await arrange();
    await leave();
    const away = join(folder, 'away');
    await mkdir(away);
    const living = effectsOn(store, host.start());
    await begin(living, join(away, 'object.bin'));
    const refused = { _tag: 'DiskFailed', code: 'EACCES', operation: 'inspect', path: away };
    const { facts } = effects.files;
    const files = {
      ...effects.files,
      facts: (path: string) =>
        path.startsWith(away) ? async () => E.left(refused as never) : facts(path),
    };
    expect(await right(listBreakpoints({ ...effects, files }))).toMatchObject([
      { _tag: 'Unrecorded', owner: { host: 'simulated' }, partFile: null },
      { _tag: 'Readable' },
    ]);
  });

  test('a part file of a process that is gone is listed, its claim alone is not', async () => {
    const { effects, folder, store, host } = await arrange();
    const dead = host.start();
    const { claim, partFile } = await begin(effectsOn(store, dead), join(folder, 'object.bin'));
    host.end(dead);
    expect(await right(listBreakpoints(effects))).toMatchObject([
      { _tag: 'Unrecorded', owner: null, claim, partFile: { path: partFile } },
    ]);
    await rm(partFile);
    expect(await right(listBreakpoints(effects))).toEqual([]);
  });

  test('what a journal names is listed once, though its process is gone', async () => {
    const { effects, leave, takeByOther, endOther } = await arrange();
    const { target } = await leave();
    const { nonce } = await takeByOther(target);
    await leave({ digits: nonce.slice(0, 8) });
    endOther();
    expect(await right(listBreakpoints(effects))).toMatchObject([{ _tag: 'Readable' }]);
  });

  test('looking writes nothing: a store that may only be read is listed the same', async () => {
    const { effects, folder, store, host, leave, takeByOther, endOther } = await arrange();
    await takeByOther((await leave()).target);
    endOther();
    await begin(effectsOn(store, host.start()), join(folder, 'other.bin'));
    const before = await namesIn(folder);
    const listed = await right(listBreakpoints(readOnly(store, effects.host)));
    expect(listed).toEqual(await right(listBreakpoints(effects)));
    expect(listed.map(({ _tag }) => _tag)).toEqual(['Unrecorded', 'Readable']);
    expect(await namesIn(folder)).toEqual(before);
  });

  test('tells of a part file that is gone, shorter or another one', async () => {
    const { effects, leave } = await arrange();
    const gone = await leave({ name: 'gone' });
    const shorter = await leave({ name: 'shorter' });
    const replaced = await leave({ name: 'replaced' });
    await rm(gone.path);
    await truncate(shorter.path, 10);
    await rename(replaced.path, `${replaced.path}.kept`); // The inode must not be given away again.
    await writeFile(replaced.path, '');
    const verdicts = (await right(listBreakpoints(effects))).map((it) =>
      it._tag === 'Readable' && it.verdict._tag === 'Restarted'
        ? [it.target, it.verdict.because._tag]
        : null,
    );
    expect(new Map(verdicts.filter((it) => it !== null) as Array<[string, string]>)).toEqual(
      new Map([
        [gone.target, 'PartFileMissing'],
        [shorter.target, 'PartFileShorter'],
        [replaced.target, 'PartFileReplaced'],
      ]),
    );
  });

  test('a file in place under the inode of its part file is finished', async () => {
    const { effects, leave } = await arrange();
    const { path, target } = await leave({ parts: 3, isFinal: true });
    await rename(path, target);
    expect(await right(listBreakpoints(effects))).toMatchObject([
      { isFinal: true, isInPlace: true, partFile: { size: null }, verdict: { _tag: 'Resumed' } },
    ]);
  });

  test('a copy of a journal is not believed: its name is not claimed by its owner', async () => {
    const { effects, leave, store } = await arrange();
    const { journal, target } = await leave();
    await rename(journal, join(store, 'copy.journal'));
    expect(await right(listBreakpoints(effects))).toEqual([
      { _tag: 'Unreadable', key: 'copy', target, owner: null, because: 'misnamed' },
    ]);
  });

  test('one that the disk refuses does not hide the others', async () => {
    const { effects, leave } = await arrange();
    const { key } = await leave();
    await leave({ name: 'other' });
    expect(await right(listBreakpoints(refusing(effects, key)))).toMatchObject([
      { _tag: 'Readable' },
      { _tag: 'Unreadable', key, target: null, because: { _tag: 'DiskFailed', code: 'EIO' } },
    ]);
  });
});
