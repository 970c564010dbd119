/** Happenings in words for people; those that page and terminal share are in `view/words.ts`. */
import { formatSize } from '../domain/bytes.ts';
import { describeError } from '../domain/describe-error.ts';
import type { DownloadEmitted, DownloadError, DownloadOutcome, ErrorOf } from '../index.ts';
import { causeWords, countWords, formatRate, formatSeconds } from '../view/words.ts';
import { LISTED_OPTIONS, SWITCHES } from './flag-names.ts';

export {
  countWords,
  formatAmount,
  formatPercent,
  formatRate,
  formatSeconds,
  verdictLine,
} from '../view/words.ts';

/** A retry in a few words: `part 17: ECONNRESET, again in 0.5 s`. */
export const retryWords = (retry: Extract<DownloadEmitted, { type: 'retry' }>): string => {
  const who = retry.part === null ? '' : `part ${retry.part}: `;
  return `${who}${causeWords(retry.error)}, again in ${formatSeconds(retry.delayMs / 1000)}`;
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
      return event.because?._tag === 'DiskFull' ? null : 'Paused, with everything kept.';
    case 'resumed':
      return 'Goes on.';
    default:
      return null;
  }
};

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

/** What is allowed is no sentence: its full stop is set here, or by `describeError`. */
const usageWords = (error: ErrorOf<'UsageError'>): string => {
  const { option, value, allowed } = error;
  if (option === 'clean') return `clean needs ${allowed}.`;
  if (option === 'arguments') return `${value}. See ${allowed}.`;
  if (allowed.startsWith(LISTED_OPTIONS)) return `${option} is unknown. Allowed: ${allowed}.`;
  if (SWITCHES.has(option)) return `${option} is not allowed here. Allowed: ${allowed}.`;
  if (value === '') return `${option} is missing or empty. Needed: ${allowed}.`;
  return describeError(error);
};
