/**
 * Zeros that take neither memory nor time: how objects of 50 GB are simulated in seconds.
 *
 * All of them are views of one shared buffer. A disk may recognise such a chunk and keep a hole
 * instead of a copy; its CRC-64 follows from its length.
 */
import { type ByteRange, lengthOf } from '../../domain/byte-range.ts';
import { type Bytes, bytes } from '../../domain/bytes.ts';
import { CRC64_OF_NOTHING, type Crc64, combineCrc64 } from '../../domain/crc64.ts';
import type { Crc64Of } from '../../effects/crc64.ts';

/** 1 MiB of zeros, shared by all who need some: never written to. */
export const HOLLOW: Uint8Array = new Uint8Array(2 ** 20);

/** Is this chunk a view of `HOLLOW`? Costs nothing; zeros from elsewhere are not recognised. */
export const isHollow = (chunk: Uint8Array): boolean => chunk.buffer === HOLLOW.buffer;

/** Content that is zeros from end to end. Made by `hollowObject`. */
export interface HollowObject {
  readonly _tag: 'HollowObject';
  readonly size: Bytes;
  /** The zeros of a range in views of `HOLLOW`; cut at the end of the object. */
  readonly chunks: (range: ByteRange) => Iterable<Uint8Array>;
}

/**
 * An object of any size that is nothing but zeros.
 *
 * A part at the wrong place does not show in it: correctness is for objects with content, this one
 * is for how long things take.
 *
 * @param size In bytes; 0 gives an empty object.
 */
export const hollowObject = (size: number): HollowObject => {
  const whole = bytes(size);
  return {
    _tag: 'HollowObject',
    size: whole,
    chunks: ({ start, end }) =>
      hollowChunks(lengthOf({ start, end: bytes(Math.max(start, Math.min(end, whole))) })),
  };
};

function* hollowChunks(length: number): Iterable<Uint8Array> {
  let left = length;
  for (; left >= HOLLOW.length; left -= HOLLOW.length) yield HOLLOW;
  if (left > 0) yield HOLLOW.subarray(0, left);
}

/**
 * The CRC-64 of so many zeros, by arithmetic: 0.1 ms at most, nothing when the same length comes
 * again.
 */
export const crc64OfZeros = (length: Bytes): Crc64 => {
  const known = checksums.get(length);
  if (known !== undefined) return known;
  let crc = CRC64_OF_NOTHING;
  let rest: number = length;
  for (let k = 0; rest > 0; k++) {
    if (rest % 2 === 1) crc = combineCrc64(crc, crcOfPower(k), bytes(2 ** k));
    rest = Math.floor(rest / 2);
  }
  if (checksums.size >= CHECKSUMS_KEPT_MAX) checksums.clear();
  checksums.set(length, crc);
  return crc;
};

/**
 * A CRC-64 that computes zeros instead of reading them, in chunks that are hollow or long: 50 GB of
 * hollow chunks take a second, of zeros from elsewhere the time to compare them.
 */
export const crc64WithHollow =
  (crc64Of: Crc64Of): Crc64Of =>
  (...chunks) => {
    let crc = CRC64_OF_NOTHING;
    for (let from = 0; from < chunks.length; ) {
      const isEmpty = areZeros(chunks[from]!);
      let to = from;
      let length = 0;
      for (; to < chunks.length && areZeros(chunks[to]!) === isEmpty; to++) {
        length += chunks[to]!.length;
      }
      const run = isEmpty ? crc64OfZeros(bytes(length)) : crc64Of(...chunks.slice(from, to));
      crc = from === 0 ? run : combineCrc64(crc, run, bytes(length));
      from = to;
    }
    return crc;
  };

/** Below this many bytes reading is faster than arithmetic. */
const WORTH_COMPARING = 4096;

/** Real content differs from zeros in one of its first bytes, so the comparison is soon over. */
const areZeros = (chunk: Uint8Array): boolean => {
  if (isHollow(chunk)) return true;
  if (chunk.length < WORTH_COMPARING || chunk.length > HOLLOW.length) return false;
  return Buffer.compare(chunk, HOLLOW.subarray(0, chunk.length)) === 0;
};

const CHECKSUMS_KEPT_MAX = 1000;
const checksums = new Map<Bytes, Crc64>();

/** CRC-64/XZ of a single zero byte. */
const CRC64_OF_ONE_ZERO = '2282658103124508505' as Crc64;
/** Of `2^k` zeros, by `k`. */
const powers: Array<Crc64> = [CRC64_OF_ONE_ZERO];

const crcOfPower = (k: number): Crc64 => {
  const known = powers[k];
  if (known !== undefined) return known;
  const half = crcOfPower(k - 1);
  const crc = combineCrc64(half, half, bytes(2 ** (k - 1)));
  powers[k] = crc;
  return crc;
};
