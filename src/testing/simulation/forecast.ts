/**
 * How long a download takes over a network of given numbers, and what it costs: the real
 * downloader in a simulated world, interrupted as often as asked, until the file is there.
 *
 * Of a long download the beginning is simulated (`forecast-sample.ts`), and the rest follows from
 * it (`forecast-estimate.ts`).
 */
import type { DownloadError } from '../../domain/errors.ts';
import { loadCrc64 } from '../../effects/crc64.ts';
import type { Conditions, Setting } from './forecast-conditions.ts';
import { estimate, type Tally } from './forecast-estimate.ts';
import { inputOf, lossesOf, markOf, openScene, runToEnd } from './forecast-run.ts';
import { planSample } from './forecast-sample.ts';
import type { Crash } from './simulated-disk.ts';

/** The download at one moment. */
export interface ForecastPoint {
  readonly atMs: number;
  /** Bytes of the object that are there. */
  readonly received: number;
}

export interface Interruption {
  readonly atMs: number;
  readonly kind: Crash;
}

export interface Forecast {
  readonly setting: Setting;
  /** `never`: interrupted so often that nothing is kept. `failed`: see `error`. */
  readonly end: 'renamed' | 'failed' | 'never';
  readonly error: DownloadError | null;
  /** From the first start to the file; of one that does not end, up to where it was given up. */
  readonly seconds: number;
  readonly tally: Tally;
  /** Bytes that came over the network though they had come before. */
  readonly fetchedTwice: number;
  /** What was simulated; the rest follows from it. */
  readonly sample: {
    /** Is it the whole download? */
    readonly isWhole: boolean;
    /** Do interruptions come sooner in it, so that there are some? */
    readonly isDenser: boolean;
    readonly seconds: number;
    readonly points: ReadonlyArray<ForecastPoint>;
    readonly interruptions: ReadonlyArray<Interruption>;
  };
}

export interface ForecastOptions {
  /** Gets a trace of what is simulated, line by line, for a file that `partwise replay` opens. */
  readonly trace?: (line: string) => void;
  /** The version of Partwise that the trace names. Default: `simulated`. */
  readonly partwise?: string;
  /**
   * About how long it may take, in milliseconds of real time on a quiet machine; what does not fit
   * is not simulated to its end. Default: 1000. It decides by arithmetic, not by a clock: the
   * same question has the same answer everywhere.
   */
  readonly workMsMax?: number;
}

/**
 * Simulates a download. Takes about a second of real time, whatever the size.
 *
 * Throws `DownloadFailed` with a `UsageError` when lanes or part size cannot be, and `RangeError`
 * when there is no such network.
 *
 * @example
 * const { seconds, fetchedTwice } = await forecast(conditions, { lanes: 8, partSize: 2 ** 23 });
 */
export const forecast = async (
  conditions: Conditions,
  setting: Setting,
  options: ForecastOptions = {},
): Promise<Forecast> => {
  const input = inputOf(setting, conditions.seed);
  const sample = planSample(conditions, setting, options.workMsMax);
  const scene = openScene(conditions, setting, input, await loadCrc64(), options);
  const { end, error } = await runToEnd(scene, sample);
  const last = markOf(scene, end === 'renamed' ? conditions.size : 0);
  const whole =
    end === 'sampled' ? estimate(conditions, setting, scene.marks, lossesOf(scene)) : last;
  const { atMs, received, tally } = whole ?? last;
  const { killEveryMs, powerCutEveryMs, isWhole } = sample;
  return {
    setting,
    end: end !== 'sampled' ? end : whole === null ? 'never' : 'renamed',
    error,
    seconds: atMs / 1000,
    tally,
    fetchedTwice: Math.max(0, tally.bodyBytes - received),
    sample: {
      isWhole,
      isDenser:
        killEveryMs !== conditions.killEveryMs || powerCutEveryMs !== conditions.powerCutEveryMs,
      seconds: last.atMs / 1000,
      points: scene.marks.map((mark) => ({ atMs: mark.atMs, received: mark.received })),
      interruptions: scene.interruptions.map((broken) => ({
        atMs: broken.atMs,
        kind: broken.kind,
      })),
    },
  };
};
