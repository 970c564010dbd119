/** What the colours of the part map mean, and how many parts are in each state now. */
import { byId, element, setText } from './dom.ts';
import { formatCount } from './format.ts';
import type { Frames } from './frames.ts';
import { paintCell } from './part-marks.ts';
import { PART_LOOKS } from './part-states.ts';
import type { Store } from './store.ts';

const EDGE = 16;

export const startLegend = (frames: Frames, store: Store): void => {
  const rows = PART_LOOKS.map(({ word, meaning, state }, code) => {
    const swatch = element('canvas', { 'aria-hidden': 'true', class: 'swatch' });
    const count = element('b', { 'data-count': state }, '0');
    byId('legend').append(element('li', { title: meaning }, swatch, word, ' ', count));
    return { swatch, count, code };
  });
  frames.on(['parts'], () => {
    const { counts } = store.model().table;
    for (const { count, code } of rows) {
      const many = counts[code] ?? 0;
      setText(count, formatCount(many));
      count.parentElement?.classList.toggle('is-none', many === 0);
    }
  });
  frames.on(['theme', 'size'], () => {
    for (const { swatch, code } of rows) paintSwatch(swatch, code);
  });
};

const paintSwatch = (swatch: HTMLCanvasElement, code: number): void => {
  const context = swatch.getContext('2d');
  swatch.width = EDGE * devicePixelRatio;
  swatch.height = EDGE * devicePixelRatio;
  context?.scale(devicePixelRatio, devicePixelRatio);
  if (context !== null) paintCell(context, code, { x: 0, y: 0, edge: EDGE });
};
