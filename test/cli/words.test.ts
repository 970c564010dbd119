/** Numbers and happenings in words for people. */
import { describe, expect, test } from 'vitest';
import { printable } from '../../src/cli/output.ts';
import { quoteWord } from '../../src/cli/own-command.ts';
import { errorLine, eventWords, formatSeconds, verdictLine } from '../../src/cli/words.ts';
import { bytes } from '../../src/domain/bytes.ts';
import { type DownloadError, usageError } from '../../src/domain/errors.ts';

describe('formatSeconds', () => {
  test.each([
    [0, '0 s'],
    [0.44, '0.4 s'],
    [9.97, '10 s'],
    [59.4, '59 s'],
    [59.6, '1 min 0 s'],
    [200, '3 min 20 s'],
    [3600, '1 h 0 min'],
    [90_000, '1 d 1 h'],
    [-1, '0 s'],
  ])('of %d is %s', (seconds, words) => {
    expect(formatSeconds(seconds)).toBe(words);
  });
});

describe('verdictLine', () => {
  test('has sizes as people read them', () => {
    const verdict = {
      _tag: 'Resumed',
      bytes: bytes(94_700_000),
      tornAt: null,
      trimmed: bytes(0),
    } as const;
    expect(verdictLine(verdict, 200_000_000)).toBe('Resumes after 94.7 MB: 105.3 MB to fetch.');
  });

  test('is silent where nothing was there, and gives the reason of a restart', () => {
    expect(verdictLine({ _tag: 'Fresh' }, 1)).toBeNull();
    const because = { _tag: 'PartFileMissing' } as const;
    expect(verdictLine({ _tag: 'Restarted', because }, 1)).toContain('the part file is gone');
  });
});

describe('errorLine', () => {
  test('names option, value and what is allowed', () => {
    const error = {
      _tag: 'UsageError',
      option: '--retries',
      value: 'x',
      allowed: '0 to 9',
    } as const;
    expect(errorLine(error)).toBe('partwise: --retries: "x" is not allowed. Allowed: 0 to 9.');
  });

  test.each([
    ['', '--retries is missing or empty. Needed: 0 to 9.'],
    ['unknown', '--retries: "unknown" is not allowed. Allowed: 0 to 9.'],
    ['true', '--retries: "true" is not allowed. Allowed: 0 to 9.'],
  ])('of an option with the value %j is %s', (value, words) => {
    const error = usageError('--retries', value, '0 to 9');
    expect(errorLine(error)).toBe(`partwise: ${words}`);
  });

  test('shows no value of an option that has none', () => {
    const error = usageError('--anonymous', 'true', 'only with oss:// sources');
    const words = '--anonymous is not allowed here. Allowed: only with oss:// sources.';
    expect(errorLine(error)).toBe(`partwise: ${words}`);
  });
});

test('a pause is told, but one that the last line tells as a full disk', () => {
  const busy = { _tag: 'Busy', host: 'h', pid: 1 } as const;
  const full = { _tag: 'DiskFull', path: '/a', missing: 1 } as const;
  const wordsOf = (because: DownloadError | null) => eventWords({ type: 'paused', because });
  expect([null, busy].map(wordsOf)).toEqual(Array(2).fill('Paused, with everything kept.'));
  expect(wordsOf(full)).toBeNull();
});

test('a word is quoted only where a shell would change it', () => {
  expect(quoteWord('oss://bucket/a-b.bin')).toBe('oss://bucket/a-b.bin');
  expect(quoteWord("it's $HOME")).toBe("'it'\\''s $HOME'");
  expect(quoteWord('')).toBe("''");
  expect(quoteWord('~/a')).toBe("'~/a'");
});

test('nothing that is printed commands a terminal', () => {
  expect(printable('a\u001b[2Jb\nc\u009b')).toBe('a\ufffd[2Jb\ufffdc\ufffd');
});
