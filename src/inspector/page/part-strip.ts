/** Where the cells of the map are small: the parts around the cursor, large enough to read. */
import { byId, element, setShown, setText } from './dom.ts';
import type { Frames } from './frames.ts';
import type { Model } from './model.ts';
import { lookOf } from './part-states.ts';
import type { Store } from './store.ts';

const CELL_WIDTH = 62;
/** Fewer parts have large cells of their own. */
const PARTS_MIN = 400;

export const startPartStrip = (
  frames: Frames,
  store: Store,
  choose: (part: number) => void,
): void => {
  const strip = byId('strip');
  strip.addEventListener('click', (event) => {
    const cell = event.target instanceof Element ? event.target.closest('li') : null;
    const part = Number(cell?.dataset['part'] ?? 0);
    if (part > 0) choose(part);
  });
  frames.on(['cursor', 'part', 'parts', 'size'], () => drawStrip(strip, store.model()));
};

const drawStrip = (strip: HTMLElement, model: Model): void => {
  const { codes } = model.table;
  setShown(strip, codes.length >= PARTS_MIN);
  if (codes.length < PARTS_MIN) return;
  const count = Math.min(codes.length, Math.max(3, Math.floor(strip.clientWidth / CELL_WIDTH)));
  const middle = model.cursor ?? model.selected ?? model.view?.lanes[0]?.part ?? 1;
  const first = Math.max(1, Math.min(codes.length - count + 1, middle - Math.floor(count / 2)));
  while (strip.childElementCount > count) strip.lastElementChild?.remove();
  while (strip.childElementCount < count)
    strip.append(element('li', {}, element('b'), element('span')));
  for (const [index, cell] of [...strip.children].entries()) {
    const part = first + index;
    const { state, word } = lookOf(codes[part - 1] ?? 0);
    if (!(cell instanceof HTMLElement)) continue;
    cell.dataset['part'] = String(part);
    cell.dataset['state'] = state;
    cell.classList.toggle('is-cursor', part === middle);
    setText(cell.children[0]!, String(part));
    setText(cell.children[1]!, word);
  }
};
