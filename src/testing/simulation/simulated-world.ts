/**
 * A world in memory: one object on a server, a network to it, a disk, a host, and one clock for
 * all of them. Processes run in it, crash, and are started again. Nothing waits really: who owns
 * the world moves its clock.
 */
import type { OssSource } from '../../domain/source.ts';
import type { Clock } from '../../effects/clock.ts';
import type { Crc64Of } from '../../effects/crc64.ts';
import { anonymousCredentials, type CredentialsProvider } from '../../effects/credentials.ts';
import type { HttpClient } from '../../effects/http-client.ts';
import { ossStorage } from '../../effects/object-storage.oss.ts';
import type { ObjectStorage } from '../../effects/object-storage.ts';
import type { DownloadEffects } from '../../machines/provide-effects.ts';
import { fileBreakpointStore } from '../../store/breakpoint-store.file.ts';
import { fileClaims } from '../../store/claims.file.ts';
import { crc64WithHollow } from '../server/hollow.ts';
import type { OssServiceOptions } from '../server/oss-service.ts';
import { type Seeded, seeded } from './seeded.ts';
import { type SimulatedClock, simulatedClock } from './simulated-clock.ts';
import {
  type Crash,
  type SimulatedDisk,
  type SimulatedDiskOptions,
  simulatedDisk,
} from './simulated-disk.ts';
import { type SimulatedHost, simulatedHost } from './simulated-host.ts';
import { type SimulatedNetwork, simulatedNetwork } from './simulated-network.ts';
import type { LinkOptions } from './simulated-network-link.ts';
import { type SimulatedOss, simulatedOss } from './simulated-oss.ts';
import { type Fate, type SimulatedProcess, simulatedProcess } from './simulated-process.ts';

export interface SimulatedWorldOptions {
  /** Decides everything that is left to chance. */
  readonly seed: number;
  /** From `loadCrc64`. */
  readonly crc64Of: Crc64Of;
  readonly source: OssSource;
  readonly oss: OssServiceOptions;
  /** Default: a network that takes no time. */
  readonly link?: Partial<LinkOptions>;
  /** Default: a disk that takes no time, has all the room there is, and no faults. */
  readonly disk?: Omit<SimulatedDiskOptions, 'folders' | 'clock'>;
  /** Folders that are there from the start. Journals go to `STORE`, made when needed. */
  readonly folders: ReadonlyArray<string>;
  /** Default: anonymous. */
  readonly credentials?: CredentialsProvider;
  readonly tuning?: Pick<DownloadEffects, 'batchLength' | 'checkpointBytes'>;
}

/** Where journals and claims are, on a simulated disk. */
export const STORE = '/home/.partwise';

/** A process of the world, and what its downloads are given. */
export interface WorldProcess extends SimulatedProcess {
  readonly effects: DownloadEffects;
}

export interface SimulatedWorld {
  readonly clock: SimulatedClock;
  readonly disk: SimulatedDisk;
  readonly oss: SimulatedOss;
  readonly network: SimulatedNetwork;
  readonly host: SimulatedHost;
  /** Draws of the world's own, for whoever acts in it. */
  readonly draws: Seeded;
  /**
   * Starts a process.
   *
   * @param at Another host that has the disk, too; its processes are for the caller to end there.
   */
  readonly boot: (fate?: Fate, at?: SimulatedHost) => WorldProcess;
  /** Ends all processes, and says what their files become. */
  readonly crash: (kind: Crash) => void;
}

export const simulatedWorld = (options: SimulatedWorldOptions): SimulatedWorld => {
  const { seed, source, credentials = anonymousCredentials() } = options;
  const draws = seeded(seed);
  const clock = simulatedClock({ seed, wallTimeMs: BEGINNING });
  const crc64Of = crc64WithHollow(options.crc64Of);
  const disk = simulatedDisk({
    ...options.disk,
    folders: ['/', '/home', ...options.folders],
    clock,
  });
  const host = simulatedHost();
  const oss = simulatedOss(options.oss, { clock, crc64Of });
  const network = simulatedNetwork({
    clock,
    seed,
    farEndAt: () => oss.farEnd,
    link: options.link ?? {},
  });
  const crashes = draws.fork('crashes');
  const names = draws.fork('names'); // Over all processes: no two part files have one name.
  const entropy = {
    randomBytes: (count: number) => Uint8Array.from({ length: count }, () => names.integer(256)),
  };
  const storageOver = (http: HttpClient, time: Clock): ObjectStorage =>
    ossStorage({ source, credentials, http, clock: time });
  const loadCrc64 = async () => crc64Of;
  let running: ReadonlyArray<WorldProcess> = [];

  const boot = (fate?: Fate, at: SimulatedHost = host): WorldProcess => {
    const reach = { files: disk.files, folders: disk.folders, http: network, clock };
    const process = simulatedProcess(reach, fate);
    const { files, folders } = process;
    const self = at.start();
    const store = { folder: STORE, files, folders };
    const breakpoints = fileBreakpointStore({ ...store, loadChecksum: loadCrc64 });
    const effects: DownloadEffects = {
      files,
      folders,
      clock: process.clock,
      host: self,
      entropy,
      loadCrc64,
      storage: storageOver(process.http, process.clock),
      breakpoints,
      claims: fileClaims({ ...store, clock: process.clock, entropy, breakpoints, host: self }),
      ...options.tuning,
    };
    const kill = (): void => {
      process.kill();
      at.end(self);
    };
    const booted = { ...process, kill, effects };
    running = [...running, booted];
    return booted;
  };
  return {
    clock,
    disk,
    oss,
    network,
    host,
    draws,
    boot,
    crash: (kind) => {
      for (const process of running) process.kill();
      running = [];
      if (kind === 'powerLost') host.reboot();
      disk.crash(kind, crashes.integer(2 ** 31));
    },
  };
};

/** 2024-01-01: signatures need a date that may be. */
const BEGINNING = Date.UTC(2024, 0, 1);
