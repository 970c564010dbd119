/** Virtual time: it passes when a test says so, from timer to timer. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { simulatedClock } from '../../../src/testing/simulation/simulated-clock.ts';

const start = (options: Parameters<typeof simulatedClock>[0] = {}) => {
  const clock = simulatedClock(options);
  const fired: Array<string> = [];
  const set = (name: string, delayMs: number) => clock.setTimeout(() => fired.push(name), delayMs);
  return { clock, fired, set };
};

describe('simulatedClock', () => {
  test('time stands still until a timer is fired, then it is that timer’s', () => {
    const { clock, fired, set } = start({ wallTimeMs: 1_000 });
    set('a', 250);
    expect([clock.now(), clock.wallTime(), fired]).toEqual([0, 1_000, []]);
    expect(clock.fireNext()).toBe(true);
    expect([clock.now(), clock.wallTime(), fired]).toEqual([250, 1_250, ['a']]);
  });

  test('the earliest timer fires first; of equal ones the one that was set first', () => {
    const { clock, fired, set } = start();
    set('late', 20);
    set('first', 10);
    set('second', 10);
    while (clock.fireNext());
    expect([fired, clock.now()]).toEqual([['first', 'second', 'late'], 20]);
  });

  test('no timer: nothing fires and time stays', () => {
    const { clock } = start();
    expect([clock.fireNext(), clock.timers(), clock.now()]).toEqual([false, 0, 0]);
  });

  test('a cleared timer never fires; clearing what is not there is fine', () => {
    const { clock, fired, set } = start();
    const id = set('a', 1);
    set('b', 2);
    clock.clearTimeout(id);
    clock.clearTimeout(id);
    clock.clearTimeout(99);
    expect(clock.timers()).toBe(1);
    while (clock.fireNext());
    expect(fired).toEqual(['b']);
  });

  test('a timer may set another one: its delay counts from then', () => {
    const { clock, fired, set } = start();
    clock.setTimeout(() => set('inner', 5), 10);
    clock.fireNext();
    expect([clock.timers(), fired]).toEqual([1, []]);
    clock.fireNext();
    expect([clock.now(), fired]).toEqual([15, ['inner']]);
  });

  test('a delay below 0 is none: time never goes back', () => {
    const { clock, set } = start();
    set('a', 10);
    clock.fireNext();
    set('b', -5);
    clock.fireNext();
    expect(clock.now()).toBe(10);
  });

  test('a delay that live timers cannot do is 1 ms, as Node has it', () => {
    const { clock, set } = start();
    set('endless', Infinity);
    set('long', 2 ** 31);
    set('no number', Number.NaN);
    set('longest', 2 ** 31 - 1);
    clock.advanceTo(1);
    expect([clock.timers(), clock.nextAtMs()]).toEqual([1, 2 ** 31 - 1]);
  });

  test('a seed decides among timers of one moment, never against time', () => {
    const order = (seed: number) => {
      const { clock, fired, set } = start({ seed });
      for (const name of ['a', 'b', 'c', 'd']) set(name, 10);
      set('late', 11);
      set('early', 9);
      while (clock.fireNext());
      return fired.join(' ');
    };
    const seen = new Set(Array.from({ length: 200 }, (_, seed) => order(seed)));
    expect(seen.size).toBe(24);
    expect([...seen].every((row) => /^early .{7} late$/.test(row))).toBe(true);
    expect(order(7)).toBe(order(7));
  });

  test('for every row of timers set and cleared, those left fire in the order of time', () => {
    const steps = fc.array(fc.tuple(fc.nat({ max: 50 }), fc.boolean()), {
      ...{ minLength: 30, maxLength: 80 },
    });
    fc.assert(
      fc.property(steps, fc.nat(), (timers, seed) => {
        const clock = simulatedClock({ seed });
        const fired: Array<readonly [number, number]> = [];
        const ids = timers.map(([delayMs], index) =>
          clock.setTimeout(() => fired.push([clock.atMs(), index]), delayMs),
        );
        const kept = timers.flatMap(([delayMs, isKept], index) => {
          if (isKept) return [[delayMs, index] as const];
          clock.clearTimeout(ids[index]);
          return [];
        });
        expect(clock.timers()).toBe(kept.length);
        while (clock.fireNext());
        expect(fired.map(([atMs]) => atMs)).toEqual(fired.map(([atMs]) => atMs).sort(ascending));
        expect([...fired].sort(byIndex)).toEqual([...kept].sort(byIndex));
      }),
    );
  });
});

describe('simulatedClock, moved on', () => {
  test('nextAtMs tells when something is due', () => {
    const { clock, set } = start({ wallTimeMs: 5 });
    expect([clock.atMs(), clock.nextAtMs()]).toEqual([0, null]);
    set('late', 30);
    set('early', 20);
    expect(clock.nextAtMs()).toBe(20);
  });

  test('advanceTo fires what is due until then, what that sets, and no more', () => {
    const { clock, fired, set } = start();
    set('a', 10);
    clock.setTimeout(() => set('inner', 5), 12);
    set('later', 18);
    clock.advanceTo(17);
    expect([fired, clock.now(), clock.timers()]).toEqual([['a', 'inner'], 17, 1]);
    clock.advanceTo(17);
    expect(() => clock.advanceTo(16)).toThrow(RangeError);
    expect(() => clock.advanceTo(Number.NaN)).toThrow(RangeError);
  });

  test('jumpWallTime moves the date alone: timers and the other clock stand still', () => {
    const { clock, fired, set } = start({ wallTimeMs: 1_000 });
    set('a', 10);
    clock.jumpWallTime(3_600_000);
    expect([clock.now(), clock.wallTime(), fired]).toEqual([0, 3_601_000, []]);
    clock.jumpWallTime(-3_600_500);
    clock.fireNext();
    expect([clock.now(), clock.wallTime(), fired]).toEqual([10, 510, ['a']]);
  });
});

const ascending = (a: number, b: number): number => a - b;
const byIndex = (a: readonly [number, number], b: readonly [number, number]): number => a[1] - b[1];
