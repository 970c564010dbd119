/**
 * What can be said of a download before anything is asked of the network: could the file be
 * created, may its name be taken, and did a former run leave nothing but the rename to do?
 */
import { dirname } from 'node:path';
import type { DiskPolicy } from '../domain/disk-policy.ts';
import type { DownloadError } from '../domain/errors.ts';
import { type FileFacts, isSameFile } from '../effects/file-system.ts';
import type { Probe } from '../effects/object-storage.ts';
import { E } from '../fp.ts';
import { breakpointKey } from '../store/breakpoint-key.ts';
import type { BreakpointReading } from '../store/breakpoint-store.ts';
import { type LocatedFile, locatePartFile } from './locate-part-file.ts';
import type { WorkspaceEffects } from './workspace.ts';

export interface SurveyRequest {
  readonly identity: string;
  /** Absolute path. */
  readonly target: string;
  readonly disk: DiskPolicy;
}

/**
 * Right holds what the server would say, when a breakpoint tells that every byte was there and
 * proven: then the server is not asked. Right null otherwise.
 *
 * Errors: `DiskFailed`: the folder is missing or not writable, the target is no file, or it exists
 * and must not be replaced.
 */
export const surveyTarget = async (
  effects: WorkspaceEffects,
  { identity, target, disk }: SurveyRequest,
): Promise<E.Either<DownloadError, Probe | null>> => {
  const writable = await effects.folders.checkWritable(dirname(target))();
  if (E.isLeft(writable)) return writable;
  const facts = await effects.files.facts(target)();
  if (E.isLeft(facts)) return facts;
  const reading = await effects.breakpoints.read(breakpointKey(identity, target))();
  if (E.isLeft(reading)) return reading;
  const located = await locatePartFile(effects.files, reading.right, target);
  if (E.isLeft(located)) return located;
  const refused = refusalOf(facts.right, located.right, disk);
  if (refused !== null) {
    return E.left({ _tag: 'DiskFailed', code: refused, operation: 'write', path: target });
  }
  return E.right(located.right === null ? null : finalProbe(reading.right));
};

/** Why the target's name cannot be used, as Node's code; null: it can. */
const refusalOf = (
  facts: FileFacts | null,
  located: LocatedFile | null,
  { ifExists }: DiskPolicy,
): string | null => {
  if (facts === null) return null;
  if (facts.kind === 'folder') return 'EISDIR';
  if (facts.kind === 'other') return 'ENOTSUP';
  // In place already; or a second name of the part file, when a run ended between two steps.
  const isOurs = located !== null && isSameFile(located.facts.identity, facts.identity);
  return ifExists === 'fail' && !isOurs ? 'EEXIST' : null;
};

const finalProbe = (reading: BreakpointReading): Probe | null =>
  reading._tag === 'Found' && reading.breakpoint.finalCrc64 !== null
    ? { version: reading.breakpoint.header.version, acceptsRanges: true }
    : null;
