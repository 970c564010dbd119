/**
 * Looks at the counters of the data plane, about ten times a second, and tells the download what
 * follows: how far it is, which requests to give up, when a checkpoint is due.
 */
import type { AnyActorRef } from 'xstate';
import { findStalls, type PaceLimits } from '../domain/pace.ts';
import { sampleProgress, type Workspace } from '../transfer/workspace.ts';
import type { TransferFact } from './events.ts';

export interface WatchLimits extends PaceLimits {
  /** A checkpoint is due when so many bytes were written since the last one was. */
  readonly checkpointBytes: number;
}

/** Ten samples a second, so that an event costs nothing against the bytes it speaks of. */
export const SAMPLE_INTERVAL_MS = 100;

/** An interruption costs at most this much, or what one second brings if that is less: 8 MiB. */
export const CHECKPOINT_BYTES = 8 * 2 ** 20;

/**
 * So often others are shown that we live, also while no byte arrives: many times before they would
 * take us for gone (`SILENCE_MS_MAX` of the store). In milliseconds.
 */
export const HEARTBEAT_MS = 10_000;

/** Watches until `signal` aborts. */
export const watchTransfer = async (
  workspace: Workspace,
  download: AnyActorRef,
  limits: WatchLimits,
  signal: AbortSignal,
): Promise<void> => {
  const { clock } = workspace.effects;
  const tell = (fact: TransferFact) => download.send(fact);
  const { checkpointBytes } = limits;
  let dueAt = workspace.ledger.sums().written + checkpointBytes;
  workspace.written.notify = () => {
    const { written } = workspace.ledger.sums();
    if (written < dueAt) return;
    dueAt = written + checkpointBytes;
    tell({ type: 'checkpoint.due' });
  };
  let beatAtMs = clock.now();
  const look = (): void => {
    const nowMs = clock.now();
    if (nowMs - beatAtMs >= HEARTBEAT_MS) {
      beatAtMs = nowMs;
      void workspace.mayWrite(); // Whoever writes next hears what comes of it.
    }
    const lanes = workspace.pace.sample(nowMs);
    for (const stall of findStalls(lanes, workspace.pace.usualFor, nowMs, limits)) {
      tell({ type: 'part.stalled', part: stall.partNumber, error: stall.error });
    }
    tell({ type: 'progress.sampled', sample: sampleProgress(workspace), lanes });
  };
  await repeatUntilAborted(clock, look, signal);
  workspace.written.notify = () => {};
};

const repeatUntilAborted = (
  clock: Workspace['effects']['clock'],
  run: () => void,
  signal: AbortSignal,
): Promise<void> =>
  new Promise((resolve) => {
    let timer: unknown;
    const tick = (): void => {
      timer = clock.setTimeout(() => {
        tick();
        run();
      }, SAMPLE_INTERVAL_MS);
    };
    const stop = (): void => {
      clock.clearTimeout(timer);
      resolve();
    };
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
    tick();
  });
