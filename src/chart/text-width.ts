/**
 * How wide a text will be, without a font at hand.
 *
 * Advance widths of DejaVu Sans, the widest of the fonts that `sans-serif` commonly is: in any
 * other one a text has room to spare, in none does it leave its box.
 */

/** In thousandths of the font's size. */
const CLASSES: ReadonlyArray<readonly [characters: string, width: number]> = [
  ['ijlI', 290],
  [" .,:;'|!", 325],
  ['[](){}/frt-', 395],
  ['scz', 550],
  ['mwMW@%', 930],
  ['ABCDEFGHJKLNOPQRSTUVXYZ', 720],
];
const OTHER = 630;
const BOLD = 1.12;

const WIDTHS: ReadonlyMap<string, number> = new Map(
  CLASSES.flatMap(([characters, width]) => [...characters].map((it) => [it, width] as const)),
);

export interface Face {
  /** Height of the font, in pixels. */
  readonly size: number;
  readonly isBold?: boolean;
}

/**
 * An upper estimate of a line's width, in whole pixels.
 *
 * @example
 * textWidth('planning', { size: 10 }) // 44
 */
export const textWidth = (text: string, { size, isBold = false }: Face): number => {
  let thousandths = 0;
  for (const character of text) thousandths += WIDTHS.get(character) ?? OTHER;
  return Math.ceil((thousandths / 1000) * size * (isBold ? BOLD : 1));
};

/** Breaks a text between words into lines of at most `columns` characters, where words allow. */
export const wrap = (text: string, columns: number): ReadonlyArray<string> => {
  const lines: Array<string> = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > columns) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
};
