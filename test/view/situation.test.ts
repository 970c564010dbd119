/** Where a download is, told from the ids of its states. */
import { expect, test } from 'vitest';
import { chartOf } from '../../src/machines/chart.ts';
import { downloadMachine } from '../../src/machines/download-machine.ts';
import { isFinal, isIn, topLevel } from '../../src/view/situation.ts';

const { states } = chartOf(downloadMachine);

test('isFinal knows the last states of the chart, and no others', () => {
  for (const { id, type } of states) expect(isFinal([id]), id).toBe(type === 'final');
});

test('isIn holds for a state and for those inside it', () => {
  expect(isIn(['download.settling.resting'], 'settling')).toBe(true);
  expect(isIn(['download.settling.resting'], 'settling.resting')).toBe(true);
  expect(isIn(['download.settling.resting'], 'settling.closing')).toBe(false);
  expect(isIn(['download.paused'], 'settling')).toBe(false);
});

test('topLevel is nothing before the first record', () => {
  expect(topLevel([])).toBeNull();
  expect(topLevel(['download.settling.resting'])).toBe('settling');
});
