/**
 * How far a download is: a pure fold over samples of the data plane's counters.
 *
 * `received >= written >= durable` always, none ever above `total`, none ever backwards, whatever
 * is fetched twice. Rate and time left come from the bytes of this run alone, and from the time in
 * which bytes were wanted: a rest is no slowness.
 */
import type { Bytes } from './bytes.ts';

/** The counters at one moment. `atMs` is on any clock that only goes forward. */
export interface ProgressSample {
  readonly atMs: number;
  /** Bytes of the object that have arrived, those of former runs included. */
  readonly received: Bytes;
  /** Bytes the kernel has taken. */
  readonly written: Bytes;
  /** Bytes that survive a power cut. */
  readonly durable: Bytes;
  /** Bytes that came over the network in this run, those fetched twice included. */
  readonly fetched: Bytes;
}

export interface Progress extends ProgressSample {
  /** Size of the object; null when the server did not say. */
  readonly total: Bytes | null;
  /** Bytes that were there before this run. */
  readonly resumed: Bytes;
  /** Of this run, smoothed over about three seconds; 0 until something is known. */
  readonly bytesPerSecond: number;
  /** Null until a rate is known, or when there is no total. */
  readonly secondsLeft: number | null;
}

/** Progress before the first sample. */
export const startProgress = (total: Bytes | null, resumed: Bytes, atMs: number): Progress => ({
  total,
  resumed,
  atMs,
  received: resumed,
  written: resumed,
  durable: resumed,
  fetched: 0 as Bytes,
  bytesPerSecond: 0,
  secondsLeft: total === resumed ? 0 : null,
});

/** Progress after one more sample. */
export const nextProgress = (before: Progress, sample: ProgressSample): Progress =>
  progressAt(before, sample, smoothedRate(before, sample));

/**
 * Progress after the first sample that follows a rest, in which nothing was asked for: the rate
 * stays what it was, and is measured from this sample on.
 */
export const resumeProgress = (before: Progress, sample: ProgressSample): Progress =>
  progressAt(before, sample, before.bytesPerSecond);

const progressAt = (before: Progress, sample: ProgressSample, bytesPerSecond: number): Progress => {
  const atMs = Math.max(before.atMs, sample.atMs);
  const received = forward(before.received, sample.received, before.total);
  const written = Math.min(forward(before.written, sample.written, before.total), received);
  const durable = Math.min(forward(before.durable, sample.durable, before.total), written);
  return {
    ...before,
    atMs,
    received,
    written: written as Bytes,
    durable: durable as Bytes,
    fetched: Math.max(before.fetched, sample.fetched) as Bytes,
    bytesPerSecond,
    secondsLeft: secondsLeft(before.total, received, bytesPerSecond),
  };
};

const SMOOTHING_MS = 3_000;

const forward = (before: Bytes, now: Bytes, total: Bytes | null): Bytes =>
  Math.max(before, total === null ? now : Math.min(now, total)) as Bytes;

/** Exponential smoothing by elapsed time, so that the pace of sampling does not matter. */
const smoothedRate = (before: Progress, sample: ProgressSample): number => {
  const elapsedMs = sample.atMs - before.atMs;
  if (elapsedMs <= 0) return before.bytesPerSecond;
  const rate = (Math.max(0, sample.fetched - before.fetched) * 1000) / elapsedMs;
  if (before.fetched === 0) return rate;
  const weight = 1 - Math.exp(-elapsedMs / SMOOTHING_MS);
  return before.bytesPerSecond + weight * (rate - before.bytesPerSecond);
};

const secondsLeft = (total: Bytes | null, received: Bytes, rate: number): number | null => {
  if (total === null) return null;
  if (received >= total) return 0;
  return rate > 0 ? (total - received) / rate : null;
};
