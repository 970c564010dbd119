/** The replay bar: scrub over time, step by transition, jump to the next error, choose the speed. */
import type { Send } from './connection.ts';
import { byId, setShown, setText, svg } from './dom.ts';
import { countWords, formatMoment } from './format.ts';
import type { Frames } from './frames.ts';
import type { Model } from './model.ts';
import type { Store } from './store.ts';

export const startScrubber = (frames: Frames, store: Store, send: Send): void => {
  const moment = byId<HTMLInputElement>('moment');
  const speed = byId<HTMLSelectElement>('speed');
  let isDragging = false;

  const acts: Readonly<Record<string, () => void>> = {
    play: () => send({ type: 'play', speed: isPlaying(store.model()) ? 0 : Number(speed.value) }),
    back: () => send({ type: 'step', by: -1 }),
    forward: () => send({ type: 'step', by: 1 }),
    'next-error': () => {
      const atMs = nextErrorOf(store.model());
      if (atMs === null) return;
      send({ type: 'seek', atMs });
    },
  };
  for (const [id, act] of Object.entries(acts)) byId(id).addEventListener('click', act);
  speed.addEventListener('change', () => {
    if (isPlaying(store.model())) send({ type: 'play', speed: Number(speed.value) });
  });
  moment.addEventListener('input', () => {
    setText(byId('moment-words'), formatMoment(Number(moment.value)));
    send({ type: 'seek', atMs: Number(moment.value) });
  });
  moment.addEventListener('pointerdown', () => {
    isDragging = true;
  });
  addEventListener('pointerup', () => {
    isDragging = false;
    frames.touch('playback');
  });
  addEventListener('keydown', (event) => {
    const act = acts[KEYS[event.key] ?? ''];
    if (act === undefined || !mayTake(event) || store.model().hello?.mode !== 'replay') return;
    event.preventDefault();
    act();
  });

  frames.on(['hello'], () => drawErrors(store.model()));
  frames.on(['hello', 'playback', 'view'], () => {
    const model = store.model();
    const durationMs = model.hello?.durationMs ?? 0;
    setShown(byId('replay'), model.hello?.mode === 'replay');
    moment.max = String(Math.ceil(durationMs));
    if (!isDragging) moment.value = String(model.atMs);
    moment.setAttribute('aria-valuetext', formatMoment(model.atMs));
    if (!isDragging) setText(byId('moment-words'), formatMoment(model.atMs));
    setText(byId('duration'), formatMoment(durationMs));
    setText(byId('play'), isPlaying(model) ? 'Stop' : 'Play');
    const next = byId('next-error');
    next.setAttribute('aria-disabled', String(nextErrorOf(model) === null));
    next.title = nextErrorOf(model) === null ? 'No error follows.' : 'Key: n';
  });
};

const KEYS: Readonly<Record<string, string>> = {
  ' ': 'play',
  ArrowLeft: 'back',
  ArrowRight: 'forward',
  n: 'next-error',
};

/** Keys belong to the element that has the focus, where that knows what to do with them. */
const mayTake = ({ key, target, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean => {
  if (ctrlKey || metaKey || altKey) return false;
  if (!(target instanceof Element) || target.id === 'moment') return true;
  if (target.closest('input, select, textarea, dialog, [role="slider"], pre') !== null)
    return false;
  return key !== ' ' || target.closest('button, a') === null;
};

const isPlaying = ({ playback }: Model): boolean => (playback?.speed ?? 0) > 0;

/** More than a millisecond on, so that the error we stand at is not the next one. */
const nextErrorOf = ({ hello, atMs }: Model): number | null =>
  hello?.errorsAtMs.find((errorMs) => errorMs > atMs + 1) ?? null;

/** About as many as there are pixels: a bad night has thousands of errors. */
const STEPS = 1_200;

const drawErrors = ({ hello }: Model): void => {
  const marks = byId<SVGSVGElement>('errors');
  const durationMs = hello?.durationMs ?? 0;
  const errors = durationMs > 0 ? (hello?.errorsAtMs ?? []) : [];
  const places = new Set(errors.map((atMs) => Math.round((atMs / durationMs) * STEPS)));
  marks.replaceChildren(
    svg('title', {}, countWords(errors.length, 'error')),
    ...[...places].map((place) => {
      const x = `${(place / STEPS) * 100}%`;
      return svg('line', { x1: x, x2: x, y1: 0, y2: '100%' });
    }),
  );
};
