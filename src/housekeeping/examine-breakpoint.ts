/** One breakpoint as people may see it: what it is of, how far it came, whose it is. */
import { lengthOf } from '../domain/byte-range.ts';
import { type Bytes, bytes } from '../domain/bytes.ts';
import type { DownloadError } from '../domain/errors.ts';
import { rangeOfPart } from '../domain/plan.ts';
import type { Verdict } from '../domain/verdict.ts';
import { E } from '../fp.ts';
import type { Breakpoint } from '../store/breakpoint.ts';
import { breakpointKey } from '../store/breakpoint-key.ts';
import type { BreakpointReading } from '../store/breakpoint-store.ts';
import type { SeenClaim } from '../store/claims.ts';
import { judgeBreakpoint } from '../store/judge-breakpoint.ts';
import {
  isInPlace,
  type LocatedFile,
  locatePartFile,
  recordedPath,
} from '../transfer/locate-part-file.ts';
import { type Claimant, claimantOf } from './claimants.ts';
import { ageSince, type HousekeepingEffects, type Result } from './housekeeping-effects.ts';
import type { JournalLook } from './look-at-store.ts';

/** Something under a key of the store of which no download can be told. */
export interface UnreadableBreakpoint {
  readonly _tag: 'Unreadable';
  readonly key: string;
  /** Of which file it is; null: nobody knows. */
  readonly target: string | null;
  readonly owner: Claimant | null;
  /** Not our format; under a name that is not its own, such as a copy; or the disk says no. */
  readonly because: 'foreign' | 'misnamed' | DownloadError;
}

export interface ReadableBreakpoint {
  readonly _tag: 'Readable';
  readonly key: string;
  /** The object, without secrets. */
  readonly label: string;
  /** Absolute path that the file shall have. */
  readonly target: string;
  readonly size: Bytes | null;
  /** Bytes on record, parts under way included. */
  readonly recorded: Bytes;
  readonly partsDone: number;
  readonly partsTotal: number;
  readonly createdAtMs: number;
  /** When the latest session began, or its part file was written last. */
  readonly touchedAtMs: number;
  /** Milliseconds since then; never below 0. */
  readonly ageMs: number;
  readonly partFile: RecordedPartFile;
  /** Null: no process has its target. */
  readonly owner: Claimant | null;
  /** Was every byte proven, and only the rename left to do? */
  readonly isFinal: boolean;
  /** Does the target have the part file's inode, so that only the journal is left? */
  readonly isInPlace: boolean;
  /** What a resume would conclude if the server said the same as then. */
  readonly verdict: Verdict;
}

export interface RecordedPartFile {
  readonly path: string;
  /** Is it a name that we would have made for the target? No other is ever removed. */
  readonly isApproved: boolean;
  /** Null: there is no such file. */
  readonly size: Bytes | null;
  /** What it takes of the disk. */
  readonly allocated: Bytes;
}

export type ExaminedBreakpoint =
  | { readonly listed: UnreadableBreakpoint; readonly found: null }
  | { readonly listed: ReadableBreakpoint; readonly found: FoundBreakpoint };

/** What a readable breakpoint was told from. */
export interface FoundBreakpoint {
  readonly reading: ReadReading;
  /** Where the bytes are; null: nowhere. */
  readonly located: LocatedFile | null;
}

type ReadReading = BreakpointReading & { readonly _tag: 'Found' };

/**
 * Examines what was read under a key. What cannot be told, the disk's refusals included, is told
 * as `Unreadable`.
 *
 * @param claims All claims of the store; none: as if it belonged to nobody.
 */
export const examineBreakpoint = async (
  effects: HousekeepingEffects,
  { key, reading }: JournalLook,
  claims: ReadonlyArray<SeenClaim>,
): Promise<ExaminedBreakpoint> => {
  const unreadable = (
    because: UnreadableBreakpoint['because'],
    target: string | null = null,
    owner: Claimant | null = null,
  ): ExaminedBreakpoint => ({
    listed: { _tag: 'Unreadable', key, target, owner, because },
    found: null,
  });
  if (E.isLeft(reading)) return unreadable(reading.left);
  if (reading.right._tag !== 'Found') return unreadable('foreign');
  const { identity, target } = reading.right.breakpoint.header;
  // Nobody resumes it, and its owner's claim protects the original only.
  if (breakpointKey(identity, target) !== key) return unreadable('misnamed', target);

  const owner = await claimantOf(effects, claims, target);
  if (E.isLeft(owner)) return unreadable(owner.left, target);
  const examined = await examineFound(effects, key, reading.right, owner.right);
  return E.isLeft(examined) ? unreadable(examined.left, target, owner.right) : examined.right;
};

const examineFound = async (
  effects: HousekeepingEffects,
  key: string,
  reading: ReadReading,
  owner: Claimant | null,
): Result<ExaminedBreakpoint> => {
  const { header } = reading.breakpoint;
  const { identity, target, version, plan } = header;
  const located = await locatePartFile(effects.files, reading, target);
  if (E.isLeft(located)) return located;
  const inPlace = await effects.files.facts(target)();
  if (E.isLeft(inPlace)) return inPlace;
  const recorded = await recordedPartFile(effects, reading, header.partFile.path);
  if (E.isLeft(recorded)) return recorded;

  const partFile = located.right?.facts ?? null;
  const judged = judgeBreakpoint({ identity, target, reading, partFile, version, plan });
  const touchedAtMs = Math.max(reading.breakpoint.touchedAtMs, partFile?.modifiedAtMs ?? 0);
  const listed: ReadableBreakpoint = {
    ...factsOf(reading.breakpoint),
    touchedAtMs,
    key,
    owner,
    partFile: recorded.right,
    ageMs: ageSince(effects.clock, touchedAtMs),
    isInPlace: inPlace.right !== null && isInPlace(reading.breakpoint, inPlace.right),
    verdict: owner === null ? judged : { _tag: 'Owned', host: owner.host, pid: owner.pid },
  };
  return E.right({ listed, found: { reading, located: located.right } });
};

type Described = 'key' | 'owner' | 'partFile' | 'touchedAtMs' | 'ageMs' | 'isInPlace' | 'verdict';

const factsOf = (breakpoint: Breakpoint): Omit<ReadableBreakpoint, Described> => {
  const { header, facts, finalCrc64 } = breakpoint;
  const { label, target, plan, createdAtMs } = header;
  const all = [...facts.values()];
  const isWithin = (part: number) => part >= 1 && part <= plan.partCount;
  const isWhole = (part: number, length: number) =>
    isWithin(part) && length === lengthOf(rangeOfPart(plan, part));
  return {
    _tag: 'Readable',
    ...{ label, target, createdAtMs, isFinal: finalCrc64 !== null },
    size: plan.size,
    recorded: bytes(all.reduce((sum, { length }) => sum + length, 0)),
    partsDone: all.filter(({ part, length }) => isWhole(part, length)).length,
    partsTotal: plan.partCount,
  };
};

const recordedPartFile = async (
  { files }: HousekeepingEffects,
  reading: ReadReading,
  path: string,
): Result<RecordedPartFile> => {
  const approved = recordedPath(reading, reading.breakpoint.header.target);
  if (approved === null) {
    return E.right({ path, isApproved: false, size: null, allocated: bytes(0) });
  }
  const facts = await files.facts(approved)();
  if (E.isLeft(facts)) return facts;
  const { size, allocated } = facts.right ?? { size: null, allocated: bytes(0) };
  return E.right({ path, isApproved: true, size, allocated });
};
