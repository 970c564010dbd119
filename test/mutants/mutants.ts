/**
 * Faults planted in the product, each one that a person could make: the laws of the simulation have
 * to notice every one of them. A survivor means that a law, or a hardship, is missing.
 *
 * `find` stands once in the source, and once in what is compiled from it: an expression without
 * types, in which a blank stands for any white space.
 */
import { isCrash, type WorldSpec } from '../simulation/world-spec.ts';

export interface Mutant {
  readonly name: string;
  /** Below `src`. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  /** What it would break. */
  readonly says: string;
  /** The worlds in which it is looked for, where most have no chance to find it. */
  readonly where?: (spec: WorldSpec) => boolean;
  /** It takes two processes to find it. Default: false. */
  readonly takesTwo?: boolean;
}

/** From the fourth on syncs are those of checkpoints. */
const failsToSync = ({ disk, interruptions }: WorldSpec): boolean =>
  disk.some(({ kind, call }) => kind === 'syncFails' && call > 3) &&
  interruptions.some(({ kind }) => kind === 'powerLost');

/** Killed while the journal begins, and then without power while the next run goes on from it. */
const killedInBegin = ({ interruptions: [first, second] }: WorldSpec): boolean =>
  first?.kind === 'killed' &&
  first.at > 0.25 &&
  first.at < 0.44 &&
  second?.kind === 'powerLost' &&
  second.at < 0.6;

