/** `partwise explain`: what a resume of a target would do, and why. */
import { describeError } from '../domain/describe-error.ts';
import {
  describeVerdict,
  type ExplainedBreakpoint,
  type Explanation,
  explainTarget,
  formatSize,
  type ObjectVersion,
} from '../index.ts';
import { DONE, exitCodeOf } from './exit-codes.ts';
import { ageWords } from './housekeeping-words.ts';
import { writeJson } from './json-lines.ts';
import type { Io } from './output.ts';
import { refuseStore, refuseTarget, tellThrown } from './tell-failure.ts';
import { countWords, formatAmount, verdictLine } from './words.ts';

export interface ExplainRequest {
  readonly target: string;
  readonly verify?: true;
  readonly store?: string;
  readonly json?: true;
}

/** Explains. Returns the exit code: that of `Busy` when somebody is downloading it. */
export const explainCommand = async (
  { target, verify, store, json }: ExplainRequest,
  io: Io,
): Promise<number> => {
  try {
    refuseStore(store);
    refuseTarget(target);
    const explanation = await explainTarget(target, { store, verify });
    if (json) writeJson(io.stdout, { type: 'explained', ...explanation });
    else for (const line of explanationLines(explanation)) io.stdout.line(line);
    const owned = explanation.breakpoints.find(({ owner }) => owner !== null);
    return owned?.owner ? exitCodeOf({ _tag: 'Busy', ...owned.owner }) : DONE;
  } catch (thrown) {
    return tellThrown(thrown, { json, io });
  }
};

const explanationLines = (explanation: Explanation): ReadonlyArray<string> => {
  const { target, breakpoints, unreadable, orphans } = explanation;
  const none = breakpoints.length === 0 ? [`No breakpoint: a get to ${target} starts afresh.`] : [];
  const unknown = breakpoints.length === 0 && unreadable > 0;
  return [
    ...none,
    ...breakpoints.flatMap((it) => [target, ...breakpointLines(it)]),
    ...(unknown ? [`${countWords(unreadable, 'breakpoint')} cannot be read: see list.`] : []),
    ...orphans.map((path) => `No breakpoint names ${path}: clean --orphans removes it.`),
  ];
};

const breakpointLines = (it: ExplainedBreakpoint): ReadonlyArray<string> => {
  const { recorded, size, partsDone, partsTotal, ageMs, obstacle, wouldAsk, check } = it;
  const parts = `${partsDone} of ${countWords(partsTotal, 'part')}`;
  const lines = [
    `from ${it.label}`,
    `${formatAmount(recorded, size)} on record, ${parts}; last touched ${ageWords(ageMs)} ago.`,
    verdictWords(it),
    obstacle === null ? null : `First it would fail: ${describeError(obstacle)}`,
    wouldAsk === null ? null : askWords(wouldAsk),
    check === null ? null : checkWords(check),
  ];
  return lines.filter((line) => line !== null).map((line) => `  ${line}`);
};

const verdictWords = ({ verdict, size, isFinal, isInPlace }: ExplainedBreakpoint): string => {
  if (verdict._tag !== 'Resumed' || !isFinal) {
    return verdictLine(verdict, size) ?? describeVerdict(verdict);
  }
  return isInPlace
    ? 'The file is in place: reads it back, and removes the journal. Asks no server.'
    : 'Every byte was proven: reads them back, and renames the file. Asks no server.';
};

const askWords = ({ etag, lastModified, versionId, size }: ObjectVersion): string => {
  const validator =
    versionId !== null
      ? `version ${versionId}`
      : etag !== null
        ? `ETag ${etag}`
        : `of ${lastModified ?? 'an unknown date'}`;
  const much = size === null ? '' : `, ${formatSize(size)}`;
  return `Asks the server whether the object is still ${validator}${much}.`;
};

const checkWords = ({ read, damaged }: NonNullable<ExplainedBreakpoint['check']>): string => {
  const much = formatSize(read);
  if (damaged.length === 0) return `Read back ${much}: all is on disk as recorded.`;
  const some = damaged.slice(0, DAMAGED_SHOWN).join(', ');
  const more = damaged.length > DAMAGED_SHOWN ? ', …' : '';
  const count = countWords(damaged.length, 'part');
  return `Read back ${much}: ${count} not as recorded (${some}${more}); would be fetched again.`;
};

const DAMAGED_SHOWN = 10;
