/** The part of a download that a forecast simulates: runs, interruptions, and what is counted. */
import { type DownloadError, isResumable } from '../../domain/errors.ts';
import { DownloadFailed, orThrow } from '../../download-failed.ts';
import type { Crc64Of } from '../../effects/crc64.ts';
import { type DownloadInput, downloadInput } from '../../machines/download-input.ts';
import { ossObject } from '../../sources.ts';
import { type Download, startDownload } from '../../start-download.ts';
import type { Tracer } from '../../trace/tracer.ts';
import { hollowObject } from '../server/hollow.ts';
import type { Conditions, Setting } from './forecast-conditions.ts';
import type { Losses, Mark } from './forecast-estimate.ts';
import { type Break, breaks, rangeOf, resetting } from './forecast-hardships.ts';
import { chunkOf } from './forecast-pace.ts';
import type { Sample } from './forecast-sample.ts';
import { advanceClock, advanceUntil } from './simulate-clock.ts';
import { temporaryCredentials } from './simulate-credentials.ts';
import { simulationTracer } from './simulate-trace.ts';
import type { Crash } from './simulated-disk.ts';
import { type SimulatedWorld, simulatedWorld } from './simulated-world.ts';

/** A kill or a power cut, and what it cost. */
interface Broken extends Break {
  /** Bytes that had come, and had to come again. */
  lost: number;
}

/** A world with a download in it, and what is counted from outside. */
export interface Scene {
  readonly world: SimulatedWorld;
  readonly input: DownloadInput;
  readonly counts: { retries: number; kills: number; powerCuts: number };
  readonly refreshes: () => number;
  readonly marks: Array<Mark>;
  readonly interruptions: Array<Broken>;
  /** Where the parts begin that were asked for. */
  readonly begun: Set<number>;
  readonly inspectRun: () => { readonly inspect?: Tracer['inspect'] };
}

interface TraceOptions {
  readonly trace?: (line: string) => void;
  readonly partwise?: string;
}

export const openScene = (
  conditions: Conditions,
  setting: Setting,
  input: DownloadInput,
  crc64Of: Crc64Of,
  { trace, partwise = 'simulated' }: TraceOptions,
): Scene => {
  const { seed, size, credentialsLastMs: lastMs, resetEvery } = conditions;
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
    link: { ...link, chunkLength: chunkOf(conditions, setting.lanes) },
    folders: ['/data'],
    ...(lastMs === null ? {} : { credentials: access.provider }),
  });
  world.oss.put(SOURCE.bucket, SOURCE.key, hollowObject(size));
  const begun = new Set<number>();
  const reset = resetEvery === null ? () => null : resetting(resetEvery, world.draws);
  world.network.setFaults((request) => {
    const { start = null } = rangeOf(request) ?? {};
    if (start !== null && start % setting.partSize === 0) begun.add(start);
    return reset(request);
  });
  const tracer = trace === undefined ? null : simulationTracer(world.clock, partwise, trace);
  return {
    world,
    input,
    counts: { retries: 0, kills: 0, powerCuts: 0 },
    refreshes: access.refreshes,
    marks: [],
    interruptions: [],
    begun,
    inspectRun: () => (tracer === null ? {} : { inspect: tracer.inspectRun() }),
  };
};

interface Ending {
  /** `sampled`: as much as was wanted is there. */
  readonly end: 'renamed' | 'failed' | 'never' | 'sampled';
  readonly error: DownloadError | null;
}

