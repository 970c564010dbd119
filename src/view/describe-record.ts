/** A trace record as one line of a log, in a few words: for reading, and for being searched. */
import { formatSize } from '../domain/bytes.ts';
import { describeVerdict } from '../domain/verdict.ts';
import { absurd } from '../fp.ts';
import type { DownloadContext } from '../machines/download-context.ts';
import type { TracedEvent, TraceRecord } from '../trace/trace-record.ts';
import { causeWords, countWords, formatRate, formatWait } from './words.ts';

/**
 * Who, what, and what matters of it.
 *
 * @example
 * describeRecord(record) // 'part-17 → download: part.retrying, attempt 2, ECONNRESET, …'
 */
export const describeRecord = (record: TraceRecord): string => {
  switch (record.type) {
    case 'started':
      return `${record.actor} begins`;
    case 'event':
      return describeHearing(record);
    case 'step':
      return describeStep(record);
    case 'ended':
      return `${record.actor} ${ENDINGS[record.how]}`;
    default:
      return absurd(record);
  }
};

type RecordOf<Type extends TraceRecord['type']> = Extract<TraceRecord, { type: Type }>;

const ENDINGS: Readonly<Record<RecordOf<'ended'>['how'], string>> = {
  done: 'is done',
  stopped: 'is stopped',
  threw: 'threw: a defect in the program',
};

const describeHearing = ({ from, to, event }: RecordOf<'event'>): string => {
  const route = from === null || isOfEffect(event) ? to : `${from} → ${to}`;
  return `${route}: ${[nameOf(event), ...detailsOf(event)].join(', ')}`;
};

/** The end of an effect comes from it, and is named after it. */
const isOfEffect = ({ type }: TracedEvent): boolean => type.startsWith('effect.');

const nameOf = (event: TracedEvent): string => {
  switch (event.type) {
    case 'effect.done':
      return `${event.effect} done`;
    case 'effect.failed':
      return `${event.effect} failed`;
    case 'delay.over':
      return `${event.delay} is over`;
    default:
      return event.type;
  }
};

const detailsOf = (event: TracedEvent): ReadonlyArray<string> => {
  switch (event.type) {
    case 'pause':
    case 'resume':
    case 'suspend':
    case 'bytes.flowing':
    case 'checkpoint.due':
    case 'part.suspended':
    case 'effect.done':
    case 'delay.over':
      return [];
    case 'cancel':
      return [event.keep === true ? 'everything is kept' : 'nothing is kept'];
    case 'part.fetched':
      return event.generation === 0 ? [] : [`access ${event.generation}`];
    case 'part.failed':
    case 'effect.failed':
    case 'stall':
      return [causeWords(event.error)];
    case 'part.stalled':
      return [`part ${event.part}`, causeWords(event.error)];
    case 'part.damaged':
      return [`part ${event.part}`];
    case 'part.retrying': {
      const { attempt, error, delayMs } = event;
      return [`attempt ${attempt}`, causeWords(error), `again in ${formatWait(delayMs)}`];
    }
    case 'access.expired':
      return [causeWords(event.error), `access ${event.generation}`];
    case 'access.granted':
      return [`access ${event.generation}`];
    case 'progress.sampled':
      return sampleWords(event);
    default:
      return absurd(event);
  }
};

const sampleWords = ({
  sample,
  lanes,
}: Extract<TracedEvent, { type: 'progress.sampled' }>): ReadonlyArray<string> => {
  const rate = formatRate(lanes.reduce((sum, { bytesPerSecond }) => sum + bytesPerSecond, 0));
  return [
    `${formatSize(sample.received)} received`,
    `${formatSize(sample.durable)} durable`,
    `${countWords(lanes.length, 'request')}${rate === null ? '' : ` at ${rate}`}`,
  ];
};

/** `planning.probing: probeObject done 0 → validatingBreakpoint.opening`, and what it changed. */
const describeStep = ({ actor, took, states, changed }: RecordOf<'step'>): string => {
  const how = took.map(withoutRoot).join(', ');
  const step = how === '' ? `${actor} is in` : `${actor}: ${how} →`;
  return [`${step} ${statesWords(states)}`, ...changeWords(changed ?? {})].join('; ');
};

/** Of parallel regions, what they lie in once: `downloadingParts (transfer, access.granted)`. */
const statesWords = (states: ReadonlyArray<string>): string => {
  const [first = '', ...others] = states.map(withoutRoot);
  if (others.length === 0) return first;
  const top = first.split('.', 1)[0] ?? '';
  const regions = [first, ...others].map((id) => id.slice(top.length + 1));
  return `${top} (${regions.join(', ')})`;
};

/** `planning.probing` of `download.planning.probing`; a transition of the root keeps its name. */
const withoutRoot = (id: string): string => id.replace(/^(download|part)\./, '');

/** What of the context a reader of a log wants to know at once, and the names of the rest. */
const changeWords = (changed: Partial<DownloadContext>): ReadonlyArray<string> => {
  const { plan, verdict, error } = changed;
  const told: ReadonlyArray<string | null> = [
    plan ? `${countWords(plan.partCount, 'part')} of ${sizeWords(plan)}` : null,
    verdict ? describeVerdict(verdict) : null,
    error ? causeWords(error) : null,
  ];
  const names = Object.keys(changed);
  const said = told.filter((words) => words !== null);
  return names.length === 0 ? [] : [...said, `changes ${names.join(', ')}`];
};

const sizeWords = ({ size, partSize }: NonNullable<DownloadContext['plan']>): string =>
  size === null ? 'unknown size' : formatSize(partSize);
