/** Progress as a fold over samples, whatever the counters do. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Bytes, bytes } from '../../src/domain/bytes.ts';
import {
  nextProgress,
  type Progress,
  type ProgressSample,
  resumeProgress,
  startProgress,
} from '../../src/domain/progress.ts';

/** A sample where all that was fetched is durable, unless said otherwise. */
const sample = (
  atMs: number,
  received: number,
  more: Partial<Record<keyof ProgressSample, number>> = {},
) =>
  ({
    atMs,
    received,
    written: received,
    durable: received,
    fetched: received,
    ...more,
  }) as ProgressSample;

const start = (total: number | null, resumed = 0): Progress =>
  startProgress(total === null ? null : bytes(total), bytes(resumed), 0);

const counts = fc.integer({ min: 0, max: 2_000 }) as unknown as fc.Arbitrary<Bytes>;
/** Samples as no honest ledger gives them: backwards, out of order, beyond the end. */
const samples = fc.array(
  fc.record({
    atMs: fc.integer({ min: 0, max: 100_000 }),
    received: counts,
    written: counts,
    durable: counts,
    fetched: counts,
  }),
  { maxLength: 30 },
);

describe('nextProgress', () => {
  test('for every sequence of samples, received >= written >= durable, within the total', () => {
    fc.assert(
      fc.property(samples, fc.option(fc.nat({ max: 1_500 })), fc.nat(), (all, total, some) => {
        let now = start(total, total === null ? some % 1_000 : some % (total + 1));
        for (const each of all) {
          const before = now;
          now = nextProgress(before, each);
          assert.ok(now.received >= now.written && now.written >= now.durable);
          assert.ok(total === null || now.received <= total);
          assert.ok(now.received >= before.received && now.written >= before.written);
          assert.ok(now.durable >= before.durable && now.fetched >= before.fetched);
          assert.ok(now.atMs >= before.atMs);
          assert.ok(now.bytesPerSecond >= 0 && Number.isFinite(now.bytesPerSecond));
          assert.ok(now.secondsLeft === null || now.secondsLeft >= 0);
          assert.deepEqual([now.total, now.resumed], [before.total, before.resumed]);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('honest counters are shown as they are', () => {
    const counters = { received: 30, written: 20, durable: 10, fetched: 35 };
    expect(nextProgress(start(100), sample(1_000, 30, counters))).toMatchObject(counters);
  });

  test('a part that is fetched twice does not move progress backwards', () => {
    const before = nextProgress(start(100), sample(1_000, 50));
    const after = nextProgress(before, sample(2_000, 30, { fetched: 60 }));
    expect(after).toMatchObject({ received: 50, written: 50, durable: 50, fetched: 60 });
  });

  test('the rate comes from the bytes of this run, not from those that were there', () => {
    const resumed = start(1_000, 900);
    expect(resumed.bytesPerSecond).toBe(0);
    const now = nextProgress(resumed, sample(1_000, 950, { fetched: 50 }));
    expect(now.bytesPerSecond).toBe(50);
    expect(now.secondsLeft).toBe(1);
  });

  test('silence lets the rate fade, and a steady flow keeps it', () => {
    let now = start(1e9);
    for (let second = 1; second <= 10; second++)
      now = nextProgress(now, sample(second * 1_000, second * 500));
    expect(now.bytesPerSecond).toBeCloseTo(500);
    const idle = nextProgress(now, sample(13_000, 5_000));
    expect(idle.bytesPerSecond).toBeCloseTo(500 / Math.E);
  });

  test('how often one looks does not matter to the smoothed rate', () => {
    const beginning = nextProgress(start(1e9), sample(1_000, 1_000));
    const fold = (stepMs: number) => {
      let now = beginning;
      for (let atMs = 1_000 + stepMs; atMs <= 5_000; atMs += stepMs) {
        now = nextProgress(now, sample(atMs, 1_000 + (atMs - 1_000) * 3));
      }
      return now.bytesPerSecond;
    };
    expect(fold(100)).toBeCloseTo(fold(2_000), 6);
  });

  test('two samples at the same moment keep the rate', () => {
    const now = nextProgress(start(100), sample(1_000, 50));
    expect(nextProgress(now, sample(1_000, 60)).bytesPerSecond).toBe(50);
  });

  test('the time left is null without a total, and before a rate is known', () => {
    expect(nextProgress(start(null), sample(1_000, 50)).secondsLeft).toBeNull();
    expect(nextProgress(start(100), sample(1_000, 0)).secondsLeft).toBeNull();
  });

  test('nothing is left once all has arrived', () => {
    expect(nextProgress(start(100), sample(1_000, 100)).secondsLeft).toBe(0);
  });
});

describe('resumeProgress', () => {
  const flowing = nextProgress(start(10_000), sample(1_000, 500));

  test('counts what came, and keeps the rate: a rest is no slowness', () => {
    const now = resumeProgress(flowing, sample(3_600_000, 600));
    expect(now).toMatchObject({ received: 600, fetched: 600, durable: 600, atMs: 3_600_000 });
    expect(now.bytesPerSecond).toBe(500);
    expect(now.secondsLeft).toBe(9_400 / 500);
  });

  test('is what the rate is measured from again', () => {
    const resumed = resumeProgress(flowing, sample(3_600_000, 500));
    const steady = nextProgress(resumed, sample(3_601_000, 1_000));
    expect(steady.bytesPerSecond).toBeCloseTo(500);
    const slower = nextProgress(resumed, sample(3_603_000, 500));
    expect(slower.bytesPerSecond).toBeCloseTo(500 / Math.E);
  });

  test('knows no rate where none was known', () => {
    const now = resumeProgress(start(100), sample(1_000, 0));
    expect([now.bytesPerSecond, now.secondsLeft]).toEqual([0, null]);
    expect(nextProgress(now, sample(2_000, 50)).bytesPerSecond).toBe(50);
  });
});

describe('startProgress', () => {
  test('counts at once what was there before', () => {
    expect(start(100, 40)).toMatchObject({ received: 40, written: 40, durable: 40, fetched: 0 });
    expect(start(100, 40).secondsLeft).toBeNull();
  });
  test('a whole or an empty object has no time left', () => {
    expect(start(100, 100).secondsLeft).toBe(0);
    expect(start(0).secondsLeft).toBe(0);
  });
});
