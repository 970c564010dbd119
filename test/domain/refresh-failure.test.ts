import { describe, expect, test } from 'vitest';
import { type DownloadError, usageError } from '../../src/domain/errors.ts';
import { withRefreshFailure } from '../../src/domain/refresh-failure.ts';

const SAID = { status: 403, requestId: null, ec: null };
const EXPIRED: DownloadError = {
  _tag: 'AccessExpired',
  ...SAID,
  code: 'AccessDenied',
  message: 'Request has expired.',
};
const FAILURE: DownloadError = {
  _tag: 'ServerRefused',
  ...SAID,
  code: 'CredentialsUnavailable',
  message: 'Error: the vault is closed',
};

describe('withRefreshFailure', () => {
  test('tells that access ran out, and why there is no fresh one', () => {
    expect(withRefreshFailure(EXPIRED, FAILURE)).toEqual({
      ...EXPIRED,
      message: 'Request has expired; no fresh ones: Error: the vault is closed',
    });
  });

  test('tells the reason alone where the server gave none', () => {
    expect(withRefreshFailure({ ...EXPIRED, message: '' }, FAILURE)).toMatchObject({
      message: 'no fresh ones: Error: the vault is closed',
    });
  });

  test('tells a failure of another kind in words', () => {
    const failure = usageError('credentials', 'The provider gave no access key', 'a key');
    expect(withRefreshFailure(EXPIRED, failure)).toMatchObject({
      message: 'Request has expired; no fresh ones: The provider gave no access key. Needed: a key',
    });
  });

  test('leaves an error of another kind as it is', () => {
    expect(withRefreshFailure({ _tag: 'Cancelled' }, FAILURE)).toEqual({ _tag: 'Cancelled' });
  });
});
