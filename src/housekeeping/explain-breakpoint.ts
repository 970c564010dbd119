/** What a resume of one breakpoint would do, and whether the disk still holds what is recorded. */
import { type Bytes, bytes } from '../domain/bytes.ts';
import type { DownloadError } from '../domain/errors.ts';
import type { ObjectVersion } from '../domain/object-version.ts';
import { type PartNumber, rangeOfPart } from '../domain/plan.ts';
import { E } from '../fp.ts';
import { checkSpace } from '../transfer/check-space.ts';
import { rehash } from '../transfer/rehash.ts';
import type { FoundBreakpoint, ReadableBreakpoint } from './examine-breakpoint.ts';
import type { HousekeepingEffects, Result } from './housekeeping-effects.ts';

export interface ExplainedBreakpoint extends ReadableBreakpoint {
  /** The server would be asked whether the object is still this; null: it would not be asked. */
  readonly wouldAsk: ObjectVersion | null;
  /** What would stop it at once: as of the target, or a disk without room. */
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

export interface BreakpointQuestion {
  readonly listed: ReadableBreakpoint;
  readonly found: FoundBreakpoint;
  /** What would stop every download to the target. */
  readonly obstacle: DownloadError | null;
  /** Read back what is recorded, and compare? */
  readonly verify: boolean;
}

/** Errors: `DiskFailed`, when a check cannot read; `Interrupted` when `signal` aborts it. */
export const explainBreakpoint = async (
  effects: HousekeepingEffects,
  { listed, found, obstacle, verify }: BreakpointQuestion,
  signal: AbortSignal,
): Result<ExplainedBreakpoint> => {
  const { reading, located } = found;
  const { owner, target, size, isFinal, verdict } = listed;
  const isWanted = verify && verdict._tag === 'Resumed';
  const check = isWanted ? await readBack(effects, found, signal) : E.right(null);
  if (E.isLeft(check)) return check;
  const allocated = located?.facts.allocated ?? bytes(0);
  const space = await checkSpace(effects.folders, target, size ?? bytes(0), allocated)();
  const isSelfSufficient = isFinal && located !== null;
  const { version } = reading.breakpoint.header;
  return E.right({
    ...listed,
    wouldAsk: isSelfSufficient || owner !== null ? null : version,
    // While it is being downloaded its owner is the answer.
    obstacle: owner !== null ? null : (obstacle ?? (E.isLeft(space) ? space.left : null)),
    check: check.right,
  });
};

/** Reads every recorded byte, as a resume would. */
const readBack = async (
  effects: HousekeepingEffects,
  { reading, located }: FoundBreakpoint,
  signal: AbortSignal,
): Result<DiskCheck | null> => {
  if (located === null) return E.right(null);
  const { header, facts } = reading.breakpoint;
  const crc64Of = await effects.loadCrc64();
  const opened = await effects.files.openToRead(located.path)();
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
