/** Where the bytes of a breakpoint are, if they are anywhere. */
import type { DownloadError } from '../domain/errors.ts';
import { isPartFileOf } from '../domain/part-file-name.ts';
import { type FileFacts, type FileSystem, isSameFile } from '../effects/file-system.ts';
import { E } from '../fp.ts';
import type { Breakpoint } from '../store/breakpoint.ts';
import type { BreakpointReading } from '../store/breakpoint-store.ts';

export interface LocatedFile {
  readonly path: string;
  /** With the identity on record, where it is the same file. */
  readonly facts: FileFacts;
}

/**
 * The path that a breakpoint names; null when it names none, or one that we would not have made
 * for this target: a record must never make us write to a stranger's file, or remove it.
 */
export const recordedPath = (reading: BreakpointReading, target: string): string | null => {
  if (reading._tag !== 'Found') return null;
  const { path } = reading.breakpoint.header.partFile;
  return isPartFileOf(target, path) ? path : null;
};

/**
 * The recorded part file; or the target itself, when a run ended between the rename and the end of
 * its breakpoint. Right null when there is neither.
 */
export const locatePartFile = async (
  files: FileSystem,
  reading: BreakpointReading,
  target: string,
): Promise<E.Either<DownloadError, LocatedFile | null>> => {
  const recorded = recordedPath(reading, target);
  if (reading._tag !== 'Found' || recorded === null) return E.right(null);
  const { breakpoint } = reading;
  const facts = await files.facts(recorded)();
  if (E.isLeft(facts)) return facts;
  if (facts.right !== null) {
    return E.right({ path: recorded, facts: asRecorded(breakpoint, facts.right) });
  }
  const renamed = await files.facts(target)();
  if (E.isLeft(renamed)) return renamed;
  const isOurs = renamed.right !== null && isInPlace(breakpoint, renamed.right);
  return E.right(
    isOurs ? { path: target, facts: asRecorded(breakpoint, renamed.right as FileFacts) } : null,
  );
};

/**
 * Is what stands under the target's name the renamed part file? Only after every byte was proven,
 * and nothing took that back, a part file is renamed: before that it is somebody else's file, even
 * if it has got the inode of a part file that was removed.
 */
export const isInPlace = ({ header, finalCrc64 }: Breakpoint, facts: FileFacts): boolean =>
  finalCrc64 !== null &&
  facts.kind === 'file' &&
  facts.size === header.plan.size &&
  isSameFile(facts.identity, header.partFile.identity);

const asRecorded = ({ header: { partFile } }: Breakpoint, facts: FileFacts): FileFacts =>
  isSameFile(facts.identity, partFile.identity) ? { ...facts, identity: partFile.identity } : facts;
