/**
 * How long a download takes over a network of given numbers, and what it costs: the real
 * downloader in a simulated world, interrupted as often as asked, until the file is there.
 *
 * A large object is not simulated to its end: see `forecast-sample.ts`.
 */
import { decodeTransferOptions } from '../../domain/download-options.ts';
import { type DownloadError, isResumable } from '../../domain/errors.ts';
import { sourceIdentity, sourceLabel } from '../../domain/oss-source.ts';
import { type Download, ossObject, startDownload } from '../../download.ts';
import { DownloadFailed } from '../../download-failed.ts';
import { type Crc64Of, loadCrc64 } from '../../effects/crc64.ts';
import { E } from '../../fp.ts';
import type { DownloadInput } from '../../machines/download-context.ts';
import type { Tracer } from '../../trace/tracer.ts';
import { breaks, resetting } from './forecast-hardships.ts';
import { estimate, type Mark, planSample, type Sample, type Tally } from './forecast-sample.ts';
import { hollowObject } from './hollow.ts';
import { advanceClock, advanceUntil } from './simulate-clock.ts';
import { temporaryCredentials } from './simulate-credentials.ts';
import { simulationTracer } from './simulate-trace.ts';
import type { Crash } from './simulated-disk.ts';
import { type SimulatedWorld, simulatedWorld } from './simulated-world.ts';

export type { Tally } from './forecast-sample.ts';

/** The object, the network, and how often it is interrupted. */
export interface Conditions {
  /** Decides what is left to chance. */
  readonly seed: number;
  /** Of the object, in bytes. */
  readonly size: number;
  readonly rttMs: number;
  readonly jitterMs: number;
  /** Of the link that all lanes share; `Infinity`: no limit. */
  readonly bytesPerSecond: number;
  readonly bytesPerSecondPerConnection: number;
  /** Share of the packets that is lost. */
  readonly loss: number;
  /** The process is killed so often, on average, and started again at once. Null: never. */
  readonly killEveryMs: number | null;
  /** So is the power cut. */
  readonly powerCutEveryMs: number | null;
  /** Credentials last so long. Null: none are needed. */
  readonly credentialsLastMs: number | null;
  /** Every so manieth request is reset somewhere in its answer. Null: none. */
  readonly resetEvery: number | null;
}

/** What may be chosen. */
export interface Setting {
  readonly lanes: number;
  /** In bytes. */
  readonly partSize: number;
}

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
  /** For the whole object; of one that does not end, up to where it was given up. */
  readonly seconds: number;
  readonly tally: Tally;
  /** Bytes that came over the network and were not new. */
  readonly fetchedTwice: number;
  /** What was simulated; the rest follows from it, unless it is the whole object. */
  readonly sample: {
    readonly size: number;
    readonly seconds: number;
    readonly isWhole: boolean;
    readonly points: ReadonlyArray<ForecastPoint>;
    readonly interruptions: ReadonlyArray<Interruption>;
  };
}

export interface ForecastOptions {
  /** Gets a trace of what is simulated, line by line, for a file that `partwise replay` opens. */
  readonly trace?: (line: string) => void;
  /** The version of Partwise that the trace names. Default: `simulated`. */
  readonly partwise?: string;
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
  const sample = planSample(conditions, setting);
  const scene = openScene(conditions, setting, sample, await loadCrc64(), options);
  const { end, error } = await runToEnd(scene, conditions);
  const { clock } = scene.world;
  const last = markOf(scene, sample.size);
  const isDone = end === 'renamed';
  const whole = isDone ? estimate(conditions.size, sample, scene.marks, last) : last;
  return {
    setting,
    end,
    error,
    seconds: whole.atMs / 1000,
    tally: whole.tally,
    fetchedTwice: isDone ? Math.max(0, whole.tally.bodyBytes - conditions.size) : 0,
    sample: {
      size: sample.size,
      seconds: clock.atMs() / 1000,
      isWhole: sample.size === conditions.size,
      points: scene.marks.map(({ atMs, received }) => ({ atMs, received })),
      interruptions: scene.interruptions,
    },
  };
};

/** A world with a download in it, and what is counted from outside. */
interface Scene {
  readonly world: SimulatedWorld;
  readonly input: DownloadInput;
  readonly counts: { retries: number; kills: number; powerCuts: number; starts: number };
  readonly refreshes: () => number;
  readonly marks: Array<Mark>;
  readonly interruptions: Array<Interruption>;
  readonly inspectRun: () => { readonly inspect?: Tracer['inspect'] };
}

