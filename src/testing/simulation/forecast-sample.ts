/**
 * How much of a download is simulated. Half a day of a bad network is a million chunks, samples
 * and read-backs, which is minutes of real time; so a long download is simulated for its beginning
 * only. Interruptions too rare for that come sooner there, so that what one costs is measured.
 */
import type { Conditions, Setting } from './forecast-conditions.ts';
import { chunkOf, connectionPaceOf, linkPaceOf } from './forecast-pace.ts';

export interface Sample {
  /** Bytes after which the simulation ends; the object's size when it is simulated to its end. */
  readonly size: number;
  readonly isWhole: boolean;
  /** How often processes are killed in the sample, on average. */
  readonly killEveryMs: number | null;
  readonly powerCutEveryMs: number | null;
}

/** Real time that the simulation of one setting may take: in milliseconds of a quiet machine. */
const WORK_MS_MAX = 1_000;
/** As many interruptions of a kind as it takes to say what one costs. */
const INTERRUPTIONS_MIN = 4;

/** @param workMsMax Default: 1000. `Infinity`: all is simulated, however long that takes. */
export const planSample = (
  conditions: Conditions,
  setting: Setting,
  workMsMax = WORK_MS_MAX,
): Sample => {
  const { size, killEveryMs, powerCutEveryMs } = conditions;
  if (workFor(size, conditions, setting) <= workMsMax) {
    return { size, isWhole: true, killEveryMs, powerCutEveryMs };
  }
  let sampled = size / 2;
  const sooner = (everyMs: number | null): number | null => {
    const ms = (sampled / linkPaceOf(conditions, setting.lanes)) * 1000;
    return everyMs === null ? null : Math.min(everyMs, ms / INTERRUPTIONS_MIN);
  };
  const inSample = () => ({
    killEveryMs: sooner(killEveryMs),
    powerCutEveryMs: sooner(powerCutEveryMs),
  });
  while (workFor(sampled, { ...conditions, ...inSample() }, setting) > workMsMax) sampled /= 2;
  return { size: Math.ceil(sampled), isWhole: false, ...inSample() };
};

/** What simulating so many bytes takes, in milliseconds: as measured, item by item. */
const workFor = (size: number, conditions: Conditions, { lanes, partSize }: Setting): number => {
  const { bytesPerSecond, killEveryMs, powerCutEveryMs } = conditions;
  const seconds = size / linkPaceOf(conditions, lanes);
  const pace = Math.min(connectionPaceOf(conditions), bytesPerSecond);
  const chunk = Math.max(1, Math.min(chunkOf(conditions, lanes), pace / 4));
  const breaks =
    (seconds * 1000) / (killEveryMs ?? Infinity) + (seconds * 1000) / (powerCutEveryMs ?? Infinity);
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
