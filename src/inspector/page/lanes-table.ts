/** The lanes: which parts are in flight, how fast, and what they wait for. */
import type { LaneView } from '../../view/download-view.ts';
import { byId, element, setShown, setText } from './dom.ts';
import { countWords, formatRate, formatSeconds } from './format.ts';
import type { Frames } from './frames.ts';
import type { Model } from './model.ts';
import { PART_LOOKS } from './part-states.ts';
import type { Store } from './store.ts';
import { secondsUntil } from './words-of-part.ts';

const ROWS_MAX = 64;

export const startLanes = (frames: Frames, store: Store, choose: (part: number) => void): void => {
  const body = byId('lanes');
  body.addEventListener('click', (event) => {
    const button = event.target instanceof Element ? event.target.closest('button') : null;
    const part = Number(button?.dataset['part'] ?? 0);
    if (part > 0) choose(part);
  });
  frames.on(['view', 'part', 'clock'], (nowMs) => {
    const model = store.model();
    const lanes = model.view?.lanes ?? [];
    const fastest = lanes.reduce((most, lane) => Math.max(most, lane.bytesPerSecond), 1);
    const shown = lanes.slice(0, ROWS_MAX);
    while (body.childElementCount > shown.length) body.lastElementChild?.remove();
    while (body.childElementCount < shown.length) body.append(newRow());
    for (const [index, lane] of shown.entries()) {
      drawRow(body.children[index]!, { lane, model, fastest, nowMs });
    }
    setText(byId('lanes-caption'), captionOf(model));
    setShown(byId('lanes-none'), lanes.length === 0);
  });
};

const captionOf = ({ view }: Model): string => {
  const lanes = view?.lanes.length ?? 0;
  const rest = lanes > ROWS_MAX ? `, ${lanes - ROWS_MAX} of them not shown` : '';
  return view === null ? '' : `${lanes} of ${countWords(view.lanesMax, 'lane')} in use${rest}`;
};

const newRow = (): HTMLTableRowElement =>
  element(
    'tr',
    {},
    element('td', {}, element('button', { type: 'button', class: 'link' })),
    element('td', {}, element('i', { class: 'dot', 'aria-hidden': 'true' }), element('span')),
    element('td', { class: 'cause' }),
    element('td', { class: 'pace' }, element('i', { 'aria-hidden': 'true' }), element('span')),
  );

interface Row {
  readonly lane: LaneView;
  readonly model: Model;
  readonly fastest: number;
  readonly nowMs: number;
}

const drawRow = (row: Element, { lane, model, fastest, nowMs }: Row): void => {
  const [button, dot, word, cause, bar, pace] = [
    ...row.querySelectorAll<HTMLElement>('button, i, span, .cause'),
  ];
  if (!button || !dot || !word || !cause || !bar || !pace) return;
  button.dataset['part'] = String(lane.part);
  setText(button, String(lane.part));
  button.setAttribute('aria-label', `Part ${lane.part}: show its chart`);
  row.classList.toggle('is-selected', lane.part === model.selected);
  dot.dataset['state'] = lane.state;
  setText(word, PART_LOOKS.find(({ state }) => state === lane.state)?.word ?? lane.state);
  setText(cause, causeOf(lane, secondsUntil(model, lane, nowMs)));
  bar.style.width = `${(lane.bytesPerSecond / fastest) * 100}%`;
  setText(pace, formatRate(lane.bytesPerSecond));
};

const causeOf = ({ cause, attempt }: LaneView, seconds: number | null): string => {
  const tries = attempt > 0 ? `${attempt}×` : '';
  const wait = seconds === null ? '' : `again in ${formatSeconds(Math.ceil(seconds * 10) / 10)}`;
  return [tries, cause, wait].filter((text) => text !== '').join(' · ');
};
