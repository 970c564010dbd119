/** Which records the log and the sequence view show: the server filters, the page only asks. */
import type { LogFilter } from '../protocol.ts';
import type { Send } from './connection.ts';
import { byId, element } from './dom.ts';
import type { Frames } from './frames.ts';
import { actorsOf } from './log-words.ts';
import type { Store } from './store.ts';
import type { Tabs } from './tabs.ts';

export interface LogFilterParts {
  readonly frames: Frames;
  readonly store: Store;
  readonly send: Send;
  readonly tabs: Tabs;
}

export const startLogFilter = ({ frames, store, send, tabs }: LogFilterParts): void => {
  const [text, actors] = [byId<HTMLInputElement>('log-text'), byId<HTMLInputElement>('log-actors')];
  const ticks = byId<HTMLInputElement>('log-ticks');
  let asked = 'null';
  let selected: number | null = null;

  const ask = (): void => {
    const seen = tabs.seen();
    const filter: LogFilter = {
      text: text.value.trim(),
      actors: namesIn(actors.value),
      hidesTicks: ticks.checked,
    };
    const wanted = seen === 'log' || seen === 'sequence' ? filter : null;
    if (JSON.stringify(wanted) === asked) return;
    asked = JSON.stringify(wanted);
    send({ type: 'log', filter: wanted });
  };
  const choose = (names: string): void => {
    actors.value = names;
    ask();
  };

  for (const input of [text, actors, ticks]) input.addEventListener('input', ask);
  byId('log-everyone').addEventListener('click', () => choose(''));
  byId('log-download').addEventListener('click', () => choose('download'));
  byId('log-part').addEventListener('click', () => choose(`part-${store.model().selected ?? 1}`));
  frames.on(['tab'], ask);
  frames.on(['part'], () => {
    if (store.model().selected === selected) return;
    selected = store.model().selected;
    if (selected !== null) choose(`part-${selected}`);
  });
  frames.on(['log'], () => suggest(store));
};

/** The server takes some dozens of names at most; a person does not type more. */
const NAMES_MAX = 16;

/** `download, part-17` as a list. */
export const namesIn = (text: string): ReadonlyArray<string> =>
  text
    .split(/[\s,]+/)
    .filter((name) => name !== '')
    .slice(0, NAMES_MAX);

const SUGGESTIONS_MAX = 40;
const LATEST = 400;

const suggest = (store: Store): void => {
  const latest = store.model().entries.slice(-LATEST);
  const names = [...new Set(latest.flatMap(({ record }) => actorsOf(record)))].sort();
  const list = byId('log-names');
  const options = names.slice(0, SUGGESTIONS_MAX).map((value) => element('option', { value }));
  if (options.length !== list.childElementCount) list.replaceChildren(...options);
};
