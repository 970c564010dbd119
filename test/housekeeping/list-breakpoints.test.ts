/** What a store holds: how far, how old, whose. */
import { mkdir, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { listBreakpoints } from '../../src/housekeeping/list-breakpoints.ts';
import { arrange, HOUR, NOW, namesIn, right } from './arrange.ts';

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
    expect(listed.map((it) => (it._tag === 'Readable' ? it.ageMs : it.because))).toEqual([
      HOUR,
      9 * HOUR,
      'foreign',
    ]);
  });

  test('names the living owner, and no owner that is gone', async () => {
    const { effects, leave, takeByOther, endOther, otherPid } = await arrange();
    const { key } = await leave();
    await takeByOther(key);
    const owner = { host: 'simulated', pid: otherPid };
    expect(await right(listBreakpoints(effects))).toMatchObject([
      { owner, verdict: { _tag: 'Owned', ...owner } },
    ]);
    endOther();
    expect(await right(listBreakpoints(effects))).toMatchObject([{ owner: null }]);
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
    const { journal } = await leave();
    await rename(journal, join(store, 'copy.journal'));
    expect(await right(listBreakpoints(effects))).toEqual([
      { _tag: 'Unreadable', key: 'copy', owner: null, because: 'misnamed' },
    ]);
  });

  test('one that the disk refuses does not hide the others', async () => {
    const { effects, leave, store } = await arrange();
    await leave();
    await mkdir(join(store, 'folder.journal'));
    expect(await right(listBreakpoints(effects))).toMatchObject([
      { _tag: 'Readable' },
      { _tag: 'Unreadable', key: 'folder', because: { _tag: 'DiskFailed', code: 'EISDIR' } },
    ]);
  });
});
