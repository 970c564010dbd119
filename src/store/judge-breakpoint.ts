/** May a breakpoint be continued? A pure judgement over what was read and what is there now. */
import { lengthOf } from '../domain/byte-range.ts';
import { type Bytes, bytes } from '../domain/bytes.ts';
import {
  differenceBetween,
  haveCommonValidator,
  type ObjectVersion,
} from '../domain/object-version.ts';
import { type Plan, rangeOfPart } from '../domain/plan.ts';
import type { RestartReason, Verdict } from '../domain/verdict.ts';
import type { FileFacts } from '../effects/file-system.ts';
import type { Breakpoint } from './breakpoint.ts';
import type { BreakpointReading } from './breakpoint-store.ts';

export interface Evidence {
  /** Of the object that is wanted, and the path it shall have. */
  readonly identity: string;
  readonly target: string;
  readonly reading: BreakpointReading;
  /** What stands where the breakpoint's part file should be. */
  readonly partFile: FileFacts | null;
  /** What the server says now, and what would be planned from it. */
  readonly version: ObjectVersion;
  readonly plan: Plan;
}

/**
 * Concludes whether to resume, and says why not.
 *
 * A recorded plan wins over today's wishes: another part size must not cost what is there.
 */
export const judgeBreakpoint = (evidence: Evidence): Verdict => {
  const { reading, partFile, version, plan } = evidence;
  if (reading._tag === 'Absent') return { _tag: 'Fresh' };
  if (reading._tag === 'Foreign') return restarted({ _tag: 'ForeignFormat' });
  const { breakpoint, tornAt } = reading;
  const { header } = breakpoint;
  const isAnother = header.identity !== evidence.identity || header.target !== evidence.target;
  if (isAnother) return restarted({ _tag: 'AnotherDownload' });
  const because =
    judgeObject(breakpoint, version, plan) ??
    judgePlan(breakpoint, version) ??
    judgePartFile(breakpoint, partFile);
  if (because !== null) return restarted(because);
  const trimmed = bytes(Math.max(0, (partFile?.size ?? 0) - (breakpoint.header.plan.size ?? 0)));
  return { _tag: 'Resumed', bytes: recordedBytes(breakpoint), tornAt, trimmed };
};

const judgeObject = (
  { header }: Breakpoint,
  version: ObjectVersion,
  plan: Plan,
): RestartReason | null => {
  const difference = differenceBetween(header.version, version);
  if (difference !== null) return { _tag: 'ObjectChanged', difference };
  if (!haveCommonValidator(header.version, version)) return { _tag: 'NoValidator' };
  return plan.acceptsRanges ? null : { _tag: 'NoRanges' };
};

const judgePlan = ({ header, facts }: Breakpoint, version: ObjectVersion): RestartReason | null => {
  const { plan } = header;
  const isCut =
    plan.strategy === 'parts' &&
    plan.size !== null &&
    plan.size === version.size &&
    plan.partSize > 0 &&
    plan.partCount === Math.ceil(plan.size / plan.partSize);
  const isWithin = [...facts.values()].every(
    ({ part, length }) =>
      part >= 1 && part <= plan.partCount && length <= lengthOf(rangeOfPart(plan, part)),
  );
  return isCut && isWithin ? null : { _tag: 'PlanInvalid' };
};

const judgePartFile = (
  { header }: Breakpoint,
  partFile: FileFacts | null,
): RestartReason | null => {
  const expected = header.plan.size ?? bytes(0);
  if (partFile === null || partFile.kind !== 'file') return { _tag: 'PartFileMissing' };
  if (partFile.identity !== header.partFile.identity) return { _tag: 'PartFileReplaced' };
  const { size } = partFile;
  return size < expected ? { _tag: 'PartFileShorter', size, expected } : null;
};

const restarted = (because: RestartReason): Verdict => ({ _tag: 'Restarted', because });

const recordedBytes = ({ facts }: Breakpoint): Bytes =>
  bytes([...facts.values()].reduce((sum, { length }) => sum + length, 0));
