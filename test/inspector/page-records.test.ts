/** What the page makes of records and numbers, without a browser. */
import { describe, expect, test } from 'vitest';
import { diffContext } from '../../src/inspector/page/context-diff.ts';
import { formatMoment } from '../../src/inspector/page/format.ts';
import { createFrames } from '../../src/inspector/page/frames.ts';
import {
  heightOf,
  PAYLOAD_HEIGHT,
  ROW_HEIGHT,
  rowsInSight,
  topOf,
} from '../../src/inspector/page/log-window.ts';
import { layOutSequence } from '../../src/inspector/page/sequence-layout.ts';
import {
  addPoints,
  EMPTY_SERIES,
  POINTS_MAX,
  rateColumns,
} from '../../src/inspector/page/series.ts';
import type { LogEntry } from '../../src/inspector/protocol.ts';
import type { TraceRecord } from '../../src/trace/trace-record.ts';

const entriesOf = (records: ReadonlyArray<TraceRecord>): ReadonlyArray<LogEntry> =>
  records.map((record, index) => ({ number: index + 1, record, text: 'words' }));

describe('formatMoment', () => {
  test('tells a moment to the millisecond', () => {
    expect(formatMoment(62_345.9)).toBe('1:02.345');
    expect(formatMoment(3_662_345)).toBe('1:01:02.345');
  });
});

describe('createFrames', () => {
  test('draws once however often something was touched, and only what depends on it', () => {
    const asked: Array<(nowMs: number) => void> = [];
    const frames = createFrames((frame) => asked.push(frame));
    const drawn: Array<string> = [];
    frames.on(['view', 'parts'], () => drawn.push('map'));
    frames.on(['series'], () => drawn.push('plots'));
    for (let count = 0; count < 5; count += 1) frames.touch('view');
    frames.touch('parts');
    expect(asked).toHaveLength(1);
    asked[0]?.(0);
    expect(drawn).toEqual(['map']);
    frames.touch('series');
    asked[1]?.(16);
    expect(drawn).toEqual(['map', 'plots']);
  });

  test('keeps what is touched while it draws for the next frame', () => {
    const asked: Array<(nowMs: number) => void> = [];
    const frames = createFrames((frame) => asked.push(frame));
    frames.on(['part'], () => frames.touch('cursor'));
    frames.touch('part');
    asked[0]?.(0);
    expect(asked).toHaveLength(2);
  });
});

describe('rowsInSight', () => {
  const window = { scrollTop: 0, height: 260, rowCount: 20_000, open: null };

  test('are few, however many rows there are', () => {
    const { first, end } = rowsInSight({ ...window, scrollTop: 100_000 });
    expect(end - first).toBeLessThan(30);
    expect(first * ROW_HEIGHT).toBeLessThanOrEqual(100_000);
    expect(end * ROW_HEIGHT).toBeGreaterThanOrEqual(100_260);
  });

  test('leave room for the payload that is open', () => {
    expect(heightOf({ ...window, open: 3 })).toBe(20_000 * ROW_HEIGHT + PAYLOAD_HEIGHT);
    expect(topOf({ open: 3 }, 3)).toBe(3 * ROW_HEIGHT);
    expect(topOf({ open: 3 }, 4)).toBe(4 * ROW_HEIGHT + PAYLOAD_HEIGHT);
    const below = rowsInSight({ ...window, open: 3, scrollTop: topOf({ open: 3 }, 50) });
    expect(below.first).toBeLessThanOrEqual(50);
    expect(below.end).toBeGreaterThan(50);
  });

  test('are none of an empty list', () => {
    expect(rowsInSight({ ...window, rowCount: 0 })).toEqual({ first: 0, end: 0 });
  });
});

describe('layOutSequence', () => {
  const records: ReadonlyArray<TraceRecord> = [
    { type: 'started', at: 0, actor: 'download' },
    { type: 'started', at: 1, actor: 'part-2' },
    {
      type: 'event',
      at: 2,
      to: 'part-2',
      from: 'fetchPart',
      event: { type: 'effect.failed', effect: 'fetchPart', error: { _tag: 'Interrupted' } },
    },
    { type: 'step', at: 3, actor: 'part-2', took: [], states: ['part.backingOff'] },
    {
      type: 'event',
      at: 4,
      to: 'download',
      from: 'part-2',
      event: { type: 'part.suspended', part: 2 as never },
    },
  ];

  test('puts the download first, then parts, then effects', () => {
    const { actors, leftOut } = layOutSequence(entriesOf(records), 5);
    expect(actors).toEqual(['download', 'part-2', 'fetchPart']);
    expect(leftOut).toBe(0);
  });

  test('draws a message from one lifeline to another, and a step on its own', () => {
    const { rows } = layOutSequence(entriesOf(records), 5);
    expect(rows.map(({ kind, from, to }) => [kind, from, to])).toEqual([
      ['started', null, 0],
      ['started', null, 1],
      ['message', 2, 1],
      ['step', null, 1],
      ['message', 1, 0],
    ]);
    expect(rows.map(({ isTrouble }) => isTrouble)).toEqual([false, false, true, false, false]);
    expect(rows[3]?.label).toBe('backingOff');
  });

  test('leaves out who has no room, and counts them', () => {
    const { actors, leftOut } = layOutSequence(entriesOf(records), 2);
    expect(actors).toEqual(['download', 'part-2']);
    expect(leftOut).toBe(1);
  });
});

describe('diffContext', () => {
  const before = { intent: 'download', progress: { received: 1, total: 9 }, active: [1, 2] };

  test('marks what changed, deep inside, too, with what it was', () => {
    const after = { ...before, progress: { received: 2, total: 9 }, active: [2] };
    const changed = diffContext(before, after).filter((line) => line.before !== null);
    expect(changed.map(({ path, text, before: was }) => [path, was, text])).toEqual([
      ['progress.received', '1', '2'],
      ['active', '[1,2]', '[2]'],
    ]);
  });

  test('marks nothing when there is nothing to compare with', () => {
    expect(diffContext(null, before).every((line) => line.before === null)).toBe(true);
  });

  test('counts the rest of a long list', () => {
    const [line] = diffContext(null, { pending: Array.from({ length: 1_000 }, () => 1) });
    expect(line?.text).toMatch(/… 976 more\]$/);
  });
});

describe('addPoints', () => {
  const pointAt = (atMs: number, lanes: ReadonlyArray<number> = []) => ({
    ...{ atMs, received: 0, written: 0, durable: 0, bytesPerSecond: 0, lanes, retries: 0 },
  });

  test('never keeps more points than can be drawn, and always the last', () => {
    const many = Array.from({ length: 5 * POINTS_MAX }, (_, index) => pointAt(index));
    const series = addPoints(EMPTY_SERIES, many, true);
    expect(series.points.length).toBeLessThanOrEqual(POINTS_MAX);
    expect(series.points.at(-1)?.atMs).toBe(5 * POINTS_MAX - 1);
  });

  test('gives each lane a column, with gaps where there was none', () => {
    const series = addPoints(EMPTY_SERIES, [pointAt(0, [5]), pointAt(1_000, [5, 7])], true);
    expect(rateColumns(series)).toEqual([
      [0, 1],
      [0, 0],
      [5, 5],
      [null, 7],
    ]);
  });
});
