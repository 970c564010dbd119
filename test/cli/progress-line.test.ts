/** The line on a terminal: it fits, and what matters most stays. */
import { describe, expect, test } from 'vitest';
import { displayWidth, type LineContent, progressLine } from '../../src/cli/progress-line.ts';
import { bytes } from '../../src/domain/bytes.ts';
import { nextProgress, startProgress } from '../../src/domain/progress.ts';

const halfWay = (total: number | null) => {
  const start = startProgress(total === null ? null : bytes(total), bytes(0), 0);
  const half = bytes(50_000_000);
  return nextProgress(start, {
    atMs: 1000,
    received: half,
    written: half,
    durable: half,
    fetched: half,
  });
};
const content = (total: number | null = 100_000_000, name = 'object.bin'): LineContent => ({
  name,
  note: null,
  view: {
    state: 'downloading',
    progress: halfWay(total),
    parts: { done: 9, total: 24, active: 8 },
  },
});

describe('progressLine', () => {
  test('tells everything where there is room', () => {
    expect(progressLine(content(), 140)).toBe(
      'object.bin  50.0 %  [==============--------------]  50 MB/100 MB  50 MB/s  1 s left  ' +
        '9/24 parts +8  downloading',
    );
  });

  test('is shorter than any terminal is wide', () => {
    for (let columns = 2; columns < 200; columns++) {
      const line = progressLine(content(100_000_000, '很长的名字'.repeat(5)), columns);
      expect(displayWidth(line)).toBeLessThan(columns);
    }
  });

  test('loses the name first and the percentage last', () => {
    const rest = '50 MB/100 MB  50 MB/s  1 s left';
    expect(progressLine(content(), 90)).toBe(
      `50.0 %  [=========---------]  ${rest}  9/24 parts +8  downloading`,
    );
    expect(progressLine(content(), 78)).toBe(
      `50.0 %  [=========----------]  ${rest}  9/24 parts +8`,
    );
    expect(progressLine(content(), 60)).toBe(`50.0 %  [========--------]  ${rest}`);
    expect(progressLine(content(), 40)).toBe(`50.0 %  ${rest}`);
    expect(progressLine(content(), 10)).toBe('50.0 %');
  });

  test('a state that is not the usual one stays where parts and bar have to go', () => {
    const view = { ...content().view, state: 'finalizing' };
    expect(progressLine({ ...content(), view }, 50)).toBe(
      '50.0 %  50 MB/100 MB  50 MB/s  finalizing',
    );
  });

  test('an unknown total has neither percentage, bar nor time left', () => {
    expect(progressLine(content(null), 140)).toBe(
      'object.bin  50 MB  50 MB/s  9/24 parts +8  downloading',
    );
  });

  test('a note stands in place of the state', () => {
    const line = progressLine({ ...content(), note: 'part 3: ECONNRESET, again in 1 s' }, 80);
    expect(line).toBe('50.0 %  50 MB/100 MB  50 MB/s  1 s left  part 3: ECONNRESET, again in 1 s');
  });

  test('before anything is planned it says so', () => {
    const view = { state: 'planning', progress: null, parts: null };
    expect(progressLine({ name: 'a', note: null, view }, 80)).toBe('a  planning');
  });
});
