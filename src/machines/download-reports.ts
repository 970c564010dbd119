/** What a download tells applications, made from its context. */
import { isResumable } from '../domain/errors.ts';
import { countParts } from '../domain/part-runs.ts';
import { type DownloadContext, existing } from './download-context.ts';
import { isWorthKeeping } from './download-steps.ts';
import type { DownloadEmitted, DownloadEnding } from './emitted.ts';
import type { DownloadEvent } from './events.ts';

interface At {
  readonly context: DownloadContext;
}

interface During extends At {
  readonly event: DownloadEvent;
}

export const planned = ({ context }: At): DownloadEmitted => ({
  type: 'planned',
  version: existing(context.version, 'version'),
  plan: existing(context.plan, 'plan'),
});

export const verdict = ({ context }: At): DownloadEmitted => ({
  type: 'verdict',
  verdict: existing(context.verdict, 'verdict'),
});

export const progress = ({ context }: At): DownloadEmitted => ({
  type: 'progress',
  progress: existing(context.progress, 'progress'),
});

/** A part's retry, or the probe's. */
export const retry = ({ context, event }: During): DownloadEmitted => {
  if (event.type === 'part.retrying') {
    const { part, attempt, delayMs, error } = event;
    return { type: 'retry', part, attempt, delayMs, error };
  }
  const { attempts, delayMs, error } = context;
  return { type: 'retry', part: null, attempt: attempts, delayMs, error: existing(error, 'error') };
};

export const damaged = ({ event }: During): DownloadEmitted => ({
  type: 'damaged',
  part: existing('part' in event ? event.part : null, 'part'),
});

export const repairing = ({ context }: At): DownloadEmitted => ({
  type: 'repairing',
  scope: existing(context.repaired, 'repair'),
  parts: countParts(context.pending),
});

export const paused = ({ context }: At): DownloadEmitted => ({
  type: 'paused',
  because: context.error,
});

export const renamed = ({ context }: At): DownloadEnding => {
  const { size, crc64 } = existing(context.committed, 'commit');
  const { resumed, fetched } = existing(context.progress, 'progress');
  const { target } = context;
  const outcome = { target, size, crc64, resumedBytes: resumed, fetchedBytes: fetched };
  return { type: 'renamed', outcome };
};

export const failed = ({ context }: At): DownloadEnding => {
  const error = existing(context.error, 'error');
  const isKept = context.plan === null || isWorthKeeping(context);
  return { type: 'failed', error, resumable: isResumable(error) && isKept };
};

export const cancelled = ({ context }: At): DownloadEnding => ({
  type: 'cancelled',
  kept: isWorthKeeping(context),
});
