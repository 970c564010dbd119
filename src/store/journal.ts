/**
 * The journal's bytes: a magic word, then frames that are only ever appended. Pure.
 *
 *     journal = "partwise-journal" frame*
 *     frame   = length:u32le  checksum:u64le  payload:length bytes of UTF-8 JSON
 *
 * The checksum is the CRC-64 of `length` and `payload`. A crash can tear only the last frame, so
 * reading stops at the first one that is short or whose checksum differs, and the next writer cuts
 * the file there.
 */
import type { Crc64 } from '../domain/crc64.ts';

/** Computes checksums; `effects/crc64.ts` in production. */
export type Checksum = (...chunks: ReadonlyArray<Uint8Array>) => Crc64;

export interface JournalReading {
  /** Payloads of the frames that are whole, in order. */
  readonly payloads: ReadonlyArray<string>;
  /** Bytes up to the end of the last whole frame. Less than the file's size: the tail is torn. */
  readonly validLength: number;
}

/** The first bytes of every journal, so that a stranger can tell what the file is. */
export const JOURNAL_MAGIC: Uint8Array = new TextEncoder().encode('partwise-journal');

/** A longer payload is never written, and never believed when read: 16 MiB. */
export const PAYLOAD_LENGTH_MAX = 2 ** 24;

const HEAD_LENGTH = 12;

/** One frame, ready to append. Throws on a payload over the limit: writers split theirs. */
export const encodeFrame = (payload: string, checksum: Checksum): Uint8Array => {
  const content = new TextEncoder().encode(payload);
  if (content.length > PAYLOAD_LENGTH_MAX) throw new RangeError('a payload over 16 MiB');
  const frame = new Uint8Array(HEAD_LENGTH + content.length);
  const view = new DataView(frame.buffer);
  view.setUint32(0, content.length, true);
  view.setBigUint64(4, BigInt(checksum(frame.subarray(0, 4), content)), true);
  frame.set(content, HEAD_LENGTH);
  return frame;
};

/**
 * Reads a journal up to its first bad frame.
 *
 * @returns Null when the bytes do not begin with the magic word: not a journal at all.
 */
export const readJournal = (content: Uint8Array, checksum: Checksum): JournalReading | null => {
  if (!startsWith(content, JOURNAL_MAGIC)) return null;
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  const payloads: Array<string> = [];
  let at = JOURNAL_MAGIC.length;
  while (at + HEAD_LENGTH <= content.length) {
    const length = view.getUint32(at, true);
    const end = at + HEAD_LENGTH + length;
    if (length > PAYLOAD_LENGTH_MAX || end > content.length) break;
    const payload = content.subarray(at + HEAD_LENGTH, end);
    const actual = checksum(content.subarray(at, at + 4), payload);
    if (BigInt(actual) !== view.getBigUint64(at + 4, true)) break;
    payloads.push(new TextDecoder().decode(payload));
    at = end;
  }
  return { payloads, validLength: at };
};

const startsWith = (content: Uint8Array, magic: Uint8Array): boolean =>
  content.length >= magic.length && magic.every((byte, index) => content[index] === byte);
