/** A download as a screen full of lines. Pure: the same view on the same screen looks the same. */
import { basename } from 'node:path';
import { formatSize } from '../domain/bytes.ts';
import type { DownloadView } from '../view/download-view.ts';
import {
  countWords,
  formatAmount,
  formatPercent,
  formatRate,
  formatSeconds,
} from '../view/words.ts';
import { laneLines } from './watch-lanes.ts';
import {
  clipLine,
  EMPTY_LINE,
  justify,
  type Line,
  type Look,
  paint,
  span,
  wrap,
} from './watch-line.ts';
import { legendLine, mapLines, mapRowsWanted } from './watch-map.ts';

export interface Screen {
  readonly columns: number;
  readonly rows: number;
  readonly colours: boolean;
}

/** Below this a screen shows less than the plain line does. */
export const COLUMNS_MIN = 20;
export const ROWS_MIN = 8;

/**
 * The lines of a screen, top first: never more than `rows`, none wider than `columns - 1`, so that
 * no terminal wraps it. What matters least goes first where room is short.
 *
 * @param log The latest line last; as many of the last ones are shown as there is room.
 */
export const renderScreen = (
  view: DownloadView,
  log: ReadonlyArray<string>,
  { columns, rows, colours }: Screen,
): ReadonlyArray<string> => {
  const width = Math.max(1, columns - 1);
  const lines = layOut(view, log, width, rows);
  return lines.slice(0, rows).map((line) => paint(clipLine(line, width), colours));
};

/** Head, map, lanes and log, one below the other. The log takes what the others leave. */
const layOut = (
  view: DownloadView,
  log: ReadonlyArray<string>,
  width: number,
  rows: number,
): ReadonlyArray<Line> => {
  const isRoomy = rows >= ROOMY_ROWS;
  const gap: ReadonlyArray<Line> = isRoomy ? [EMPTY_LINE] : [];
  const head = headLines(view, width, isRoomy);
  const free = rows - head.length;
  const mapRows = Math.min(mapRowsWanted(view, width), Math.max(1, Math.floor(free * MAP_SHARE)));
  const map = mapLines(view, width, mapRows);
  const legend = map.length > 0 && isRoomy ? [legendLine(view, width)] : [];
  const above = [...head, ...gap, ...map, ...legend, ...(map.length > 0 ? gap : [])];
  // As many as there may be, so that nothing below jumps while lanes come and go.
  const laneRows = Math.min(view.lanesMax, Math.floor((rows - above.length) * LANE_SHARE));
  const lanes = laneLines(view, laneRows);
  const stable = Array.from({ length: laneRows }, (_, row) => lanes[row] ?? EMPTY_LINE);
  const logRows = Math.max(0, rows - above.length - stable.length - gap.length);
  const last = log.slice(Math.max(0, log.length - logRows));
  return [...above, ...stable, ...gap, ...last.map((text) => [span(text, 'dim')])];
};

/** From here on there is room for a legend, and for air. */
const ROOMY_ROWS = 14;
const MAP_SHARE = 0.4;
const LANE_SHARE = 0.6;

const headLines = (view: DownloadView, width: number, isRoomy: boolean): ReadonlyArray<Line> => {
  const { target, word, because, verdictWords, label } = view;
  const title = justify([span(basename(target), 'bold')], [span(word, wordLook(word))], width);
  const from = isRoomy ? [[span(`from ${label}`, 'dim')]] : [];
  const why = wrap(because, width, isRoomy ? 2 : 1).map((text) => [span(text)]);
  // The sentence comes and goes ten times a second: its place stays.
  const reason = why.length === 0 ? [EMPTY_LINE] : why;
  const verdict = isRoomy && verdictWords !== '' ? [[span(verdictWords, 'dim')]] : [];
  const progress = progressLines(view, width);
  return [title, ...from, ...verdict, ...reason, ...(isRoomy ? progress : progress.slice(0, 1))];
};

const wordLook = (word: string): Look => {
  if (word === 'failed') return 'red';
  if (word === 'renamed') return 'green';
  return word === 'paused' || word === 'cancelled' ? 'yellow' : 'cyan';
};

const progressLines = (view: DownloadView, width: number): ReadonlyArray<Line> => {
  const { progress, retries } = view;
  if (progress === null) return [[span('Nothing is planned yet.', 'dim')]];
  const { received, written, durable, total, bytesPerSecond, secondsLeft } = progress;
  const facts = [
    formatPercent(progress),
    formatAmount(received, total),
    formatRate(bytesPerSecond),
    secondsLeft === null ? null : `${formatSeconds(Math.ceil(secondsLeft))} left`,
  ].filter((fact) => fact !== null);
  while (facts.length > 1 && facts.join(GAP).length > width) facts.pop();
  const numbers = facts.join(GAP);
  const share = total === null ? null : total === 0 ? 1 : received / total;
  const barWidth = Math.min(BAR_MAX, width - numbers.length - 2);
  const bar = share === null || barWidth < BAR_MIN ? [] : barSpans(share, barWidth);
  const counters = [
    `written ${formatSize(written)}`,
    `durable ${formatSize(durable)}`,
    retries === 1 ? '1 retry' : `${retries} retries`,
    partsWords(view),
  ].filter((words) => words !== null);
  return [[...bar, span(numbers)], [span(counters.join('  '), 'dim')]];
};

const partsWords = ({ plan }: DownloadView): string | null =>
  plan === null || plan.partCount < 2
    ? null
    : `${countWords(plan.partCount, 'part')} of ${formatSize(plan.partSize)}`;

const barSpans = (share: number, width: number): Line => {
  const full = Math.floor(Math.min(1, share) * width);
  return [span('━'.repeat(full), 'green'), span('─'.repeat(width - full), 'grey'), span('  ')];
};

const GAP = '  ';
const BAR_MIN = 8;
const BAR_MAX = 40;
