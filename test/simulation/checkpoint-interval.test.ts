/** What an interruption may cost, with the settings that people have, at every moment of a download. */
import { describe, expect, test } from 'vitest';
import { simulate } from '../../src/testing/index.ts';

const MIB = 2 ** 20;
/** What a lane may get at once. */
const CHUNK = 2 ** 14;

interface Case {
  readonly bytesPerSecond: number;
  readonly partSize: string;
  readonly lanes: number;
}

/** The most that was received and not durable, over all moments that were told. */
const exposedMax = async ({ bytesPerSecond, partSize, lanes }: Case): Promise<number> => {
  const sim = await simulate({ seed: 1, object: '100MB', link: { rttMs: 20, bytesPerSecond } });
  const job = sim.download({ partSize, concurrency: lanes, threshold: 0 });
  let most = 0;
  job.on('progress', ({ progress: { received, durable } }) => {
    most = Math.max(most, received - durable);
  });
  await sim.finish(job);
  return most;
};

describe('W8 an interruption at any moment', () => {
  test.each<Case>([
    { bytesPerSecond: 100e6, partSize: '100MB', lanes: 1 },
    { bytesPerSecond: 100e6, partSize: '8MiB', lanes: 8 },
    { bytesPerSecond: 20e6, partSize: '50MB', lanes: 2 },
    { bytesPerSecond: 100e6, partSize: '100KB', lanes: 4 },
  ])('costs 8 MiB at most, and what comes in a tenth of a second: %j', async (setting) => {
    const most = await exposedMax(setting);
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThan(8 * MIB + setting.bytesPerSecond / 10 + setting.lanes * MIB);
  });

  test.each<Case>([
    { bytesPerSecond: 2e6, partSize: '100MB', lanes: 1 },
    { bytesPerSecond: 1e6, partSize: '8MiB', lanes: 8 },
    { bytesPerSecond: 200e3, partSize: '8MiB', lanes: 4 },
  ])('costs what a second brings at most, where that is less: %j', async (setting) => {
    const most = await exposedMax(setting);
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThan(setting.bytesPerSecond * 1.1 + setting.lanes * CHUNK);
  });
});
