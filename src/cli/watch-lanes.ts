/** The lanes of a download on a terminal: a line for each part in flight. Pure. */
import type { DownloadView, LaneView } from '../view/download-view.ts';
import { PART_NAMES } from '../view/part-words.ts';
import { formatRate, formatWait, triesWords } from '../view/words.ts';
import { type Line, span } from './watch-line.ts';
import { lookOf } from './watch-map.ts';

/**
 * At most so many lines; the last says how many lanes had no room.
 *
 * @param rowsMax 0 or less: none.
 */
export const laneLines = (
  { lanes, atMs }: Pick<DownloadView, 'lanes' | 'atMs'>,
  rowsMax: number,
): ReadonlyArray<Line> => {
  if (lanes.length <= rowsMax) return lanes.map((lane) => laneLine(lane, atMs));
  if (rowsMax < 1) return [];
  const shown = lanes.slice(0, rowsMax - 1).map((lane) => laneLine(lane, atMs));
  return [...shown, [span(`  and ${lanes.length - shown.length} more`, 'dim')]];
};

const laneLine = (lane: LaneView, atMs: number): Line => {
  const { part, state, attempt, cause, untilMs, bytesPerSecond } = lane;
  const left = untilMs === null ? '' : ` for ${formatWait(Math.max(0, untilMs - atMs))}`;
  const because = cause === '' ? '' : ` after ${cause}`;
  const tries = attempt === 0 ? '' : ` (${triesWords(attempt)})`;
  return [
    span(`  part ${part}`.padEnd(PART_WIDTH)),
    span(PART_NAMES[state].padEnd(STATE_WIDTH), lookOf(state)),
    span((formatRate(bytesPerSecond) ?? '').padStart(RATE_WIDTH)),
    span(`${left}${because}${tries}`, cause === '' ? 'dim' : 'yellow'),
  ];
};

const PART_WIDTH = 14;
const STATE_WIDTH = 16;
const RATE_WIDTH = 10;
