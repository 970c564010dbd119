/**
 * `simulate`: a world in which an application tests its own screens and error handling. The
 * downloader is the real one; network, server, disk, host and clock are in memory.
 */
import { decodeTransferOptions } from '../../domain/download-options.ts';
import { sourceIdentity, sourceLabel } from '../../domain/oss-source.ts';
import type { OssSource } from '../../domain/source.ts';
import { type Download, type DownloadOutcome, ossObject, startDownload } from '../../download.ts';
import { DownloadFailed } from '../../download-failed.ts';
import { loadCrc64 } from '../../effects/crc64.ts';
import { E } from '../../fp.ts';
import type { DownloadInput } from '../../machines/download-context.ts';
import type { DownloadEmitted } from '../../machines/emitted.ts';
import type { DownloadEffects } from '../../machines/provide-effects.ts';
import { always, type FaultOrRule } from '../server/fault-rules.ts';
import { type DiskFaultOrRule, diskRules } from './disk-faults.ts';
import { advanceClock, advanceUntil } from './simulate-clock.ts';
import { type TemporaryCredentials, temporaryCredentials } from './simulate-credentials.ts';
import {
  entryLine,
  noteAnswer,
  notingDiskFaults,
  notingFaults,
  notingNetworkFaults,
  notingRequests,
  type SimulationEntry,
  type SimulationLog,
  simulationLog,
  toldWords,
} from './simulate-log.ts';
import {
  bytesOf,
  contentOf,
  type SimulatedDownloadOptions,
  type SimulationOptions,
} from './simulate-options.ts';
import { simulationTracer } from './simulate-trace.ts';
import type { Crash } from './simulated-disk.ts';
import { type SimulatedWorld, simulatedWorld } from './simulated-world.ts';

export interface Simulation {
  /** Of the process that runs now, for `startDownload` or the statecharts. New after a crash. */
  readonly effects: DownloadEffects;
  /** What `startDownload` is asked to do, with the options of `download`. */
  readonly input: (options?: SimulatedDownloadOptions) => DownloadInput;
  /**
   * Starts the download in the process that runs now, or continues it, as `download` does; the
   * log and the trace have it. Throws `DownloadFailed` when an option cannot be.
   */
  readonly download: (options?: SimulatedDownloadOptions) => Download;
  /**
   * Ends the process: nothing of it goes on, and its downloads are never heard of again. The next
   * process begins. `killed` (the default) leaves what the kernel has, `powerLost` what the disk
   * has.
   */
  readonly crash: (kind?: Crash) => void;
  /** From here on nothing goes wrong: no faults, room on the disk, credentials when asked. */
  readonly heal: () => void;
  /** Replaces what goes wrong with answers of the server. */
  readonly setFaults: (faults: ReadonlyArray<FaultOrRule>) => void;
  /** Replaces what goes wrong with calls to the disk. */
  readonly setDiskFaults: (faults: ReadonlyArray<DiskFaultOrRule>) => void;
  /** The credentials that were given end now. Throws `RangeError` where the object is public. */
  readonly expireCredentials: () => void;
  /** Moves virtual time on. Everything that is due until then has happened when it resolves. */
  readonly advance: (ms: number) => Promise<void>;
  /**
   * Moves virtual time on until something is the case.
   *
   * @param withinMs Default: an hour. Rejects with `RangeError` when it is not the case until then,
   *   or when nothing is left that could bring it about.
   */
  readonly until: (isThere: () => boolean, withinMs?: number) => Promise<void>;
  /**
   * Moves virtual time on until a download has ended; settles as its `done` does.
   *
   * @param withinMs Default: a day. Rejects with `RangeError` after it, and when the download is
   *   paused or its process has crashed: then it never ends by itself.
   */
  readonly finish: (job: Download, withinMs?: number) => Promise<DownloadOutcome>;
  /** Milliseconds of virtual time since the simulation began. */
  readonly nowMs: () => number;
  /** What happened so far. */
  readonly log: () => ReadonlyArray<SimulationEntry>;
  /** The log as text: a line for each entry. The same seed and the same calls, the same text. */
  readonly story: () => string;
  /** The target's bytes; null: no such file yet. */
  readonly file: () => Uint8Array | null;
  /** The object's bytes. Throws `RangeError` for one of zeros. */
  readonly original: () => Uint8Array;
  /** All runs so far, as text for a file that `partwise replay` opens. */
  readonly trace: () => string;
  readonly source: OssSource;
  /** Path of the target on the simulated disk. */
  readonly target: string;
  /** What the simulation consists of, for what has no control here. */
  readonly world: SimulatedWorld;
}

/**
 * Builds a simulation. Nothing in it waits really, and nothing goes on by itself: `advance`,
 * `until` and `finish` move its time.
 *
 * @example
 * const sim = await simulate({ seed: 7, object: '30MB', faults: [chance(0.2, 7, fault.reset)] });
 * const job = sim.download({ partSize: '1MB' });
 * await sim.until(() => job.actor.getSnapshot().value !== 'planning');
 * sim.crash('powerLost');
 * const { resumedBytes } = await sim.finish(sim.download({ partSize: '1MB' }));
 */
