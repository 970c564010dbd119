/** The files that a download has to answer for. */
import type { SpecWorld } from './spec-world.ts';
import { isCrash } from './world-spec.ts';

/** All files on the disk that somebody still speaks of. */
export const filesOfOurs = (world: SpecWorld): ReadonlyArray<string> =>
  world.disk.paths().filter((path) => !isOrphan(world, path));

/**
 * A part file that nothing speaks of: its process ended before it could record it, and then it is
 * empty, or somebody destroyed the record. `partwise list` names it.
 */
const isOrphan = ({ spec, disk }: SpecWorld, path: string): boolean => {
  if (!path.endsWith('.part')) return false;
  const isRecordDestroyed = spec.interruptions.some(
    (interruption) => isCrash(interruption) && interruption.meanwhile === 'journalTorn',
  );
  return isRecordDestroyed || (disk.contentOf(path) ?? []).every((byte) => byte === 0);
};