export const MUTANTS: ReadonlyArray<Mutant> = [
  {
    name: 'recorded before synced',
    file: 'transfer/checkpointer.ts',
    find: 'await file.datasync()()',
    replace: 'E.right(undefined)',
    says: 'the journal speaks of bytes that a power cut takes away',
  },
  {
    name: 'failed sync trusted',
    file: 'transfer/checkpointer.ts',
    find: 'if (E.isLeft(synced))',
    replace: 'if (false)',
    says: 'what a failed sync covered counts as durable',
    where: failsToSync,
  },
  {
    name: 'checkpoint after a failed one',
    file: 'transfer/checkpointer.ts',
    find: 'E.isLeft(before) ? before : run()',
    replace: 'run()',
    says: 'the next sync succeeds without what the failed one should have written',
    where: failsToSync,
  },
  {
    name: 'nothing on record',
    file: 'transfer/checkpointer.ts',
    find: 'facts.length === 0',
    replace: 'true',
    says: 'an interruption costs everything',
  },
  {
    name: 'journal not synced',
    file: 'store/breakpoint-store.file.ts',
    find: 'file.writeAt([frame], end), TE.flatMap(() => file.datasync())',
    replace: 'file.writeAt([frame], end)',
    says: 'what was told to be durable is not on record after a power cut',
  },
  {
    name: 'journal without a durable name',
    file: 'store/breakpoint-store.file.ts',
    find: 'TE.flatMap(() => options.folders.sync(options.folder))',
    replace: 'TE.map(() => undefined)',
    says: 'a power cut takes the journal and leaves the part file',
  },
  {
    name: 'torn tail believed',
    file: 'store/journal.ts',
    find: 'BigInt(actual) !== view.getBigUint64(at + 4, true)',
    replace: 'false',
    says: 'a frame that a power cut has torn counts as a record',
  },
  {
    name: 'appended behind a torn tail',
    file: 'store/breakpoint-store.file.ts',
    find: 'bytes(readJournal(content.right, checksum)?.validLength ?? 0)',
    replace: 'bytes(content.right.length)',
    says: 'what is recorded from then on is never read',
    where: ({ interruptions }) =>
      interruptions.some((it) => isCrash(it) && it.meanwhile === 'journalTorn'),
  },
  {
    name: 'rename without a sync of its folder',
    file: 'transfer/end-workspace.ts',
    find: 'TE.flatMap(() => effects.folders.sync(dirname(target)))',
    replace: 'TE.map(() => undefined)',
    says: 'a power cut takes back a name that was reported',
  },
  {
    name: 'journal ends before the rename',
    file: 'transfer/end-workspace.ts',
    find: 'TE.flatMap(() => claim.confirm())',
    replace: 'TE.flatMap(() => claim.confirm()), TE.flatMap(() => effects.breakpoints.remove(key))',
    says: 'a crash in between leaves a part file that nothing speaks of',
  },
  {
    name: 'last part taken for whole',
    file: 'transfer/workspace.ts',
    find: 'ledger.factOf(part).length === lengthOf(rangeOfPart(plan, part))',
    replace:
      '(part === plan.partCount || ledger.factOf(part).length === lengthOf(rangeOfPart(plan, part)))',
    says: 'the last part is never fetched',
  },
  {
    name: 'checksums combined with the wrong length',
    file: 'domain/crc64.ts',
    find: 'powerForLength(lengthOfB)',
    replace: 'powerForLength(lengthOfB + 1)',
    says: 'the CRC-64 of the whole is wrong',
  },
  {
    name: 'checksum not compared',
    file: 'transfer/check-integrity.ts',
    find: 'expected !== actual',
    replace: 'false',
    says: 'a flipped byte is reported as success',
  },
  {
    name: 'retry from the start of the part',
    file: 'transfer/fetch-part.ts',
    find: 'afterFirst(rangeOfPart(plan, part), done)',
    replace: 'rangeOfPart(plan, part)',
    says: 'what is on record is fetched again, behind what is there',
  },
  {
    name: 'retry one byte too far',
    file: 'domain/byte-range.ts',
    find: 'range.start + length',
    replace: 'range.start + length + (length > 0 ? 1 : 0)',
    says: 'a byte is missing where a retry went on',
  },
  {
    name: 'every batch written at the same place',
    file: 'transfer/part-writer.ts',
    find: 'position = bytes(position + length)',
    replace: 'position = bytes(position)',
    says: 'a part is the last of its batches',
  },
  {
    name: 'failed write counted as written',
    file: 'transfer/part-writer.ts',
    find: 'if (E.isLeft(written))',
    replace: 'if (false)',
    says: 'bytes that never reached the disk are recorded',
  },
  {
    name: 'last batch forgotten',
    file: 'transfer/part-writer.ts',
    find: 'E.isLeft(before) || batchLength === 0',
    replace: 'E.isLeft(before) || batchLength < full',
    says: 'what does not fill a batch is never written',
  },
  {
    name: 'read back and not compared',
    file: 'transfer/verify-part.ts',
    find: 'actual.right === crc64',
    replace: 'true',
    says: 'rotten bytes become part of the file',
  },
  {
    name: 'damaged part not fetched again',
    file: 'machines/download-steps.ts',
    find: ': withPart(context.pending, event.part)',
    replace: ': context.pending',
    says: 'a download whose record was damaged never ends',
  },
  {
    name: 'record of another version believed',
    file: 'store/judge-breakpoint.ts',
    find: 'difference !== null',
    replace: 'false',
    says: 'old and new bytes are mixed',
    where: ({ interruptions }) =>
      interruptions.some((it) => isCrash(it) && it.meanwhile === 'objectChanged'),
  },
  {
    name: 'answer of another range accepted',
    file: 'effects/http-answer.ts',
    find: '!isSameRange(sent.right.range, range)',
    replace: 'false',
    says: 'bytes land where they do not belong',
  },
  {
    name: 'answer of another version accepted',
    file: 'effects/http-answer.ts',
    find: 'difference === null',
    replace: 'true',
    says: 'a part of another version is written',
    where: ({ network }) => network.some(({ kind }) => kind === 'wrongEtag'),
  },
  {
    name: 'paused before parts are at rest',
    file: 'machines/download-guards.ts',
    find: 'context.active.length === 0;',
    replace: 'context.active.length >= 0;',
    says: 'requests are in flight while it says it is paused',
  },
  {
    name: 'one lane too many',
    file: 'machines/download-steps.ts',
    find: 'started.length < context.settings.lanes',
    replace: 'started.length <= context.settings.lanes',
    says: 'more parts are alive than was asked for',
  },
  {
    name: 'written told as durable',
    file: 'transfer/part-ledger.ts',
    find: 'Math.min(sums.durable, sums.written)',
    replace: 'sums.written',
    says: 'a power cut takes what was told to survive one',
  },
  {
    name: 'part file emptied on resume',
    file: 'transfer/continue-workspace.ts',
    find: 'file.resize(size),',
    replace: 'file.resize(bytes(0)), TE.flatMap(() => file.resize(size)),',
    says: 'what was on record is gone',
  },
  {
    name: 'part file not found again',
    file: 'transfer/locate-part-file.ts',
    find: 'facts.right !== null)',
    replace: 'facts.right === null)',
    says: 'every interruption costs everything',
  },
  {
    name: 'dead owner never gone',
    file: 'store/claims.file.ts',
    find: "standingOf(claim, judge) === 'gone'",
    replace: 'false',
    says: 'after a crash nobody may go on',
  },
  {
    name: 'claim not confirmed',
    file: 'transfer/claim-guard.ts',
    find: 'sinceMs >= 0 && sinceMs < CONFIRMED_MS',
    replace: 'sinceMs >= 0',
    says: 'a process that slept goes on writing into what is another one’s',
    takesTwo: true,
  },
  {
    name: 'lost claim kept',
    file: 'store/claims.file.ts',
    find: 'if (touched.right) return',
    replace: 'if (true) return',
    says: 'whoever was taken for dead believes that nothing has happened',
    takesTwo: true,
  },
  {
    name: 'claim not given up',
    file: 'store/claims.file.ts',
    find: "sweepClaim(options, mine, 'remove')",
    replace: 'E.right(undefined)',
    says: 'a claim is left behind',
  },
  {
    name: 'claim without a durable name',
    file: 'store/write-claim.ts',
    find: 'files.rename(draft, path)), TE.flatMap(() => folders.sync(folder))',
    replace: 'files.rename(draft, path))',
    says: 'a power cut leaves a part file that nothing speaks of',
  },
  {
    name: 'part file of a dead owner left',
    file: 'store/sweep-claim.ts',
    find: 'facts.right === null)',
    replace: 'facts.right !== null)',
    says: 'a part file that was not recorded yet stays for ever',
  },
  {
    name: 'named part file of a dead owner removed',
    file: 'store/sweep-claim.ts',
    find: 'breakpoint.header.partFile.path === path',
    replace: 'breakpoint.header.partFile.path !== path',
    says: 'every interruption costs everything',
  },
  {
    name: 'claim gone before its breakpoint is durable',
    file: 'store/sweep-claim.ts',
    find: "named === 'remove'",
    replace: 'true',
    says: 'a kill and then a power cut leave a part file that nothing speaks of',
    where: killedInBegin,
  },
  {
    name: 'silence is never noticed',
    file: 'machines/download-machine.ts',
    find: "type: 'stall', error: event.error",
    replace: "type: 'suspend', error: event.error",
    says: 'a stalled part is taken for one that was asked to rest',
  },
  {
    name: 'what is given up is kept',
    file: 'machines/download-steps.ts',
    find: "intent !== 'cancel' || keep",
    replace: 'true',
    says: 'a cancelled download leaves its files',
  },
];
