/** Shows the download's context, with the fields marked that changed last. */
import type { Send } from './connection.ts';
import { type ContextLine, diffContext } from './context-diff.ts';
import { byId, element } from './dom.ts';
import type { Frames } from './frames.ts';
import type { Store } from './store.ts';
import type { Tabs } from './tabs.ts';

export interface ContextParts {
  readonly frames: Frames;
  readonly store: Store;
  readonly send: Send;
  readonly tabs: Tabs;
}

export const startContext = ({ frames, store, send, tabs }: ContextParts): void => {
  let isWatched = false;
  frames.on(['tab'], () => {
    const isSeen = tabs.seen() === 'context';
    if (isSeen === isWatched) return;
    isWatched = isSeen;
    send({ type: 'context', isWatched });
  });
  frames.on(['context', 'tab'], () => {
    const { context, contextBefore } = store.model();
    if (!isWatched || context === null) return;
    const lines = diffContext(contextBefore, context);
    const changed = lines.filter(({ before, text }) => before !== null && text !== '');
    byId('context-changes').replaceChildren(
      ...changed.map((line) => lineOf({ ...line, depth: 0, key: line.path })),
    );
    byId('context').replaceChildren(...lines.map(lineOf));
  });
};

const lineOf = ({ depth, key, text, before }: ContextLine): HTMLElement => {
  const line = element('div', { class: before === null ? 'line' : 'line is-changed' });
  line.style.paddingInlineStart = `${depth * 1.4}em`;
  line.append(element('span', { class: 'key' }, `${key}: `));
  if (before !== null && before !== '') line.append(element('del', {}, before), ' ');
  line.append(before === null ? text : element('ins', {}, text === '' ? '{' : text));
  return line;
};
