/**
 * `simulate`: a world in which an application tests its own screens and error handling. The
 * downloader is the real one; network, server, disk, host and clock are in memory.
 */
import type { OssSource } from '../../domain/source.ts';
import { loadCrc64 } from '../../effects/crc64.ts';
import { ossObject } from '../../sources.ts';
import { type TemporaryCredentials, temporaryCredentials } from './simulate-credentials.ts';
import { type DownloadControls, simulationDownloads } from './simulate-downloads.ts';
import { type HardshipControls, hardshipControls } from './simulate-hardships.ts';
import {
  entryLine,
  noteAnswer,
  type SimulationEntry,
  type SimulationLog,
  simulationLog,
} from './simulate-log.ts';
import { bytesOf, contentOf, type SimulationOptions } from './simulate-options.ts';
import { simulationTracer } from './simulate-trace.ts';
import { type WaitControls, waitControls } from './simulate-waits.ts';
import { type SimulatedWorld, simulatedWorld } from './simulated-world.ts';

export interface Simulation extends DownloadControls, HardshipControls, WaitControls {
  /** Milliseconds of virtual time since the simulation began. */
  readonly nowMs: () => number;
  /** What happened so far. */
  readonly log: () => ReadonlyArray<SimulationEntry>;
  /** The log as text: a line for each entry. The same seed and the same calls, the same text. */
  readonly story: () => string;
  /** The target's bytes; null: no such file yet. Throws `RangeError` above what memory holds. */
  readonly file: () => Uint8Array | null;
  /** The object's bytes. Throws `RangeError` for one of zeros. */
  readonly original: () => Uint8Array;
  /** All runs that `download` started, as text for a file that `partwise replay` opens. */
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
 * Throws `RangeError` for a size or a network that cannot be.
 *
 * @example
 * const sim = await simulate({ seed: 7, object: '30MB', faults: [chance(0.2, 7, fault.reset)] });
 * sim.download({ partSize: '1MB' });
 * await sim.until(() => sim.log().some(({ text }) => text.startsWith('retry')));
 * sim.crash('powerLost');
 * const { resumedBytes } = await sim.finish(sim.download({ partSize: '1MB' }));
 */
export const simulate = async (options: SimulationOptions): Promise<Simulation> => {
  const content = contentOf(options);
  const { world, access, log } = await buildWorld(options);
  const { clock, disk, oss } = world;
  oss.put(SOURCE.bucket, SOURCE.key, content);
  const hardships = hardshipControls(world, access, log, options);
  const traced: Array<string> = [];
  const tracer = simulationTracer(clock, 'simulated', (line) => traced.push(line));
  const about = { source: SOURCE, target: TARGET, seed: options.seed };
  const downloads = simulationDownloads({ ...about, world, log, tracer });
  const { controls, isCrashed } = downloads;
  return {
    get effects() {
      return controls.effects;
    },
    input: controls.input,
    download: controls.download,
    crash: controls.crash,
    ...hardships,
    ...waitControls(clock, isCrashed),
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