export const simulate = async (options: SimulationOptions): Promise<Simulation> => {
  const content = contentOf(options);
  const { world, access, log } = await buildWorld(options);
  const { clock, disk, oss, network } = world;
  const traced: Array<string> = [];
  const tracer = simulationTracer(clock, 'simulated', (line) => traced.push(line));
  let process = world.boot();
  /** The process of each download: one that crashed is never heard of again. */
  const homes = new WeakMap<Download, typeof process>();

  const setFaults: Simulation['setFaults'] = (faults) => {
    const noting = faults.map((given) => notingFaults(log, always(given)));
    oss.setFaults([notingRequests(log), ...noting]);
  };
  const setDiskFaults: Simulation['setDiskFaults'] = (faults) =>
    disk.setFaults(faults.map((given) => notingDiskFaults(log, diskRules.always(given))));
  setFaults(options.faults ?? []);
  setDiskFaults(options.disk?.faults ?? []);
  const { network: rule } = options;
  if (rule !== undefined) network.setFaults(notingNetworkFaults(log, rule));
  oss.put(SOURCE.bucket, SOURCE.key, content);

  const decoded = (wishes: SimulatedDownloadOptions = {}) => {
    const settings = decodeTransferOptions(wishes);
    if (E.isLeft(settings)) throw new DownloadFailed(settings.left, false);
    return settings.right;
  };
  const input: Simulation['input'] = (wishes) => ({
    identity: sourceIdentity(SOURCE),
    label: sourceLabel(SOURCE),
    target: TARGET,
    settings: { ...decoded(wishes), seed: options.seed },
  });
  const download: Simulation['download'] = (wishes = {}) => {
    const asked = input(wishes);
    const { silenceMsMax } = decoded(wishes);
    const inspectTrace = tracer.inspectRun();
    const { inspect, signal } = wishes;
    log.note('control', 'download');
    const job = startDownload({ ...process.effects, pace: { silenceMsMax } }, asked, {
      signal,
      inspect: (event) => {
        inspectTrace(event);
        if (typeof inspect === 'function') inspect(event);
        else inspect?.next?.(event);
      },
    });
    job.on('*', noteTold(log));
    homes.set(job, process);
    return job;
  };
  const until: Simulation['until'] = async (isThere, withinMs = HOUR_MS) => {
    const end = await advanceUntil(clock, isThere, clock.atMs() + withinMs);
    if (end !== 'there') throw new RangeError(`${ENDINGS[end]} (${clock.atMs()} ms)`);
  };
  const finish: Simulation['finish'] = async (job, withinMs = DAY_MS) => {
    let hasEnded = false;
    const note = (): void => {
      hasEnded = true;
    };
    job.done.then(note, note);
    const isCrashed = () => homes.get(job)?.isAlive() === false;
    const isPaused = () => job.actor.getSnapshot().value === 'paused';
    await until(() => hasEnded || isCrashed() || isPaused(), withinMs);
    if (hasEnded) return job.done;
    throw new RangeError(isCrashed() ? 'its process has crashed' : 'it is paused: resume it');
  };
  return {
    get effects() {
      return process.effects;
    },
    input,
    download,
    crash: (kind = 'killed') => {
      log.note('crash', kind === 'killed' ? 'the process is killed' : 'power is lost');
      world.crash(kind);
      process = world.boot();
    },
    heal: () => {
      log.note('control', 'heal');
      setFaults([]);
      setDiskFaults([]);
      network.setFaults(() => null);
      disk.setCapacity(Infinity);
      access?.heal();
    },
    setFaults,
    setDiskFaults,
    expireCredentials: () => {
      if (access === null) throw new RangeError('the object is public: nothing can expire');
      log.note('control', 'credentials expire');
      access.expire();
    },
    advance: (ms) => advanceClock(clock, clock.atMs() + ms),
    until,
    finish,
    nowMs: clock.atMs,
    log: log.entries,
    story: () =>
      log
        .entries()
        .map((entry) => `${entryLine(entry)}\n`)
        .join(''),
    file: () => disk.contentOf(TARGET),
    original: () => bytesOf(content),
    trace: () => traced.join(''),
    source: SOURCE,
    target: TARGET,
    world,
  };
};

const SOURCE = ossObject({ region: 'cn-hangzhou', bucket: 'examplebucket', key: 'object.bin' });
const TARGET = '/data/object.bin';
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const ENDINGS = {
  late: 'not within that time',
  still: 'nothing is left that could happen by itself',
} as const;

interface Built {
  readonly world: SimulatedWorld;
  /** Null: the object is public. */
  readonly access: TemporaryCredentials | null;
  readonly log: SimulationLog;
}

const buildWorld = async (options: SimulationOptions): Promise<Built> => {
  const { seed, link, disk, credentials } = options;
  const access =
    credentials === undefined
      ? null
      : temporaryCredentials({
          ...credentials,
          wallTime: () => world.clock.wallTime(),
          onChange: (accounts) => world.oss.setAccounts(accounts),
        });
  const log = simulationLog(() => world.clock.atMs());
  const world: SimulatedWorld = simulatedWorld({
    seed,
    crc64Of: await loadCrc64(),
    source: SOURCE,
    oss: { anonymousRead: access === null, onEnd: (request) => noteAnswer(log, request) },
    folders: ['/data'],
    ...(link === undefined ? {} : { link }),
    ...(disk === undefined ? {} : { disk }),
    ...(access === null ? {} : { credentials: access.provider }),
  });
  return { world, access, log };
};

/** Progress is told ten times a second, whether there is some or not. */
const noteTold = (log: SimulationLog): ((event: DownloadEmitted) => void) => {
  let last = '';
  return (event) => {
    const text = toldWords(event);
    if (text !== last) log.note('told', text);
    last = text;
  };
};
