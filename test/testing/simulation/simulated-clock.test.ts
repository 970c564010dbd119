/** Virtual time: it passes when a test says so, from timer to timer. */
import { describe, expect, test } from 'vitest';
import { simulatedClock } from '../../../src/testing/simulation/simulated-clock.ts';

const start = (wallTimeMs?: number) => {
  const clock = simulatedClock(wallTimeMs);
  const fired: Array<string> = [];
  const set = (name: string, delayMs: number) => clock.setTimeout(() => fired.push(name), delayMs);
  return { clock, fired, set };
};

describe('simulatedClock', () => {
  test('time stands still until a timer is fired, then it is that timer’s', () => {
    const { clock, fired, set } = start(1_000);
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
});
