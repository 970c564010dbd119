/** A download as one line that fits a terminal. Pure. */
import { formatSize } from '../index.ts';
import type { DownloadView } from './download-view.ts';
import { formatPercent, formatRate, formatSeconds } from './words.ts';

export interface LineContent {
  /** What is downloaded: the name of the file. */
  readonly name: string;
  readonly view: DownloadView;
  /** What happened just now, in place of the state; null: nothing worth telling. */
  readonly note: string | null;
}

interface Segment {
  readonly text: string;
  /** What is dropped last has rank 1. */
  readonly rank: number;
}

/**
 * The line, shorter than `columns` so that no terminal wraps it: what matters least goes first,
 * and a bar is drawn where there is room left.
 *
 * @param columns Width of the terminal in cells.
 */
export const progressLine = (content: LineContent, columns: number): string => {
  const room = Math.max(1, columns - 1);
  let segments = segmentsOf(content);
  while (segments.length > 1 && displayWidth(joined(segments)) > room) {
    const last = Math.max(...segments.map(({ rank }) => rank));
    segments = segments.filter(({ rank }) => rank !== last);
  }
  const spare = room - displayWidth(joined(segments));
  const grown = segments.map((segment) =>
    segment.rank === BAR_RANK ? drawBar(content.view, BAR_MIN + spare) : segment.text,
  );
  return clipped(grown.join(GAP), room);
};

const GAP = '  ';
const BAR_MIN = 10;
const BAR_MAX = 30;
const BAR_RANK = 6;
const NAME_MAX = 24;

const segmentsOf = ({ name, view, note }: LineContent): ReadonlyArray<Segment> => {
  const { progress, parts, state } = view;
  const isUsual = note === null && state === 'downloading';
  const doing = { text: note ?? state, rank: isUsual ? 8 : 3 };
  const title = { text: clipped(name, NAME_MAX), rank: 9 };
  if (progress === null) return [title, { ...doing, rank: 1 }];
  const { received, total, bytesPerSecond, secondsLeft } = progress;
  const amount =
    total === null ? formatSize(received) : `${formatSize(received)}/${formatSize(total)}`;
  const left = secondsLeft === null ? null : `${formatSeconds(Math.ceil(secondsLeft))} left`;
  const counts = parts === null ? null : `${parts.done}/${parts.total} parts +${parts.active}`;
  const candidates: ReadonlyArray<{ readonly text: string | null; readonly rank: number }> = [
    title,
    { text: formatPercent(progress), rank: 1 },
    { text: total === null ? null : drawBar(view, BAR_MIN), rank: BAR_RANK },
    { text: amount, rank: 2 },
    { text: formatRate(bytesPerSecond), rank: 4 },
    { text: left, rank: 5 },
    { text: counts, rank: 7 },
    doing,
  ];
  return candidates.filter((segment): segment is Segment => segment.text !== null);
};

const joined = (segments: ReadonlyArray<Segment>): string =>
  segments.map(({ text }) => text).join(GAP);

const drawBar = ({ progress }: DownloadView, width: number): string => {
  const cells = Math.min(BAR_MAX, width) - 2;
  const { received, total } = progress ?? { received: 0, total: null };
  const share = total === null ? 0 : total === 0 ? 1 : received / total;
  const full = Math.floor(Math.min(1, share) * cells);
  return `[${'='.repeat(full)}${'-'.repeat(cells - full)}]`;
};

/** The beginning of a text, marked where it was cut. */
export const clipped = (text: string, width: number): string => {
  if (displayWidth(text) <= width) return text;
  let kept = '';
  for (const character of text) {
    if (displayWidth(kept + character) > width - 1) break;
    kept += character;
  }
  return `${kept}…`;
};

/** How many cells a text takes: East Asian characters and pictures two, combining marks none. */
export const displayWidth = (text: string): number => {
  let width = 0;
  for (const character of text) {
    width += /\p{M}|\u200d/u.test(character) ? 0 : WIDE.test(character) ? 2 : 1;
  }
  return width;
};

/** Hangul, CJK with its punctuation and its full-width forms. */
const EAST_ASIAN =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/;
const WIDE = new RegExp(
  `${EAST_ASIAN.source}|\\p{Emoji_Presentation}|[\\u{20000}-\\u{3fffd}]`,
  'u',
);
