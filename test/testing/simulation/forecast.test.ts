/** Forecasts: what they say follows from the numbers of the network, and from the seed alone. */
import { describe, expect, test } from 'vitest';
import {
  type Conditions,
  type Forecast,
  forecast,
  otherSettings,
  type Setting,
} from '../../../src/testing/index.ts';
import { connectionPaceOf } from '../../../src/testing/simulation/forecast-pace.ts';

const MBIT = 1e6 / 8;

const conditions = (over: Partial<Conditions> = {}): Conditions => ({
  seed: 7,
  size: 50e9,
  rttMs: 80,
  jitterMs: 0,
  bytesPerSecond: 200 * MBIT,
  bytesPerSecondPerConnection: Infinity,
  loss: 0,
  killEveryMs: null,
  powerCutEveryMs: null,
  credentialsLastMs: null,
  resetEvery: null,
  ...over,
});
const setting = (over: Partial<Setting> = {}): Setting => ({
  lanes: 8,
  partSize: 2 ** 23,
  ...over,
});

/** As much of it as a test has time for. */
const ask = (network: Conditions, chosen: Setting) => forecast(network, chosen, { workMsMax: 300 });

/** A share of the second number: how far the first is from it. */
const apart = (a: number, b: number): number => Math.abs(a - b) / b;

describe('a forecast', () => {
  test('of a link that is the limit: its size divided by the bandwidth', async () => {
    const { seconds, tally, fetchedTwice } = await ask(conditions(), setting());
    expect(apart(seconds, 50e9 / 25e6)).toBeLessThan(0.01);
    expect(tally).toMatchObject({ connections: 8, retries: 0, kills: 0, refreshes: 0 });
    expect(apart(tally.requests, 50e9 / 2 ** 23)).toBeLessThan(0.01);
    expect(fetchedTwice).toBe(0);
  });

  test.each([1, 4, 16])(
    'of a lossy link: %i times what TCP keeps up on one lane',
    async (lanes) => {
      const network = conditions({ size: 20e9, loss: 0.02 });
      const { seconds } = await ask(network, setting({ lanes }));
      const lane = (1.22 * 1460) / (0.08 * Math.sqrt(0.02)); // 157 kB/s
      expect(connectionPaceOf(network)).toBeCloseTo(lane, 6);
      expect(apart(seconds, 20e9 / (lanes * lane))).toBeLessThan(0.03);
    },
  );

  test('of connections with a limit each: lanes share the link once they fill it', async () => {
    const slow = conditions({ size: 2e9, bytesPerSecondPerConnection: 5e6 });
    const [two, ten] = await Promise.all([
      ask(slow, setting({ lanes: 2 })),
      ask(slow, setting({ lanes: 10 })),
    ]);
    const trips = 2e9 / 2 ** 23 / 2; // Each part begins with a round trip.
    expect(apart(two.seconds, 2e9 / 10e6 + trips * 0.08)).toBeLessThan(0.02);
    expect(apart(ten.seconds, 2e9 / 25e6)).toBeLessThan(0.03);
  });

  test('of its beginning is near what comes out when all of it is simulated', async () => {
    const hard = conditions({ size: 600e6, loss: 0.001, killEveryMs: 20_000, resetEvery: 20 });
    const [part, whole] = await Promise.all([
      forecast(hard, setting(), { workMsMax: 300 }),
      forecast(hard, setting(), { workMsMax: Infinity }),
    ]);
    expect([part.sample.isWhole, whole.sample.isWhole]).toEqual([false, true]);
    expect(apart(part.seconds, whole.seconds)).toBeLessThan(0.1);
    expect(apart(part.tally.requests, whole.tally.requests)).toBeLessThan(0.25);
    expect(whole.tally.kills).toBe(whole.sample.interruptions.length);
    expect(Math.abs(part.tally.kills - whole.tally.kills)).toBeLessThanOrEqual(1);
  });

  test('counts what comes by the clock: kills, power cuts and refreshes', async () => {
    const hard = conditions({
      killEveryMs: 30_000,
      powerCutEveryMs: 600_000,
      credentialsLastMs: 900_000,
    });
    const { seconds, tally, fetchedTwice } = await ask(hard, setting());
    expect(tally.kills).toBe(Math.floor(seconds / 30));
    expect(tally.powerCuts).toBe(Math.floor(seconds / 600));
    expect(tally.refreshes).toBe(Math.floor(seconds / 900));
    expect(fetchedTwice).toBeGreaterThan(0);
    expect(fetchedTwice / (tally.kills + tally.powerCuts)).toBeLessThan(60e6);
    expect(seconds).toBeGreaterThan(50e9 / 25e6);
  });

  test('resets every n-th request, and no byte is fetched twice for it', async () => {
    const { tally, fetchedTwice } = await forecast(
      conditions({ size: 1e9, resetEvery: 5 }),
      setting(),
    );
    expect(apart(tally.retries, tally.requests / 5)).toBeLessThan(0.05);
    expect(fetchedTwice).toBe(0);
  });

  test('says so when interruptions leave nothing', async () => {
    const hopeless = conditions({ size: 100e6, bytesPerSecond: 4_000, killEveryMs: 1_000 });
    const { end } = await forecast(hopeless, setting());
    expect(end).toBe('never');
  });

  test('is the same for the same seed, and another one for another', async () => {
    const hard = conditions({ size: 200e6, loss: 0.001, jitterMs: 10, killEveryMs: 5_000 });
    const tell = async (seed: number): Promise<{ told: Forecast; trace: string }> => {
      const trace: Array<string> = [];
      const told = await forecast({ ...hard, seed }, setting(), {
        trace: (line) => trace.push(line),
      });
      return { told, trace: trace.join('') };
    };
    const [first, second, other] = [await tell(7), await tell(7), await tell(8)];
    expect(second).toEqual(first);
    expect(other.told.sample.interruptions).not.toEqual(first.told.sample.interruptions);
  });

  test('refuses what the downloader refuses', async () => {
    await expect(forecast(conditions(), setting({ lanes: 0 }))).rejects.toThrow(/256/);
  });
});

describe('otherSettings', () => {
  test('tries other lanes and other parts, each once, as they may be', () => {
    const others = otherSettings(setting(), 20e6);
    expect(others.map(({ lanes }) => lanes)).toEqual([1, 2, 4, 16, 32, 8, 8]);
    expect(others.slice(5).map(({ partSize }) => partSize)).toEqual([2 ** 20, 20e6]);
  });
});
