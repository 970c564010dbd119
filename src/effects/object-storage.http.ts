/**
 * `ObjectStorage` over any HTTP(S) server, with redirects and presigned URLs.
 *
 * Source: RFC 9110 §15.4 (redirects).
 */
import { lengthOf } from '../domain/byte-range.ts';
import type { DownloadError } from '../domain/errors.ts';
import { decodeHttpSource, isPresigned } from '../domain/http-source.ts';
import type { HttpSource } from '../domain/source.ts';
import { E } from '../fp.ts';
import { askAside, unavailable } from './credentials.ts';
import { acceptRange, NO_BYTES, rangeHeaders } from './http-answer.ts';
import type { HttpClient } from './http-client.ts';
import { probeObject } from './http-probe.ts';
import {
  type Arrival,
  askFollowing,
  type Converse,
  type Question,
  refusalOf,
  type Target,
  targetOf,
} from './http-redirect.ts';
import type { ObjectStorage, RangeRequest } from './object-storage.ts';

export interface HttpStorageOptions {
  readonly source: HttpSource;
  readonly http: HttpClient;
  /** Gives a fresh URL of the same object when a presigned one has run out. Default: nobody. */
  readonly refreshUrl?: (() => Promise<string>) | undefined;
}

/**
 * One object behind a URL.
 *
 * Nothing is sent but the source's own headers and those that choose the bytes, so that presigned
 * URLs hold. Where redirects led is remembered for the parts, and asked anew when it has expired.
 */
export const httpStorage = (options: HttpStorageOptions): ObjectStorage => {
  const { converse, isPresignedNow, refresh } = access(options);
  return {
    probe: (signal) => () => probeObject(converse, !isPresignedNow(), signal),
    fetchRange: (request, sink, signal) => async () => {
      if (!request.isWhole && lengthOf(request.range) === 0) return NO_BYTES;
      const { accept, ending } = acceptRange(request, sink);
      const headers = rangeHeaders(request);
      const question: Question = { method: 'GET', headers, accept, request };
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
    if (start !== first && mayHaveExpired(arrival, question.request)) {
      if (resolved === start) resolved = null;
      arrival = await askFollowing(http, first, question, signal);
    }
    if (origin !== first) return arrival; // Refreshed meanwhile: this is the old URL's target.
    if (E.isLeft(arrival)) resolved = arrival.left._tag === 'NetworkFailed' ? null : resolved;
    else if (arrival.right.answer._tag === 'Accepted') resolved = arrival.right.at;
    return arrival;
  };

  const decodeFresh = (given: unknown): E.Either<DownloadError, HttpSource> => {
    const url = typeof given === 'string' || given instanceof URL ? String(given) : '';
    const mistake = unavailable('refreshUrl gave no absolute http:// or https:// URL');
    return E.mapLeft(() => mistake)(decodeHttpSource(url, source.headers));
  };

  const refresh = async (signal: AbortSignal): Promise<E.Either<DownloadError, void>> => {
    if (refreshUrl === undefined) return E.left(unavailable('nobody gives a fresh URL'));
    const fresh = await askAside(refreshUrl, decodeFresh, signal);
    if (E.isLeft(fresh)) return fresh;
    origin = targetOf(fresh.right);
    resolved = null;
    return E.right(undefined);
  };

  return { converse, refresh, isPresignedNow: () => isPresigned(origin.url) };
};

/** Where a redirect led can run out long before the URL that redirects. */
const mayHaveExpired = (
  arrival: E.Either<DownloadError, Arrival>,
  request: RangeRequest | null,
): boolean => {
  if (E.isLeft(arrival) || arrival.right.answer._tag === 'Accepted') return false;
  const { _tag } = refusalOf(arrival.right, request);
  return _tag === 'AccessExpired' || _tag === 'ServerRefused';
};
