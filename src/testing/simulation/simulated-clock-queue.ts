/** Timers in the order in which they are due: a binary heap that also gives up single ones. */

export interface Timer {
  readonly id: number;
  readonly atMs: number;
  /** Decides among timers that are due at the same moment; then `id` does. */
  readonly rank: number;
  readonly callback: () => void;
}

export interface TimerQueue {
  readonly add: (timer: Timer) => void;
  /** Takes a timer out; one that is not there is fine. */
  readonly remove: (id: number) => void;
  /** The timer that is due first, which stays; null: there is none. */
  readonly first: () => Timer | null;
  readonly length: () => number;
}

/** Adding and removing cost O(log n). */
export const timerQueue = (): TimerQueue => {
  const heap: Array<Timer> = [];
  const places = new Map<number, number>();

  const put = (timer: Timer, place: number): void => {
    heap[place] = timer;
    places.set(timer.id, place);
  };
  const rise = (timer: Timer, from: number): number => {
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!isBefore(timer, heap[parent]!)) break;
      put(heap[parent]!, place);
      place = parent;
    }
    put(timer, place);
    return place;
  };
  const sink = (timer: Timer, from: number): void => {
    let place = from;
    for (;;) {
      const left = 2 * place + 1;
      if (left >= heap.length) break;
      const right = left + 1;
      const isRight = right < heap.length && isBefore(heap[right]!, heap[left]!);
      const child = isRight ? right : left;
      if (!isBefore(heap[child]!, timer)) break;
      put(heap[child]!, place);
      place = child;
    }
    put(timer, place);
  };
  return {
    add: (timer) => {
      rise(timer, heap.length);
    },
    remove: (id) => {
      const place = places.get(id);
      if (place === undefined) return;
      places.delete(id);
      const last = heap.pop()!;
      if (last.id !== id && rise(last, place) === place) sink(last, place);
    },
    first: () => heap[0] ?? null,
    length: () => heap.length,
  };
};

const isBefore = (a: Timer, b: Timer): boolean => {
  if (a.atMs !== b.atMs) return a.atMs < b.atMs;
  return a.rank !== b.rank ? a.rank < b.rank : a.id < b.id;
};
