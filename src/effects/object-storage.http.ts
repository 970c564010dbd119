/**
 * `ObjectStorage` over any HTTP(S) server, with redirects and presigned URLs.
 *
 * Source: RFC 9110 §9.3.2 (HEAD), §14.3 (Accept-Ranges), §15.4 (redirects), §15.5.17 (416).
 */
import { lengthOf, parseContentRange } from '../domain/byte-range.ts';
import { bytes } from '../domain/bytes.ts';
import type { DownloadError } from '../domain/errors.ts';
import { decodeHttpSource, expiryOf, isPresigned } from '../domain/http-source.ts';
import type { HttpSource } from '../domain/source.ts';
import { E } from '../fp.ts';
import { askAside, unavailable } from './credentials.ts';
import {
  acceptRange,
  contentLengthOf,
  ENOUGH,
  NO_BYTES,
  NOTHING,
  rangeHeaders,
  versionOf,
} from './http-answer.ts';
import type { BodySink, HttpClient, HttpHead } from './http-client.ts';
import {
  type Arrival,
  askFollowing,
  type Question,
  type Target,
  targetOf,
} from './http-redirect.ts';
import type { ObjectStorage, Probe, RangeRequest } from './object-storage.ts';
import { classifyRefusal, readRefusal } from './oss-answer.ts';

export interface HttpStorageOptions {
  readonly source: HttpSource;
  readonly http: HttpClient;
  /** Gives a fresh URL of the same object when a presigned one has run out. Default: nobody. */
  readonly refreshUrl?: (() => Promise<string>) | undefined;
}

type Converse = (
  question: Question,
  signal: AbortSignal,
) => Promise<E.Either<DownloadError, Arrival>>;

/**
 * One object behind a URL.
 *
 * Nothing is sent but the source's own headers and those that choose the bytes, so that presigned
 * URLs hold. Where redirects led is remembered for the parts, and asked anew when it has expired.
 */
export const httpStorage = (options: HttpStorageOptions): ObjectStorage => {
  const { converse, isPresignedNow, refresh } = access(options);
  return {
    probe: (signal) => async () => {
      // A presigned URL is signed for GET: a HEAD would be refused, or hide why.
      const byHead = isPresignedNow() ? null : await probeByHead(converse, signal);
      return byHead ?? (await probeByByte(converse, signal));
    },
    fetchRange: (request, sink, signal) => async () => {
      if (!request.isWhole && lengthOf(request.range) === 0) return NO_BYTES;
      const { accept, ending } = acceptRange(request, sink);
      const question: Question = { method: 'GET', headers: rangeHeaders(request), accept };
      const arrival = await converse(question, signal);
      if (E.isLeft(arrival)) return arrival;
      const isRefused = arrival.right.answer._tag === 'Refused';
      return isRefused ? E.left(refusalOf(arrival.right, request)) : ending();
    },
    refreshAccess: (signal) => () => refresh(signal),
  };
};

/** Which URL to ask at the moment: the source's or a fresh one, or where that redirected to. */
const access = ({ source, http, refreshUrl }: HttpStorageOptions) => {
  let origin = targetOf(source);
  let resolved: Target | null = null;

  const converse: Converse = async (question, signal) => {
    const first = origin;
    const start = resolved ?? first;
    let arrival = await askFollowing(http, start, question, signal);
    if (start !== first && mayHaveExpired(arrival)) {
      if (resolved === start) resolved = null;
      arrival = await askFollowing(http, first, question, signal);
    }
    if (origin !== first) return arrival; // Refreshed meanwhile: this is the old URL's target.
    if (E.isLeft(arrival)) resolved = arrival.left._tag === 'NetworkFailed' ? null : resolved;
    else if (arrival.right.answer._tag === 'Accepted') resolved = arrival.right.at;
    return arrival;
  };

  const refresh = async (signal: AbortSignal): Promise<E.Either<DownloadError, void>> => {
    if (refreshUrl === undefined) return E.left(unavailable('nobody gives a fresh URL'));
    const url = await askAside(refreshUrl, signal);
    if (E.isLeft(url)) return url;
    const fresh = decodeHttpSource(url.right, source.headers);
    if (E.isLeft(fresh)) return E.left(unavailable('the fresh URL is not an http(s) URL'));
    origin = targetOf(fresh.right);
    resolved = null;
    return E.right(undefined);
  };

  return { converse, refresh, isPresignedNow: () => isPresigned(origin.url) };
};

