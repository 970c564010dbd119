/** Errors as sentences for people. */
import { describe, expect, test } from 'vitest';
import { describeError } from '../../src/domain/describe-error.ts';
import { type DownloadError, ERROR_TAGS, type Refusal } from '../../src/domain/errors.ts';

const refusal = (over: Partial<Refusal> = {}): Refusal => ({
  status: 403,
  code: 'AccessDenied',
  message: 'no',
  requestId: '5C3D',
  ec: '0003-00000001',
  ...over,
});

const ONE_OF_EACH: ReadonlyArray<readonly [DownloadError, string]> = [
  [
    { _tag: 'UsageError', option: '--retries', value: 'x', allowed: 'a whole number' },
    '--retries: "x" is not allowed. Allowed: a whole number.',
  ],
  [
    { _tag: 'NetworkFailed', code: 'ECONNRESET', message: 'read ECONNRESET' },
    'The network failed (ECONNRESET): read ECONNRESET',
  ],
  [
    { _tag: 'AnswerCut', expected: 10, received: 4, requestId: '5C3D' },
    'The answer has 4 bytes instead of 10, request id 5C3D.',
  ],
  [{ _tag: 'Stalled', cause: 'silence', silentMs: 30_400 }, 'No byte arrived for 30 s.'],
  [
    { _tag: 'ServerBusy', retryAfterMs: null, ...refusal({ status: 503, code: 'SlowDown' }) },
    'The server is busy: 503 SlowDown – no, request id 5C3D. Run again later to resume.',
  ],
  [
    { _tag: 'ServerRefused', ...refusal() },
    'The server refuses: 403 AccessDenied – no, request id 5C3D. Check that these ' +
      'credentials may read the object.',
  ],
  [
    { _tag: 'AccessExpired', ...refusal({ code: 'SecurityTokenExpired', requestId: null }) },
    'The credentials or the signed URL ran out: 403 SecurityTokenExpired – no. Run again ' +
      'with fresh ones to resume.',
  ],
  [
    { _tag: 'ObjectArchived', ...refusal({ code: 'InvalidObjectState', message: '' }) },
    'The object is archived: 403 InvalidObjectState, request id 5C3D. Restore it, then ' +
      'run again to resume.',
  ],
  [
    { _tag: 'ObjectChanged', difference: 'etag', expected: '"A"', actual: '"B"', requestId: null },
    'The object changed while it was downloaded (etag: expected "\\"A\\"", got ' +
      '"\\"B\\""). Run again to download the new version.',
  ],
  [
    { _tag: 'RangeIgnored', asked: 'bytes=0-3', answered: '200', requestId: null },
    'The server answered "200" when asked for bytes=0-3.',
  ],
  [
    { _tag: 'IntegrityFailed', expected: '1', actual: '2' },
    "The bytes are not the object's: CRC-64 is 2, the server says 1. Nothing was put in " +
      'place; run again to download afresh.',
  ],
  [
    { _tag: 'DiskFailed', code: 'ENOSPC', operation: 'write', path: '/a b' },
    'write "/a b": the disk is full (ENOSPC); what is there is kept.',
  ],
  [
    { _tag: 'DiskFull', path: '/a b', missing: 5_000_000 },
    'The disk is full: 5 MB more are needed for "/a b". What is there is kept; free some ' +
      'space to go on.',
  ],
  [
    { _tag: 'Busy', host: 'web-1', pid: 42 },
    'Process 42 on web-1 is downloading to the same file.',
  ],
  [
    { _tag: 'ClaimLost', path: '/s/a.claim' },
    'The claim "/s/a.claim" was removed; run again to resume.',
  ],
  [{ _tag: 'Interrupted' }, 'The request was interrupted.'],
  [{ _tag: 'Cancelled' }, 'The download was cancelled.'],
  [
    { _tag: 'Defect', message: 'TypeError: boom', stack: null },
    'A defect in the program: TypeError: boom. Please report it.',
  ],
];

describe('describeError', () => {
  test.each(ONE_OF_EACH.map(([error, sentence]) => [error._tag, error, sentence] as const))(
    '%s is a sentence with what one can do about it',
    (_, error, sentence) => expect(describeError(error)).toBe(sentence),
  );

  test('no server is blamed where nobody gave credentials', () => {
    const message = 'Error: vault is down';
    const none = refusal({ status: 0, code: 'CredentialsUnavailable', message });
    expect(describeError({ _tag: 'ServerRefused', ...none })).toBe(
      'The credentials, or a fresh URL, could not be had: Error: vault is down.',
    );
  });

  test('there is a sentence for every error of the union', () => {
    expect(ONE_OF_EACH.map(([error]) => error._tag)).toEqual(ERROR_TAGS);
  });

  test('a slow connection is not called silent', () => {
    expect(describeError({ _tag: 'Stalled', cause: 'lostPace', silentMs: 0 })).toBe(
      'A connection became far slower than the others.',
    );
  });

  test.each([
    ['NoSuchKey', 'Check the key; it is case-sensitive.'],
    ['NoSuchBucket', 'Check the bucket and its region.'],
    ['SignatureDoesNotMatch', 'Check OSS_ACCESS_KEY_ID, OSS_ACCESS_KEY_SECRET and the region.'],
    ['InvalidAccessKeyId', 'Check OSS_ACCESS_KEY_ID, OSS_ACCESS_KEY_SECRET and the region.'],
  ])('%s comes with advice', (code, advice) =>
    expect(describeError({ _tag: 'ServerRefused', ...refusal({ code }) })).toMatch(
      new RegExp(`${advice}$`),
    ),
  );

  test('an unknown code comes without advice', () => {
    expect(describeError({ _tag: 'ServerRefused', ...refusal({ code: 'Teapot' }) })).toBe(
      'The server refuses: 403 Teapot – no, request id 5C3D.',
    );
  });

  test.each([
    ['EACCES', 'permission denied (EACCES)'],
    ['EDQUOT', 'the disk quota is used up (EDQUOT); what is there is kept'],
    ['EISDIR', 'it is a folder (EISDIR); name a file'],
    ['EROFS', 'the file system is read-only (EROFS)'],
    ['EUNHEARD', 'EUNHEARD'],
  ])('the disk code %s is told in words', (code, words) =>
    expect(describeError({ _tag: 'DiskFailed', code, operation: 'open', path: 'a' })).toBe(
      `open "a": ${words}.`,
    ),
  );

  test('control characters of a value are shown escaped', () => {
    const value = 'a\u001b[31m\nb';
    const shown = describeError({ _tag: 'UsageError', option: '-o', value, allowed: 'x' });
    expect(shown).toContain('"a\\u001b[31m\\nb"');
  });
});
