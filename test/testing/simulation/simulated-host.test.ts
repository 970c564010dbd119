/** Processes that start, end and are booted away as a test says. */
import { describe, expect, test } from 'vitest';
import { simulatedHost } from '../../../src/testing/simulation/simulated-host.ts';

describe('simulatedHost', () => {
  test('processes of one boot differ in number and start, and share the boot', () => {
    const host = simulatedHost('web-1');
    const [a, b] = [host.start().self(), host.start().self()];
    expect(a).toMatchObject({ host: 'web-1', bootId: b.bootId });
    expect(a.pid).not.toBe(b.pid);
    expect(a.startedAt).not.toBe(b.startedAt);
  });

  test('a process is gone once it has ended, and stays so', () => {
    const host = simulatedHost();
    const [a, b] = [host.start(), host.start()];
    expect([a.standingOf(b.self()), a.standingOf(a.self())]).toEqual(['alive', 'alive']);
    host.end(b);
    host.end(b);
    expect([a.standingOf(b.self()), a.standingOf(a.self())]).toEqual(['gone', 'alive']);
    expect(host.start().standingOf(b.self())).toBe('gone');
  });

  test('a boot ends all processes, and later ones belong to another boot', () => {
    const host = simulatedHost();
    const before = [host.start(), host.start()];
    host.reboot();
    const after = host.start();
    expect(before.map((process) => after.standingOf(process.self()))).toEqual(['gone', 'gone']);
    expect(after.standingOf(after.self())).toBe('alive');
    expect(after.self().bootId).not.toBe(before[0]!.self().bootId);
  });

  test('a process of another host is never known to be gone', () => {
    const [here, there] = [simulatedHost('a'), simulatedHost('b')];
    const stranger = there.start();
    there.end(stranger);
    expect(here.start().standingOf(stranger.self())).toBe('unknown');
  });

  test('nor one of the same name on another computer, or in another container', () => {
    const here = simulatedHost('a').start();
    const places = [{ machineId: 'b' }, { pidNamespace: 'pid:2' }];
    for (const place of places) {
      const there = simulatedHost('a', place);
      const stranger = there.start();
      expect(here.standingOf(stranger.self())).toBe('unknown');
      there.reboot();
      expect(here.standingOf(stranger.self())).toBe('unknown');
    }
  });

  test('numbers begin anew with a boot: who has one is not who had it', () => {
    const host = simulatedHost();
    const before = host.start();
    host.reboot();
    const after = host.start();
    expect(after.self().pid).toBe(before.self().pid);
    expect([after.standingOf(before.self()), after.standingOf(after.self())]).toEqual([
      'gone',
      'alive',
    ]);
    host.end(before);
    expect(after.standingOf(after.self())).toBe('alive');
  });

  test('a number that was used is given again, never one that is', () => {
    const host = simulatedHost();
    const [first, other] = [host.start(), host.start()];
    const { pid } = first.self();
    expect(() => host.start(pid)).toThrow(RangeError);
    host.end(first);
    const again = host.start(pid);
    expect([again.self().pid, other.standingOf(first.self())]).toEqual([pid, 'gone']);
    expect(other.standingOf(again.self())).toBe('alive');
    expect(host.start().self().pid).toBe(other.self().pid + 1);
  });

  test('running tells who is there', () => {
    const host = simulatedHost();
    const [a, b] = [host.start(), host.start()];
    expect(host.running()).toEqual([a.self(), b.self()]);
    host.end(a);
    expect(host.running()).toEqual([b.self()]);
    host.reboot();
    expect(host.running()).toEqual([]);
  });
});
