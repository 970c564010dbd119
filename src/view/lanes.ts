/** The parts in flight, and what is known of each beyond its state. */
import type { DownloadError } from '../domain/errors.ts';
import type { LanePace } from '../domain/pace.ts';
import type { PartNumber } from '../domain/plan.ts';
import type { LaneView, PartCode } from './download-view.ts';
import { CODE, stateOfCode } from './part-codes.ts';
import { causeWords } from './words.ts';

/** One lane; the fold changes it in place, since it hears of it a dozen times for each part. */
export interface Lane {
  readonly part: PartNumber;
  code: PartCode;
  /** Ids of the innermost active states of the part's chart. */
  states: ReadonlyArray<string>;
  /** Ids of the transitions that it took last. */
  took: ReadonlyArray<string>;
  attempt: number;
  error: DownloadError | null;
  /** How long it waits in all; 0: it does not, or nobody knows. */
  delayMs: number;
  untilMs: number | null;
  bytesPerSecond: number;
}

export const newLane = (part: PartNumber): Lane => ({
  part,
  code: CODE.requesting,
  states: [],
  took: [],
  attempt: 0,
  error: null,
  delayMs: 0,
  untilMs: null,
  bytesPerSecond: 0,
});

/** A wait that is over leaves no cause; bytes that flow end a row of failures. */
export const enterState = (lane: Lane, code: PartCode): void => {
  lane.code = code;
  if (code === CODE.backingOff || code === CODE.awaitingAccess) return;
  lane.error = null;
  lane.untilMs = null;
  lane.delayMs = 0;
  if (code === CODE.flowing) lane.attempt = 0;
};

/** Requests that are not among the paces bring nothing. */
export const recordPaces = (
  lanes: ReadonlyMap<PartNumber, Lane>,
  paces: ReadonlyArray<LanePace>,
): void => {
  for (const lane of lanes.values()) lane.bytesPerSecond = 0;
  for (const { partNumber, bytesPerSecond } of paces) {
    const lane = lanes.get(partNumber);
    if (lane !== undefined) lane.bytesPerSecond = bytesPerSecond;
  }
};

/** By number of the part. */
export const lanesInOrder = (lanes: ReadonlyMap<PartNumber, Lane>): ReadonlyArray<Lane> =>
  [...lanes.values()].sort((a, b) => a.part - b.part);

export const toLaneView = (lane: Lane): LaneView => {
  const { part, attempt, error, untilMs, bytesPerSecond } = lane;
  const cause = error === null ? '' : causeWords(error);
  return { part, state: stateOfCode(lane.code), attempt, error, cause, untilMs, bytesPerSecond };
};
