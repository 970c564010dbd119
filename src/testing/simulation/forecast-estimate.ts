/** What follows from a sample for the whole download: its pace, and what interruptions cost. */
import type { Conditions, Setting } from './forecast-conditions.ts';
import { tailMs } from './forecast-pace.ts';

/** What was counted. */
export interface Tally {
  readonly requests: number;
  readonly connections: number;
  /** Bytes of answers that arrived. */
  readonly bodyBytes: number;
  readonly retries: number;
  readonly kills: number;
  readonly powerCuts: number;
  /** How often fresh credentials were asked for. */
  readonly refreshes: number;
}

/** The download at one moment, and the counts so far. */
export interface Mark {
  readonly atMs: number;
  /** Bytes of the object that are there. */
  readonly received: number;
  /** Parts that were begun. */
  readonly begun: number;
  readonly tally: Tally;
}

/** What interruptions cost, each on average: bytes that had arrived and have to come again. */
export interface Losses {
  readonly killed: number;
  readonly powerLost: number;
}

/**
 * The whole download, as its beginning went. Null: interruptions cost more than comes in between.
 *
 * What comes over the network comes at the pace of the sample; of it, interruptions take their
 * share as often as they really come.
 */
export const estimate = (
  conditions: Conditions,
  setting: Setting,
  marks: ReadonlyArray<Mark>,
  losses: Losses,
): Omit<Mark, 'begun'> | null => {
  const { size, killEveryMs, powerCutEveryMs, credentialsLastMs } = conditions;
  const last = marks.at(-1);
  const first = marks.find(({ received }) => received >= (last?.received ?? 0) / 8);
  if (last === undefined || first === undefined) return null;
  const elapsedMs = last.atMs - first.atMs;
  const grossPerMs = (last.tally.bodyBytes - first.tally.bodyBytes) / elapsedMs;
  const lostPerMs = losses.killed / every(killEveryMs) + losses.powerLost / every(powerCutEveryMs);
  if (!(grossPerMs > lostPerMs)) return null;
  const atMs = size / (grossPerMs - lostPerMs) + tailMs(conditions, size, setting);
  const [kills, powerCuts] = [atMs / every(killEveryMs), atMs / every(powerCutEveryMs)];
  const times = (atMs - last.atMs) / elapsedMs;
  const retries = grown(first.tally.retries, last.tally.retries, times);
  // What interruptions lead to grows with their number: in a sample they may come sooner.
  const interruptions = breaksIn(last) - breaksIn(first);
  const more = interruptions === 0 ? times : (kills + powerCuts - breaksIn(last)) / interruptions;
  const inAll = (of: (mark: Mark) => number): number =>
    Math.round(grown(of(first), of(last), more) + retries);
  return {
    atMs,
    received: size,
    tally: {
      // Beside the first of each part: of large parts the sample has few.
      requests: Math.ceil(size / setting.partSize) + inAll(requestsAgain),
      connections: inAll(({ tally }) => tally.connections - tally.retries),
      bodyBytes: Math.round(size + kills * losses.killed + powerCuts * losses.powerLost),
      retries: Math.round(retries),
      kills: Math.floor(kills),
      powerCuts: Math.floor(powerCuts),
      refreshes: Math.floor(atMs / every(credentialsLastMs)),
    },
  };
};

const breaksIn = ({ tally }: Mark): number => tally.kills + tally.powerCuts;

/** Not the first of their part, and no retries. */
const requestsAgain = ({ tally, begun }: Mark): number => tally.requests - begun - tally.retries;

/** A count at the end, when it grows so many times as much as it did from `first` to `last`. */
const grown = (first: number, last: number, times: number): number =>
  Math.max(0, last + times * (last - first));

const every = (ms: number | null): number => ms ?? Infinity;
