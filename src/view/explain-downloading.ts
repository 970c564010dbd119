/** While bytes move: what holds a download up, in one sentence. The most serious cause wins. */
import type { Lane } from './lanes.ts';
import { CODE } from './part-codes.ts';
import { isIn, type Situation } from './situation.ts';
import { isRereading } from './state-words.ts';
import { causeWords, countWords, formatWait, triesWords } from './words.ts';

/** Empty: bytes flow and nothing waits. */
export const explainDownloading = (situation: Situation): string => {
  const { states, context, lanes, unread } = situation;
  const [first, ...others] = lanes.filter(({ code }) => code === CODE.backingOff);
  if (isIn(states, 'downloadingParts.access.refreshing')) {
    const waiting = lanes.filter(({ code }) => code === CODE.awaitingAccess).length;
    return `Waits for fresh credentials: ${waitingWords(waiting, 'for them')}.`;
  }
  if (isRereading('downloadingParts', context)) {
    return `Reads back ${countWords(unread, 'part')} that a former run wrote.`;
  }
  if (first !== undefined) return `${waitWords(first)}${othersWords(others.length)}.`;
  const isStill = lanes.length > 0 && lanes.every(({ code }) => code === CODE.requesting);
  if (isStill) return `Waits for the first byte of ${countWords(lanes.length, 'request')}.`;
  return unread > 0
    ? `Reads back ${countWords(unread, 'part')} that a former run wrote, while others arrive.`
    : '';
};

/** `Part 17 waits 0.5 s after ECONNRESET (2 tries)`. */
const waitWords = ({ part, delayMs, error, attempt }: Lane): string => {
  const wait = delayMs > 0 ? ` ${formatWait(delayMs)}` : '';
  const cause = error === null ? '' : ` after ${causeWords(error)} (${triesWords(attempt)})`;
  return `Part ${part} waits${wait}${cause}`;
};

const othersWords = (others: number): string =>
  others === 0 ? '' : `, and ${others} more ${others === 1 ? 'waits' : 'wait'}, too`;

const waitingWords = (count: number, forWhat: string): string =>
  count === 1 ? `1 part waits ${forWhat}` : `${count} parts wait ${forWhat}`;
