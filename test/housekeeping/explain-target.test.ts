/** What a resume would do, told without asking the network. */
import { open, rename, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bytes } from '../../src/domain/bytes.ts';
import { TE } from '../../src/fp.ts';
import { explainTarget } from '../../src/housekeeping/explain-target.ts';
import type { HousekeepingEffects } from '../../src/housekeeping/housekeeping-effects.ts';
import { arrange, right } from './arrange.ts';

const explain = (effects: HousekeepingEffects, target: string, verify = false) =>
  right(explainTarget(effects, { target, verify }, new AbortController().signal));

describe('explainTarget', () => {
  test('a target that nobody knows starts afresh', async () => {
    const { effects, folder, leave } = await arrange();
    await leave({ name: 'other' });
    const target = join(folder, 'object.bin');
    expect(await explain(effects, target)).toEqual({
      ...{ target, breakpoints: [], unreadable: 0, orphans: [] },
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
    const { target } = await leave({ source: 'oss://bucket/a', suffix: 'aaaaaaaa' });
    const { path } = await leave({ source: 'oss://bucket/b', suffix: 'bbbbbbbb' });
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
    const { key, target } = await leave();
    await takeByOther(key);
    expect((await explain(effects, target, true)).breakpoints).toMatchObject([
      { verdict: { _tag: 'Owned', pid: otherPid }, wouldAsk: null, check: null },
    ]);
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
