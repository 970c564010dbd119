/** Looking at the data plane, and being seen by others meanwhile. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { AnyActorRef } from 'xstate';
import { E } from '../../src/fp.ts';
import { HEARTBEAT_MS, watchTransfer } from '../../src/machines/watch-transfer.ts';
import { SILENCE_MS_MAX } from '../../src/store/find-claims.ts';
import { makeScene } from '../transfer/workspace-scene.ts';

test('others see that a download lives while no byte arrives', async () => {
  const { open, claims, clock } = makeScene();
  const seenAtMs: Array<number> = [];
  const watched: typeof claims = {
    ...claims,
    acquire: (target) => async () => {
      const claim = await claims.acquire(target)();
      if (E.isLeft(claim)) return claim;
      const confirm = () => async () => {
        seenAtMs.push(clock.now());
        return claim.right.confirm()();
      };
      return E.right({ ...claim.right, confirm });
    },
  };
  const { workspace } = await open({ effects: { claims: watched } });
  const download = { send: () => {} } as unknown as AnyActorRef;
  const limits = { silenceMsMax: 1_000_000, checkpointBytes: 1 };
  const ending = new AbortController();
  const watching = watchTransfer(workspace, download, limits, ending.signal);
  const begunAtMs = clock.now();
  seenAtMs.splice(0);
  while (clock.now() < begunAtMs + 10 * HEARTBEAT_MS) {
    clock.fireNext();
    await nextTurn();
  }
  ending.abort();
  await watching;
  const gaps = seenAtMs.map((atMs, index) => atMs - (seenAtMs[index - 1] ?? begunAtMs));
  expect(gaps.length).toBeGreaterThanOrEqual(9);
  expect(Math.max(...gaps)).toBeLessThan(SILENCE_MS_MAX / 10);
});
