/** How fast requests bring bytes, and those beside them, measured over ten seconds. */
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
    expect(meter.usualFor(7)).toBe(0);
  });

  test('before the window is full, the pace is that since the start', () => {
    expect(flow(4, () => 100).sample(4_000)).toEqual([
      { partNumber: 1, startedAtMs: 0, lastByteAtMs: 4_000, bytesPerSecond: 100 },
    ]);
  });

  test('afterwards it is that of the last ten seconds', () => {
    const meter = flow(30, (second) => (second <= 20 ? 1_000 : 10));
    expect(meter.sample(30_000)[0]?.bytesPerSecond).toBe(10);
  });

  test('silence is counted from the last byte', () => {
    const meter = flow(20, (second) => (second <= 5 ? 100 : 0));
    expect(meter.sample(20_000)).toMatchObject([{ lastByteAtMs: 5_000, bytesPerSecond: 0 }]);
  });

  test('what has ended is no lane any more', () => {
    const meter = flow(10, () => 100);
    meter.ended(1, 10_000);
    expect(meter.sample(10_000)).toEqual([]);
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
    expect([meter.sample(30), meter.usualFor(1)]).toEqual([[], 0]);
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
          assert.equal(meter.usualFor(1), 0);
        }
      }),
    );
  });
});

type Rate = (second: number) => number;

/** A lane: a part that begins, brings bytes each second, and ends. */
interface Script {
  readonly part: number;
  readonly from?: number;
  readonly to?: number;
  readonly rate: Rate;
}

/** The parts that are given up for their pace, each time with the second. A part goes on then. */
const lostIn = (seconds: number, scripts: ReadonlyArray<Script>, meter = paceMeter()) => {
  const lost: Array<readonly [part: number, second: number]> = [];
  for (let second = 0; second <= seconds; second++) {
    const nowMs = second * 1_000;
    for (const { part, from = 0, to = seconds + 1, rate } of scripts) {
      if (second > from && second <= to) meter.received(part, rate(second), nowMs);
      if (second === to) meter.ended(part, nowMs);
      if (second === from) meter.began(part, nowMs);
    }
    for (const { partNumber } of findStalls(meter.sample(nowMs), meter.usualFor, nowMs, LIMITS)) {
      lost.push([partNumber, second]);
      meter.ended(partNumber, nowMs);
      meter.began(partNumber, nowMs);
    }
  }
  return lost;
};

const FAST: Rate = () => 1_000;
const TRICKLE: Rate = () => 1;

describe('the pace of the lanes beside one', () => {
  test('is that of one lane, however many there are, and without the lane itself', () => {
    const meter = paceMeter();
    for (const part of [1, 2, 3]) meter.began(part, 0);
    for (let second = 1; second <= 20; second++) {
      for (const part of [1, 2, 3]) meter.received(part, part * 100, second * 1_000);
      meter.sample(second * 1_000);
    }
    expect([1, 2, 3].map(meter.usualFor)).toEqual([250, 200, 150]);
  });

  test('is that of the last ten seconds, requests that ended in them included', () => {
    const meter = paceMeter();
    meter.began(1, 0);
    for (let second = 1; second <= 30; second++) {
      const part = 1 + second;
      meter.began(part, (second - 1) * 1_000);
      meter.received(part, second <= 20 ? 9_999 : 500, second * 1_000);
      meter.received(1, 1, second * 1_000);
      meter.sample(second * 1_000);
      meter.ended(part, second * 1_000);
    }
    expect(meter.usualFor(1)).toBe(500);
  });

  test('that began a moment ago says little: they count as silent before', () => {
    const meter = paceMeter();
    meter.began(1, 0);
    meter.sample(20_000);
    meter.began(2, 20_000);
    meter.received(2, 1_000, 21_000);
    meter.sample(21_000);
    expect(meter.usualFor(1)).toBe(100);
  });

  test('stays as it was when the last of them has ended', () => {
    const meter = paceMeter();
    meter.began(1, 0);
    meter.began(2, 0);
    meter.received(2, 5_000, 50);
    meter.ended(2, 60);
    for (let second = 1; second <= 60; second++) meter.sample(second * 1_000);
    expect(meter.usualFor(1)).toBe(500);
  });

  test('is nothing to a request that begins alone', () => {
    const meter = paceMeter();
    meter.began(1, 0);
    meter.received(1, 5_000, 50);
    meter.ended(1, 1_000);
    meter.began(1, 1_001);
    meter.sample(1_100);
    expect(meter.usualFor(1)).toBe(0);
  });
});

describe('a lane that loses its pace', () => {
  test('DEMAND 3 a trickle among fast lanes is found within eleven seconds, again and again', () => {
    const rate: Rate = (second) => (second > 10 ? 1 : 1_000);
    const lost = lostIn(40, [
      { part: 1, rate: FAST },
      { part: 2, rate },
      { part: 3, rate: FAST },
    ]);
    expect(lost.map(([part]) => part)).toEqual([2, 2, 2]);
    const [, first] = lost[0]!;
    expect(first).toBeGreaterThan(10 + (PACE_WINDOW_MS / 1_000) * 0.9 - 1);
    expect(first).toBeLessThanOrEqual(10 + PACE_WINDOW_MS / 1_000);
  });

  test('DEMAND 2 the last part, alone with its trickle, is found: once', () => {
    const lost = lostIn(60, [
      { part: 1, to: 5, rate: FAST },
      { part: 2, to: 6, rate: FAST },
      { part: 3, from: 2, rate: TRICKLE },
    ]);
    expect(lost).toEqual([[3, 12]]);
  });

  test('is none where all lanes slow down together, at once and for good', () => {
    const slowing: Rate = (second) => (second > 20 ? 10 : 1_000);
    expect(
      lostIn(
        90,
        [1, 2, 3].map((part) => ({ part, rate: slowing })),
      ),
    ).toEqual([]);
  });

  test('is none where all slow down, and parts end and begin meanwhile', () => {
    const slowing: Rate = (second) => (second > 20 ? 10 : 1_000);
    const ending = Array.from({ length: 12 }, (_, index) => ({
      part: 2 + index,
      from: index * 5,
      to: index * 5 + 5,
      rate: slowing,
    }));
    expect(lostIn(60, [{ part: 1, rate: slowing }, ...ending])).toEqual([]);
  });

  test('is none where it is the only one: its past is no reason', () => {
    const burst: Rate = (second) => (second > 1 ? 20 : 80_000);
    expect(lostIn(120, [{ part: 1, rate: burst }])).toEqual([]);
  });

  test('for all lanes that share a network fairly, whatever it does, is none', () => {
    const network = fc.array(fc.integer({ min: 0, max: 1_000_000 }), {
      minLength: 60,
      maxLength: 60,
    });
    fc.assert(
      fc.property(network, fc.integer({ min: 1, max: 6 }), (rates, lanes) => {
        const rate: Rate = (second) => (rates[second] ?? 0) + 1;
        const scripts = Array.from({ length: lanes }, (_, index) => ({ part: index + 1, rate }));
        assert.deepEqual(lostIn(59, scripts), []);
      }),
      { numRuns: 200 },
    );
  });
});
