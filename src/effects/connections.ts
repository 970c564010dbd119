/**
 * Connections to servers: direct, or through the proxy that the environment names.
 *
 * Source: what curl, Go and Node have in common about `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`.
 */
import { Agent, type Dispatcher, EnvHttpProxyAgent, Pool } from 'undici';
import { type DownloadError, type ErrorOf, usageError } from '../domain/errors.ts';
import { withoutSecrets } from '../domain/http-source.ts';
import { parseHttpUrl } from '../domain/http-url.ts';
import { E, TE } from '../fp.ts';
import type { HttpClient } from './http-client.ts';
import { undiciHttpClient } from './http-client.undici.ts';

export interface Connections {
  readonly http: HttpClient;
  /** Ends what is under way, and gives the connections back. */
  readonly close: () => Promise<void>;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * A client for any number of requests. Nothing is connected before the first one.
 *
 * `HTTPS_PROXY`, or `HTTP_PROXY` where that is missing, serves https, `HTTP_PROXY` serves http. A
 * host of `NO_PROXY`, a domain above it, `*` and this computer itself are asked directly. Names in
 * lower case go before those in upper case.
 *
 * @param silenceMsMax A request is given up when no answer has begun after so many milliseconds.
 * @param env Default: `process.env`.
 * Errors: of each request a `UsageError` for a variable that names no proxy. No error holds a
 *   proxy's password.
 */
export const openConnections = (
  silenceMsMax: number,
  env: Environment = process.env,
): Connections => {
  const opened = openDispatcher(silenceMsMax, env);
  if (E.isLeft(opened)) return refusing(opened.left);
  const dispatcher = opened.right;
  return { http: undiciHttpClient(dispatcher), close: () => dispatcher.destroy() };
};

const refusing = (mistake: DownloadError): Connections => ({
  http: { exchange: () => TE.left(mistake) },
  close: () => Promise.resolve(),
});

const openDispatcher = (
  silenceMsMax: number,
  env: Environment,
): E.Either<ErrorOf<'UsageError'>, Dispatcher> => {
  // Silence in a body is found by our own watchdog: undici's does not fire under back-pressure.
  const timeouts = { headersTimeout: silenceMsMax, bodyTimeout: 0, keepAliveTimeout: 10_000 };
  const limits = { ...timeouts, maxHeaderSize: HEADERS_MAX };
  const connect = { timeout: Math.min(silenceMsMax, 10_000) };
  const names = ['HTTP_PROXY', 'HTTPS_PROXY'].filter((name) => named(env, name) !== '');
  if (names.length === 0) return E.right(new Agent({ ...limits, connect }));

  const mistaken = names.find((name) => proxyUrl(named(env, name)) === null);
  if (mistaken !== undefined) {
    const shown = withoutSecrets(named(env, mistaken));
    return E.left(usageError(mistaken, shown, 'the http:// or https:// URL of a proxy'));
  }
  const openPool = (origin: string | URL, options: object) =>
    new Pool(origin, { ...options, ...limits });
  return E.right(
    new EnvHttpProxyAgent({
      ...limits,
      connect,
      proxyTls: connect,
      factory: openPool,
      clientFactory: openPool,
      proxyTunnel: false, // Of http. Many proxies let nobody connect to port 80.
      httpProxy: proxyUrl(named(env, 'HTTP_PROXY')) ?? '',
      httpsProxy: proxyUrl(named(env, 'HTTPS_PROXY')) ?? '',
      noProxy: directHosts(named(env, 'NO_PROXY')),
    }),
  );
};

/** OSS puts an error's whole XML into a header, with the canonical request of a long key: 64 KiB. */
const HEADERS_MAX = 2 ** 16;

const named = (env: Environment, name: string): string =>
  (env[name.toLowerCase()] ?? env[name] ?? '').trim();

/** `host:port` alone is a proxy that speaks http. Null: it cannot be one. */
const proxyUrl = (text: string): string | null => {
  const url = parseHttpUrl(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`);
  if (url === null) return null;
  try {
    decodeURIComponent(`${url.username}${url.password}`); // As undici will.
    return url.href;
  } catch {
    return null;
  }
};

/** A proxy elsewhere cannot reach the servers of this computer. */
const directHosts = (noProxy: string): string =>
  noProxy === '*' ? noProxy : `${noProxy},localhost,127.0.0.1,[::1]`;
