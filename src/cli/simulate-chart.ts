/** A download over time as a picture of characters. Pure. */
import { formatSize } from '../index.ts';
import type { Forecast } from '../testing/index.ts';
import { formatSeconds } from './words.ts';

export interface ChartLook {
  /** Width of the terminal in cells. */
  readonly columns: number;
  /** Only characters of ASCII. */
  readonly isPlain: boolean;
}

const ROWS = 8;
const COLUMNS_MIN = 29;
const COLUMNS_MAX = 120;
const LABEL = 9;

/**
 * What is there at which time, and below it when the process was killed and the power cut. None of
 * the lines is as wide as the terminal.
 */
export const chartLines = (
  { sample }: Pick<Forecast, 'sample'>,
  size: number,
  { columns, isPlain }: ChartLook,
): ReadonlyArray<string> => {
  const width = Math.max(COLUMNS_MIN, Math.min(COLUMNS_MAX, columns - 1)) - LABEL - 2;
  const endMs = Math.max(1, sample.seconds * 1000);
  const heights = heightsOf(sample.points, width, endMs);
  const top = sample.isWhole ? size : Math.max(1, ...heights);
  const axis = isPlain ? '|' : '│';
  const rows = Array.from({ length: ROWS }, (_, row) => {
    const above = ROWS - row;
    const label = row === 0 ? formatSize(top) : row === ROWS / 2 ? formatSize(top / 2) : '';
    const cells = heights.map((height) => cellOf((height / top) * ROWS - above + 1, isPlain));
    return `${label.padStart(LABEL)} ${axis}${cells.join('')}`.trimEnd();
  });
  const floor = isPlain ? `+${'-'.repeat(width)}` : `└${'─'.repeat(width)}`;
  const end = formatSeconds(sample.seconds);
  const times = `0${end.padStart(width - 1)}`;
  return [
    ...rows,
    `${' '.repeat(LABEL)} ${floor}`,
    ...markLines(sample, width, endMs),
    `${' '.repeat(LABEL + 2)}${times}`,
  ];
};

/** What is there at the end of each column. */
const heightsOf = (
  points: Forecast['sample']['points'],
  width: number,
  endMs: number,
): ReadonlyArray<number> => {
  let at = 0;
  let height = 0;
  return Array.from({ length: width }, (_, column) => {
    const untilMs = ((column + 1) / width) * endMs;
    for (; at < points.length && points[at]!.atMs <= untilMs; at++) height = points[at]!.received;
    return height;
  });
};

const EIGHTHS = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** @param share How much of the cell is below the curve: 0 or less, none; 1 or more, all. */
const cellOf = (share: number, isPlain: boolean): string => {
  if (isPlain) return share >= 0.5 ? '#' : ' ';
  return EIGHTHS[Math.max(0, Math.min(8, Math.round(share * 8)))]!;
};

/** A line for each kind of interruption that there was: when. */
const markLines = (
  { interruptions }: Forecast['sample'],
  width: number,
  endMs: number,
): ReadonlyArray<string> =>
  MARKS.flatMap(({ kind, title, mark }) => {
    const moments = interruptions.filter((interruption) => interruption.kind === kind);
    if (moments.length === 0) return [];
    const cells = Array.from({ length: width }, () => ' ');
    for (const { atMs } of moments) {
      cells[Math.min(width - 1, Math.floor((atMs / endMs) * width))] = mark;
    }
    return [`${title.padStart(LABEL)}  ${cells.join('')}`.trimEnd()];
  });

const MARKS = [
  { kind: 'killed', title: 'killed', mark: 'x' },
  { kind: 'powerLost', title: 'power cut', mark: '!' },
] as const;
