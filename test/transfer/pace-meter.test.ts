/** How fast requests bring bytes, measured over ten seconds. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findStalls, PACE_WINDOW_MS } from '../../src/domain/pace.ts';
import { type PaceMeter, paceMeter } from '../../src/transfer/pace-meter.ts';

const LIMITS = { silenceMsMax: 30_000 };

/** A meter whose part 1 brings `rate(second)` bytes each second, looked at each second. */
const flow = (
  seconds: number,
  rate: (second: number) => number,
  meter = paceMeter(),
): PaceMeter => {
  meter.began(1, 0);
  for (let second = 1; second <= seconds; second++) {
    const brought = rate(second);
    if (brought > 0) meter.received(1, brought, second * 1_000);
    if (second < seconds) meter.sample(second * 1_000);
  }
  return meter;
};

describe('paceMeter', () => {
  test('a request that just began has no pace, and no byte since its start', () => {
    const meter = paceMeter();
    meter.began(7, 500);
    expect(meter.sample(500)).toEqual([
      { partNumber: 7, startedAtMs: 500, lastByteAtMs: 500, bytesPerSecond: 0 },
    ]);
    expect(meter.usual(500)).toBe(0);
  });

  test('before the window is full, the pace is that since the start', () => {
    expect(flow(4, () => 100).sample(4_000)).toEqual([
      { partNumber: 1, startedAtMs: 0, lastByteAtMs: 4_000, bytesPerSecond: 100 },
    ]);
  });

  test('afterwards it is that of the last ten seconds', () => {
    const meter = flow(30, (second) => (second <= 20 ? 1_000 : 10));
    expect(meter.sample(30_000)[0]?.bytesPerSecond).toBe(10);
    expect(meter.usual(30_000)).toBeCloseTo((20 * 1_000 + 10 * 10) / 30);
  });

  test('silence is counted from the last byte', () => {
    const meter = flow(20, (second) => (second <= 5 ? 100 : 0));
    expect(meter.sample(20_000)).toMatchObject([{ lastByteAtMs: 5_000, bytesPerSecond: 0 }]);
  });

  test('what has ended is no lane any more, but still counts for the usual pace', () => {
    const meter = flow(10, () => 100);
    meter.ended(1, 10_000);
    expect(meter.sample(10_000)).toEqual([]);
    expect(meter.usual(10_000)).toBe(100);
    expect(meter.usual(99_000)).toBe(100);
  });

  test('the usual pace is that of one request, however many there are at a time', () => {
    const meter = paceMeter();
    for (const part of [1, 2, 3, 4]) {
      meter.began(part, 0);
      meter.received(part, 1_000, 1_000);
    }
    expect(meter.usual(1_000)).toBe(1_000);
    expect(meter.sample(1_000).map(({ partNumber }) => partNumber)).toEqual([1, 2, 3, 4]);
  });

  test('a part that begins anew is measured anew', () => {
    const meter = flow(10, () => 100);
    meter.ended(1, 10_000);
    meter.began(1, 20_000);
    expect(meter.sample(21_000)).toEqual([
      { partNumber: 1, startedAtMs: 20_000, lastByteAtMs: 20_000, bytesPerSecond: 0 },
    ]);
  });

  test('bytes and ends of parts that are not in flight are ignored', () => {
    const meter = paceMeter();
    meter.received(1, 100, 10);
    meter.ended(1, 20);
    expect([meter.sample(30), meter.usual(30)]).toEqual([[], 0]);
  });

  test('for every steady flow, however often one looks, the pace rises to its rate', () => {
    const rates = fc.integer({ min: 1, max: 1_000 });
    const intervals = fc.integer({ min: 1, max: 20 }).map((n) => n * 100);
    fc.assert(
      fc.property(rates, intervals, fc.integer({ min: 1, max: 60 }), (rate, intervalMs, looks) => {
        const meter = paceMeter();
        meter.began(1, 0);
        for (let look = 1; look <= looks; look++) {
          meter.received(1, rate * intervalMs, look * intervalMs);
          const [lane] = meter.sample(look * intervalMs);
          const risen = Math.min(1, (look * intervalMs) / 500);
          assert.ok(Math.abs(lane!.bytesPerSecond - rate * 1_000 * risen) < 1e-6);
          assert.ok(Math.abs(meter.usual(look * intervalMs) - rate * 1_000) < 1e-6);
        }
      }),
    );
  });

  test('a lane that lost its pace is found once the window holds nothing but the loss', () => {
    const meter = paceMeter();
    for (const part of [1, 2, 3]) meter.began(part, 0);
    const lost: Array<number> = [];
    for (let second = 1; second <= 40; second++) {
      for (const part of [1, 2, 3]) {
        const isLost = part === 2 && second > 10;
        meter.received(part, isLost ? 1 : 1_000, second * 1_000);
      }
      const nowMs = second * 1_000;
      const stalls = findStalls(meter.sample(nowMs), meter.usual(nowMs), nowMs, LIMITS);
      for (const { partNumber, error } of stalls) {
        assert.deepEqual([partNumber, error.cause], [2, 'lostPace']);
        lost.push(second);
      }
    }
    expect(lost[0]).toBeGreaterThan(10 + (PACE_WINDOW_MS / 1_000) * 0.9 - 1);
    expect(lost[0]).toBeLessThanOrEqual(10 + PACE_WINDOW_MS / 1_000);
    expect(lost.at(-1)).toBe(40);
  });
});
