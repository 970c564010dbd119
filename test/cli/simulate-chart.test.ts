/** The picture of a download over time: what is where in it, and that it fits. */
import { describe, expect, test } from 'vitest';
import { type ChartLook, chartLines } from '../../src/cli/simulate-chart.ts';
import { comparisonLines } from '../../src/cli/simulate-words.ts';
import type { Conditions, Forecast } from '../../src/testing/index.ts';

/** 1 MB in 100 s; half of it is lost at 60 s. */
const sample = (over: Partial<Forecast['sample']> = {}): Forecast['sample'] => ({
  isWhole: true,
  isDenser: false,
  seconds: 100,
  points: Array.from({ length: 100 }, (_, second) => ({
    atMs: second * 1000,
    received: second < 60 ? second * 10_000 : 300_000 + (second - 60) * 17_500,
  })),
  interruptions: [
    { atMs: 60_000, kind: 'killed' },
    { atMs: 100_000, kind: 'powerLost' },
  ],
  ...over,
});

const draw = (look: Partial<ChartLook> = {}, over: Partial<Forecast['sample']> = {}) =>
  chartLines({ sample: sample(over) }, 1e6, { columns: 61, isPlain: true, ...look });

const CONDITIONS: Conditions = {
  seed: 1,
  size: 1e6,
  rttMs: 10,
  jitterMs: 0,
  bytesPerSecond: 1e6,
  bytesPerSecondPerConnection: Infinity,
  loss: 0,
  killEveryMs: 1_000,
  powerCutEveryMs: 1_000,
  credentialsLastMs: 1_000,
  resetEvery: 5,
};
const FORECAST: Forecast = {
  setting: { lanes: 8, partSize: 100_000 },
  end: 'renamed',
  error: null,
  seconds: 100,
  tally: {
    requests: 10,
    connections: 8,
    bodyBytes: 1e6,
    retries: 1,
    kills: 2,
    powerCuts: 3,
    refreshes: 4,
  },
  fetchedTwice: 0,
  sample: sample(),
};

describe('chartLines', () => {
  test('shows how much is there at which time, and what was lost', () => {
    const [top = '', , , , half = '', , , bottom = ''] = draw();
    expect(top.startsWith('     1 MB |')).toBe(true);
    expect(half.startsWith('   500 kB |')).toBe(true);
    const there = half.slice(11).padEnd(49);
    expect(there.indexOf('#')).toBeGreaterThan(20);
    expect(there.slice(there.indexOf('#'))).toMatch(/^#+ +#+/);
    expect(bottom.slice(11)).toMatch(/^ {0,3}#{46,}$/);
  });

  test('marks interruptions below their time, the last moment included', () => {
    const lines = draw();
    const killed = lines.find((line) => line.startsWith('   killed')) ?? '';
    const cut = lines.find((line) => line.startsWith('power cut')) ?? '';
    expect(killed.indexOf('x', 11) - 11).toBe(Math.floor(0.6 * 49));
    expect(cut.indexOf('!') - 11).toBe(48);
    expect(draw({}, { interruptions: [] }).join('')).not.toMatch(/[x!]/);
  });

  test.each([30, 61, 80, 300])('is narrower than a terminal of %i cells', (columns) => {
    const widths = draw({ columns }).map(({ length }) => length);
    expect(Math.max(...widths)).toBeLessThan(columns);
  });

  test('has finer steps where there is more than ASCII', () => {
    expect(draw({ isPlain: false }).join('')).toMatch(/[▁▂▃▄▅▆▇].*█/);
    expect(draw().join('')).toMatch(/^[ -~]*$/);
  });

  test('has the top of what was simulated, when that is not all', () => {
    const points = [{ atMs: 100, received: 250_000 }];
    expect(draw({}, { isWhole: false, points })[0]).toContain('250 kB');
  });
});

describe('comparisonLines', () => {
  const comparison = { conditions: CONDITIONS, asked: FORECAST, all: [FORECAST] };

  test('leaves out columns that tell least, until the table fits', () => {
    const [wide = ''] = comparisonLines(comparison, null);
    expect(wide).toMatch(/RATE +TWICE +REQUESTS +RETRIES +KILLS +CUTS +REFRESHES$/);
    const narrow = comparisonLines(comparison, 60);
    expect(narrow[0]).toMatch(/RATE +TWICE +KILLS +CUTS$/);
    expect(narrow.slice(0, 2).every((line) => line.length < 60)).toBe(true);
    expect(comparisonLines(comparison, 20)[0]).toMatch(/LANES +PARTS +TIME +TWICE$/);
  });

  test('marks the best and the one that was asked for', () => {
    const faster = { ...FORECAST, setting: { lanes: 2, partSize: 100_000 }, seconds: 50 };
    const lines = comparisonLines({ ...comparison, all: [FORECAST, faster] }, null);
    expect([lines[1]?.slice(0, 9), lines[2]?.slice(0, 9)]).toEqual(['*       2', ' >      8']);
  });
});
