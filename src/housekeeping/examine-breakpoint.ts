/** One breakpoint as people may see it: what it is of, how far it came, whose it is. */
import { lengthOf } from '../domain/byte-range.ts';
import { type Bytes, bytes } from '../domain/bytes.ts';
import type { DownloadError } from '../domain/errors.ts';
import { rangeOfPart } from '../domain/plan.ts';
import type { Verdict } from '../domain/verdict.ts';
import type { FileFacts } from '../effects/file-system.ts';
import { E } from '../fp.ts';
import type { Breakpoint } from '../store/breakpoint.ts';
import { breakpointKey } from '../store/breakpoint-key.ts';
import type { BreakpointReading } from '../store/breakpoint-store.ts';
import type { ClaimOwner } from '../store/claims.ts';
import { judgeBreakpoint } from '../store/judge-breakpoint.ts';
import { type LocatedFile, locatePartFile, recordedPath } from '../transfer/locate-part-file.ts';
import type { HousekeepingEffects, Result } from './housekeeping-effects.ts';

/** Something under a key of the store of which no download can be told. */
export interface UnreadableBreakpoint {
  readonly _tag: 'Unreadable';
  readonly key: string;
  readonly owner: ClaimOwner | null;
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
  /** Null: nobody alive has it open. */
  readonly owner: ClaimOwner | null;
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

export type ListedBreakpoint = ReadableBreakpoint | UnreadableBreakpoint;

export interface Examined {
  readonly listed: ListedBreakpoint;
  readonly reading: BreakpointReading;
  /** Where the bytes are; null: nowhere, or not to be read. */
  readonly located: LocatedFile | null;
}

/**
 * Looks at what is under a key. Right null: nothing.
 *
 * Errors: `DiskFailed`, when journal, claims, part file or target cannot be looked at.
 */
export const examineBreakpoint = async (
  effects: HousekeepingEffects,
  key: string,
): Result<Examined | null> => {
  const owner = await effects.claims.ownerOf(key)();
  return E.isLeft(owner) ? owner : describeBreakpoint(effects, key, owner.right);
};

/** As `examineBreakpoint`, for who knows the owner already. */
export const describeBreakpoint = async (
  effects: HousekeepingEffects,
  key: string,
  owner: ClaimOwner | null,
): Result<Examined | null> => {
  const read = await effects.breakpoints.read(key)();
  if (E.isLeft(read)) return read;
  const reading = read.right;
  if (reading._tag === 'Absent') return E.right(null);
  const unreadable = (because: 'foreign' | 'misnamed'): Examined => ({
    listed: { _tag: 'Unreadable', key, owner, because },
    reading,
    located: null,
  });
  if (reading._tag === 'Foreign') return E.right(unreadable('foreign'));
  const { header } = reading.breakpoint;
  const { identity, target } = header;
  // Claims of another name protect nothing: whoever has the download open holds its own.
  if (breakpointKey(identity, target) !== key) return E.right(unreadable('misnamed'));

  const located = await locatePartFile(effects.files, reading, target);
  if (E.isLeft(located)) return located;
  const inPlace = await effects.files.facts(target)();
  if (E.isLeft(inPlace)) return inPlace;
  const recorded = await recordedPartFile(effects, reading, header.partFile.path);
  if (E.isLeft(recorded)) return recorded;

  const { version, plan } = header;
  const partFile = located.right?.facts ?? null;
  const judged = judgeBreakpoint({ identity, target, reading, partFile, version, plan });
  const touchedAtMs = Math.max(reading.breakpoint.touchedAtMs, partFile?.modifiedAtMs ?? 0);
  const listed: ReadableBreakpoint = {
    ...factsOf(reading.breakpoint),
    touchedAtMs,
    key,
    owner,
    partFile: recorded.right,
    ageMs: Math.max(0, effects.clock.wallTime() - touchedAtMs),
    isInPlace: isPartFileOf(reading.breakpoint, inPlace.right),
    verdict: owner === null ? judged : { _tag: 'Owned', ...owner },
  };
  return E.right({ listed, reading, located: located.right });
};

/** Of which target is what could not be examined? Null: nobody knows. */
export const recordedTarget = async (
  { breakpoints }: HousekeepingEffects,
  key: string,
): Promise<string | null> => {
  const reading = await breakpoints.read(key)();
  const isFound = E.isRight(reading) && reading.right._tag === 'Found';
  return isFound ? reading.right.breakpoint.header.target : null;
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
  reading: BreakpointReading & { readonly _tag: 'Found' },
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

const isPartFileOf = ({ header }: Breakpoint, facts: FileFacts | null): boolean =>
  facts?.kind === 'file' &&
  facts.identity === header.partFile.identity &&
  facts.size === header.plan.size;
