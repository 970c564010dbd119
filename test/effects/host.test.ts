/** The host as it is: which processes live, and of which nobody can tell. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { liveHost } from '../../src/effects/host.ts';

describe('liveHost', () => {
  const self = liveHost.self();
  const isLinux = process.platform === 'linux';

  test('this process is alive', () => expect(liveHost.standingOf(self)).toBe('alive'));

  test('its instance is the same whenever it is asked', () => {
    expect(liveHost.self()).toEqual(self);
    expect(self.instance).toMatch(/^[0-9a-f-]{36}$/);
  });

  test.runIf(isLinux)('Linux tells the boot, the namespace, and when a process started', () => {
    expect(self).toMatchObject({
      bootId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      pidNamespace: expect.stringMatching(/^pid:\[\d+\]$/),
      startedAt: expect.stringMatching(/^\d+$/),
    });
  });

  test('a process of another boot of this computer is gone', () => {
    const before = { ...self, bootId: 'another', machineId: 'this' };
    const canTell = self.machineId !== null && self.bootId !== null;
    expect(liveHost.standingOf({ ...before, machineId: self.machineId })).toBe(
      canTell ? 'gone' : self.bootId === null ? 'alive' : 'unknown',
    );
  });

  test('a process whose number was given to another one is gone', () => {
    const standing = self.startedAt === null ? 'alive' : 'gone';
    expect(liveHost.standingOf({ ...self, startedAt: '1' })).toBe(standing);
  });

  test('a number that nobody has is gone', () => {
    expect(liveHost.standingOf({ ...self, pid: 2 ** 22 + 1 })).toBe('gone');
  });

  test.each([
    ['of another computer', { host: 'elsewhere', bootId: 'another' }],
    ['of a computer of the same name', { machineId: 'another', bootId: 'another' }],
    ['in another container', { pidNamespace: 'pid:[1]' }],
    ['of nobody knows which boot of nobody knows which computer', { machineId: 'x', bootId: null }],
  ])('of a process %s nobody can tell', (_, differs) => {
    expect(liveHost.standingOf({ ...self, pid: 2 ** 22 + 1, ...differs })).toBe('unknown');
    expect(liveHost.standingOf({ ...self, ...differs })).toBe('unknown');
  });

  test.runIf(isLinux)(
    'a process that ended, and whose parent never asked how, is gone',
    async () => {
      // The shell tells its child's number, and becomes a program that asks for no children.
      const script = 'sleep 0 & echo $!; exec sleep 600';
      const parent = spawn('sh', ['-c', script], { stdio: ['ignore', 'pipe', 'ignore'] });
      onTestFinished(() => void parent.kill('SIGKILL'));
      const pid = await new Promise<number>((resolve) => {
        parent.stdout.once('data', (told: Buffer) => resolve(Number(told)));
      });
      const stateOf = () => / ([A-Z]) /.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1];
      await expect.poll(stateOf, { timeout: 10_000 }).toBe('Z');
      expect(liveHost.standingOf({ ...self, pid, startedAt: null })).toBe('gone');
    },
  );
});
