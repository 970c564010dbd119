/** Processes of a simulation, one after the other, and the downloads that run in them. */
import type { OssSource } from '../../domain/source.ts';
import { orThrow } from '../../download-failed.ts';
import { type DownloadInput, downloadInput } from '../../machines/download-input.ts';
import type { DownloadEmitted } from '../../machines/emitted.ts';
import type { DownloadEffects } from '../../machines/provide-effects.ts';
import { type Download, startDownload } from '../../start-download.ts';
import { type SimulationLog, toldWords } from './simulate-log.ts';
import type { SimulatedDownloadOptions } from './simulate-options.ts';
import type { SimulationTracer } from './simulate-trace.ts';
import type { Crash } from './simulated-disk.ts';
import type { SimulatedWorld } from './simulated-world.ts';

export interface DownloadControls {
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
}

export interface DownloadParts {
  readonly world: SimulatedWorld;
  readonly source: OssSource;
  readonly target: string;
  readonly seed: number;
  readonly log: SimulationLog;
  readonly tracer: SimulationTracer;
}

export interface Downloads {
  readonly controls: DownloadControls;
  /** Has the process crashed in which `download` started it? */
  readonly isCrashed: (job: Download) => boolean;
}

export const simulationDownloads = (parts: DownloadParts): Downloads => {
  const { world, log, tracer } = parts;
  let process = world.boot();
  const homes = new WeakMap<Download, typeof process>();
  const { source, target, seed } = parts;
  const input: DownloadControls['input'] = (options) =>
    orThrow(downloadInput({ source, target, options, seed }));
  return {
    isCrashed: (job) => homes.get(job)?.isAlive() === false,
    controls: {
      get effects() {
        return process.effects;
      },
      input,
      download: (options = {}) => {
        const asked = input(options);
        const inspect = both(tracer.inspectRun(), options.inspect);
        log.note('control', 'download');
        const { signal } = options;
        const job = startDownload(process.effects, asked, { signal, inspect });
        job.on('*', noteTold(log));
        homes.set(job, process);
        return job;
      },
      crash: (kind = 'killed') => {
        log.note('crash', kind === 'killed' ? 'the process is killed' : 'power is lost');
        world.crash(kind);
        process = world.boot();
      },
    },
  };
};

type Inspect = ReturnType<SimulationTracer['inspectRun']>;

const both =
  (first: Inspect, second: SimulatedDownloadOptions['inspect']): Inspect =>
  (event) => {
    first(event);
    if (typeof second === 'function') second(event);
    else second?.next?.(event);
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
