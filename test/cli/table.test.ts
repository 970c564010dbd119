/** Tables, and what stands in their cells. */
import { describe, expect, test } from 'vitest';
import { decodeDuration } from '../../src/cli/duration.ts';
import { ageWords } from '../../src/cli/housekeeping-words.ts';
import { shortPath } from '../../src/cli/list-command.ts';
import { type Column, shortened, tableLines } from '../../src/cli/table.ts';
import { E } from '../../src/fp.ts';

const COLUMNS: ReadonlyArray<Column> = [
  { title: 'N', align: 'right', least: null },
  { title: 'PATH', align: 'left', least: 5 },
  { title: 'OF', align: 'left', least: 5 },
];

describe('tableLines', () => {
  test('aligns columns, wide letters included, and ends no line with spaces', () => {
    const rows = [
      ['1', '文件', 'x'],
      ['10', 'abc', ''],
    ];
    expect(tableLines(COLUMNS, rows, null)).toEqual([' N  PATH  OF', ' 1  文件  x', '10  abc']);
  });

  test('shortens the widest column first, and none below its least', () => {
    const rows = [['1', '/a/long/path/of/a.bin', 'oss://b/key']];
    expect(tableLines(COLUMNS, rows, 30)[1]).toBe('1  /a/long…/a.bin  oss://b/key');
    expect(tableLines(COLUMNS, rows, 1)[1]).toBe('1  /a…in  os…ey');
  });
});

test('a shortened text has its width at most', () => {
  expect(shortened('object.bin', 10)).toBe('object.bin');
  expect(shortened('文件文件文件', 7)).toBe('文件…件');
});

test.each([
  ['/home/user/a/b.bin', 'b.bin'],
  ['/home/user/b.bin', '~/b.bin'],
  ['/home/users/b.bin', '/home/users/b.bin'],
  ['/home/user/a', '~/a'],
])('%s is shown as %s', (path, shown) => {
  expect(shortPath(path, '/home/user/a', '/home/user')).toBe(shown);
});

test.each([
  [0, '0 s'],
  [59_999, '59 s'],
  [60_000, '1 min'],
  [7_199_000, '1 h'],
  [86_400_000 * 40, '40 d'],
])('an age of %d ms is %s', (ms, words) => {
  expect(ageWords(ms)).toBe(words);
});

describe('decodeDuration', () => {
  test.each([
    ['30s', 30_000],
    ['45min', 2_700_000],
    ['1.5h', 5_400_000],
    ['7d', 604_800_000],
    ['2 w', 1_209_600_000],
  ])('%s is %d ms', (text, ms) => {
    expect(decodeDuration('--older-than', text)).toEqual(E.right(ms));
  });

  test.each(['', '7', 'd', '-1d', '1m', '1e9d', '1 day'])('%j is refused', (text) => {
    expect(decodeDuration('--older-than', text)).toMatchObject({
      left: { _tag: 'UsageError', option: '--older-than' },
    });
  });
});
