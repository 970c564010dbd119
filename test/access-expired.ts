/** What a server says when temporary credentials have run out. */
import type { ErrorOf } from '../src/domain/errors.ts';

export const EXPIRED: ErrorOf<'AccessExpired'> = {
  _tag: 'AccessExpired',
  status: 403,
  code: 'SecurityTokenExpired',
  message: '',
  requestId: null,
  ec: null,
};