const openScene = (
  conditions: Conditions,
  setting: Setting,
  { size }: Sample,
  crc64Of: Crc64Of,
  { trace, partwise = 'simulated' }: ForecastOptions,
): Scene => {
  const { seed, credentialsLastMs: lastMs, resetEvery } = conditions;
  const access = temporaryCredentials({
    lastMs: lastMs ?? Infinity,
    wallTime: () => world.clock.wallTime(),
    onChange: (accounts) => world.oss.setAccounts(accounts),
  });
  const { rttMs, jitterMs, bytesPerSecond, bytesPerSecondPerConnection, loss } = conditions;
  const link = { rttMs, jitterMs, bytesPerSecond, bytesPerSecondPerConnection, loss };
  const world: SimulatedWorld = simulatedWorld({
    seed,
    crc64Of,
    source: SOURCE,
    oss: { anonymousRead: lastMs === null },
    link: { ...link, chunkLength: CHUNK },
    folders: ['/data'],
    ...(lastMs === null ? {} : { credentials: access.provider }),
  });
  world.oss.put(SOURCE.bucket, SOURCE.key, hollowObject(size));
  if (resetEvery !== null) world.network.setFaults(resetting(resetEvery, world.draws));
  const tracer = trace === undefined ? null : simulationTracer(world.clock, partwise, trace);
  return {
    world,
    input: inputOf(setting, seed),
    counts: { retries: 0, kills: 0, powerCuts: 0, starts: 0 },
    refreshes: access.refreshes,
    marks: [],
    interruptions: [],
    inspectRun: () => (tracer === null ? {} : { inspect: tracer.inspectRun() }),
  };
};

/** Starts the download again and again, until it has ended or nothing comes of it any more. */
const runToEnd = async (
  scene: Scene,
  conditions: Conditions,
): Promise<Pick<Forecast, 'end' | 'error'>> => {
  const { world, counts } = scene;
  const nextBreak = breaks(conditions, world.draws);
  let due = nextBreak();
  let best = 0;
  let inVain = 0;
  while (inVain < STARTS_IN_VAIN_MAX) {
    const run = startRun(scene);
    const end = await advanceUntil(world.clock, () => run.end !== null, due.atMs);
    if (run.end === 'renamed') return { end: 'renamed', error: null };
    if (end === 'still') throw new RangeError('a simulated download hangs');
    if (run.error !== null && !isWorthwhile(run.error)) return { end: 'failed', error: run.error };
    if (run.end === null) {
      await advanceClock(world.clock, due.atMs);
      counts[due.kind === 'killed' ? 'kills' : 'powerCuts'] += 1;
      scene.interruptions.push(due);
      world.crash(due.kind);
      due = nextBreak();
    } else {
      world.crash('killed'); // It has ended: nothing is lost.
      await advanceClock(world.clock, world.clock.atMs() + START_AGAIN_MS);
      while (due.atMs <= world.clock.atMs()) due = nextBreak();
    }
    const resumed = run.resumed();
    inVain = resumed > best ? 0 : inVain + 1;
    best = Math.max(best, resumed);
  }
  return { end: 'never', error: null };
};

/** Can somebody who starts it again hope for anything? */
const isWorthwhile = (error: DownloadError): boolean =>
  isResumable(error) && error._tag !== 'Defect' && error._tag !== 'DiskFailed';

interface Run {
  end: 'renamed' | 'failed' | null;
  error: DownloadError | null;
  /** Bytes that it had from the start. */
  readonly resumed: () => number;
}

const startRun = (scene: Scene): Run => {
  const { world, counts } = scene;
  const job = startDownload(world.boot().effects, scene.input, scene.inspectRun());
  counts.starts += 1;
  let resumed = 0;
  const run: Run = { end: null, error: null, resumed: () => resumed };
  job.on('retry', () => {
    counts.retries += 1;
  });
  job.on('progress', ({ progress }) => {
    resumed = progress.resumed;
    scene.marks.push(markOf(scene, progress.received));
  });
  noteEnd(job, run);
  return run;
};

const noteEnd = ({ done }: Download, run: Run): void => {
  done.then(
    () => {
      run.end = 'renamed';
    },
    (thrown: unknown) => {
      if (!(thrown instanceof DownloadFailed)) throw thrown;
      run.end = 'failed';
      run.error = thrown.error;
    },
  );
};

const markOf = ({ world, counts, refreshes }: Scene, received: number): Mark => {
  const { exchanges, connections, bodyBytes } = world.network.traffic();
  const network = { requests: exchanges, connections, bodyBytes };
  return {
    atMs: world.clock.atMs(),
    received,
    tally: { ...network, ...counts, refreshes: refreshes() },
  };
};

const SOURCE = ossObject({ region: 'cn-hangzhou', bucket: 'examplebucket', key: 'object.bin' });

/** A hollow chunk is no longer than this. */
const CHUNK = 2 ** 20;

/** Who starts a download again that gave up waits so long. */
const START_AGAIN_MS = 1_000;

/** After so many starts that had no more bytes than one before, nothing will come of it. */
const STARTS_IN_VAIN_MAX = 50;

const inputOf = ({ lanes, partSize }: Setting, seed: number): DownloadInput => {
  const settings = decodeTransferOptions({ concurrency: lanes, partSize });
  if (E.isLeft(settings)) throw new DownloadFailed(settings.left, false);
  return {
    identity: sourceIdentity(SOURCE),
    label: sourceLabel(SOURCE),
    target: '/data/object.bin',
    settings: { ...settings.right, seed },
  };
};
