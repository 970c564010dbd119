/**
 * How much of an object is simulated, and what follows for all of it.
 *
 * Half a day of a bad network is a million chunks, samples and read-backs: minutes of real time. So
 * a smaller object is downloaded in its place, to its end; the rest goes on as that did until its
 * last round of parts. What an object costs beyond that grows with its bytes, and nothing else.
 */
import type { Conditions, Setting } from './forecast.ts';
import { connectionPaceOf } from './forecast-pace.ts';

export interface Sample {
  /** In bytes; the object's size when all of it is simulated. */
  readonly size: number;
  /** From here on lanes have nothing more to begin: the pace up to here is that of the rest. */
  readonly steadyUntil: number;
}

/** What was counted. */
export interface Tally {
  readonly requests: number;
  readonly connections: number;
  /** Bytes of answers that arrived. */
  readonly bodyBytes: number;
  readonly retries: number;
  readonly kills: number;
  readonly powerCuts: number;
  /** How often the download was started: by people, or after an interruption. */
  readonly starts: number;
  /** How often fresh credentials were asked for. */
  readonly refreshes: number;
}

/** The counts at one moment. */
export interface Mark {
  readonly atMs: number;
  readonly received: number;
  readonly tally: Tally;
}

/** Real time that the simulation of one setting may take: in milliseconds of a quiet machine. */
const WORK_MAX = 700;
/** So many parts for each lane make a pace that can be believed. */
const ROUNDS_MIN = 4;

export const planSample = (conditions: Conditions, setting: Setting): Sample => {
  const { size } = conditions;
  const round = setting.lanes * setting.partSize;
  let sampled = size;
  while (sampled / 2 >= ROUNDS_MIN * round && workFor(sampled, conditions, setting) > WORK_MAX) {
    sampled = Math.ceil(sampled / 2);
  }
  return { size: sampled, steadyUntil: Math.max(sampled / 2, sampled - round) };
};

/** What simulating so many bytes takes, in milliseconds: as measured, part by part. */
const workFor = (size: number, conditions: Conditions, { lanes, partSize }: Setting): number => {
  const lane = connectionPaceOf(conditions);
  const pace = Math.min(conditions.bytesPerSecond, lanes * lane, PACE_MAX);
  const seconds = size / pace;
  const chunk = Math.max(1, Math.min(2 ** 20, lane / 4, conditions.bytesPerSecond / 4));
  const breaks = breaksIn(seconds * 1000, conditions);
  const readBack = (breaks * size) / 2 / 2 ** 20;
  return (
    (size / partSize) * MS.part +
    (size / chunk) * MS.chunk +
    seconds * 10 * MS.sample +
    breaks * MS.start +
    readBack * MS.readBack
  );
};

/** Measured on one core of a server of 2020, Node 20. */
const MS = { part: 0.3, chunk: 0.03, sample: 0.1, start: 3, readBack: 0.1 };

/** A network that takes no time has a pace all the same, in this reckoning. */
const PACE_MAX = 1e9;

const breaksIn = (ms: number, { killEveryMs, powerCutEveryMs }: Conditions): number =>
  (killEveryMs === null ? 0 : ms / killEveryMs) +
  (powerCutEveryMs === null ? 0 : ms / powerCutEveryMs);

/** What the whole object takes, as its sample went. */
export const estimate = (
  size: number,
  sample: Sample,
  marks: ReadonlyArray<Mark>,
  end: Mark,
): Mark => {
  if (size === sample.size) return end;
  const steady = marks.find(({ received }) => received >= sample.steadyUntil) ?? end;
  const times = (size - sample.size) / steady.received;
  const grown = (name: keyof Tally): number =>
    Math.round(end.tally[name] + times * steady.tally[name]);
  return {
    atMs: end.atMs + times * steady.atMs,
    received: size,
    tally: {
      requests: grown('requests'),
      connections: grown('connections'),
      bodyBytes: grown('bodyBytes'),
      retries: grown('retries'),
      kills: grown('kills'),
      powerCuts: grown('powerCuts'),
      starts: Math.round(end.tally.starts + times * (steady.tally.starts - 1)),
      refreshes: grown('refreshes'),
    },
  };
};
