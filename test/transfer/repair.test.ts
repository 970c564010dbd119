/** When the whole is wrong: the damaged parts are fetched again, or all of them. */
import { describe, expect, test } from 'vitest';
import { bytes } from '../../src/domain/bytes.ts';
import type { OpenFile } from '../../src/effects/file-system.ts';
import { E, TE } from '../../src/fp.ts';
import { commit } from '../../src/transfer/end-workspace.ts';
import { repair } from '../../src/transfer/repair.ts';
import { missingParts } from '../../src/transfer/workspace.ts';
import { CONTENT, diskFailed, done, KEY, makeScene, NEVER, TARGET } from './workspace-scene.ts';

const ALL = [{ start: 1, end: 4 }];

/** A workspace whose parts are all fetched and recorded. */
const startWhole = async () => {
  const scene = makeScene();
  const { workspace } = await scene.open();
  for (const part of [1, 2, 3]) await done(() => scene.fetch(workspace, part));
  await done(() => workspace.checkpointer.checkpoint());
  const lengths = () => [1, 2, 3].map((part) => workspace.ledger.factOf(part).length);
  return { ...scene, workspace, lengths };
};

describe('repair', () => {
  test('picks only the parts that differ on disk from what was received', async () => {
    const { workspace, spoil, lengths } = await startWhole();
    await spoil(workspace.filePath, 5, 'X');
    expect(await repair(workspace, null, NEVER)).toEqual(
      E.right({ scope: 'damaged', pending: [{ start: 2, end: 3 }] }),
    );
    expect(lengths()).toEqual([4, 0, 2]);
    expect([1, 2, 3].map(workspace.ledger.isConfirmed)).toEqual([true, true, true]);
  });

  test('the damaged parts fetched again make the file whole', async () => {
    const { workspace, spoil, fetch, storage, contentOf } = await startWhole();
    await spoil(workspace.filePath, 0, 'X');
    await spoil(workspace.filePath, 9, 'X');
    const repaired = await repair(workspace, null, NEVER);
    expect(repaired).toMatchObject({
      right: {
        pending: [
          { start: 1, end: 2 },
          { start: 3, end: 4 },
        ],
      },
    });
    for (const part of [1, 3]) await done(() => fetch(workspace, part));
    await done(commit(workspace));
    expect(contentOf(TARGET)).toBe(CONTENT.toString());
    expect(storage.asked()).toHaveLength(5);
  });

  test('picks all when none differs: what was received was wrong itself', async () => {
    const { workspace, lengths } = await startWhole();
    expect(await repair(workspace, null, NEVER)).toEqual(E.right({ scope: 'all', pending: ALL }));
    expect(lengths()).toEqual([0, 0, 0]);
  });

  test('picks all after the damaged ones did not help, without reading any', async () => {
    const { workspace, spoil } = await startWhole();
    await spoil(workspace.filePath, 5, 'X');
    const unreadable = { ...workspace, file: { ...workspace.file, readAt: broken } };
    expect(await repair(unreadable, 'damaged', NEVER)).toEqual(
      E.right({ scope: 'all', pending: ALL }),
    );
  });

  test('bytes that only a record vouched for are read, too', async () => {
    const { open, leave, spoil } = makeScene();
    const { filePath } = await leave([1, 2, 3]);
    await spoil(filePath, 9, 'X');
    const never = { ...makeScene().request.disk, verifyOnResume: 'never' as const };
    const { workspace } = await open({ disk: never });
    expect(missingParts(workspace)).toEqual([]);
    expect(await repair(workspace, null, NEVER)).toEqual(
      E.right({ scope: 'damaged', pending: [{ start: 3, end: 4 }] }),
    );
  });

  test('the record takes the damaged parts back at the next checkpoint', async () => {
    const { workspace, spoil, breakpoints } = await startWhole();
    await spoil(workspace.filePath, 5, 'X');
    await repair(workspace, null, NEVER);
    await done(() => workspace.checkpointer.checkpoint());
    const reading = await done(breakpoints.read(KEY));
    expect(reading._tag === 'Found' && [...reading.breakpoint.facts.keys()]).toEqual([1, 3]);
  });

  test('a file that cannot be read, and an interruption, are told', async () => {
    const { workspace } = await startWhole();
    const unreadable = { ...workspace, file: { ...workspace.file, readAt: broken } };
    expect(await repair(unreadable, null, NEVER)).toEqual(E.left(diskFailed('EIO', 'a')));
    const aborted = AbortSignal.abort();
    expect(await repair(workspace, null, aborted)).toEqual(E.left({ _tag: 'Interrupted' }));
    expect(workspace.ledger.sums().written).toBe(bytes(10));
    expect(workspace.ledger.isConfirmed(1)).toBe(false);
  });
});

const broken: OpenFile['readAt'] = () => TE.left(diskFailed('EIO', 'a'));
