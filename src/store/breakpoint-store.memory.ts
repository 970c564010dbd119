/** `BreakpointStore` in memory: for tests, and for downloads that need not outlive the process. */
import { E, TE } from '../fp.ts';
import { encodeRecord, foldRecords } from './breakpoint.ts';
import type { BreakpointLog, BreakpointReading, BreakpointStore } from './breakpoint-store.ts';

/** A store that lives as long as the value does. Records go through the codec like on disk. */
export const memoryBreakpointStore = (): BreakpointStore => {
  const records = new Map<string, Array<string>>();

  const log = (payloads: Array<string>): BreakpointLog => ({
    append: (record) => async () => E.right(void payloads.push(encodeRecord(record))),
    close: () => TE.right(undefined),
  });
  return {
    read: (key) => async () => E.right(readPayloads(records.get(key))),
    begin: (key, header) => async () => {
      const payloads = [encodeRecord({ type: 'header', header })];
      records.set(key, payloads);
      return E.right(log(payloads));
    },
    reopen: (key) => async () => E.right(log(records.get(key) ?? [])),
    remove: (key) => async () => E.right(void records.delete(key)),
    list: () => async () => E.right([...records.keys()].sort()),
  };
};

const readPayloads = (payloads: ReadonlyArray<string> | undefined): BreakpointReading => {
  if (payloads === undefined) return { _tag: 'Absent' };
  const breakpoint = foldRecords(payloads);
  return breakpoint === null ? { _tag: 'Foreign' } : { _tag: 'Found', breakpoint, tornAt: null };
};
