/**
 * Ranges of bytes, half-open: `start` is in, `end` is not. HTTP's inclusive form exists only in
 * the two functions at the bottom.
 *
 * Source: RFC 9110 §14.1.2 (byte ranges) and §14.4 (Content-Range).
 */
import { E } from '../fp.ts';
import { Bytes } from './bytes.ts';

/** The bytes `start .. end - 1`; `start <= end`, and equal only for an empty range. */
export interface ByteRange {
  readonly start: Bytes;
  readonly end: Bytes;
}

/** How many bytes `range` holds. */
export const lengthOf = (range: ByteRange): Bytes => (range.end - range.start) as Bytes;

export const isSameRange = (a: ByteRange, b: ByteRange): boolean =>
  a.start === b.start && a.end === b.end;

/** What remains of `range` after its first `length` bytes; empty when that is all of it. */
export const afterFirst = (range: ByteRange, length: Bytes): ByteRange => ({
  start: Math.min(range.start + length, range.end) as Bytes,
  end: range.end,
});

/** What a server said it sent. `size` is null when it did not know (`bytes 0-3/*`). */
export interface ContentRange {
  readonly range: ByteRange;
  readonly size: Bytes | null;
}

/**
 * The value of a `Range` header for a range that holds at least one byte.
 *
 * @example
 * toRangeHeader({ start: 0, end: 4 }) // 'bytes=0-3'
 */
export const toRangeHeader = (range: ByteRange): string => {
  if (range.end <= range.start) throw new RangeError('an empty range cannot be asked for');
  return `bytes=${range.start}-${range.end - 1}`;
};

/**
 * Reads a `Content-Range` header of a 206.
 *
 * @returns Left with the offending text when the unit is not `bytes` or the bounds contradict
 *   each other.
 *
 * @example
 * parseContentRange('bytes 0-3/10') // { range: { start: 0, end: 4 }, size: 10 }
 */
export const parseContentRange = (header: string): E.Either<string, ContentRange> => {
  const match = /^bytes (\d+)-(\d+)\/(\d+|\*)$/i.exec(header.trim());
  if (match === null) return E.left(header);
  const start = Number(match[1]);
  const end = Number(match[2]) + 1;
  const size = match[3] === '*' ? null : Number(match[3]);
  if (!Bytes.is(start) || !Bytes.is(end) || start >= end) return E.left(header);
  if (size === null) return E.right({ range: { start, end }, size });
  return Bytes.is(size) && end <= size ? E.right({ range: { start, end }, size }) : E.left(header);
};
