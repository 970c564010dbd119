/** One simulated life of a download: runs, interruptions, and what was seen of them. */
import { filesOfOurs } from './leftovers.ts';
import { meddle } from './meanwhile.ts';
import type { Onlooker } from './onlooker.ts';
import { type Run, runOnce } from './run-once.ts';
import { buildWorld, type SpecWorld, TARGET } from './spec-world.ts';
import { isCrash, type WorldSpec } from './world-spec.ts';

export interface Life {
  readonly spec: WorldSpec;
  readonly runs: ReadonlyArray<Run>;
  readonly end: {
    readonly how: Run['ending'];
    /** What stands under the target's name, in words. */
    readonly target: string;
    readonly isIdentical: boolean;
    readonly isIdenticalAfterPowerCut: boolean;
    /** Files that should be gone. */
    readonly leftovers: ReadonlyArray<string>;
  };
}

/** Lives the life that a specification describes. The same specification, the same life. */
export const live = async (spec: WorldSpec, onlooker: Onlooker = {}): Promise<Life> => {
  const world = buildWorld(spec, onlooker.say);
  const runs: Array<Run> = [];
  let isOver = false;
  const run = async (interruption: WorldSpec['interruptions'][number] | null): Promise<void> => {
    const seen = await runOnce(world, interruption, onlooker.watch);
    runs.push(seen);
    isOver = seen.ending === 'renamed' || seen.ending === 'hangs';
  };
  for (const interruption of spec.interruptions) {
    if (isOver) break;
    await run(interruption);
    if (!isOver && isCrash(interruption)) {
      await world.aside(() => meddle(world, interruption.meanwhile));
    }
  }
  if (!isOver) {
    world.say('From here on nothing goes wrong.');
    world.heal();
    for (let more = 0; !isOver && more < RUNS_UNHARMED_MAX; more++) await run(null);
  }
  return { spec, runs, end: endOf(world, runs.at(-1) ?? null) };
};

/**
 * The first run without hardship may still find that the object is another one than that whose
 * bytes it needs; the next begins with that.
 */
const RUNS_UNHARMED_MAX = 2;

const endOf = (world: SpecWorld, last: Run | null): Life['end'] => {
  const found = world.disk.contentOf(TARGET);
  const expected = last?.success == null ? null : world.contentWith(last.success.crc64);
  const leftovers = filesOfOurs(world).filter((path) => path !== TARGET);
  world.crash('powerLost');
  return {
    how: last?.ending ?? 'hangs',
    target: found === null ? 'is missing' : `has ${found.length} bytes`,
    isIdentical: isSame(found, expected),
    isIdenticalAfterPowerCut: isSame(world.disk.contentOf(TARGET), expected),
    leftovers: leftovers.map((path) => `${path} is left`),
  };
};

const isSame = (found: Uint8Array | null, expected: Uint8Array | null): boolean =>
  found !== null && expected !== null && Buffer.compare(found, expected) === 0;
