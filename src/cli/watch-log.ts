/** The last lines of a download's log, for a screen: what a person would want to be told. */
import type { TracedEvent, TraceRecord } from '../trace/trace-record.ts';
import type { EffectName } from '../view/chart-states.ts';
import { describeRecord } from '../view/describe-record.ts';

export interface WatchLog {
  readonly take: (record: TraceRecord) => void;
  /** A line that no record tells. */
  readonly say: (line: string, atMs: number) => void;
  /** At most so many, the latest last. */
  readonly last: (count: number) => ReadonlyArray<string>;
}

/** More lines than a terminal has rows are not kept. */
const LINES_MAX = 200;

/** Words are put to a record when somebody looks at it: most are never looked at. */
export const watchLog = (): WatchLog => {
  let kept: Array<TraceRecord | string> = [];
  const keep = (line: TraceRecord | string): void => {
    kept.push(line);
    if (kept.length >= 2 * LINES_MAX) kept = kept.slice(-LINES_MAX);
  };
  return {
    take: (record) => {
      if (isWorthALine(record)) keep(record);
    },
    say: (line, atMs) => keep(`${timeOf(atMs)}  ${line}`),
    last: (count) => kept.slice(-Math.max(1, Math.min(count, LINES_MAX))).map(lineOf),
  };
};

const lineOf = (line: TraceRecord | string): string =>
  typeof line === 'string' ? line : `${timeOf(line.at)}  ${describeRecord(line)}`;

/** `  12.3 s`, so that lines of a quarter of an hour stand below each other. */
const timeOf = (atMs: number): string => `${(atMs / 1000).toFixed(1)} s`.padStart(8);

/** What the download hears, but for what the map shows: parts that come and go, and ticks. */
const isWorthALine = (record: TraceRecord): boolean => {
  if (record.type === 'ended') return record.how === 'threw';
  return record.type === 'event' && record.to === 'download' && !QUIET.has(quietName(record.event));
};

const quietName = (event: TracedEvent): string =>
  event.type === 'effect.done' ? event.effect : event.type;

const QUIET: ReadonlySet<string> = new Set<TracedEvent['type'] | EffectName>([
  'progress.sampled',
  'checkpoint.due',
  'part.fetched',
  'part.suspended',
  'saveCheckpoint',
  'delay.over',
]);
