/** The two statecharts: the download's, and that of the selected part beside it. */
import { type ChartDrawing, drawChart } from './chart-drawing.ts';
import { activeWords, isSample, lastWords } from './chart-words.ts';
import { byId, setText } from './dom.ts';
import type { Frames } from './frames.ts';
import type { Store } from './store.ts';
import { rangeWords, stateWords } from './words-of-part.ts';

export const startDownloadChart = (frames: Frames, store: Store): void => {
  let chart: ChartDrawing | null = null;
  let last: ReadonlyArray<string> = [];
  frames.on(['states'], () => {
    const { view, hello } = store.model();
    if (view === null) return;
    const { states, took, taken } = view;
    // Samples come ten times a second, and would hide what happened; a replay shows what it is at.
    if (hello?.mode === 'replay' || !took.every(isSample)) last = took;
    chart?.light({ states, took: last, taken: Object.keys(taken) });
    setText(byId('active-states'), activeWords(states));
    setText(byId('last-step'), lastWords(last));
  });
  void drawChart(byId('download-chart')).then((drawn) => {
    chart = drawn;
    frames.touch('states');
  });
};

export const startPartChart = (frames: Frames, store: Store): void => {
  let chart: ChartDrawing | null = null;
  let seen = new Set<string>();
  let part: number | null = null;
  frames.on(['part', 'parts', 'view', 'clock'], (nowMs) => {
    const model = store.model();
    const message = model.part?.part === model.selected ? model.part : null;
    if (part !== model.selected) seen = new Set();
    part = model.selected;
    for (const id of message?.took ?? []) seen.add(id);
    chart?.light({ states: message?.states ?? [], took: message?.took ?? [], taken: [...seen] });
    setText(byId('chosen-title'), part === null ? 'Part' : `Part ${part}`);
    setText(byId('chosen-words'), part === null ? HINT : stateWords(model, part, nowMs));
    setText(byId('chosen-range'), part === null ? '' : rangeWords(model, part));
    setText(byId('chosen-text'), message?.text ?? '');
  });
  void drawChart(byId('part-chart')).then((drawn) => {
    chart = drawn;
    frames.touch('part');
  });
};

const HINT = 'Choose a part in the map or among the lanes to watch it here.';
