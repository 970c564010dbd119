/** Which object a request is about: virtual-host style, path style or a custom domain. */
import { isIP } from 'node:net';
import { E } from '../../fp.ts';
import { type OssRefusal, refusals } from './oss-server-refusals.ts';

export type Query = ReadonlyArray<readonly [name: string, value: string]>;

/** A request line, taken apart. Bucket and key are decoded; empty when there is none. */
export interface Address {
  readonly bucket: string;
  readonly key: string;
  readonly query: Query;
}

/**
 * Reads the address of an object. Keys stay exact: `//`, `..`, `+` and blanks are parts of a name.
 *
 * The host decides. `BUCKET.localhost`, `BUCKET.127.0.0.1` and `BUCKET.*.aliyuncs.com` name a
 * bucket; a custom domain stands for one; `localhost`, addresses and `*.aliyuncs.com` name none,
 * and the path begins with it. Other hosts are refused, so that no page in a browser can make its
 * own domain point here.
 *
 * @param target  The request line's: a path with query, percent-encoded.
 * @param customDomains  From domain, without port, to bucket.
 *
 * @example
 * readAddress('photos.localhost:80', '/a%20b', {}) // { bucket: 'photos', key: 'a b', query: [] }
 * readAddress('127.0.0.1:80', '/photos//a+b', {})  // { bucket: 'photos', key: '/a+b', query: [] }
 */
export const readAddress = (
  host: string,
  target: string,
  customDomains: Readonly<Record<string, string>>,
): E.Either<OssRefusal, Address> => {
  const [rawPath = '', ...rest] = target.replace(/^http:\/\/[^/?]*/i, '').split('?');
  const named = bucketOfHost(host, customDomains);
  if (named === null) return E.left(refusals.noSuchBucket(host));
  const query = readQuery(rest.join('?'));
  const raw = rawPath.replace(/^\//, '');
  const split = named !== '' ? -1 : raw.indexOf('/');
  const bucket = named !== '' ? named : decode(split === -1 ? raw : raw.slice(0, split));
  const key = named !== '' ? decode(raw) : decode(split === -1 ? '' : raw.slice(split + 1));
  if (bucket === null || key === null || query === null) {
    return E.left(refusals.invalidUri(target));
  }
  return bucket === '' || isBucketName(bucket)
    ? E.right({ bucket, key, query })
    : E.left(refusals.invalidBucketName(bucket));
};

/** The first value of a query parameter, or null. */
export const parameter = (query: Query, name: string): string | null =>
  query.find(([known]) => known === name)?.[1] ?? null;

/** Is this a name that OSS allows for a bucket? */
export const isBucketName = (name: string): boolean =>
  /^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(name);

/** The bucket that a host names, '' when the path names it, null when the host is unknown. */
const bucketOfHost = (
  host: string,
  customDomains: Readonly<Record<string, string>>,
): string | null => {
  const name = host.replace(/:\d+$/, '').toLowerCase();
  if (Object.hasOwn(customDomains, name)) return customDomains[name]!;
  if (name === 'localhost' || isIP(name.replace(/^\[(.*)\]$/, '$1')) !== 0) return '';
  const virtual = /^([^.]+)\.(localhost|127\.0\.0\.1|[^.]+\.aliyuncs\.com)$/.exec(name);
  if (virtual !== null) return virtual[1]!;
  return /^[^.]+\.aliyuncs\.com$/.test(name) ? '' : null;
};

/** Null when it is not percent-encoded UTF-8. A plus is a blank here, but not in a path. */
const readQuery = (text: string): Query | null => {
  const query: Array<readonly [string, string]> = [];
  for (const pair of text.replaceAll('+', ' ').split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = decode(equals === -1 ? pair : pair.slice(0, equals));
    const value = decode(equals === -1 ? '' : pair.slice(equals + 1));
    if (name === null || value === null) return null;
    query.push([name, value]);
  }
  return query;
};

const decode = (text: string): string | null => {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
};
