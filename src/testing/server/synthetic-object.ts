/**
 * Objects of any size whose bytes follow from a seed and an offset: 100 GB that need no disk.
 *
 * The content is one pseudo-random block of 1 MiB, made from the seed and repeated; the first 16
 * bytes of each repetition are a stamp, the seed and the block's index as 64-bit little-endian
 * numbers. So no two blocks are equal, and a part that landed at the wrong place always shows.
 */
import type { ByteRange } from '../../domain/byte-range.ts';
import { type Bytes, bytes } from '../../domain/bytes.ts';

/** Content that is computed instead of stored. Made by `syntheticObject`. */
export interface SyntheticObject {
  readonly _tag: 'SyntheticObject';
  readonly seed: number;
  readonly size: Bytes;
  /** The bytes `start .. end - 1`, in memory of their own; cut at the end of the object. */
  readonly read: (start: number, end: number) => Uint8Array;
  /** The same bytes in chunks of at most 256 KiB, which are shared: not to be written to. */
  readonly chunks: (range: ByteRange) => Iterable<Uint8Array>;
}

/** How often the pseudo-random block comes again, in bytes: 1 MiB. */
export const SYNTHETIC_BLOCK = 2 ** 20;
/** How many bytes at the start of each block tell which block it is. */
export const SYNTHETIC_STAMP = 16;
const CHUNK = 2 ** 18;

/**
 * An object made from a seed. Reading it costs one copy of memory, whatever the offset.
 *
 * @param seed  An integer in `0 .. 2^53 - 1`; other seeds give other bytes everywhere.
 * @param size  In bytes; 0 gives an empty object.
 *
 * @example
 * syntheticObject({ seed: 7, size: 100e9 }).read(50e9, 50e9 + 4) // 4 bytes from the middle
 */
export const syntheticObject = (options: {
  readonly seed: number;
  readonly size: number;
}): SyntheticObject => {
  const seed = bytes(options.seed);
  const size = bytes(options.size);
  const read = (start: number, end: number): Uint8Array => {
    const from = Math.min(bytes(start), size);
    const target = Buffer.allocUnsafe(Math.max(0, Math.min(bytes(end), size) - from));
    fill(target, seed, from);
    return target;
  };
  return {
    _tag: 'SyntheticObject',
    seed,
    size,
    read,
    chunks: (range) =>
      chunksOf(seed, { start: range.start, end: bytes(Math.min(range.end, size)) }),
  };
};

/** The first 16 bytes of block `index`. */
export const stampOf = (seed: number, index: number): Uint8Array => {
  const stamp = Buffer.allocUnsafe(SYNTHETIC_STAMP);
  stamp.writeBigUInt64LE(BigInt(seed), 0);
  stamp.writeBigUInt64LE(BigInt(index), 8);
  return stamp;
};

const fill = (target: Uint8Array, seed: number, start: number): void => {
  const block = blockOf(seed);
  let filled = 0;
  while (filled < target.length) {
    const index = Math.floor((start + filled) / SYNTHETIC_BLOCK);
    const within = (start + filled) % SYNTHETIC_BLOCK;
    const length = Math.min(SYNTHETIC_BLOCK - within, target.length - filled);
    target.set(block.subarray(within, within + length), filled);
    if (within < SYNTHETIC_STAMP) {
      target.set(stampOf(seed, index).subarray(within, within + length), filled);
    }
    filled += length;
  }
};

/** Chunks end where blocks do; only those that hold a stamp are copied. */
function* chunksOf(seed: number, range: ByteRange): Iterable<Uint8Array> {
  const block = blockOf(seed);
  for (let start: number = range.start; start < range.end; ) {
    const end = Math.min(range.end, (Math.floor(start / CHUNK) + 1) * CHUNK);
    const within = start % SYNTHETIC_BLOCK;
    if (within >= SYNTHETIC_STAMP) {
      yield block.subarray(within, within + end - start);
    } else {
      const chunk = Buffer.allocUnsafeSlow(end - start);
      fill(chunk, seed, start);
      yield chunk;
    }
    start = end;
  }
}

const BLOCKS_KEPT_MAX = 16;
const blocks = new Map<number, Uint8Array>();

/** The pseudo-random block of a seed, without stamp: 2 ms the first time. */
const blockOf = (seed: number): Uint8Array => {
  const kept = blocks.get(seed);
  if (kept !== undefined) return kept;
  const block = generate(seed);
  if (blocks.size >= BLOCKS_KEPT_MAX) blocks.clear();
  blocks.set(seed, block);
  return block;
};

/** Weyl sequence with a 32-bit finalizer: every seed starts elsewhere and none gives zeros. */
const generate = (seed: number): Uint8Array => {
  const words = new Uint32Array(SYNTHETIC_BLOCK / 4);
  let state = ((seed % 2 ** 32) ^ Math.imul(Math.floor(seed / 2 ** 32), 0x85ebca6b)) >>> 0;
  for (let i = 0; i < words.length; i++) {
    state = (state + 0x9e3779b9) >>> 0;
    let word = Math.imul(state ^ (state >>> 16) ^ (i << 7), 0x7feb352d);
    word = Math.imul(word ^ (word >>> 15), 0x846ca68b);
    words[i] = word ^ (word >>> 16);
  }
  return Buffer.from(words.buffer);
};
