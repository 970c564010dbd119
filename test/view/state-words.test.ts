/** One word for each state, wherever it is shown. */
import { describe, expect, test } from 'vitest';
import { chartOf } from '../../src/machines/chart.ts';
import { downloadMachine } from '../../src/machines/download-machine.ts';
import { partMachine } from '../../src/machines/part-machine.ts';
import { PART_STATES } from '../../src/view/download-view.ts';
import { codeOfState } from '../../src/view/part-codes.ts';
import { REREADING, STATE_WORDS, topLevelOf, wordOf } from '../../src/view/state-words.ts';

const RESTING = { pending: [], active: [], isVerified: true };

describe('wordOf', () => {
  test('has a word for every top-level state of the chart, and for no other', () => {
    const keys = chartOf(downloadMachine)
      .states.filter(({ parent }) => parent === 'download')
      .map(({ key }) => key);
    expect(Object.keys(STATE_WORDS).sort()).toEqual([...keys].sort());
    expect(new Set(Object.values(STATE_WORDS)).size).toBe(keys.length);
    for (const key of keys) expect(wordOf(key, RESTING)).toMatch(/^[a-z]+$/);
  });

  test('tells reading back from downloading', () => {
    const unread = { ...RESTING, isVerified: false };
    expect(wordOf('downloadingParts', unread)).toBe(REREADING);
    expect(wordOf('downloadingParts', { ...unread, active: [3] })).toBe('downloading');
    expect(wordOf('settling', unread)).toBe('settling');
  });
});

test('topLevelOf is the state just below the chart', () => {
  expect(topLevelOf('download.downloadingParts.access.granted')).toBe('downloadingParts');
  expect(topLevelOf('download')).toBe('');
});

test('every innermost state of a part is one that people see', () => {
  const innermost = chartOf(partMachine).states.filter(({ type }) => /atomic|final/.test(type));
  for (const { id } of innermost) expect(PART_STATES[codeOfState(id) ?? -1], id).toBeDefined();
  expect(codeOfState('part.elsewhere')).toBeNull();
});
