/** A download line by line, for logs: at events, and every few seconds. */
import { type Download, type DownloadEmitted, formatSize, type Progress } from '../index.ts';
import { type DownloadView, viewDownload } from './download-view.ts';
import type { Io } from './output.ts';
import type { Reporter, Subject } from './reporter.ts';
import {
  eventWords,
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
  subject: Subject,
  { actor }: Pick<Download, 'actor'>,
  { stderr, now }: Io,
): Reporter => {
  let total: number | null = null;
  const isDue = progressThrottle(now);
  const retryLine = retryThrottle(now);
  const lineOf = (event: DownloadEmitted): string | null => {
    switch (event.type) {
      case 'planned':
        total = event.version.size;
        return startLine(subject, total);
      case 'verdict':
        return verdictLine(event.verdict, total);
      case 'progress':
        return isDue(event.progress) ? progressWords(event.progress, viewDownload(actor)) : null;
      case 'retry':
        return retryLine(event);
      default:
        return eventWords(event);
    }
  };
  const tell = (event: DownloadEmitted): void => {
    const line = lineOf(event);
    if (line !== null) stderr.line(line);
  };
  return { tell, say: stderr.line, close: () => {} };
};

const startLine = ({ label, target }: Subject, total: number | null): string =>
  `Downloads ${label} to ${target}: ${total === null ? 'size unknown' : formatSize(total)}.`;

const progressWords = (progress: Progress, { parts }: DownloadView): string => {
  const percent = formatPercent(progress);
  const amount = formatAmount(progress.received, progress.total);
  const left = progress.secondsLeft;
  const words = [
    percent === null ? amount : `${percent}, ${amount}`,
    formatRate(progress.bytesPerSecond),
    left === null ? null : `${formatSeconds(left)} left`,
    parts === null ? null : `${parts.done} of ${parts.total} parts, ${parts.active} in flight`,
  ];
  return words.filter((word) => word !== null).join(', ');
};

/** Is it time for a line of progress? What a former run brought does not count. */
const progressThrottle = (now: () => number): ((progress: Progress) => boolean) => {
  let last = { atMs: now(), received: 0 };
  return ({ received, resumed, total }) => {
    const passedMs = now() - last.atMs;
    const came = received - Math.max(last.received, resumed);
    const isMuch = total !== null && came > 0 && came >= total * PROGRESS_SHARE;
    const isDue = passedMs >= PROGRESS_MS_MAX || (isMuch && passedMs >= LINE_MS_MIN);
    if (isDue) last = { atMs: now(), received };
    return isDue;
  };
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
