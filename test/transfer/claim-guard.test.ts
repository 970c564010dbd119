/** Asking whether the breakpoint is still ours: seldom, but always after time has jumped. */
import { describe, expect, test } from 'vitest';
import { bytes } from '../../src/domain/bytes.ts';
import type { DownloadError } from '../../src/domain/errors.ts';
import { E } from '../../src/fp.ts';
import { CONFIRMED_MS, claimGuard } from '../../src/transfer/claim-guard.ts';
import { commit } from '../../src/transfer/end-workspace.ts';
import { done, KEY, makeScene, TARGET } from './workspace-scene.ts';

const BUSY: DownloadError = { _tag: 'Busy', host: 'web-2', pid: 42 };
const LOST: DownloadError = { _tag: 'ClaimLost', path: '/s/a.claim' };
const NONCE = '0123456789abcdef';
const BROKEN: DownloadError = { _tag: 'DiskFailed', code: 'EIO', operation: 'list', path: '/s' };

/** A guard under a wall clock that tests set, over a claim that answers as it is told to. */
const start = (
  answers: (ask: number) => E.Either<DownloadError, void> = () => E.right(undefined),
) => {
  const wall = { ms: 1_000_000 };
  let asked = 0;
  const confirm = () => async () => {
    asked += 1;
    return answers(asked);
  };
  const release = () => async () => E.right(undefined);
  const claim = { nonce: NONCE, confirm, release };
  const guard = claimGuard(claim, { wallTime: () => wall.ms });
  return { guard, wall, asked: () => asked };
};

describe('claimGuard', () => {
  test('a claim that was acquired or confirmed a moment ago is taken for granted', async () => {
    const { guard, wall, asked } = start();
    wall.ms += CONFIRMED_MS - 1;
    expect([guard(), asked()]).toEqual([null, 0]);
    wall.ms += 1;
    expect([await guard(), asked()]).toEqual([E.right(undefined), 1]);
    expect([guard(), asked()]).toEqual([null, 1]);
    wall.ms += CONFIRMED_MS;
    await guard();
    expect(asked()).toBe(2);
  });

  test.each([86_400_000, -1, -86_400_000])(
    'a wall clock that jumps by %d ms makes it ask again, once',
    async (jump) => {
      const { guard, wall, asked } = start();
      wall.ms += jump;
      expect(await guard()).toEqual(E.right(undefined));
      expect([guard(), asked()]).toEqual([null, 1]);
    },
  );

  test('all who ask at once wait for one answer', async () => {
    const { guard, wall, asked } = start();
    wall.ms += CONFIRMED_MS;
    const answers = [guard(), guard(), guard()];
    expect(new Set(answers).size).toBe(1);
    await answers[0];
    expect(asked()).toBe(1);
  });

  test('the answer counts from when it was asked for, not from when it came', async () => {
    const { guard, wall, asked } = start((ask) => {
      if (ask === 1) wall.ms += CONFIRMED_MS; // It was slow.
      return E.right(undefined);
    });
    wall.ms += CONFIRMED_MS;
    await guard();
    expect(guard()).not.toBeNull();
    expect(asked()).toBe(2);
  });

  test.each([BUSY, LOST])(
    'a lost claim stays lost, and is not asked for again: %j',
    async (loss) => {
      const { guard, wall, asked } = start((ask) =>
        ask === 1 ? E.left(loss) : E.right(undefined),
      );
      wall.ms += CONFIRMED_MS;
      expect(await guard()).toEqual(E.left(loss));
      for (const jump of [0, -CONFIRMED_MS, 1, 10 * CONFIRMED_MS, -1e9]) {
        wall.ms += jump;
        expect(await guard()).toEqual(E.left(loss));
      }
      expect(asked()).toBe(1);
    },
  );

  test('a claim that cannot be read is no leave to write', async () => {
    const { guard, wall } = start(() => E.left(BROKEN));
    wall.ms += CONFIRMED_MS;
    expect(await guard()).toEqual(E.left(BROKEN));
  });
});

describe('a workspace whose claim was lost while the machine slept', () => {
  test('writes no byte and records nothing any more', async () => {
    const { open, fetch, disk, clock, breakpoints } = makeScene();
    let isOurs = true;
    const claims = {
      ownerOf: () => async () => E.right(null),
      all: () => async () => E.right([]),
      acquire: () => async () =>
        E.right({
          nonce: NONCE,
          confirm: () => async () => (isOurs ? E.right(undefined) : E.left(BUSY)),
          release: () => async () => E.right(undefined),
        }),
    };
    const { workspace } = await open({ effects: { claims } });
    await done(() => fetch(workspace, 1));
    await done(() => workspace.checkpointer.checkpoint());
    await done(() => fetch(workspace, 2));
    const before = disk.contentOf(workspace.filePath);
    const journal = await done(breakpoints.read(KEY));

    clock.setTimeout(() => {}, 3_600_000);
    clock.fireNext();
    isOurs = false;
    expect(await fetch(workspace, 3)).toEqual(E.left(BUSY));
    expect(await workspace.checkpointer.checkpoint()).toEqual(E.left(BUSY));
    isOurs = true;
    expect(await fetch(workspace, 3)).toEqual(E.left(BUSY));
    expect(disk.contentOf(workspace.filePath)).toEqual(before);
    expect(await done(breakpoints.read(KEY))).toEqual(journal);
    expect(workspace.ledger.factOf(3).length).toBe(bytes(0));
  });

  test('puts no file in place, though every byte is there', async () => {
    const { open, fetch, claims, files } = makeScene();
    const { workspace } = await open();
    for (const part of [1, 2, 3]) await done(() => fetch(workspace, part));
    await done(workspace.claim.release());
    await done(claims.acquire(TARGET));
    expect(await commit(workspace)()).toMatchObject({ left: { _tag: 'Busy' } });
    expect(await done(files.facts(TARGET))).toBeNull();
  });

  test('a memory claim that was released is lost for good, and not given to the next', async () => {
    const { claims } = makeScene();
    const wall = { ms: 0 };
    const first = await done(claims.acquire(TARGET));
    const guard = claimGuard(first, { wallTime: () => wall.ms });
    await done(first.release());
    const second = await done(claims.acquire(TARGET));
    wall.ms = CONFIRMED_MS;
    expect(await guard()).toMatchObject({ left: { _tag: 'Busy' } });
    await done(second.release());
    expect(await guard()).toMatchObject({ left: { _tag: 'Busy' } });
  });
});
