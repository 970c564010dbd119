/** The tabs log, sequence and context; and which of them can be seen, since looking costs. */
import { byId } from './dom.ts';
import type { Frames } from './frames.ts';

const NAMES = ['log', 'sequence', 'context'] as const;
export type TabName = (typeof NAMES)[number];

export interface Tabs {
  /** The tab a person can see now; null: they are scrolled away, or the window is hidden. */
  readonly seen: () => TabName | null;
}

export const startTabs = (frames: Frames): Tabs => {
  let chosen: TabName = 'log';
  let isOnScreen = false;

  const show = (name: TabName): void => {
    chosen = name;
    for (const other of NAMES) {
      const tab = byId(`tab-${other}`);
      tab.setAttribute('aria-selected', String(other === name));
      tab.tabIndex = other === name ? 0 : -1;
      byId(`panel-${other}`).hidden = other !== name;
    }
    byId('log-filter').hidden = name === 'context';
    frames.touch('tab');
  };

  for (const name of NAMES) byId(`tab-${name}`).addEventListener('click', () => show(name));
  byId('tabs').addEventListener('keydown', (event) => {
    const by = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (by === 0) return;
    event.stopPropagation();
    const next = NAMES.at((NAMES.indexOf(chosen) + by) % NAMES.length) ?? 'log';
    show(next);
    byId(`tab-${next}`).focus();
  });
  const watch = (entries: ReadonlyArray<IntersectionObserverEntry>): void => {
    isOnScreen = entries.at(-1)?.isIntersecting ?? false;
    frames.touch('tab');
  };
  new IntersectionObserver(watch).observe(byId('happenings'));
  document.addEventListener('visibilitychange', () => frames.touch('tab'));
  show('log');
  return { seen: () => (isOnScreen && !document.hidden ? chosen : null) };
};
