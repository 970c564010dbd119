/**
 * A trace record, taken into what is known: a few writes to arrays, since nearly every record is
 * of one part and nobody may be looking.
 */
import type { PartNumber } from '../domain/plan.ts';
import type { DownloadContext } from '../machines/download-context.ts';
import type { ActorName, TracedEvent, TraceRecord } from '../trace/trace-record.ts';
import type { DownloadState } from './chart-states.ts';
import { SAVE_CHECKPOINT } from './checkpoint-watch.ts';
import { BEGINNING, type FoldState } from './fold-state.ts';
import { followStep } from './follow-step.ts';
import { enterState, type Lane, newLane, recordPaces } from './lanes.ts';
import { CODE, codeOfState, isInFlight } from './part-codes.ts';
import type { Situation } from './situation.ts';

/** Takes a record. Another download that begins replaces the one before. */
export const takeRecord = (fold: FoldState, record: TraceRecord): void => {
  fold.now.atMs = record.at;
  switch (record.type) {
    case 'event':
      if (record.to === 'download') hear(fold, record.event, record.at);
      break;
    case 'step':
      count(fold, record.took);
      if (record.actor === 'download') stepDownload(fold, record);
      else stepPart(fold, partOf(record.actor), record);
      break;
    case 'started':
      if (record.actor === 'download') begin(fold);
      break;
    case 'ended':
      if (record.actor === 'download') end(fold, record.how);
      else endPart(fold, partOf(record.actor));
  }
};

type Step = Extract<TraceRecord, { type: 'step' }>;

const begin = (fold: FoldState): void => {
  fold.now = { ...BEGINNING, atMs: fold.now.atMs };
  fold.lanes.clear();
  fold.parts.load(new Uint8Array(0));
  fold.checkpoints.forget();
};

const stepDownload = (fold: FoldState, step: Step): void => {
  const { now } = fold;
  const { changed = {}, states, took } = step;
  const left = now.states;
  const context = Object.assign(now.context ?? {}, changed) as DownloadContext;
  now.context = context; // Our own: the first step gives it all its fields.
  now.states = states;
  if (took.length > 0) now.took = took;
  if (changed.workspace !== undefined) now.readBackTo = 1;
  if (states[0] === PROBE_WAITS && left[0] !== PROBE_WAITS) now.retries += 1;
  followStep(fold, { left, states, changed, context });
};

const stepPart = (fold: FoldState, part: PartNumber, { states, took }: Step): void => {
  const code = codeOfState(states[0]);
  if (code === null) return;
  const lane = laneOf(fold, part);
  lane.states = states;
  lane.took = took;
  enterState(lane, code);
  if (code === CODE.written) wrote(fold, part);
  else fold.parts.set(part, code);
};

/** What parts, effects and the data plane tell the download. */
const hear = (fold: FoldState, event: TracedEvent, atMs: number): void => {
  switch (event.type) {
    case 'progress.sampled':
      recordPaces(fold.lanes, event.lanes);
      break;
    case 'part.fetched':
      wrote(fold, event.part);
      break;
    case 'part.damaged':
      damaged(fold, event.part);
      break;
    case 'access.expired':
      laneOf(fold, event.part).error = event.error;
      break;
    case 'effect.done':
      if (event.effect === SAVE_CHECKPOINT) saved(fold);
      break;
    case 'effect.failed':
      if (event.effect === SAVE_CHECKPOINT) fold.checkpoints.failed();
      break;
    case 'part.retrying': {
      const { part, attempt, error, delayMs } = event;
      fold.now.retries += 1;
      Object.assign(laneOf(fold, part), { attempt, error, delayMs, untilMs: atMs + delayMs });
    }
  }
};

const count = ({ taken }: FoldState, took: ReadonlyArray<string>): void => {
  for (const id of took) {
    const tally = taken.get(id);
    if (tally === undefined) taken.set(id, { times: 1 });
    else tally.times += 1;
  }
};

const laneOf = ({ lanes }: FoldState, part: PartNumber): Lane => {
  const known = lanes.get(part);
  if (known !== undefined) return known;
  const lane = newLane(part);
  lanes.set(part, lane);
  return lane;
};

/** The part's own step tells it first, then its report. */
const wrote = ({ parts, checkpoints }: FoldState, part: PartNumber): void => {
  const code = parts.codeOf(part);
  if (code === CODE.written || code === CODE.durable) return;
  parts.set(part, CODE.written);
  checkpoints.wrote(part);
};

const saved = ({ parts, checkpoints }: FoldState): void => {
  for (const part of checkpoints.saved()) {
    if (parts.codeOf(part) === CODE.written) parts.set(part, CODE.durable);
  }
};

/** Recorded parts are read back in order: those before a damaged one are as recorded. */
const damaged = ({ parts, now }: FoldState, part: PartNumber): void => {
  parts.replace(CODE.verifying, CODE.durable, now.readBackTo, part);
  now.readBackTo = Math.max(now.readBackTo, part + 1);
  parts.set(part, CODE.damaged);
};

const endPart = ({ parts, lanes }: FoldState, part: PartNumber): void => {
  lanes.delete(part);
  const code = parts.codeOf(part);
  if (code !== undefined && isInFlight(code)) parts.set(part, CODE.queued);
};

const end = (fold: FoldState, how: Situation['ending']): void => {
  fold.now.ending = how;
  for (const part of [...fold.lanes.keys()]) endPart(fold, part);
};

/** The number in `part-17`. Asked of nearly every record. */
const partOf = (actor: ActorName): PartNumber => {
  let part = 0;
  for (let at = ACTOR_PREFIX.length; at < actor.length; at++) {
    part = part * 10 + actor.charCodeAt(at) - ZERO;
  }
  return part;
};

const ACTOR_PREFIX = 'part-';
const ZERO = '0'.charCodeAt(0);
const PROBE_WAITS: `download.${DownloadState}` = 'download.planning.backingOff';
