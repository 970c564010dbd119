/** A statechart as a drawing that can be lit: fetched once, kept in the page, restyled by classes. */
import { element } from './dom.ts';

export interface ChartDrawing {
  readonly light: (lit: Lit) => void;
}

export interface Lit {
  /** Ids of the innermost active states; what contains them is active, too. */
  readonly states: ReadonlyArray<string>;
  /** Ids of the transitions taken last. */
  readonly took: ReadonlyArray<string>;
  /** Ids of all that were taken so far. */
  readonly taken: ReadonlyArray<string>;
}

/**
 * Puts a chart into its frame: `data-chart` says which, its buttons make it larger and smaller.
 *
 * The file's own styles are left out before it is parsed: the page's policy forbids them, and the
 * page's style sheet knows both themes.
 */
export const drawChart = async (frame: HTMLElement): Promise<ChartDrawing> => {
  const answer = await fetch(`chart/${frame.dataset['chart']}.svg`);
  const parsed = new DOMParser().parseFromString(
    (await answer.text()).replace(STYLES, ''),
    'image/svg+xml',
  );
  const drawing = document.importNode(parsed.documentElement, true);
  const canvas = element('div', { class: 'chart-canvas' });
  canvas.append(drawing);
  frame.append(canvas);
  startZoom(frame, canvas, drawing);
  const states = groupsBy(drawing, 'data-state');
  const transitions = groupsBy(drawing, 'data-transition');
  let followed = '';
  return {
    light: ({ states: innermost, took, taken }) => {
      const active = new Set(innermost.flatMap(withAncestors));
      mark(states, 'active', active);
      mark(states, 'innermost', new Set(innermost));
      mark(transitions, 'taken', new Set(taken));
      mark(transitions, 'took', new Set(took));
      if (followed === innermost.join()) return; // Whoever looks elsewhere may go on doing so.
      followed = innermost.join();
      follow(
        frame,
        innermost.flatMap((id) => states.get(id) ?? []),
      );
    },
  };
};

/** `a.b.c` is in `a.b`, which is in `a`. */
export const withAncestors = (id: string): ReadonlyArray<string> =>
  id.split('.').map((_, index, words) => words.slice(0, index + 1).join('.'));

const STYLES = /<style[^>]*>[\s\S]*?<\/style>/g;

type Groups = ReadonlyMap<string, ReadonlyArray<Element>>;

const groupsBy = (root: Element, attribute: string): Groups => {
  const groups = new Map<string, ReadonlyArray<Element>>();
  for (const group of root.querySelectorAll(`[${attribute}]`)) {
    const id = group.getAttribute(attribute) ?? '';
    groups.set(id, [...(groups.get(id) ?? []), group]);
  }
  return groups;
};

const mark = (groups: Groups, name: string, marked: ReadonlySet<string>): void => {
  for (const [id, elements] of groups) {
    for (const group of elements) group.classList.toggle(name, marked.has(id));
  }
};

const ZOOM_STEP = 1.3;
const SCALE_MIN = 0.15;
const SCALE_MAX = 3;
/** Words can be read, and as much of the chart as possible can be seen. */
const SCALE_FIRST = 0.85;

/** The frame's buttons; the drawing begins in a size in which it can be read. */
const startZoom = (frame: HTMLElement, canvas: HTMLElement, drawing: Element): void => {
  const [width, height] = ['width', 'height'].map((name) => Number(drawing.getAttribute(name)));
  if (!width || !height) return;
  let scale = SCALE_FIRST;
  const set = (next: number): void => {
    const middle = middleOf(frame);
    scale = Math.min(SCALE_MAX, Math.max(SCALE_MIN, next));
    canvas.style.width = `${width * scale}px`;
    frame.scrollTo(
      middle.x * frame.scrollWidth - frame.clientWidth / 2,
      middle.y * frame.scrollHeight - frame.clientHeight / 2,
    );
  };
  const on = (name: string, act: () => void): void =>
    frame.closest('.card')?.querySelector(`[data-zoom="${name}"]`)?.addEventListener('click', act);
  on('in', () => set(scale * ZOOM_STEP));
  on('out', () => set(scale / ZOOM_STEP));
  on('fit', () => set(Math.min(frame.clientWidth / width, frame.clientHeight / height)));
  set(scale);
};

/** What of the drawing is in the middle of its frame, as shares of its size. */
const middleOf = (frame: HTMLElement): { readonly x: number; readonly y: number } => ({
  x: (frame.scrollLeft + frame.clientWidth / 2) / frame.scrollWidth,
  y: (frame.scrollTop + frame.clientHeight / 2) / frame.scrollHeight,
});

/** Scrolls the frame, never the page, until the active states can be seen, or the first of them. */
const follow = (frame: HTMLElement, active: ReadonlyArray<Element>): void => {
  const outer = frame.getBoundingClientRect();
  const boxes = active.map((state) => state.getBoundingClientRect());
  const all = around(boxes);
  const inner = all.width <= outer.width && all.height <= outer.height ? all : boxes[0];
  if (inner === undefined) return;
  const isSeen =
    inner.left >= outer.left &&
    inner.right <= outer.right &&
    inner.top >= outer.top &&
    inner.bottom <= outer.bottom;
  if (isSeen) return;
  const isStill = matchMedia('(prefers-reduced-motion: reduce)').matches;
  frame.scrollBy({
    left: (inner.left + inner.right - outer.left - outer.right) / 2,
    top: (inner.top + inner.bottom - outer.top - outer.bottom) / 2,
    behavior: isStill ? 'instant' : 'smooth',
  });
};

const around = (boxes: ReadonlyArray<DOMRect>): DOMRect => {
  const left = Math.min(...boxes.map((box) => box.left));
  const top = Math.min(...boxes.map((box) => box.top));
  const right = Math.max(...boxes.map((box) => box.right));
  const bottom = Math.max(...boxes.map((box) => box.bottom));
  return new DOMRect(left, top, right - left, bottom - top);
};
