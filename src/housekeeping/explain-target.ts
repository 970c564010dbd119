/** What a resume of a target would do, and why. The network is not asked. */
import { dirname } from 'node:path';
import type { Bytes } from '../domain/bytes.ts';
import { bytes } from '../domain/bytes.ts';
import type { DownloadError } from '../domain/errors.ts';
import type { ObjectVersion } from '../domain/object-version.ts';
import { type PartNumber, rangeOfPart } from '../domain/plan.ts';
import { E, pipe, TE } from '../fp.ts';
import { checkSpace } from '../transfer/check-space.ts';
import { rehash } from '../transfer/rehash.ts';
import {
  type Examined,
  examineBreakpoint,
  type ReadableBreakpoint,
  recordedTarget,
} from './examine-breakpoint.ts';
import { findOrphans } from './find-orphans.ts';
import type { HousekeepingEffects, Result } from './housekeeping-effects.ts';

export interface ExplainRequest {
  /** Absolute path. */
  readonly target: string;
  /** Read back what is recorded, and compare? */
  readonly verify: boolean;
}

export interface Explanation {
  readonly target: string;
  /** One for each source that was being downloaded to the target; none: it would start afresh. */
  readonly breakpoints: ReadonlyArray<ExplainedBreakpoint>;
  /** Breakpoints that could not be read: nobody knows of which targets they are. */
  readonly unreadable: number;
  /** Part files beside the target that no breakpoint names. */
  readonly orphans: ReadonlyArray<string>;
}

export interface ExplainedBreakpoint extends ReadableBreakpoint {
  /** The server would be asked whether the object is still this; null: it would not be asked. */
  readonly wouldAsk: ObjectVersion | null;
  /** What would stop it at once: a folder that is gone, a disk without room. */
  readonly obstacle: DownloadError | null;
  /** What was read back; null: that was not asked for, or there is nothing to believe. */
  readonly check: DiskCheck | null;
}

export interface DiskCheck {
  /** Bytes that were read. */
  readonly read: Bytes;
  /** Parts that are not on disk as recorded: a resume fetches them again. Ascending. */
  readonly damaged: ReadonlyArray<PartNumber>;
}

/**
 * Explains every breakpoint of a target.
 *
 * Errors: `DiskFailed`; `Interrupted` when `signal` aborts a check.
 */
export const explainTarget = async (
  effects: HousekeepingEffects,
  { target, verify }: ExplainRequest,
  signal: AbortSignal,
): Result<Explanation> => {
  const keys = await effects.breakpoints.list()();
  if (E.isLeft(keys)) return keys;
  const breakpoints: Array<ExplainedBreakpoint> = [];
  let unreadable = 0;
  for (const key of keys.right) {
    const examined = await examineBreakpoint(effects, key);
    if (E.isLeft(examined) && (await recordedTarget(effects, key)) === target) return examined;
    const listed = E.isRight(examined) ? examined.right?.listed : null;
    if (listed === null || listed?._tag === 'Unreadable') unreadable += 1;
    if (E.isLeft(examined) || examined.right === null) continue;
    if (listed?._tag !== 'Readable' || listed.target !== target) continue;
    const explained = await explain(effects, examined.right, listed, verify, signal);
    if (E.isLeft(explained)) return explained;
    breakpoints.push(explained.right);
  }
  const orphans = await findOrphans(effects, [dirname(target)]);
  const beside = E.isRight(orphans) ? orphans.right.partFiles.map(({ path }) => path) : [];
  const named = beside.filter((path) => path.startsWith(`${target}.`));
  return E.right({ target, breakpoints, unreadable, orphans: named });
};

const explain = async (
  effects: HousekeepingEffects,
  examined: Examined,
  listed: ReadableBreakpoint,
  verify: boolean,
  signal: AbortSignal,
): Result<ExplainedBreakpoint> => {
  const { reading, located } = examined;
  const isRecalled = listed.isFinal && located !== null;
  const version = reading._tag === 'Found' ? reading.breakpoint.header.version : null;
  const isWanted = verify && listed.verdict._tag === 'Resumed';
  const check = isWanted ? await readBack(effects, examined, signal) : E.right(null);
  if (E.isLeft(check)) return check;
  return E.right({
    ...listed,
    wouldAsk: isRecalled || listed.owner !== null ? null : version,
    obstacle: await obstacleTo(effects, listed, located?.facts.allocated ?? bytes(0)),
    check: check.right,
  });
};

const obstacleTo = async (
  { folders }: HousekeepingEffects,
  { target, size, owner }: ReadableBreakpoint,
  allocated: Bytes,
): Promise<DownloadError | null> => {
  if (owner !== null) return null; // It is being downloaded: that is the answer.
  const checked = await pipe(
    folders.checkWritable(dirname(target)) as TE.TaskEither<DownloadError, void>,
    TE.flatMap(() => checkSpace(folders, target, size ?? bytes(0), allocated)),
  )();
  return E.isLeft(checked) ? checked.left : null;
};

/** Reads every recorded byte, as a resume would. */
const readBack = async (
  effects: HousekeepingEffects,
  { reading, located }: Examined,
  signal: AbortSignal,
): Result<DiskCheck | null> => {
  if (reading._tag !== 'Found' || located === null) return E.right(null);
  const { header, facts } = reading.breakpoint;
  const crc64Of = await effects.loadCrc64();
  const opened = await effects.files.open(located.path)();
  if (E.isLeft(opened)) return opened;
  const file = opened.right;
  const damaged: Array<PartNumber> = [];
  let read = 0;
  try {
    for (const { part, length, crc64 } of facts.values()) {
      const { start } = rangeOfPart(header.plan, part);
      const actual = await rehash(file, start, length, crc64Of, signal);
      if (E.isLeft(actual)) return actual;
      if (actual.right !== crc64) damaged.push(part);
      read += length;
    }
  } finally {
    await file.close()();
  }
  return E.right({ read: bytes(read), damaged: damaged.sort((a, b) => a - b) });
};
