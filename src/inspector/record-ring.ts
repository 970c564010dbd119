/** The newest records of a live download, by reference: the memory of its log. */
import type { TraceRecord } from '../trace/trace-record.ts';
import type { RecordWindow } from './moment.ts';

export interface RecordRing {
  readonly push: (record: TraceRecord) => void;
  readonly window: () => RecordWindow;
}

/** @param capacity How many are kept, at least 1. */
export const recordRing = (capacity: number): RecordRing => {
  const kept: Array<TraceRecord> = [];
  let last = 0;
  const at = (number: number): TraceRecord => {
    const record = kept[(number - 1) % capacity];
    if (record === undefined || number > last || number <= last - capacity) {
      throw new RangeError(`record ${number} is not kept`);
    }
    return record;
  };
  return {
    push: (record) => {
      kept[last % capacity] = record;
      last += 1;
    },
    window: () => ({ first: Math.max(1, last - capacity + 1), last, at }),
  };
};
