/** Rows in aligned columns, as wide as the terminal at most. Pure. */
import { displayWidth } from './progress-line.ts';

const GAP = '  ';

export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
  /** Cells below which it is not shortened; null: never shortened. */
  readonly least: number | null;
}

/**
 * The lines of a table, its head first.
 *
 * @param width Of the terminal in cells; null: as wide as it needs. The widest column that may be
 *   shortened is shortened first, in the middle: both ends of a path tell something.
 */
export const tableLines = (
  columns: ReadonlyArray<Column>,
  rows: ReadonlyArray<ReadonlyArray<string>>,
  width: number | null,
): ReadonlyArray<string> => {
  const all = [columns.map(({ title }) => title), ...rows];
  const widths = columns.map((_, at) => Math.max(...all.map((row) => displayWidth(row[at] ?? ''))));
  const flexible = columns.flatMap(({ least }, at) => (least === null ? [] : [{ at, least }]));
  while (width !== null && total(widths) > width) {
    const [widest] = flexible
      .filter(({ at, least }) => widths[at]! > least)
      .sort((a, b) => widths[b.at]! - widths[a.at]!);
    if (widest === undefined) break;
    widths[widest.at]! -= 1;
  }
  return all.map((row) =>
    row
      .map((cell, at) => padded(shortened(cell, widths[at]!), widths[at]!, columns[at]!.align))
      .join(GAP)
      .trimEnd(),
  );
};

const total = (widths: ReadonlyArray<number>): number =>
  widths.reduce((sum, width) => sum + width, (widths.length - 1) * GAP.length);

const padded = (cell: string, width: number, align: Column['align']): string => {
  const space = ' '.repeat(Math.max(0, width - displayWidth(cell)));
  return align === 'left' ? cell + space : space + cell;
};

/**
 * Both ends of a text, and `…` for what was between.
 *
 * @example
 * shortened('/home/user/object.bin', 11) // '/home…t.bin'
 */
export const shortened = (text: string, width: number): string => {
  if (displayWidth(text) <= width) return text;
  const letters = [...text];
  let [head, tail] = ['', ''];
  while (letters.length > 0) {
    const isHead = displayWidth(head) <= displayWidth(tail);
    const letter = (isHead ? letters.shift() : letters.pop()) ?? '';
    if (displayWidth(head + tail + letter) > width - 1) break;
    if (isHead) head += letter;
    else tail = letter + tail;
  }
  return `${head}…${tail}`;
};
