/**
 * A trace that can be looked at from any moment: its records, and what is known at every so
 * manieth of them, so that going anywhere takes a few thousand records at most.
 */
import type { TracedEvent, TraceRecord } from '../trace/trace-record.ts';
import { foldView, type SavedFold } from '../view/fold-view.ts';
import { type SeriesPoint, viewSeries } from '../view/series.ts';
import { isTick } from './is-tick.ts';

/** Grows while its trace is being read. */
export interface Recording {
  readonly records: ReadonlyArray<TraceRecord>;
  /** What is known after `index * KEYFRAME_SPACING` records. */
  readonly keyframes: ReadonlyArray<SavedFold>;
  /** How many records had been told after each step that led the download to another state. */
  readonly steps: ReadonlyArray<number>;
  readonly series: () => ReadonlyArray<SeriesPoint>;
  /** When it showed that something failed, ascending; of those close together only the first. */
  readonly errorsAtMs: () => ReadonlyArray<number>;
  readonly durationMs: () => number;
}

/** A keyframe is a byte per part: at 100 000 parts, 5 MB for each 100 000 records. */
export const KEYFRAME_SPACING = 2_000;

/** As many as a plot can show; all of them are sent with each leap. */
const POINTS_MAX = 600;

/** More moments than anybody jumps to, and than a page could mark. */
const ERRORS_MAX = 10_000;

export interface Recorder {
  readonly recording: Recording;
  /** Takes the next record, and keeps it. */
  readonly take: (record: TraceRecord) => void;
}

export const recorder = (): Recorder => {
  const fold = foldView();
  const series = viewSeries(fold, POINTS_MAX);
  const records: Array<TraceRecord> = [];
  const keyframes: Array<SavedFold> = [];
  const steps: Array<number> = [];
  const failures: Array<number> = [];
  /** Is there a failure that no step has answered yet? */
  let isAnswerDue = false;
  const durationMs = (): number => records.at(-1)?.at ?? 0;
  const errorsAtMs = () => thinOut(failures, durationMs() / ERRORS_MAX);
  return {
    recording: { records, keyframes, steps, series: series.points, errorsAtMs, durationMs },
    take: (record) => {
      if (records.length % KEYFRAME_SPACING === 0) keyframes.push(fold.save());
      records.push(record);
      fold.take(record);
      series.take(record);
      if (isDownloadStep(record)) steps.push(records.length);
      if (isFailure(record)) isAnswerDue = true;
      else if (isAnswerDue && record.type === 'step') {
        failures.push(record.at);
        isAnswerDue = false;
      }
    },
  };
};

/** How many records there are up to a moment, that moment included. */
export const countUntil = (records: ReadonlyArray<{ readonly at: number }>, atMs: number): number =>
  firstIndex(records.length, (index) => records[index]!.at > atMs);

/** The first index below `count` at which something holds that then holds on; else `count`. */
export const firstIndex = (count: number, holds: (index: number) => boolean): number => {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
};

const isDownloadStep = (record: TraceRecord): boolean =>
  record.type === 'step' && record.actor === 'download' && !isTick(record);

const isFailure = (record: TraceRecord): boolean => {
  if (record.type === 'ended') return record.how === 'threw';
  return record.type === 'event' && FAILURES.has(record.event.type);
};

const FAILURES: ReadonlySet<string> = new Set<TracedEvent['type']>([
  'effect.failed',
  'part.retrying',
  'part.failed',
  'part.stalled',
  'part.damaged',
  'access.expired',
]);

const thinOut = (ascending: ReadonlyArray<number>, apart: number): ReadonlyArray<number> => {
  const kept: Array<number> = [];
  for (const at of ascending) if (at - (kept.at(-1) ?? -1) > apart) kept.push(at);
  return kept;
};
