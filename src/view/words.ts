/** Numbers and happenings in words for people: terminal, log and page say the same. Pure. */
import { formatSize } from '../domain/bytes.ts';
import type { DownloadError } from '../domain/errors.ts';
import type { Progress } from '../domain/progress.ts';
import { describeVerdict, type Verdict } from '../domain/verdict.ts';

/**
 * A time span for people: the two largest units.
 *
 * @example
 * formatSeconds(200) // '3 min 20 s'
 */
export const formatSeconds = (seconds: number): string => {
  const whole = Math.max(0, Math.round(seconds));
  if (seconds < 10 && whole < 10) return `${Math.max(0, Math.round(seconds * 10) / 10)} s`;
  const [s, min, h] = [whole % 60, Math.floor(whole / 60) % 60, Math.floor(whole / 3600) % 24];
  if (whole < 60) return `${s} s`;
  if (whole < 3600) return `${min} min ${s} s`;
  return whole < 86_400 ? `${h} h ${min} min` : `${Math.floor(whole / 86_400)} d ${h} h`;
};

/** A wait for people: `40 ms`, `0.5 s`, `3 min 20 s`. */
export const formatWait = (ms: number): string =>
  ms < 100 ? `${Math.round(ms)} ms` : formatSeconds(ms / 1000);

/** Bytes per second for people; null before anything is known. */
export const formatRate = (bytesPerSecond: number): string | null =>
  bytesPerSecond > 0 ? `${formatSize(Math.round(bytesPerSecond))}/s` : null;

/** Rounded down, so that 100 % means all; null when there is no total. */
export const formatPercent = ({ received, total }: Progress): string | null => {
  if (total === null) return null;
  const share = total === 0 ? 1 : received / total;
  return `${(Math.floor(share * 1000) / 10).toFixed(1)} %`;
};

/** `47.3 MB of 100 MB`, or only what arrived. */
export const formatAmount = (received: number, total: number | null): string =>
  total === null ? formatSize(received) : `${formatSize(received)} of ${formatSize(total)}`;

/** A count with its noun: `1 part`, `2 parts`. */
export const countWords = (count: number, noun: string): string =>
  `${count} ${noun}${count === 1 ? '' : 's'}`;

/** How often in a row something failed: `1 try`, `2 tries`. */
export const triesWords = (tries: number): string => (tries === 1 ? '1 try' : `${tries} tries`);

/** A verdict with sizes as people read them; null where there is nothing to tell. */
export const verdictLine = (verdict: Verdict, total: number | null): string | null => {
  switch (verdict._tag) {
    case 'Fresh':
      return null;
    case 'Resumed': {
      const left = total === null ? 'the rest' : formatSize(Math.max(0, total - verdict.bytes));
      const torn = verdict.tornAt === null ? '' : ', the journal was cut off by a crash';
      return `Resumes after ${formatSize(verdict.bytes)}: ${left} to fetch${torn}.`;
    }
    case 'Owned':
      return null; // It is the error, too, and told as such.
    case 'Restarted':
      return describeVerdict(verdict);
  }
};

/** An error in a word or two, for a line that is about something else: `ECONNRESET`. */
export const causeWords = (error: DownloadError): string => {
  switch (error._tag) {
    case 'NetworkFailed':
      return error.code;
    case 'AnswerCut':
      return 'answer cut';
    case 'Stalled':
      return error.cause === 'silence' ? 'silence' : 'lost pace';
    case 'ServerBusy':
    case 'ServerRefused':
    case 'AccessExpired':
    case 'ObjectArchived':
      return error.status === 0 ? error.code : `${error.status} ${error.code}`;
    case 'RangeIgnored':
      return 'range ignored';
    case 'DiskFailed':
      return error.code;
    default:
      return error._tag;
  }
};
