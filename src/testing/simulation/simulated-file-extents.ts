/**
 * The bytes of a sparse file as runs, so that it takes no more memory than what was written to it,
 * and a run of zeros takes none at all, however long it is.
 */
import { isHollow } from '../server/hollow.ts';

export interface Extent {
  readonly start: number;
  /** Exclusive, and above `start`. */
  readonly end: number;
  /** `end - start` bytes that nobody changes any more; null: zeros that take room on the disk. */
  readonly content: Uint8Array | null;
}

/** In ascending order, without overlap. What lies between them is a hole: zeros, and no room. */
export type Extents = Array<Extent>;

/** The chunks of one write; content is copied, since a buffer may be used again. */
export const extentsOf = (chunks: ReadonlyArray<Uint8Array>, position: number): Extents => {
  const extents: Extents = [];
  let start = position;
  for (let from = 0; from < chunks.length; ) {
    const isEmpty = isHollow(chunks[from]!);
    let to = from;
    let length = 0;
    for (; to < chunks.length && isHollow(chunks[to]!) === isEmpty; to++) {
      length += chunks[to]!.length;
    }
    const content = isEmpty ? null : joined(chunks, from, to, length);
    if (length > 0) extents.push({ start, end: start + length, content });
    start += length;
    from = to;
  }
  return extents;
};

/** Puts an extent over what is there. */
export const putExtent = (extents: Extents, extent: Extent): void => {
  const last = extents.at(-1);
  if (last !== undefined && last.end > extent.start) replace(extents, extent, true);
  else if (last?.end === extent.start && isRowOfZeros(last, extent)) {
    extents[extents.length - 1] = { start: last.start, end: extent.end, content: null };
  } else extents.push(extent);
};

/** Makes a hole. */
export const clearExtents = (extents: Extents, start: number, end: number): void => {
  const last = extents.at(-1);
  if (start < end && last !== undefined && last.end > start) {
    replace(extents, { start, end, content: null }, false);
  }
};

/** What lies in a range, cut at its ends; the bytes are shared. */
export const extentsWithin = (
  extents: ReadonlyArray<Extent>,
  start: number,
  end: number,
): ReadonlyArray<Extent> => {
  const found: Extents = [];
  for (let index = indexAt(extents, start); index < extents.length; index++) {
    const extent = extents[index]!;
    if (extent.start >= end) break;
    found.push(cut(extent, start, end));
  }
  return found;
};

/** Fills the first `length` bytes of a buffer with what is there from `at` on. */
export const readExtents = (
  extents: ReadonlyArray<Extent>,
  buffer: Uint8Array,
  at: number,
  length: number,
): void => {
  let filled = 0;
  for (const { start, end, content } of extentsWithin(extents, at, at + length)) {
    if (start - at > filled) buffer.fill(0, filled, start - at);
    if (content === null) buffer.fill(0, start - at, end - at);
    else buffer.set(content, start - at);
    filled = end - at;
  }
  if (filled < length) buffer.fill(0, filled, length);
};

/** The bytes of a range that are not in a hole. */
export const coveredLength = (extents: ReadonlyArray<Extent>, from: number, to: number): number => {
  let length = 0;
  for (let index = indexAt(extents, from); index < extents.length; index++) {
    const { start, end } = extents[index]!;
    if (start >= to) break;
    length += Math.min(end, to) - Math.max(start, from);
  }
  return length;
};

/** The part of an extent that lies in a range; they overlap. */
export const cut = (extent: Extent, start: number, end: number): Extent => {
  if (start <= extent.start && extent.end <= end) return extent;
  const [from, to] = [Math.max(start, extent.start), Math.min(end, extent.end)];
  const content = extent.content?.subarray(from - extent.start, to - extent.start) ?? null;
  return { start: from, end: to, content };
};

/** The first extent that ends behind a position. */
const indexAt = (extents: ReadonlyArray<Extent>, position: number): number => {
  let [low, high] = [0, extents.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (extents[middle]!.end > position) high = middle;
    else low = middle + 1;
  }
  return low;
};

/** Replaces all that lies in the range of an extent by the extent, or by a hole. */
const replace = (extents: Extents, extent: Extent, isKept: boolean): void => {
  const { start, end } = extent;
  const from = indexAt(extents, start);
  let to = from;
  while (to < extents.length && extents[to]!.start < end) to += 1;
  const pieces: Extents = [];
  const before = extents[from];
  if (to > from && before!.start < start) pieces.push(cut(before!, before!.start, start));
  if (isKept) pieces.push(extent);
  const behind = extents[to - 1];
  if (to > from && behind!.end > end) pieces.push(cut(behind!, end, behind!.end));
  const left = extent.content === null && extents[from - 1]?.end === start ? from - 1 : from;
  const right = extent.content === null && extents[to]?.start === end ? to + 1 : to;
  const row = [...extents.slice(left, from), ...pieces, ...extents.slice(to, right)];
  extents.splice(left, right - left, ...inRows(row));
};

/** The same with neighbouring zeros in one extent: 50 GB written in any order stay few extents. */
const inRows = (extents: Extents): Extents => {
  const rows: Extents = [];
  for (const extent of extents) {
    const last = rows.at(-1);
    if (last?.end === extent.start && isRowOfZeros(last, extent)) {
      rows[rows.length - 1] = { start: last.start, end: extent.end, content: null };
    } else rows.push(extent);
  }
  return rows;
};

const isRowOfZeros = (a: Extent, b: Extent): boolean => a.content === null && b.content === null;

const joined = (
  chunks: ReadonlyArray<Uint8Array>,
  from: number,
  to: number,
  length: number,
): Uint8Array => {
  const content = new Uint8Array(length);
  let at = 0;
  for (let index = from; index < to; index++) {
    content.set(chunks[index]!, at);
    at += chunks[index]!.length;
  }
  return content;
};
