/** Exit codes: DESIGN's table, one error at a time. */
import { describe, expect, test } from 'vitest';
import { exitCodeOf, exitCodeOfSignal } from '../../src/cli/exit-codes.ts';
import type { DownloadError } from '../../src/index.ts';

const REFUSAL = { status: 0, code: '', message: '', requestId: null, ec: null };
const TABLE: ReadonlyArray<readonly [number, DownloadError]> = [
  [1, { _tag: 'Defect', message: '', stack: null }],
  [1, { _tag: 'Interrupted' }],
  [2, { _tag: 'UsageError', option: '', value: '', allowed: '' }],
  [3, { _tag: 'ServerRefused', ...REFUSAL }],
  [3, { _tag: 'AccessExpired', ...REFUSAL }],
  [3, { _tag: 'ObjectArchived', ...REFUSAL }],
  [4, { _tag: 'IntegrityFailed', expected: '1', actual: '2' }],
  [5, { _tag: 'DiskFailed', code: 'ENOSPC', operation: 'write', path: '/' }],
  [6, { _tag: 'NetworkFailed', code: 'ECONNRESET', message: '' }],
  [6, { _tag: 'AnswerCut', expected: 2, received: 1, requestId: null }],
  [6, { _tag: 'Stalled', cause: 'silence', silentMs: 1 }],
  [6, { _tag: 'ServerBusy', retryAfterMs: null, ...REFUSAL }],
  [6, { _tag: 'RangeIgnored', asked: '', answered: '', requestId: null }],
  [7, { _tag: 'Busy', host: 'host', pid: 1 }],
  [7, { _tag: 'ClaimLost', path: '/s/a.claim' }],
  [8, { _tag: 'ObjectChanged', difference: 'etag', expected: '', actual: '', requestId: null }],
  [130, { _tag: 'Cancelled' }],
];

describe('exitCodeOf', () => {
  test.each(TABLE)('is %i for %j', (code, error) => {
    expect(exitCodeOf(error)).toBe(code);
  });
});

test('a signal ends with 128 and its number', () => {
  expect(exitCodeOfSignal('SIGINT')).toBe(130);
  expect(exitCodeOfSignal('SIGTERM')).toBe(143);
});
