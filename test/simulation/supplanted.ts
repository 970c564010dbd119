/** A process that sleeps, is taken for dead, and wakes up while another has its download. */

import { DownloadFailed } from '../../src/download-failed.ts';
import { startDownload } from '../../src/start-download.ts';
import { SMALL } from './small-spec.ts';
import { buildWorld, type SpecWorld, TARGET } from './spec-world.ts';
import { oneTurn, untilEnd } from './until-end.ts';
import type { WorldSpec } from './world-spec.ts';

/** So slow that there is time to sleep. */
export const SLOW: WorldSpec = { ...SMALL, link: { rttMs: 50, bytesPerSecond: 500 } };

const SLEPT_MS = 60_000;

/** Lives it, and tells what went wrong. */
export const lifeOfSupplanted = async (seed: number): Promise<ReadonlyArray<string>> => {
  const world = buildWorld({ ...SLOW, seed });
  const sleeper = world.boot({});
  const asleep = startDownload(sleeper.effects, world.input);
  while (sleeper.writtenBytes() === 0) await oneTurn(world.clock);
  const before = sleeper.writtenBytes();
  await removeClaims(world);
  world.clock.jumpWallTime(SLEPT_MS);
  const awake = startDownload(world.boot({}).effects, world.input);
  await untilEnd(world.clock, Promise.allSettled([asleep.done, awake.done]));
  const written = sleeper.writtenBytes() - before;
  const endings = `${await tagOf(asleep.done)}, ${await tagOf(awake.done)}`;
  const found = world.disk.contentOf(TARGET) ?? new Uint8Array();
  return [
    ...(written === 0 ? [] : [`wrote ${written} bytes after it had lost its claim`]),
    // Lost, when the other one had only begun to ask for it.
    ...(/^(Busy|ClaimLost), renamed$/.test(endings) ? [] : [`they ended: ${endings}`]),
    ...(Buffer.compare(found, world.content()) === 0 ? [] : ['the target is wrong']),
  ];
};

/** As one does who takes their owner for dead. */
const removeClaims = async ({ disk }: SpecWorld): Promise<void> => {
  for (const path of disk.paths().filter((it) => it.endsWith('.claim'))) {
    await disk.files.remove(path)();
  }
};

/** How a download ended, in one word. */
export const tagOf = (done: Promise<unknown>): Promise<string> =>
  done.then(
    () => 'renamed',
    (thrown: unknown) => (thrown instanceof DownloadFailed ? thrown.error._tag : String(thrown)),
  );
