/** What is known, put into words and numbers for people. */
import type { ByteRange } from '../domain/byte-range.ts';
import { type PartNumber, rangeOfPart } from '../domain/plan.ts';
import { describeVerdict, type Verdict } from '../domain/verdict.ts';
import { commandsOf } from './commands.ts';
import type { DownloadView, PartState } from './download-view.ts';
import { explainPart } from './explain-part.ts';
import { explainView } from './explain-view.ts';
import type { FoldState } from './fold-state.ts';
import { lanesInOrder, toLaneView } from './lanes.ts';
import { CODE, stateOfCode } from './part-codes.ts';
import type { SeriesPoint } from './series.ts';
import { isFinal, type Situation, topLevel } from './situation.ts';
import { wordOf } from './state-words.ts';
import { verdictLine } from './words.ts';

/** Everything of one part. */
export interface PartDetail {
  readonly part: PartNumber;
  readonly state: PartState;
  readonly range: ByteRange;
  /** Ids of the innermost active states of its chart; empty: it has no actor now. */
  readonly states: ReadonlyArray<string>;
  readonly took: ReadonlyArray<string>;
  /** The state in words, with attempt, cause, and how long. */
  readonly text: string;
}

/** Costs a few microseconds, however many parts there are. */
export const viewOf = (fold: FoldState): DownloadView => {
  const { context, atMs, states, took, retries, ending } = fold.now;
  const situation = situationOf(fold);
  const { plan = null, verdict = null } = context ?? {};
  return {
    atMs,
    label: context?.label ?? '',
    target: context?.target ?? '',
    states,
    took,
    taken: Object.fromEntries([...fold.taken].map(([id, { times }]) => [id, times])),
    word: context === null ? '' : wordOf(topLevel(states) ?? '', context),
    because: situation === null ? '' : explainView(situation),
    plan,
    verdict,
    verdictWords: verdictWords(verdict, plan?.size ?? null),
    progress: context?.progress ?? null,
    lanes: lanesInOrder(fold.lanes).map(toLaneView),
    lanesMax: context?.settings.lanes ?? 0,
    parts: fold.parts.codes(),
    retries,
    error: context?.error ?? null,
    commands: commandsOf(situation),
    isEnded: isFinal(states) || ending !== null,
  };
};

/** Null: there is no such part. */
export const partDetailOf = (
  { parts, lanes, now }: FoldState,
  part: PartNumber,
): PartDetail | null => {
  const code = parts.codeOf(part);
  const plan = now.context?.plan ?? null;
  if (code === undefined || plan === null) return null;
  const lane = lanes.get(part) ?? null;
  const { states, took } = lane ?? { states: [], took: [] };
  const text = explainPart(part, code, lane);
  return { part, state: stateOfCode(code), range: rangeOfPart(plan, part), states, took, text };
};

/** Null before there is progress. */
export const pointOf = ({ now, lanes }: FoldState): SeriesPoint | null => {
  const { context, atMs, retries } = now;
  const progress = context?.progress ?? null;
  if (progress === null) return null;
  const { received, written, durable, bytesPerSecond } = progress;
  const paces = lanesInOrder(lanes).map((lane) => lane.bytesPerSecond);
  return { atMs, received, written, durable, bytesPerSecond, lanes: paces, retries };
};

const situationOf = (fold: FoldState): Situation | null => {
  const { context, states, ending } = fold.now;
  if (context === null) return null;
  const lanes = lanesInOrder(fold.lanes);
  const reading = lanes.filter(({ code }) => code === CODE.verifying).length;
  return { states, context, ending, lanes, unread: fold.parts.count(CODE.verifying) - reading };
};

const verdictWords = (verdict: Verdict | null, size: number | null): string =>
  verdict === null ? '' : (verdictLine(verdict, size) ?? describeVerdict(verdict));
