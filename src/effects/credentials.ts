/**
 * Who asks OSS: access keys, and providers that give them request by request.
 *
 * A provider is a function, and secrets live in its closure only: printing or serialising it, or
 * anything that holds it, shows none of them.
 */
import { type AccessKey, type Credentials, decodeCredentials } from '../domain/access-key.ts';
import {
  type DownloadError,
  interruptionOf,
  toDownloadError,
  usageError,
} from '../domain/errors.ts';
import { E } from '../fp.ts';

export type { AccessKey, Credentials };

/** What a provider may give. White space around values does not matter. */
export type GivenCredentials =
  | 'anonymous'
  | {
      readonly accessKeyId: string;
      readonly accessKeySecret: string;
      /** Of temporary (STS) credentials. Absent, null or empty: the key is a permanent one. */
      readonly securityToken?: string | null | undefined;
    };

/**
 * Gives the credentials for one request.
 *
 * It is called before each request, so a provider that asks others keeps what it got.
 *
 * @param reason `refresh`: those it gave have expired. Gives fresh ones, also to later calls, or
 *   throws where it has none. A thrown `DownloadError` is reported as it is.
 * @param signal Aborted when the request is not wanted any more.
 */
export type CredentialsProvider = (
  reason: 'request' | 'refresh',
  signal: AbortSignal,
) => GivenCredentials | Promise<GivenCredentials>;

/** The names that the official SDKs and tools read, too. */
const VARIABLES = {
  id: 'OSS_ACCESS_KEY_ID',
  secret: 'OSS_ACCESS_KEY_SECRET',
  token: 'OSS_SESSION_TOKEN',
} as const;

/**
 * Credentials from `OSS_ACCESS_KEY_ID`, `OSS_ACCESS_KEY_SECRET` and `OSS_SESSION_TOKEN`, read at
 * each request. White space around values is dropped; an empty variable is a missing one.
 *
 * Throws a `UsageError` for `credentials` when id or secret is missing, and `ServerRefused` with
 * code `CredentialsUnavailable` when a refresh finds what was there before.
 *
 * @param env Default: `process.env`.
 */
export const environmentCredentials = (
  env: Readonly<Record<string, string | undefined>> = process.env,
): CredentialsProvider => {
  let given: AccessKey | null = null;
  return (reason) => {
    const read = readEnvironment(env);
    const isStale = reason === 'refresh' && given !== null && isSameKey(given, read);
    if (isStale) throw unavailable('the environment holds the same credentials as before');
    given = read;
    return read;
  };
};

/** Always the same access key. Throws `CredentialsUnavailable` when asked to refresh it. */
export const staticCredentials = (
  key: Exclude<GivenCredentials, 'anonymous'>,
): CredentialsProvider => {
  const given = { ...key };
  return (reason) => {
    if (reason === 'refresh') throw unavailable('the credentials were given once and for all');
    return given;
  };
};

/** No credentials: requests are not signed. */
export const anonymousCredentials = (): CredentialsProvider => (reason) => {
  if (reason === 'refresh') throw unavailable('requests are anonymous');
  return 'anonymous';
};

/**
 * Asks a provider, without trusting it: what it gives is decoded, what it throws becomes an error,
 * and an abort ends the wait even if it ignores its signal. Never rejects.
 *
 * Errors: `UsageError` for `credentials` when it gave none; the `DownloadError` that it threw;
 * `ServerRefused` with code `CredentialsUnavailable` for anything else; after an abort, the reason
 * of `signal`, or `Interrupted`.
 */
export const askForCredentials = (
  provider: CredentialsProvider,
  reason: 'request' | 'refresh',
  signal: AbortSignal,
): Promise<E.Either<DownloadError, Credentials>> =>
  askAside(() => provider(reason, signal), decodeCredentials, signal);

/**
 * What a function of the user's gives, decoded, or why there is nothing: see `askForCredentials`.
 * The message of a foreign exception is shown, but no query string in it.
 */
export const askAside = async <A>(
  ask: () => unknown,
  decode: (given: unknown) => E.Either<DownloadError, A>,
  signal: AbortSignal,
): Promise<E.Either<DownloadError, A>> => {
  if (signal.aborted) return E.left(interruptionOf(signal));
  let stopWaiting = () => {};
  const aborted = new Promise<E.Either<DownloadError, A>>((resolve) => {
    stopWaiting = () => resolve(E.left(interruptionOf(signal)));
    signal.addEventListener('abort', stopWaiting, { once: true });
  });
  const decoded = (given: unknown): E.Either<DownloadError, A> => {
    try {
      return decode(given);
    } catch (thrown) {
      return E.left(toFailure(thrown)); // By a getter of what was given.
    }
  };
  try {
    const asked = Promise.resolve()
      .then(ask)
      .then(decoded, (thrown) => E.left(toFailure(thrown)));
    return await Promise.race([asked, aborted]);
  } finally {
    signal.removeEventListener('abort', stopWaiting);
  }
};

/**
 * Nobody can give credentials, or a fresh URL; `message` says why. Status 0: no server said so.
 */
export const unavailable = (message: string): DownloadError => ({
  _tag: 'ServerRefused',
  status: 0,
  code: 'CredentialsUnavailable',
  message,
  requestId: null,
  ec: null,
});

const toFailure = (thrown: unknown): DownloadError => {
  const error = toDownloadError(thrown);
  if (error._tag !== 'Defect') return error;
  return unavailable(error.message.replace(/\?\S+/g, '?…').slice(0, 200));
};

const readEnvironment = (env: Readonly<Record<string, string | undefined>>): AccessKey => {
  const [id, secret, token] = [VARIABLES.id, VARIABLES.secret, VARIABLES.token].map(
    (name) => env[name]?.trim() ?? '',
  ) as [string, string, string];
  if (id === '' || secret === '') throw missing(id === '' ? VARIABLES.id : VARIABLES.secret);
  return { accessKeyId: id, accessKeySecret: secret, securityToken: token === '' ? null : token };
};

const missing = (name: string): DownloadError =>
  usageError(
    'credentials',
    `${name} is not set`,
    `${VARIABLES.id} and ${VARIABLES.secret} in the environment, ` +
      `with ${VARIABLES.token} for temporary credentials; or anonymousCredentials()`,
  );

const isSameKey = (a: AccessKey, b: AccessKey): boolean =>
  a.accessKeyId === b.accessKeyId &&
  a.accessKeySecret === b.accessKeySecret &&
  a.securityToken === b.securityToken;
