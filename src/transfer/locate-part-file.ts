/** Where the bytes of a breakpoint are, if they are anywhere. */
import type { DownloadError } from '../domain/errors.ts';
import type { FileFacts, FileSystem } from '../effects/file-system.ts';
import { E } from '../fp.ts';
import type { BreakpointReading } from '../store/breakpoint-store.ts';

export interface LocatedFile {
  readonly path: string;
  readonly facts: FileFacts;
}

/** The part file of a target: eight hex digits tell it from those of other downloads. */
export const partFileName = (target: string, suffix: string): string => `${target}.${suffix}.part`;

/**
 * The path that a breakpoint names; null when it names none, or one that we would not have made
 * for this target: a record must never make us write to a stranger's file, or remove it.
 */
export const recordedPath = (reading: BreakpointReading, target: string): string | null => {
  if (reading._tag !== 'Found') return null;
  const { path } = reading.breakpoint.header.partFile;
  const suffix = path.startsWith(target) ? path.slice(target.length) : '';
  return /^\.[0-9a-f]{8}\.part$/.test(suffix) ? path : null;
};

/**
 * The recorded part file; or the target itself, when a run ended between the rename and the end of
 * its breakpoint: then it is read back in place. Right null when there is neither.
 */
export const locatePartFile = async (
  files: FileSystem,
  reading: BreakpointReading,
  target: string,
): Promise<E.Either<DownloadError, LocatedFile | null>> => {
  const recorded = recordedPath(reading, target);
  if (reading._tag !== 'Found' || recorded === null) return E.right(null);
  const facts = await files.facts(recorded)();
  if (E.isLeft(facts)) return facts;
  if (facts.right !== null) return E.right({ path: recorded, facts: facts.right });
  const renamed = await files.facts(target)();
  if (E.isLeft(renamed)) return renamed;
  const { plan, partFile } = reading.breakpoint.header;
  const isOurs = renamed.right?.identity === partFile.identity && renamed.right.size === plan.size;
  return E.right(isOurs && renamed.right !== null ? { path: target, facts: renamed.right } : null);
};