/** Null: it told too little, and a GET has to be tried. */
const probeByHead = async (
  converse: Converse,
  signal: AbortSignal,
): Promise<E.Either<DownloadError, Probe> | null> => {
  const headers = { 'accept-encoding': 'identity' };
  const accept = () => E.right(NOTHING);
  const arrival = await converse({ method: 'HEAD', headers, accept }, signal);
  if (E.isLeft(arrival)) return arrival;
  const { answer } = arrival.right;
  if (answer._tag === 'Accepted') return probeOfHead(answer.head);
  const isOverloaded = answer.head.status === 429 || answer.head.status === 503;
  return isOverloaded ? E.left(refusalOf(arrival.right, null)) : null;
};

const probeByByte = async (
  converse: Converse,
  signal: AbortSignal,
): Promise<E.Either<DownloadError, Probe>> => {
  const seen: { head: HttpHead | null } = { head: null };
  const accept = (head: HttpHead) => {
    seen.head = head;
    return head.status === 206 ? E.right(oneByte()) : E.left(ENOUGH);
  };
  const headers = { range: 'bytes=0-0', 'accept-encoding': 'identity' };
  const arrival = await converse({ method: 'GET', headers, accept }, signal);
  if (seen.head !== null && !signal.aborted) return E.right(probeOfByte(seen.head));
  if (E.isLeft(arrival)) return arrival;
  const { head } = arrival.right.answer;
  const range = head.headers['content-range'] ?? '';
  const isEmpty = head.status === 416 && /^bytes \*\/0$/i.test(range);
  return isEmpty ? E.right(emptyObject(head)) : E.left(refusalOf(arrival.right, null));
};

/** Where a redirect led can run out long before the URL that redirects. */
const mayHaveExpired = (arrival: E.Either<DownloadError, Arrival>): boolean =>
  E.isRight(arrival) && [401, 403, 404, 410].includes(arrival.right.answer.head.status);

const refusalOf = ({ answer, at }: Arrival, request: RangeRequest | null): DownloadError =>
  classifyRefusal(readRefusal(answer.head, answer._tag === 'Refused' ? answer.body : NO_BODY), {
    request,
    hasSession: /[?&](x-oss-)?security-token=/i.test(at.url),
    urlExpiryMs: expiryOf(at.url),
  });

const NO_BODY = new Uint8Array();

/**
 * Null where the server keeps silent about ranges or about the size. A size of 0 is not believed:
 * servers that generate their answers often send it with every HEAD.
 */
const probeOfHead = ({ status, headers }: HttpHead): E.Either<never, Probe> | null => {
  const accepts = headers['accept-ranges']?.trim().toLowerCase();
  const size = contentLengthOf(headers);
  if (status !== 200 || size === null || size === 0) return null;
  if (accepts !== 'bytes' && accepts !== 'none') return null;
  return E.right({ version: versionOf(headers, size), acceptsRanges: accepts === 'bytes' });
};

/** The answer to `bytes=0-0`: one byte of so many, or the beginning of the whole object. */
const probeOfByte = ({ status, headers }: HttpHead): Probe => {
  if (status === 200) {
    return { version: versionOf(headers, contentLengthOf(headers)), acceptsRanges: false };
  }
  const sent = parseContentRange(headers['content-range'] ?? '');
  if (E.isLeft(sent)) return { version: versionOf(headers, null), acceptsRanges: false };
  const { range, size } = sent.right;
  const isAsAsked = range.start === 0 && range.end === 1;
  return { version: versionOf(headers, size), acceptsRanges: size !== null && isAsAsked };
};

const emptyObject = ({ headers }: HttpHead): Probe => ({
  version: versionOf(headers, bytes(0)),
  acceptsRanges: false,
});

/** Lets one byte pass into nowhere; a server that sends more is cut off. */
const oneByte = (): BodySink => {
  let received = 0;
  return {
    write: (chunk) => {
      received += chunk.byteLength;
      return received > 1 ? Promise.resolve(E.left(ENOUGH)) : null;
    },
  };
};
