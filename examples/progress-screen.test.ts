/** How an application tests its download screen: no server, no waiting, and everything goes wrong. */
import { diskFault, diskRules, fault, type SimulationOptions, simulate } from 'partwise/testing';
import { expect, test } from 'vitest';
import { progressScreen } from './progress-screen.ts';

/** 40 MB over 40 Mbit/s: eight seconds, which pass at once. */
const world = (over: Partial<SimulationOptions> = {}) =>
  simulate({ seed: 7, object: '40MB', link: { rttMs: 50, bytesPerSecond: 5e6 }, ...over });

test('after a crash, the screen says where it goes on', async () => {
  const sim = await world();
  const before = progressScreen(sim.download());
  await sim.until(() => before().percent >= 50);
  sim.crash('powerLost');

  const job = sim.download();
  const after = progressScreen(job);
  await sim.until(() => after().percent > 0);
  expect(after().message).toMatch(/^Goes on after \d+(\.\d+)? MB$/);

  await sim.finish(job);
  expect(after()).toEqual({ title: 'Done', percent: 100, message: '', button: null });
  expect(Buffer.compare(sim.file()!, sim.original())).toBe(0);
});

test('a full disk pauses, and the button goes on', async () => {
  const sim = await world();
  const job = sim.download();
  const screen = progressScreen(job);
  await sim.until(() => screen().percent >= 25);
  sim.setDiskFaults([diskRules.forPath('.part', diskFault.fail('ENOSPC'))]);
  await sim.until(() => screen().title === 'Paused');
  expect(screen()).toMatchObject({
    message: expect.stringContaining('disk is full'),
    button: 'Go on',
  });

  sim.heal();
  job.resume();
  expect(screen().title).toBe('Downloading');
  await sim.finish(job);
  expect(screen().title).toBe('Done');
});

test('who is signed out is asked to sign in, and keeps what was there', async () => {
  const sim = await world({ credentials: { lastMs: 4_000, refreshes: 0 } });
  const screen = progressScreen(sim.download({ partSize: '1MB' }));
  await sim.until(() => screen().title === 'Stopped');
  expect(screen()).toMatchObject({ message: 'You have been signed out.', button: 'Sign in' });

  sim.heal();
  const { resumedBytes } = await sim.finish(sim.download());
  expect(resumedBytes).toBeGreaterThan(0);
});

test('a file that is gone is said to be gone, at once', async () => {
  const sim = await world({ faults: [fault.refuse(404, 'NoSuchKey')] });
  const screen = progressScreen(sim.download());
  await sim.until(() => screen().title === 'Stopped');
  expect(screen().message).toBe('The file is not there.');
  expect(sim.nowMs()).toBeLessThan(1_000);
});
