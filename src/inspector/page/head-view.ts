/** The head of the page: which download, what it does, why it waits, and how far it is. */
import type { StateWord } from '../../view/state-words.ts';
import { byId, setShown, setText } from './dom.ts';
import { formatMoment, formatPercent, formatRate, formatSeconds, formatSize } from './format.ts';
import type { Frames } from './frames.ts';
import type { Model, View } from './model.ts';
import type { Store } from './store.ts';

export const startHead = (frames: Frames, store: Store): void => {
  const [label, target, word] = [byId('label'), byId('target'), byId('word')];
  const [because, verdict, mode] = [byId('because'), byId('verdict'), byId('mode')];

  frames.on(['view', 'hello'], () => {
    const { view, hello } = store.model();
    setText(mode, hello?.mode ?? '');
    if (view === null) return;
    setText(label, view.label);
    setText(target, view.target);
    setText(word, view.word);
    word.dataset['tone'] = toneOf(view);
    setText(because, view.because);
    setText(verdict, view.verdictWords);
    document.title = titleOf(view);
    drawBars(view);
  });
  frames.on(['connection', 'view'], () => drawNotice(store.model()));
};

const PAUSED: StateWord = 'paused';
const CANCELLED: StateWord = 'cancelled';

const BARS = ['received', 'written', 'durable'] as const;

const drawBars = (view: View): void => {
  const { progress } = view;
  const total = progress?.total ?? null;
  for (const name of BARS) {
    const share = progress !== null && total !== null ? shareOf(progress[name], total) : 0;
    const bar = byId(`bar-${name}`);
    bar.style.width = `${share * 100}%`;
    bar.parentElement?.setAttribute('aria-valuenow', String(Math.floor(share * 100)));
    setText(byId(`size-${name}`), progress === null ? '–' : formatSize(progress[name]));
  }
  const received = progress === null ? null : shareOf(progress.received, total ?? 0);
  setText(byId('percent'), total === null || received === null ? '–' : formatPercent(received));
  setText(byId('total'), total === null ? 'unknown size' : `of ${formatSize(total)}`);
  setText(byId('rate'), formatRate(isMoving(view) ? (progress?.bytesPerSecond ?? 0) : 0));
  setText(byId('left'), leftWords(view));
  setText(byId('elapsed'), formatMoment(view.atMs).replace(/\d\d$/, ''));
  setText(byId('retries'), String(view.retries));
};

const shareOf = (part: number, total: number): number =>
  total === 0 ? 1 : Math.min(1, part / total);

/** A download at rest has no speed, whatever it had. */
const isMoving = ({ isEnded, word }: View): boolean => !isEnded && word !== PAUSED;

const leftWords = (view: View): string => {
  if (view.isEnded) return 'ended';
  const seconds = isMoving(view) ? (view.progress?.secondsLeft ?? null) : null;
  return seconds === null ? '–' : formatSeconds(seconds);
};

const titleOf = ({ progress, word, label }: View): string => {
  const total = progress?.total ?? null;
  const share =
    progress !== null && total !== null
      ? `${formatPercent(shareOf(progress.received, total))} `
      : '';
  return `${share}${word} – ${label}`;
};

/** Which colour the word has. It is read out anyhow: colour is never alone. */
const toneOf = ({ word, error, isEnded }: View): string => {
  if (error !== null) return 'bad';
  if (isEnded) return word === CANCELLED ? 'still' : 'good';
  return word === PAUSED ? 'still' : 'busy';
};

const drawNotice = ({ connection, view }: Model): void => {
  const notice = byId('notice');
  setShown(notice, connection === 'lost');
  const words = view?.isEnded
    ? 'The download has ended, and the inspector with it. This is its last state.'
    : 'Connection lost. This is the last that was known; the page keeps trying.';
  setText(notice, words);
};
