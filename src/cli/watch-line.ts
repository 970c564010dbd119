/** Lines of a screen: words with a colour each, clipped to a width, then painted. Pure. */
import { printable } from './output.ts';
import { clipped, displayWidth } from './progress-line.ts';

/** How a word looks; without colours all look alike. */
export type Look = 'plain' | 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'blue' | 'cyan' | 'grey';

export interface Span {
  readonly text: string;
  readonly look: Look;
}

export type Line = ReadonlyArray<Span>;

/** A text without control characters, whatever it is made of. */
export const span = (text: string, look: Look = 'plain'): Span => ({ text: printable(text), look });

export const EMPTY_LINE: Line = [];

/** SGR parameters, from ECMA-48 §8.3.117; bright black is what terminals call grey. */
const SGR: Readonly<Record<Look, string>> = {
  plain: '',
  bold: '1',
  dim: '2',
  red: '31',
  green: '32',
  yellow: '33',
  blue: '34',
  cyan: '36',
  grey: '90',
};

export const widthOf = (line: Line): number =>
  line.reduce((width, { text }) => width + displayWidth(text), 0);

/** The line with what does not fit cut off and marked. */
export const clipLine = (line: Line, columns: number): Line => {
  if (widthOf(line) <= columns) return line;
  const kept: Array<Span> = [];
  let room = columns;
  for (const { text, look } of line) {
    if (room <= 0) break;
    const cut = clipped(text, room);
    kept.push({ text: cut, look });
    if (cut !== text) break;
    room -= displayWidth(text);
  }
  return kept;
};

/** One line with its beginning at the left edge and its end at the right one. */
export const justify = (left: Line, right: Line, columns: number): Line => {
  const gap = columns - widthOf(left) - widthOf(right);
  if (gap >= 1) return [...left, span(' '.repeat(gap)), ...right];
  const room = columns - widthOf(right) - 1;
  return room < 1 ? clipLine(right, columns) : [...clipLine(left, room), span(' '), ...right];
};

export const paint = (line: Line, hasColours: boolean): string =>
  line
    .map(({ text, look }) =>
      hasColours && look !== 'plain' ? `\u001b[${SGR[look]}m${text}\u001b[0m` : text,
    )
    .join('');

/** Words on as many lines as they need, at most `linesMax`; the last one is marked where cut. */
export const wrap = (text: string, columns: number, linesMax: number): ReadonlyArray<string> => {
  const lines: Array<string> = [];
  let rest = printable(text);
  while (rest !== '' && lines.length < linesMax - 1 && displayWidth(rest) > columns) {
    const fitting = beginningOf(rest, columns);
    lines.push(fitting.trimEnd());
    rest = rest.slice(fitting.length).trimStart();
  }
  return rest === '' ? lines : [...lines, clipped(rest, columns)];
};

/** As many whole words as fit; of a word that is longer than that, its beginning. */
const beginningOf = (text: string, columns: number): string => {
  let fitting = '';
  for (const character of text) {
    if (displayWidth(fitting + character) > columns) break;
    fitting += character;
  }
  const atWord = fitting.lastIndexOf(' ');
  return atWord > 0 ? fitting.slice(0, atWord) : fitting;
};