/** Starts the download again and again, until it has ended or nothing comes of it any more. */
export const runToEnd = async (scene: Scene, sample: Sample): Promise<Ending> => {
  const { world } = scene;
  const nextBreak = breaks(sample, world.draws);
  let due = nextBreak();
  let best = 0;
  let inVain = 0;
  while (inVain < STARTS_IN_VAIN_MAX) {
    const run = startRun(scene);
    const isSampled = () => !sample.isWhole && run.received >= sample.size;
    const end = await advanceUntil(world.clock, () => run.end !== null || isSampled(), due.atMs);
    if (run.end === 'renamed') return { end: 'renamed', error: null };
    if (end === 'still') throw new RangeError('a simulated download hangs');
    if (run.error !== null && !isWorthwhile(run.error)) return { end: 'failed', error: run.error };
    if (end === 'there' && run.end === null) return { end: 'sampled', error: null };
    if (run.end === null) {
      await advanceClock(world.clock, due.atMs);
      interrupt(scene, due);
      due = nextBreak();
    } else {
      world.crash('killed'); // It has ended: nothing is lost.
      await advanceClock(world.clock, world.clock.atMs() + START_AGAIN_MS);
      while (due.atMs <= world.clock.atMs()) due = nextBreak();
    }
    inVain = run.resumed > best ? 0 : inVain + 1;
    best = Math.max(best, run.resumed);
  }
  return { end: 'never', error: null };
};

const interrupt = ({ world, counts, interruptions }: Scene, due: Break): void => {
  counts[due.kind === 'killed' ? 'kills' : 'powerCuts'] += 1;
  interruptions.push({ ...due, lost: 0 });
  world.crash(due.kind);
};

/** What interruptions cost, each kind on average. */
export const lossesOf = ({ interruptions }: Scene): Losses => {
  const mean = (kind: Crash): number => {
    const of = interruptions.filter((interruption) => interruption.kind === kind);
    return of.reduce((sum, { lost }) => sum + lost, 0) / Math.max(1, of.length);
  };
  return { killed: mean('killed'), powerLost: mean('powerLost') };
};

/** Can somebody who starts it again hope for anything? */
const isWorthwhile = (error: DownloadError): boolean =>
  isResumable(error) && error._tag !== 'Defect' && error._tag !== 'DiskFailed';

interface Run {
  end: 'renamed' | 'failed' | null;
  error: DownloadError | null;
  /** Bytes that it had from the start. */
  resumed: number;
  received: number;
}

const startRun = (scene: Scene): Run => {
  const { world, counts, marks, interruptions } = scene;
  const broken = interruptions.at(-1);
  const before = marks.at(-1);
  const run: Run = { end: null, error: null, resumed: 0, received: 0 };
  const job = startDownload(world.boot().effects, scene.input, scene.inspectRun());
  job.on('retry', () => {
    counts.retries += 1;
  });
  job.on('progress', ({ progress }) => {
    const { resumed, received } = progress;
    const mark = markOf(scene, received);
    if (broken !== undefined && run.received === 0) broken.lost = wasted(mark) - wasted(before);
    Object.assign(run, { resumed, received });
    marks.push(mark);
  });
  noteEnd(job, run);
  return run;
};

/** Bytes that came and are not there. */
const wasted = (mark: Mark | undefined): number =>
  mark === undefined ? 0 : mark.tally.bodyBytes - mark.received;

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

export const markOf = ({ world, counts, refreshes, begun }: Scene, received: number): Mark => {
  const { exchanges, connections, bodyBytes } = world.network.traffic();
  const network = { requests: exchanges, connections, bodyBytes };
  return {
    atMs: world.clock.atMs(),
    received,
    begun: begun.size,
    tally: { ...network, ...counts, refreshes: refreshes() },
  };
};

const SOURCE = ossObject({ region: 'cn-hangzhou', bucket: 'examplebucket', key: 'object.bin' });

/** Who starts a download again that gave up waits so long. */
const START_AGAIN_MS = 1_000;

/** After so many starts that had no more bytes than one before, nothing will come of it. */
const STARTS_IN_VAIN_MAX = 50;

/** What is asked of the downloader. Throws `DownloadFailed` when that cannot be. */
export const inputOf = ({ lanes, partSize }: Setting, seed: number): DownloadInput => {
  const options = { concurrency: lanes, partSize };
  return orThrow(downloadInput({ source: SOURCE, target: '/data/object.bin', options, seed }));
};
