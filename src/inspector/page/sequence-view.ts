/** Draws the sequence diagram of the records that the log's filter lets pass. */
import { byId, setText, svg } from './dom.ts';
import { formatMoment } from './format.ts';
import type { Frames } from './frames.ts';
import { layOutSequence, type Sequence, type SequenceRow } from './sequence-layout.ts';
import type { Store } from './store.ts';
import type { Tabs } from './tabs.ts';

const TIMES_WIDTH = 74;
const COLUMN_MIN = 132;
const HEAD = 34;
const ROW = 24;

export const startSequence = (frames: Frames, store: Store, tabs: Tabs): void => {
  const frame = byId('sequence');
  frames.on(['log', 'tab', 'size'], () => {
    if (tabs.seen() !== 'sequence') return;
    const room = frame.clientWidth - TIMES_WIDTH;
    const sequence = layOutSequence(
      store.model().entries,
      Math.max(4, Math.min(9, Math.floor(room / COLUMN_MIN))),
    );
    const column = Math.max(COLUMN_MIN, room / Math.max(1, sequence.actors.length));
    const isAtEnd = frame.scrollTop + frame.clientHeight >= frame.scrollHeight - 4;
    frame.replaceChildren(headOf(sequence, column), drawingOf(sequence, column));
    if (isAtEnd) frame.scrollTop = frame.scrollHeight;
    setText(byId('sequence-caption'), captionOf(sequence));
  });
};

const captionOf = ({ rows, leftOut }: Sequence): string => {
  if (rows.length === 0) return 'Nothing has happened that the filter lets pass.';
  const rest = leftOut === 0 ? '' : ` ${leftOut} more actors have no room: name some above.`;
  return `The last ${rows.length} records.${rest}`;
};

/** The names stay in sight while the records scroll. */
const headOf = ({ actors }: Sequence, column: number): SVGElement =>
  svg(
    'svg',
    { class: 'actors', width: TIMES_WIDTH + actors.length * column, height: HEAD },
    ...actors.map((actor, index) =>
      svg('text', { x: middleOf(index, column), y: HEAD - 9 }, shortened(actor, column)),
    ),
  );

const drawingOf = ({ actors, rows }: Sequence, column: number): SVGElement => {
  const [width, height] = [TIMES_WIDTH + actors.length * column, (rows.length + 1) * ROW];
  const label = `Messages between ${actors.join(', ')}`;
  return svg(
    'svg',
    { width, height, role: 'img', 'aria-label': label },
    ...actors.map((_, index) => {
      const x = middleOf(index, column);
      return svg('line', { class: 'lifeline', x1: x, x2: x, y1: 0, y2: height });
    }),
    ...rows.map((row, index) => rowOf(row, { y: (index + 0.7) * ROW, column })),
  );
};

const middleOf = (index: number, column: number): number => TIMES_WIDTH + (index + 0.5) * column;

interface Place {
  readonly y: number;
  readonly column: number;
}

const rowOf = (row: SequenceRow, place: Place): SVGElement => {
  const { entry, kind, isTrouble } = row;
  const { y } = place;
  return svg(
    'g',
    { class: isTrouble ? `${kind} is-trouble` : kind },
    svg('title', {}, `${formatMoment(entry.record.at)} ${entry.text}`),
    svg('text', { class: 'when', x: 4, y: y + 4 }, formatMoment(entry.record.at)),
    ...(kind === 'message' ? arrowOf(row, place) : noteOf(row, place)),
  );
};

/** From another lifeline; or, where there is none, a short arrow out of nowhere. */
const arrowOf = ({ from, to, label }: SequenceRow, place: Place): ReadonlyArray<SVGElement> => {
  const { y, column } = place;
  const end = middleOf(to, column);
  const start = from === null || from === to ? end - column * 0.42 : middleOf(from, column);
  const room = Math.max(column * 0.8, Math.abs(end - start));
  const towards = Math.sign(end - start);
  const tip = `${end},${y} ${end - towards * 8},${y - 4} ${end - towards * 8},${y + 4}`;
  return [
    svg('line', { x1: start, x2: end - towards * 6, y1: y, y2: y }),
    svg('polygon', { points: tip }),
    svg('text', { class: 'label', x: (start + end) / 2, y: y - 6 }, shortened(label, room)),
  ];
};

const noteOf = ({ to, label }: SequenceRow, { y, column }: Place) => {
  const [x, width] = [middleOf(to, column), column * 0.84];
  return [
    svg('rect', { x: x - width / 2, y: y - 8, width, height: 17, rx: 8 }),
    svg('text', { class: 'label', x, y: y + 4.5 }, shortened(label, width)),
  ];
};

/** Text that surely fits; the whole of it is in the tooltip. */
const shortened = (label: string, width: number): string => {
  const room = Math.max(6, Math.floor(width / 6.3));
  return label.length <= room ? label : `${label.slice(0, room - 1)}…`;
};
