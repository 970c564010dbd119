/** Lives in worlds until a law breaks, without making the world smaller: is there anything wrong? */
import { drawWorlds } from './explore.ts';
import { violations } from './laws.ts';
import { live } from './life.ts';
import { lifeOfSupplanted } from './supplanted.ts';
import type { WorldSpec } from './world-spec.ts';

export interface Attempt {
  /** So many worlds were lived in. */
  readonly worlds: number;
  /** The law that the last of them broke, in words; null: none did. */
  readonly broken: string | null;
}

/** @param where Only in worlds of which this is true; so many are drawn until there are enough. */
export const attemptIn = async (
  seed: number,
  worldsMax: number,
  where: ((spec: WorldSpec) => boolean) | null = null,
): Promise<Attempt> => {
  let worlds = 0;
  const drawn = drawWorlds(seed, where === null ? worldsMax : DRAWN_FOR_ONE * worldsMax);
  for (const spec of where === null ? drawn : drawn.filter(where)) {
    if (worlds === worldsMax) break;
    worlds += 1;
    const [first] = violations(await live(spec));
    if (first !== undefined) return { worlds, broken: first.law };
  }
  return { worlds, broken: null };
};

/** The same in lives of two processes. */
export const attemptSupplanted = async (seed: number): Promise<Attempt> => {
  const [broken = null] = await lifeOfSupplanted(seed);
  return { worlds: 1, broken };
};

const DRAWN_FOR_ONE = 100;
