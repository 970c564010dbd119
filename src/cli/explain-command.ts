/** `partwise explain`: what a resume of a target would do, and why. */
import { dirname } from 'node:path';
import { describeError } from '../domain/describe-error.ts';
import {
  type DownloadError,
  describeVerdict,
  type ExplainedBreakpoint,
  type Explanation,
  explainTarget,
  formatSize,
  type ObjectVersion,
  type UnreadableBreakpoint,
} from '../index.ts';
import { DONE, exitCodeOf } from './exit-codes.ts';
import {
  ageWords,
  cleanHint,
  nameOf,
  orphanWords,
  ownerWords,
  unreadableWords,
} from './housekeeping-words.ts';
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

/**
 * Explains. Returns the exit code: that of `Busy` when somebody is downloading it, and that of the
 * disk's error when this hides whether there is a breakpoint.
 */
export const explainCommand = async (
  { target, verify, store, json }: ExplainRequest,
  io: Io,
): Promise<number> => {
  try {
    refuseStore(store);
    refuseTarget(target);
    const explanation = await explainTarget(target, { store, verify });
    if (json) writeJson(io.stdout, { type: 'explained', ...explanation });
    else for (const line of explanationLines(explanation, store)) io.stdout.line(line);
    return exitCodeFor(explanation);
  } catch (thrown) {
    return tellThrown(thrown, { json, io });
  }
};

const exitCodeFor = ({ owner, breakpoints, unreadable, target }: Explanation): number => {
  if (owner !== null) return exitCodeOf({ _tag: 'Busy', host: owner.host, pid: owner.pid });
  const failures = unreadable.filter(isFailed);
  const failure = failures.find((it) => it.target === target) ?? failures[0];
  const isHidden = breakpoints.length === 0 || failure?.target === target;
  return failure !== undefined && isHidden ? exitCodeOf(failure.because) : DONE;
};

type FailedBreakpoint = UnreadableBreakpoint & { readonly because: DownloadError };

/** Is it the disk that says no? Else it is known to be of no use to anybody. */
const isFailed = (it: UnreadableBreakpoint): it is FailedBreakpoint =>
  typeof it.because !== 'string';

const explanationLines = (
  explanation: Explanation,
  store: string | undefined,
): ReadonlyArray<string> => {
  const { target, breakpoints, orphans, leftovers } = explanation;
  const left = leftovers.map(
    ({ path, size }) =>
      `A process that is gone left ${path} (${formatSize(size)}): ` +
      `${cleanHint(dirname(path), store)} removes it, and so does a get.`,
  );
  return [
    ...(breakpoints.length === 0
      ? unknownLines(explanation)
      : breakpoints.flatMap((it) => [target, ...breakpointLines(it)])),
    ...unreadableLines(explanation),
    ...left,
    ...orphans.map((it) => orphanWords(it, store)),
  ];
};

/** What can be said of a target of which no journal can be read. */
const unknownLines = (explanation: Explanation): ReadonlyArray<string> => {
  const { target, owner, unreadable, obstacle } = explanation;
  if (owner !== null) {
    return [target, `  ${ownerWords(owner)}`, '  No journal speaks of it, or not yet.'];
  }
  if (unreadable.some(isFailed)) return [`What a get to ${target} would do cannot be told.`];
  const words =
    unreadable.length === 0
      ? `No breakpoint: a get to ${target} starts afresh.`
      : `A get to ${target} starts afresh: no journal that can be read is of it.`;
  return obstacle === null ? [words] : [words, `  ${obstacleWords(obstacle)}`];
};

/** Which journals may be of the target, where that matters. */
const unreadableLines = ({ breakpoints, unreadable }: Explanation): ReadonlyArray<string> =>
  unreadable
    .filter((it) => breakpoints.length === 0 || isFailed(it))
    .map((it) => `Not to be read: ${nameOf(it)}: ${unreadableWords(it.because)}`);

const obstacleWords = (obstacle: DownloadError): string =>
  `First it would fail: ${describeError(obstacle)}`;

const breakpointLines = (it: ExplainedBreakpoint): ReadonlyArray<string> => {
  const { recorded, size, partsDone, partsTotal, ageMs, obstacle, wouldAsk, check, owner } = it;
  const parts = `${partsDone} of ${countWords(partsTotal, 'part')}`;
  const lines = [
    `from ${it.label}`,
    `${formatAmount(recorded, size)} on record, ${parts}; last touched ${ageWords(ageMs)} ago.`,
    owner === null ? verdictWords(it) : ownerWords(owner),
    obstacle === null ? null : obstacleWords(obstacle),
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
