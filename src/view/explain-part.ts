/** One part in a sentence: what it does, with attempt, cause, and how long. */
import type { PartNumber } from '../domain/plan.ts';
import type { PartCode } from './download-view.ts';
import type { Lane } from './lanes.ts';
import { stateOfCode } from './part-codes.ts';
import { PART_WORDS } from './part-words.ts';
import { causeWords, formatWait, triesWords } from './words.ts';

/** @param lane Null: the part has none. */
export const explainPart = (part: PartNumber, code: PartCode, lane: Lane | null): string => {
  const state = stateOfCode(code);
  const words = `Part ${part} ${PART_WORDS[state]}`;
  if (lane === null) return `${words}.`;
  const { attempt, error, delayMs } = lane;
  const wait = delayMs > 0 ? ` ${formatWait(delayMs)}` : '';
  const cause = error === null ? '' : ` after ${causeWords(error)}`;
  const tries = attempt > 0 ? ` (${triesWords(attempt)} failed)` : '';
  return `${words}${wait}${cause}${tries}.`;
};
