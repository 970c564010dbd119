/** Lets countdowns count: while some part waits for a known moment, and only then. */
import type { Frames } from './frames.ts';
import type { Store } from './store.ts';

const EVERY_MS = 200;

export const startWaits = (frames: Frames, store: Store): void => {
  let timer: ReturnType<typeof setInterval> | null = null;
  frames.on(['view', 'connection'], () => {
    const { view, connection } = store.model();
    const lanes = view?.isEnded ? [] : (view?.lanes ?? []);
    const isWaiting = connection === 'open' && lanes.some(({ untilMs }) => untilMs !== null);
    if (isWaiting && timer === null) {
      timer = setInterval(() => frames.touch('clock'), EVERY_MS);
    } else if (!isWaiting && timer !== null) {
      clearInterval(timer);
      timer = null;
    }
  });
};
