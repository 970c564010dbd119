/** How whoever owns a simulation moves its time. */
import type { Download, DownloadOutcome } from '../../start-download.ts';
import { advanceClock, advanceUntil } from './simulate-clock.ts';
import type { SimulatedClock } from './simulated-clock.ts';

export interface WaitControls {
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
}

export const waitControls = (
  clock: SimulatedClock,
  isCrashed: (job: Download) => boolean,
): WaitControls => {
  const until: WaitControls['until'] = async (isThere, withinMs = HOUR_MS) => {
    const end = await advanceUntil(clock, isThere, clock.atMs() + withinMs);
    if (end !== 'there') throw new RangeError(`${ENDINGS[end]} (it is ${clock.atMs()} ms)`);
  };
  return {
    advance: (ms) => advanceClock(clock, clock.atMs() + ms),
    until,
    finish: async (job, withinMs = DAY_MS) => {
      let hasEnded = false;
      const note = (): void => {
        hasEnded = true;
      };
      job.done.then(note, note);
      const isPaused = () => job.actor.getSnapshot().value === 'paused';
      await until(() => hasEnded || isCrashed(job) || isPaused(), withinMs);
      if (hasEnded) return job.done;
      throw new RangeError(isCrashed(job) ? 'its process has crashed' : 'it is paused: resume it');
    },
  };
};

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const ENDINGS = {
  late: 'not within that time',
  still: 'nothing is left that could happen by itself',
} as const;
