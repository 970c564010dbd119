/** The store in memory obeys the laws. */
import { describe, expect, test } from 'vitest';
import { memoryBreakpointStore } from '../../src/store/breakpoint-store.memory.ts';
import { describeBreakpointStore, done, headerOf } from '../conformance/breakpoint-store.ts';

describeBreakpointStore('memoryBreakpointStore', async () => {
  const store = memoryBreakpointStore();
  return { store, reborn: () => store, dispose: async () => {} };
});

describe('memoryBreakpointStore', () => {
  test('two stores have nothing in common', async () => {
    const [a, b] = [memoryBreakpointStore(), memoryBreakpointStore()];
    await done(a.begin('key', headerOf()));
    expect(await done(b.read('key'))).toEqual({ _tag: 'Absent' });
  });

  test('a record that the codec would not read back is Foreign here, too', async () => {
    const store = memoryBreakpointStore();
    await done(store.begin('key', { ...headerOf(), createdAtMs: Number.NaN }));
    expect(await done(store.read('key'))).toEqual({ _tag: 'Foreign' });
  });
});
