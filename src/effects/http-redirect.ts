/**
 * Where a request goes next when a server redirects it, and which headers may go along.
 *
 * Source: RFC 9110 §15.4; what is dropped across origins follows the Fetch standard, §4.4.
 */
import type { DownloadError } from '../domain/errors.ts';
import { expiryOf, isPresigned, isSecretName } from '../domain/http-source.ts';
import { decodeHttpUrl, parseHttpUrl } from '../domain/http-url.ts';
import type { HttpSource } from '../domain/source.ts';
import { E } from '../fp.ts';
import { type Answer, ask } from './http-answer.ts';
import type { BodySink, HttpClient, HttpHead } from './http-client.ts';
import type { RangeRequest } from './object-storage.ts';
import { classifyRefusal, readRefusal, requestIdOf } from './oss-answer.ts';

/** A URL without user info, and the headers that its origin may see. */
export interface Target {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** More redirects than this in a row are refused. */
export const REDIRECTS_MAX = 5;

/** Where a source's requests start. User info in the URL becomes an `Authorization: Basic`. */
export const targetOf = ({ url, headers }: HttpSource): Target => {
  const { username, password } = new URL(url);
  if (username === '' && password === '') return { url, headers };
  const pair = `${decodeLeniently(username)}:${decodeLeniently(password)}`;
  const authorization = `Basic ${Buffer.from(pair).toString('base64')}`;
  return { url: withoutUserInfo(url), headers: { authorization, ...headers } };
};

/** What is asked of a target, wherever it is. */
export interface Question {
  readonly method: 'GET' | 'HEAD';
  readonly headers: Readonly<Record<string, string>>;
  /** Null: it is a probe. */
  readonly request: RangeRequest | null;
  /** Takes the head of a 200 or 206, and picks where its body goes. */
  readonly accept: (head: HttpHead) => E.Either<DownloadError, BodySink>;
}

/** Asks a question, of whichever target is the right one at the moment. */
export type Converse = (
  question: Question,
  signal: AbortSignal,
) => Promise<E.Either<DownloadError, Arrival>>;

/** An answer, and which target gave it after all redirects. */
export interface Arrival {
  readonly answer: Answer;
  readonly at: Target;
}

/** Asks `start`, and whomever it redirects to. Errors: those of `redirectFrom` and of `http`. */
export const askFollowing = async (
  http: HttpClient,
  start: Target,
  { method, headers, accept }: Question,
  signal: AbortSignal,
): Promise<E.Either<DownloadError, Arrival>> => {
  for (let at = start, hops = 0; ; hops++) {
    const request = { method, url: at.url, headers: { ...at.headers, ...headers } };
    const answer = await ask(http, request, accept, signal);
    if (E.isLeft(answer)) return answer;
    const next = redirectFrom(at, answer.right.head, hops);
    if (E.isLeft(next)) return next;
    if (next.right === null) return E.right({ answer: answer.right, at });
    at = next.right;
  }
};

/**
 * The next target; null when the answer is no redirect that can be followed.
 *
 * Another origin gets no header that looks like a credential. From https to http nothing is sent.
 *
 * @param hops How many redirects were followed before this one.
 * Errors: `ServerRefused` with code `TooManyRedirects`, `InsecureRedirect` or `BadRedirect`.
 */
export const redirectFrom = (
  from: Target,
  head: HttpHead,
  hops: number,
): E.Either<DownloadError, Target | null> => {
  if (![301, 302, 303, 307, 308].includes(head.status)) return E.right(null);
  const refuse = (code: string, message: string) => E.left(refusedRedirect(head, code, message));
  if (hops >= REDIRECTS_MAX) return refuse('TooManyRedirects', `more than ${REDIRECTS_MAX}`);
  const location = encodeBytes(head.headers['location'] ?? '');
  const here = new URL(from.url);
  const next = location === '' ? null : parseHttpUrl(location, from.url);
  if (next === null) return refuse('BadRedirect', 'without an http(s) URL to go to');
  if (here.protocol === 'https:' && next.protocol === 'http:') {
    return refuse('InsecureRedirect', `from https to http, at ${next.host}`);
  }
  const mayGoAlong = ([name]: [string, string]) =>
    here.origin === next.origin || !isSecretName(name);
  const headers = Object.fromEntries(Object.entries(from.headers).filter(mayGoAlong));
  // A signature is of the path to the letter; elsewhere dot segments are resolved, as by everyone.
  const url = isPresigned(next.href) ? decodeHttpUrl(location) : null;
  return E.right({ url: withoutUserInfo(url ?? next.href), headers });
};

/** What a refusal means, by where it came from and what was asked. */
export const refusalOf = ({ answer, at }: Arrival, request: RangeRequest | null): DownloadError =>
  classifyRefusal(readRefusal(answer.head, answer._tag === 'Refused' ? answer.body : NO_BODY), {
    request,
    hasSession: /[?&](x-oss-)?security-token=/i.test(at.url),
    urlExpiryMs: expiryOf(at.url),
  });

const NO_BODY = new Uint8Array();

const refusedRedirect = (head: HttpHead, code: string, message: string): DownloadError => ({
  _tag: 'ServerRefused',
  status: head.status,
  code,
  message: `redirected ${message}`,
  requestId: requestIdOf(head.headers),
  ec: null,
});

const withoutUserInfo = (url: string): string => url.replace(/^(\w+:\/\/)[^/?#]*@/, '$1');

/** Header values come as Latin-1, a character for each byte: most are UTF-8 that nobody encoded. */
const encodeBytes = (header: string): string =>
  header.replace(/[\x80-\xff]/g, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`);

const decodeLeniently = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // A lone `%`: taken as it stands.
  }
};
