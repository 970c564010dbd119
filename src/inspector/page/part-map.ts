/** The part map: a cell per part; pointer and arrow keys move a cursor that tells about one. */
import { byId, setShown, setText } from './dom.ts';
import { countWords, formatCount } from './format.ts';
import type { Frames } from './frames.ts';
import type { Model } from './model.ts';
import { paintAll, paintChanges, sizeCanvas } from './part-canvas.ts';
import { cellAt, cellOf, cornerOf, layOutParts, type PartLayout, partsOf } from './part-layout.ts';
import { PART_LOOKS, worstOf } from './part-states.ts';
import type { Store } from './store.ts';
import { rangeWords, stateWords } from './words-of-part.ts';

export const startPartMap = (
  frames: Frames,
  store: Store,
  choose: (part: number) => void,
): void => {
  const [map, canvas] = [byId('map'), byId<HTMLCanvasElement>('map-canvas')];
  const context = canvas.getContext('2d');
  if (context === null) throw new RangeError('the browser has no canvas');
  let layout = layOutParts(0, { width: 1, height: 1 });

  const layOut = (): void => {
    const { codes } = store.model().table;
    layout = layOutParts(codes.length, roomOf(map));
    sizeCanvas(canvas, layout);
    paintAll(context, layout, codes);
    setText(byId('map-caption'), captionOf(layout));
    drawCursor(store.model(), layout, 0);
  };

  frames.on(['parts'], () => {
    const changes = store.takePartChanges();
    const { codes } = store.model().table;
    if (codes.length !== layout.partCount) return layOut();
    if (changes === null) paintAll(context, layout, codes);
    else paintChanges(context, layout, { codes, changes });
  });
  frames.on(['size', 'theme'], layOut);
  frames.on(['cursor', 'part', 'parts', 'view', 'clock'], (nowMs) => {
    drawCursor(store.model(), layout, nowMs);
  });

  const pointedAt = (event: MouseEvent): number | null => {
    const { left, top } = canvas.getBoundingClientRect();
    const cell = cellAt(layout, { x: event.clientX - left, y: event.clientY - top });
    return cell === null ? null : mostNotable(store.model(), layout, cell);
  };
  canvas.addEventListener('pointermove', (event) => {
    map.classList.add('is-pointed');
    const part = pointedAt(event);
    if (part !== null) store.setCursor(part);
  });
  canvas.addEventListener('pointerleave', () => {
    map.classList.remove('is-pointed');
    frames.touch('cursor');
  });
  canvas.addEventListener('click', (event) => {
    const part = pointedAt(event);
    if (part !== null) choose(part);
  });
  map.addEventListener('focus', () => store.setCursor(store.model().cursor ?? 1));
  map.addEventListener('keydown', (event) => {
    const { cursor, table } = store.model();
    const to = moved(event.key, cursor ?? 1, layout);
    if (to === null) return;
    event.preventDefault();
    event.stopPropagation(); // A replay's own keys are the same.
    if (to === 'choose') choose(cursor ?? 1);
    else store.setCursor(Math.min(table.codes.length, Math.max(1, to)));
  });
};

/** At most half of what can be seen, so that the lanes and the chart stay near. */
const roomOf = (map: HTMLElement): { readonly width: number; readonly height: number } => ({
  width: Math.max(1, map.clientWidth),
  height: Math.min(380, Math.max(180, innerHeight * 0.45)),
});

const moved = (key: string, cursor: number, layout: PartLayout): number | 'choose' | null => {
  const row = layout.columns * layout.partsPerCell;
  switch (key) {
    case 'ArrowLeft':
      return cursor - 1;
    case 'ArrowRight':
      return cursor + 1;
    case 'ArrowUp':
      return cursor > row ? cursor - row : cursor;
    case 'ArrowDown':
      return cursor + row <= layout.partCount ? cursor + row : cursor;
    case 'PageUp':
      return cursor - 10 * row;
    case 'PageDown':
      return cursor + 10 * row;
    case 'Home':
      return 1;
    case 'End':
      return layout.partCount;
    case 'Enter':
    case ' ':
      return 'choose';
    default:
      return null;
  }
};

/** Of the parts in a cell, the number of the one that gives it its colour. */
const mostNotable = ({ table }: Model, layout: PartLayout, cell: number): number => {
  const parts = partsOf(layout, cell);
  return table.codes.indexOf(worstOf(table.codes, parts), parts.first) + 1;
};

const captionOf = ({ partsPerCell, partCount }: PartLayout): string => {
  if (partCount === 0) return 'No plan yet.';
  const shared =
    partsPerCell > 1 ? `, ${partsPerCell} to a cell, in the colour of the most urgent one` : '';
  return `${countWords(partCount, 'part')}${shared}.`;
};

const drawCursor = (model: Model, layout: PartLayout, nowMs: number): void => {
  const { cursor, selected } = model;
  const map = byId('map');
  const isLit = map.classList.contains('is-pointed') || map.matches(':focus-visible');
  place(byId('map-selected'), layout, selected);
  place(byId('map-cursor'), layout, isLit ? cursor : null);
  const part = cursor !== null && cursor <= layout.partCount ? cursor : null;
  map.setAttribute('aria-valuemax', String(Math.max(1, layout.partCount)));
  map.setAttribute('aria-valuenow', String(part ?? 1));
  const tip = byId('map-tip');
  setShown(tip, isLit && part !== null);
  if (part === null) {
    map.setAttribute('aria-valuetext', 'No part yet.');
    return;
  }
  const state = stateWords(model, part, nowMs);
  const range = rangeWords(model, part);
  map.setAttribute('aria-valuetext', `Part ${part}: ${state}; ${range}`);
  setText(byId('tip-title'), `Part ${formatCount(part)}`);
  setText(byId('tip-state'), state);
  setText(byId('tip-range'), range);
  setText(byId('tip-shared'), sharedWords(model, layout, part));
  if (isLit) putTip(tip, layout, cellOf(layout, part - 1));
};

const place = (frame: HTMLElement, layout: PartLayout, part: number | null): void => {
  const isShown = part !== null && part <= layout.partCount;
  setShown(frame, isShown);
  if (!isShown) return;
  const { x, y } = cornerOf(layout, cellOf(layout, part - 1));
  const edge = layout.pitch - layout.gap;
  frame.style.transform = `translate(${x}px, ${y}px)`;
  frame.style.width = `${edge}px`;
  frame.style.height = `${edge}px`;
};

/** Below the cell where there is room, else above; never beyond the map's sides. */
const putTip = (tip: HTMLElement, layout: PartLayout, cell: number): void => {
  const { x, y } = cornerOf(layout, cell);
  const room = byId('map').clientWidth - tip.offsetWidth;
  const left = Math.max(0, Math.min(room, x + layout.pitch / 2 - tip.offsetWidth / 2));
  tip.style.transform = `translate(${left}px, ${y + layout.pitch + 6}px)`;
};

const sharedWords = ({ table }: Model, layout: PartLayout, part: number): string => {
  if (layout.partsPerCell === 1) return '';
  const { first, count } = partsOf(layout, cellOf(layout, part - 1));
  const shared = [...table.codes.subarray(first, first + count)];
  const words = PART_LOOKS.map(({ word }, code) => {
    const many = shared.filter((other) => other === code).length;
    return many === 0 ? '' : `${many} ${word}`;
  }).filter((text) => text !== '');
  return `In this cell: ${words.join(', ')}.`;
};
