/** Which bytes a request gets, and whether its conditions hold. Pure. */
import type { ByteRange } from '../../domain/byte-range.ts';
import { type Bytes, bytes } from '../../domain/bytes.ts';
import type { StoredObject } from './stored-object.ts';

/** What a `Range` header comes to. */
export type RangeDecision =
  | { readonly _tag: 'Whole' }
  | { readonly _tag: 'Part'; readonly range: ByteRange }
  | { readonly _tag: 'OutOfBounds' };

type Headers = Readonly<Record<string, string>>;

/**
 * Judges a `Range` header the way OSS does.
 *
 * Anything that is no range of bytes means the whole object; of many ranges the first counts. A
 * range that reaches beyond the object means the whole object too, unless the client asked for
 * `x-oss-range-behavior: standard`: then it is cut at the end, or `OutOfBounds`.
 *
 * @example
 * decideRange('bytes=8-99', bytes(10), false) // Whole
 * decideRange('bytes=8-99', bytes(10), true)  // Part 8 .. 10
 */
export const decideRange = (
  header: string | undefined,
  size: Bytes,
  isStandard: boolean,
): RangeDecision => {
  const asked = readRange(header, size);
  if (asked === null) return { _tag: 'Whole' };
  const { start, end } = asked;
  if (start >= 0 && start < size && end <= size) {
    return { _tag: 'Part', range: { start: bytes(start), end: bytes(end) } };
  }
  if (!isStandard) return { _tag: 'Whole' };
  if (start >= size || end <= 0) return { _tag: 'OutOfBounds' };
  const range = { start: bytes(Math.max(0, start)), end: bytes(Math.min(end, size)) };
  return { _tag: 'Part', range };
};

/** The bounds as asked: `start` is negative when a suffix is longer than the object. */
export const readRange = (
  header: string | undefined,
  size: number,
): { readonly start: number; readonly end: number } | null => {
  const match = /^bytes=\s*(\d*)-(\d*)\s*(,|$)/i.exec(header ?? '');
  if (match === null) return null;
  const [, first = '', last = ''] = match;
  if (first === '' && last === '') return null;
  if (first === '') return Number(last) === 0 ? { start: size, end: size } : suffix(size, last);
  if (last === '') return { start: Number(first), end: Math.max(size, Number(first) + 1) };
  return Number(first) <= Number(last) ? { start: Number(first), end: Number(last) + 1 } : null;
};

const suffix = (size: number, length: string) => ({ start: size - Number(length), end: size });

/** What the conditions of a request come to. `condition` is the header that failed. */
export type ConditionDecision =
  | { readonly _tag: 'Go' }
  | { readonly _tag: 'NotModified' }
  | { readonly _tag: 'Failed'; readonly condition: string };

/**
 * Judges `If-Match`, `If-Unmodified-Since`, `If-None-Match` and `If-Modified-Since`.
 *
 * ETags match with and without quotes, as OSS documents. Both of the first two have to hold when
 * both are sent. Dates that are none are passed over (RFC 9110 §13.1.3).
 */
export const decideConditions = (headers: Headers, object: StoredObject): ConditionDecision => {
  const changed = Math.floor(object.lastModified / 1000) * 1000;
  const ifMatch = headers['if-match'];
  const noneMatch = headers['if-none-match'];
  const unmodifiedSince = dateOf(headers['if-unmodified-since']);
  const modifiedSince = dateOf(headers['if-modified-since']);
  if (ifMatch !== undefined && !namesEtag(ifMatch, object.etag)) {
    return { _tag: 'Failed', condition: 'If-Match' };
  }
  if (unmodifiedSince !== null && changed > unmodifiedSince) {
    return { _tag: 'Failed', condition: 'If-Unmodified-Since' };
  }
  const isKnown =
    noneMatch === undefined
      ? modifiedSince !== null && changed <= modifiedSince
      : namesEtag(noneMatch, object.etag);
  return isKnown ? { _tag: 'NotModified' } : { _tag: 'Go' };
};

const namesEtag = (list: string, etag: string): boolean =>
  list
    .split(',')
    .map((item) => item.trim().replace(/^"(.*)"$/, '$1'))
    .some((item) => item === '*' || item === etag);

const dateOf = (text: string | undefined): number | null => {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) ? null : time;
};
