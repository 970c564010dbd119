/** Points of plots: as many as can be drawn, over the whole time, the latest among them. */
import { describe, expect, test } from 'vitest';
import type { TraceRecord } from '../../src/trace/trace-record.ts';
import { foldView } from '../../src/view/fold-view.ts';
import { type SeriesPoint, viewSeries } from '../../src/view/series.ts';
import { SCENARIOS } from './scenarios.ts';
import { foldOf } from './traced-run.ts';

const SAMPLE = {
  type: 'step',
  at: 0,
  actor: 'download',
  took: [],
  states: [],
  changed: { progress: null },
} satisfies TraceRecord;

const pointAt = (atMs: number): SeriesPoint => ({
  atMs,
  received: atMs,
  written: atMs,
  durable: atMs,
  bytesPerSecond: 1,
  lanes: [],
  retries: 0,
});

describe('viewSeries', () => {
  test.each([1, 10, 100, 101, 1_000, 36_000])('keeps few of %d samples, spread evenly', (count) => {
    let at = 0;
    const series = viewSeries({ point: () => pointAt(at) }, 100);
    for (let sample = 0; sample < count; sample++) {
      at = sample * 100;
      series.take(SAMPLE);
    }
    const points = series.points();
    expect(points.length).toBeLessThanOrEqual(100);
    expect(points.length).toBeGreaterThanOrEqual(Math.min(count, 49));
    expect(points[0]?.atMs).toBe(0);
    expect(points.at(-1)?.atMs).toBe(at);
    const gaps = points.slice(1).map(({ atMs }, index) => atMs - points[index]!.atMs);
    expect(gaps.every((gap) => gap > 0)).toBe(true);
    expect(Math.max(0, ...gaps)).toBeLessThanOrEqual(Math.max(200, (4 * at) / 100));
  });

  test('takes a point at each sample of a real download, and at nothing else', async () => {
    const { records } = await SCENARIOS['every request fails once']!({});
    const fold = foldView();
    const series = viewSeries(fold);
    let samples = 0;
    for (const record of records) {
      fold.take(record);
      series.take(record);
      if (record.type === 'step' && record.changed?.progress) samples += 1;
    }
    const points = series.points();
    expect(points).toHaveLength(samples);
    expect(points.at(-1)).toMatchObject({ received: 10_000, durable: 10_000 });
    expect(points.at(-1)?.retries).toBe(foldOf(records).view().retries);
  });
});
