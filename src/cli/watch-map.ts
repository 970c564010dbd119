/** The part map of the terminal: a cell per part, or per some neighbours, and its legend. */
import { type DownloadView, PART_STATES, type PartState } from '../view/download-view.ts';
import { type PartCell, partCells } from '../view/part-cells.ts';
import { CODE, stateOfCode } from '../view/part-codes.ts';
import { PART_NAMES } from '../view/part-words.ts';
import { type Line, type Look, type Span, span, widthOf } from './watch-line.ts';

/** Each state has a sign of its own, so that no colour is needed to tell them apart. */
const SIGNS: Readonly<Record<PartState, { readonly sign: string; readonly look: Look }>> = {
  queued: { sign: '·', look: 'grey' },
  requesting: { sign: '?', look: 'cyan' },
  flowing: { sign: '▼', look: 'blue' },
  backingOff: { sign: '!', look: 'yellow' },
  awaitingAccess: { sign: '&', look: 'yellow' },
  written: { sign: '▒', look: 'green' },
  durable: { sign: '█', look: 'green' },
  verifying: { sign: '%', look: 'cyan' },
  damaged: { sign: '×', look: 'red' },
};

/** Parts that are there and parts that are to come share the cell. */
const MIXED = { sign: '░', look: 'green' } as const;

/** How a state is written and coloured, wherever it is named. */
export const lookOf = (state: PartState): Look => SIGNS[state].look;

/**
 * The map on at most so many rows. An object in one request has none: it would be one cell.
 *
 * @param columns At least 1.
 */
export const mapLines = (
  { parts }: Pick<DownloadView, 'parts'>,
  columns: number,
  rowsMax: number,
): ReadonlyArray<Line> => {
  if (parts.length < 2 || rowsMax < 1) return [];
  const cells = partCells(parts, columns * rowsMax);
  const rows = Math.ceil(cells.length / columns);
  return Array.from({ length: rows }, (_, row) =>
    runsOf(cells.slice(row * columns, (row + 1) * columns)),
  );
};

/** How many rows the map would like: one for each `columns` parts. */
export const mapRowsWanted = ({ parts }: Pick<DownloadView, 'parts'>, columns: number): number =>
  parts.length < 2 ? 0 : Math.ceil(parts.length / columns);

/** The signs on the map with how many parts they stand for; as many as fit one line. */
export const legendLine = ({ parts }: Pick<DownloadView, 'parts'>, columns: number): Line => {
  const counts = new Uint32Array(PART_STATES.length);
  for (const code of parts) counts[code]! += 1;
  let line: ReadonlyArray<Span> = [];
  for (const state of LEGEND) {
    const count = counts[CODE[state]]!;
    if (count === 0) continue;
    const { sign, look } = SIGNS[state];
    const gap = line.length === 0 ? [] : [span('  ')];
    const longer = [...line, ...gap, span(sign, look), span(` ${count} ${PART_NAMES[state]}`)];
    if (widthOf(longer) > columns) break;
    line = longer;
  }
  return line;
};

/** What a reader looks for first. */
const LEGEND: ReadonlyArray<PartState> = [
  'damaged',
  'awaitingAccess',
  'backingOff',
  'durable',
  'written',
  'flowing',
  'requesting',
  'verifying',
  'queued',
];

/** Neighbours that look alike are painted at once. */
const runsOf = (cells: ReadonlyArray<PartCell>): Line => {
  const spans: Array<{ text: string; look: Look }> = [];
  for (const { code, isMixed } of cells) {
    const { sign, look } = isMixed ? MIXED : SIGNS[stateOfCode(code)];
    const last = spans.at(-1);
    if (last?.look === look) last.text += sign;
    else spans.push({ text: sign, look });
  }
  return spans;
};
