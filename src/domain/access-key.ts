/** Access keys, as they come from a provider that nobody checked. */
import * as t from 'io-ts';
import { E } from '../fp.ts';
import { type ErrorOf, usageError } from './errors.ts';

export interface AccessKey {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** Of temporary (STS) credentials; null: the key is a permanent one. */
  readonly securityToken: string | null;
}

/** An access key, or `anonymous`: requests are not signed, which public objects allow. */
export type Credentials = AccessKey | 'anonymous';

/**
 * Credentials from anything. White space around values is dropped; a missing or empty
 * `securityToken` is null.
 *
 * Errors: `UsageError` for `credentials`. It says which field is wrong, and shows no value.
 *
 * @example
 * decodeCredentials({ accessKeyId: 'id', accessKeySecret: 'secret\n' })
 */
export const decodeCredentials = (given: unknown): E.Either<ErrorOf<'UsageError'>, Credentials> => {
  if (given === 'anonymous') return E.right(given);
  const decoded = Key.decode(fieldsOf(given));
  return E.isLeft(decoded) ? E.left(mistakeIn(decoded.left)) : decoded;
};

/** Nothing but the fields of a key, getters of a class included. */
const fieldsOf = (given: unknown): unknown => {
  if (typeof given !== 'object' || given === null) return given;
  const { accessKeyId, accessKeySecret, securityToken } = given as Partial<AccessKey>;
  return { accessKeyId, accessKeySecret, securityToken };
};

/** What a header can carry. */
const isPrintable = (text: string): boolean => /^[ -~]+$/.test(text);

const Word = new t.Type<string, string, unknown>(
  'Word',
  t.string.is,
  (given, context) =>
    typeof given === 'string' && isPrintable(given.trim())
      ? t.success(given.trim())
      : t.failure(given, context),
  t.identity,
);

const Token = new t.Type<string | null, string | null, unknown>(
  'Token',
  t.union([t.string, t.null]).is,
  (given, context) => {
    const isAbsent = typeof given === 'string' ? given.trim() === '' : (given ?? null) === null;
    return isAbsent ? t.success(null) : Word.validate(given, context);
  },
  t.identity,
);

const Key = t.type({ accessKeyId: Word, accessKeySecret: Word, securityToken: Token });

const mistakeIn = (errors: t.Errors): ErrorOf<'UsageError'> => {
  const field = errors[0]?.context.at(-1)?.key ?? '';
  const what = field === '' ? 'no access key' : `no usable ${field}`;
  return usageError('credentials', `The provider gave ${what}`, ALLOWED);
};

const ALLOWED =
  'accessKeyId and accessKeySecret as printable ASCII text, with securityToken for temporary ' +
  "credentials; or 'anonymous'";
