/** When to ask again, and after how long. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DownloadError } from '../../src/domain/errors.ts';
import {
  backoffMs,
  jitter,
  mayRetry,
  RETRY_AFTER_MS_MAX,
  RETRY_DEFAULT,
  type RetryPolicy,
} from '../../src/domain/retry.ts';

const RESET: DownloadError = { _tag: 'NetworkFailed', code: 'ECONNRESET', message: 'reset' };
const busy = (retryAfterMs: number | null): DownloadError => ({
  _tag: 'ServerBusy',
  retryAfterMs,
  status: 503,
  code: 'SlowDown',
  message: '',
  requestId: null,
  ec: null,
});

const policies = fc.record({
  attemptsMax: fc.integer({ min: 1, max: 1_001 }),
  delayMsFirst: fc.integer({ min: 1, max: 5_000 }),
  delayMsMax: fc.integer({ min: 1, max: 120_000 }),
}) as fc.Arbitrary<RetryPolicy>;
const attemptCounts = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 5_000 }));
const randoms = fc.double({ min: 0, max: 1, noNaN: true });

describe('mayRetry', () => {
  test('a request is tried attemptsMax times, not more', () => {
    const policy = { ...RETRY_DEFAULT, attemptsMax: 3 };
    expect([1, 2, 3, 4].map((n) => mayRetry(policy, RESET, n))).toEqual([true, true, false, false]);
  });
  test('with one attempt nothing is tried again', () => {
    expect(mayRetry({ ...RETRY_DEFAULT, attemptsMax: 1 }, RESET, 1)).toBe(false);
  });
  test('what asking again would not help is not asked again', () => {
    expect(mayRetry(RETRY_DEFAULT, { _tag: 'Cancelled' }, 1)).toBe(false);
  });
});

describe('backoffMs', () => {
  test('doubles from 0.5 s to 30 s, and half of it is chance', () => {
    const waits = (random: number) =>
      [1, 2, 3, 4, 5, 6, 7, 8].map((n) => backoffMs(RETRY_DEFAULT, RESET, n, random));
    expect(waits(1)).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    expect(waits(0)).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000]);
  });

  test('for every policy, it waits between half of the ceiling and the ceiling', () => {
    fc.assert(
      fc.property(policies, attemptCounts, randoms, (policy, attempts, random) => {
        const ceiling = Math.min(policy.delayMsMax, policy.delayMsFirst * 2 ** (attempts - 1));
        const delayMs = backoffMs(policy, RESET, attempts, random);
        assert.ok(Number.isSafeInteger(delayMs));
        assert.ok(delayMs >= Math.floor(ceiling / 2) && delayMs <= Math.ceil(ceiling));
        assert.ok(delayMs <= policy.delayMsMax);
      }),
    );
  });

  test('for every policy, a further failure never shortens the wait', () => {
    fc.assert(
      fc.property(policies, attemptCounts, randoms, (policy, attempts, random) => {
        const [now, next] = [attempts, attempts + 1].map((n) =>
          backoffMs(policy, RESET, n, random),
        );
        assert.ok(now! <= next!);
      }),
    );
  });

  test('a longer wait that the server asks for is honoured', () => {
    expect(backoffMs(RETRY_DEFAULT, busy(60_000), 1, 1)).toBe(60_000);
    expect(backoffMs(RETRY_DEFAULT, busy(501), 1, 1)).toBe(501);
  });
  test('a shorter one does not shorten ours', () => {
    expect(backoffMs(RETRY_DEFAULT, busy(0), 3, 1)).toBe(2_000);
    expect(backoffMs(RETRY_DEFAULT, busy(null), 3, 1)).toBe(2_000);
  });
  test('no server makes us wait longer than five minutes', () => {
    expect(RETRY_AFTER_MS_MAX).toBe(300_000);
    expect(backoffMs(RETRY_DEFAULT, busy(300_001), 1, 0)).toBe(300_000);
    expect(backoffMs(RETRY_DEFAULT, busy(10 ** 12), 1, 0)).toBe(300_000);
  });
});

describe('jitter', () => {
  const ints = fc.integer({ min: 0, max: 2 ** 32 - 1 });

  test('for every seed, part and attempt, it is below 1, and the same each time', () => {
    fc.assert(
      fc.property(ints, fc.integer({ min: 1, max: 100_000 }), fc.nat({ max: 1_000 }), (...of) => {
        const random = jitter(...of);
        assert.ok(random >= 0 && random < 1);
        assert.equal(jitter(...of), random);
      }),
    );
  });

  test('parts that fail together do not come back together', () => {
    const tenths = new Map<number, number>();
    for (let part = 1; part <= 1_000; part++) {
      const tenth = Math.floor(jitter(7, part, 1) * 10);
      tenths.set(tenth, (tenths.get(tenth) ?? 0) + 1);
    }
    expect(tenths.size).toBe(10);
    expect(Math.min(...tenths.values())).toBeGreaterThan(60);
    expect(Math.max(...tenths.values())).toBeLessThan(140);
  });

  test('two downloads, and two attempts, wait differently', () => {
    const of = (seed: number, attempt: number) => jitter(seed, 1, attempt);
    expect(new Set([of(1, 1), of(2, 1), of(1, 2), of(2, 2)]).size).toBe(4);
  });
});
