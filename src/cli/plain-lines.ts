/** A download line by line, for logs: at events, and every few seconds. */
import { type Download, type DownloadEmitted, formatSize, type Progress } from '../index.ts';
import { viewDownload } from './download-view.ts';
import type { Io } from './output.ts';
import type { Reporter, Subject } from './reporter.ts';
import {
  formatAmount,
  formatPercent,
  formatRate,
  formatSeconds,
  retryWords,
  verdictLine,
} from './words.ts';

/** A line of progress at the latest after so long. */
const PROGRESS_MS_MAX = 5_000;
/** Sooner when this share of the object came in between, but not more often than once a second. */
const PROGRESS_SHARE = 0.1;
const LINE_MS_MIN = 1_000;

export const plainLines = (
  { label, target }: Subject,
  { actor }: Pick<Download, 'actor'>,
  { stderr, now }: Io,
): Reporter => {
  let total: number | null = null;
  let last = { atMs: now(), received: 0 };
  const retries = retryThrottle(now);
  const tellProgress = (progress: Progress): void => {
    const { received } = progress;
    if (!isDue(last, { atMs: now(), received, total: progress.total })) return;
    last = { atMs: now(), received };
    stderr.line(lineOf(progress, viewDownload(actor).parts));
  };
  const tell = (event: DownloadEmitted): void => {
    switch (event.type) {
      case 'planned':
        total = event.version.size;
        return stderr.line(
          `Downloads ${label} to ${target}: ${total === null ? 'size unknown' : formatSize(total)}.`,
        );
      case 'verdict': {
        const line = verdictLine(event.verdict, total);
        if (event.verdict._tag === 'Resumed') last = { ...last, received: event.verdict.bytes };
        return line === null ? undefined : stderr.line(line);
      }
      case 'progress':
        return tellProgress(event.progress);
      case 'retry': {
        const line = retries(event);
        return line === null ? undefined : stderr.line(line);
      }
      default: {
        const line = eventWords(event);
        return line === null ? undefined : stderr.line(line);
      }
    }
  };
  return { tell, say: stderr.line, close: () => {} };
};

/** What is worth a line whoever reads it. */
export const eventWords = (event: DownloadEmitted): string | null => {
  switch (event.type) {
    case 'damaged':
      return `Part ${event.part} is not on disk as recorded; it is fetched again.`;
    case 'accessRefreshed':
      return 'Access ran out and was refreshed.';
    case 'paused':
      return 'Paused, with everything kept.';
    case 'resumed':
      return 'Goes on.';
    default:
      return null;
  }
};

interface Moment {
  readonly atMs: number;
  readonly received: number;
}

const isDue = (last: Moment, now: Moment & { readonly total: number | null }): boolean => {
  const passedMs = now.atMs - last.atMs;
  const came = now.received - last.received;
  const isMuch = now.total !== null && came >= now.total * PROGRESS_SHARE;
  return passedMs >= PROGRESS_MS_MAX || (isMuch && passedMs >= LINE_MS_MIN);
};

const lineOf = (progress: Progress, parts: ReturnType<typeof viewDownload>['parts']): string => {
  const left = progress.secondsLeft;
  return [
    [formatPercent(progress), formatAmount(progress.received, progress.total)],
    [formatRate(progress.bytesPerSecond)],
    [left === null ? null : `${formatSeconds(left)} left`],
    [parts === null ? null : `${parts.done} of ${parts.total} parts, ${parts.active} in flight`],
  ]
    .map((words) => words.filter((word) => word !== null).join('  '))
    .filter((words) => words !== '')
    .join(', ');
};

type Retry = Extract<DownloadEmitted, { type: 'retry' }>;

/** A line for a retry, at most one a second; it counts those that got none. */
const retryThrottle = (now: () => number): ((retry: Retry) => string | null) => {
  let lastAtMs = Number.NEGATIVE_INFINITY;
  let silent = 0;
  return (retry) => {
    if (now() - lastAtMs < LINE_MS_MIN) {
      silent += 1;
      return null;
    }
    const others = silent === 0 ? '' : ` (and ${silent} more before)`;
    lastAtMs = now();
    silent = 0;
    return `Retry: ${retryWords(retry)}${others}.`;
  };
};
