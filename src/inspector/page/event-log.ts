/** The event log: as many rows in the page as can be seen, however long the log is. */
import type { LogEntry } from '../protocol.ts';
import { byId, element, setShown, setText } from './dom.ts';
import { countWords, formatCount, formatMoment } from './format.ts';
import type { Frames } from './frames.ts';
import { heightOf, type LogWindow, PAYLOAD_HEIGHT, rowsInSight, topOf } from './log-window.ts';
import { isTrouble, whoOf } from './log-words.ts';
import type { Model } from './model.ts';
import type { Store } from './store.ts';
import type { Tabs } from './tabs.ts';

export const startEventLog = (frames: Frames, store: Store, tabs: Tabs): void => {
  const [list, space] = [byId('log-list'), byId('log-space')];
  /** Numbers of the entries that have the cursor, and whose payload is open. */
  let [active, open]: [number | null, number | null] = [null, null];
  let follows = true;
  /** What is drawn now, by number and marks. */
  let rows = new Map<string, HTMLElement>();

  const draw = (): void => {
    if (tabs.seen() !== 'log') return;
    const { entries } = store.model();
    const window = windowOf(list, entries, open);
    space.style.height = `${heightOf(window)}px`;
    if (follows) list.scrollTop = list.scrollHeight;
    const { first, end } = rowsInSight({ ...window, scrollTop: list.scrollTop });
    const inSight = new Map<string, HTMLElement>();
    for (const [offset, entry] of entries.slice(first, end).entries()) {
      const marks = { isActive: entry.number === active, isOpen: entry.number === open };
      const key = `${entry.number} ${marks.isActive} ${marks.isOpen}`;
      // A row that stays keeps its element: a payload keeps its place, and what is selected in it.
      const row = rows.get(key) ?? rowOf(entry, marks);
      row.style.transform = `translateY(${topOf(window, first + offset)}px)`;
      row.setAttribute('aria-posinset', String(first + offset + 1));
      row.setAttribute('aria-setsize', String(entries.length));
      inSight.set(key, row);
    }
    for (const [key, row] of rows) if (!inSight.has(key)) row.remove();
    for (const [key, row] of inSight) if (!rows.has(key)) space.append(row);
    rows = inSight;
    if (active === null) list.removeAttribute('aria-activedescendant');
    else list.setAttribute('aria-activedescendant', `entry-${active}`);
    drawCaption(store.model());
  };
  const moveTo = (index: number): void => {
    const { entries } = store.model();
    const to = Math.max(0, Math.min(entries.length - 1, index));
    active = entries[to]?.number ?? null;
    follows = to === entries.length - 1;
    reveal(list, topOf(windowOf(list, entries, open), to));
    frames.touch('log');
  };
  const toggle = (number: number): void => {
    active = number;
    open = open === number ? null : number;
    follows = false;
    frames.touch('log');
  };

  frames.on(['log', 'tab', 'size'], draw);
  list.addEventListener('scroll', () => {
    follows = list.scrollTop + list.clientHeight >= list.scrollHeight - 4;
    frames.touch('log');
  });
  space.addEventListener('click', (event) => {
    const target = event.target instanceof Element ? event.target : null;
    if (target === null || target.closest('pre') !== null) return;
    const number = Number(target.closest<HTMLElement>('.entry')?.dataset['number'] ?? 0);
    if (number > 0) toggle(number);
  });
  list.addEventListener('keydown', (event) => {
    const { entries } = store.model();
    const index = entries.findIndex(({ number }) => number === active);
    const act = KEYS[event.key]?.({ index, last: entries.length - 1 });
    if (act === undefined) return;
    event.preventDefault();
    event.stopPropagation(); // A replay's own keys are the same.
    if (act !== 'toggle') moveTo(act);
    else if (active !== null) toggle(active);
  });
};

type Act = (at: { readonly index: number; readonly last: number }) => number | 'toggle';

/** Without a cursor, the first arrow goes to the newest entry. */
const KEYS: Readonly<Record<string, Act>> = {
  ArrowUp: ({ index, last }) => (index < 0 ? last : index - 1),
  ArrowDown: ({ index, last }) => (index < 0 ? last : index + 1),
  PageUp: ({ index }) => index - 10,
  PageDown: ({ index }) => index + 10,
  Home: () => 0,
  End: ({ last }) => last,
  Enter: () => 'toggle',
  ' ': () => 'toggle',
};

const windowOf = (
  list: HTMLElement,
  entries: ReadonlyArray<LogEntry>,
  open: number | null,
): LogWindow => {
  const index = open === null ? -1 : entries.findIndex(({ number }) => number === open);
  return {
    scrollTop: list.scrollTop,
    height: list.clientHeight,
    rowCount: entries.length,
    open: index < 0 ? null : index,
  };
};

const rowOf = (
  entry: LogEntry,
  { isActive, isOpen }: { readonly isActive: boolean; readonly isOpen: boolean },
): HTMLElement => {
  const { number, record, text } = entry;
  const names = ['entry', isActive && 'is-active', isOpen && 'is-open'];
  if (isTrouble(record)) names.push('is-trouble');
  return element(
    'div',
    {
      id: `entry-${number}`,
      class: names.filter(Boolean).join(' '),
      role: 'treeitem',
      'aria-expanded': String(isOpen),
      'data-number': number,
    },
    element('span', { class: 'when' }, formatMoment(record.at)),
    element('span', { class: 'who' }, whoOf(record)),
    element('span', { class: 'text' }, withoutWho(text)),
    ...(isOpen ? [payloadOf(entry)] : []),
  );
};

/** The words after `download → part-17: `, which have a column of their own. */
const withoutWho = (text: string): string => text.replace(/^[^:]*: /, '');

const payloadOf = ({ record }: LogEntry): HTMLElement => {
  const payload = element('pre', { tabindex: 0 }, JSON.stringify(record, null, 2));
  payload.style.height = `${PAYLOAD_HEIGHT - 10}px`;
  return payload;
};

const reveal = (list: HTMLElement, top: number): void => {
  if (top < list.scrollTop) list.scrollTop = top;
  else if (top > list.scrollTop + list.clientHeight - 40) {
    list.scrollTop = top - list.clientHeight + 40;
  }
};

const drawCaption = ({ entries, skipped, isLogRead: isRead }: Model): void => {
  const missed = skipped > 0 ? `; ${formatCount(skipped)} more are not shown` : '';
  setText(byId('log-caption'), `${countWords(entries.length, 'record')}${missed}`);
  setShown(byId('log-none'), entries.length === 0 && isRead);
};
