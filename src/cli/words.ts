/** Numbers and happenings in words for people. Pure. */
import { formatSize } from '../domain/bytes.ts';
import { describeError } from '../domain/describe-error.ts';
import { describeVerdict } from '../domain/verdict.ts';
import type {
  DownloadEmitted,
  DownloadError,
  DownloadOutcome,
  Progress,
  Verdict,
} from '../index.ts';

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

/** A retry in a few words: `part 17: ECONNRESET, again in 0.5 s`. */
export const retryWords = (retry: Extract<DownloadEmitted, { type: 'retry' }>): string => {
  const who = retry.part === null ? '' : `part ${retry.part}: `;
  return `${who}${causeWords(retry.error)}, again in ${formatSeconds(retry.delayMs / 1000)}`;
};

const causeWords = (error: DownloadError): string => {
  switch (error._tag) {
    case 'NetworkFailed':
      return error.code;
    case 'AnswerCut':
      return 'answer cut';
    case 'Stalled':
      return error.cause === 'silence' ? 'silence' : 'lost pace';
    case 'ServerBusy':
      return `${error.status} ${error.code}`;
    case 'RangeIgnored':
      return 'range ignored';
    default:
      return error._tag;
  }
};

/** What else is worth a line; null for what is told in another way. */
export const eventWords = (event: DownloadEmitted): string | null => {
  switch (event.type) {
    case 'damaged':
      return `Part ${event.part} is not on disk as recorded; it is fetched again.`;
    case 'repairing':
      return event.scope === 'damaged'
        ? `The checksum differs: ${countWords(event.parts, 'part')} on disk, read back, are not ` +
            'what was received; fetched again.'
        : `The checksum differs, and no part tells why: all ${event.parts} are fetched once more.`;
    case 'accessRefreshed':
      return 'Access ran out and was refreshed.';
    case 'paused':
      return event.because === null ? 'Paused, with everything kept.' : null;
    case 'resumed':
      return 'Goes on.';
    default:
      return null;
  }
};

/** A count with its noun: `1 part`, `2 parts`. */
export const countWords = (count: number, noun: string): string =>
  `${count} ${noun}${count === 1 ? '' : 's'}`;

/** The last line of a download that went well. */
export const doneLine = (label: string, outcome: DownloadOutcome): string => {
  const { size, seconds, resumedBytes, fetchedBytes, crc64, target } = outcome;
  const rate = seconds > 0 ? formatRate(fetchedBytes / seconds) : null;
  const pace = rate === null ? '' : `, ${rate}`;
  const resumed = resumedBytes > 0 ? `, ${formatSize(resumedBytes)} of it resumed` : '';
  const what = `${formatSize(size)} in ${formatSeconds(seconds)}${pace}${resumed}`;
  return `${label} is in ${target}: ${what}, CRC-64 ${crc64}.`;
};

/** Why it did not go well, and what to do. */
export const errorLine = (error: DownloadError): string =>
  error._tag === 'UsageError'
    ? `partwise: ${usageWords(error)}`
    : `partwise: ${describeError(error)}`;

const usageWords = (error: Extract<DownloadError, { _tag: 'UsageError' }>): string => {
  const { option, value, allowed } = error;
  const end = allowed.endsWith('.') || allowed.endsWith('?)') ? '' : '.';
  if (option === 'clean') return `clean needs ${allowed}${end}`;
  if (option === 'arguments') return `${value} See ${allowed}${end}`;
  return value === 'unknown'
    ? `${option} is unknown. Allowed: ${allowed}${end}`
    : describeError(error);
};
