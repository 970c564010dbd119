/** Reading back what a former process wrote: no byte is trusted unread. */
import { type Bytes, bytes } from '../domain/bytes.ts';
import { CRC64_OF_NOTHING, type Crc64, combineCrc64 } from '../domain/crc64.ts';
import type { DownloadError } from '../domain/errors.ts';
import type { Crc64Of } from '../effects/crc64.ts';
import type { OpenFile } from '../effects/file-system.ts';
import { E } from '../fp.ts';

const PIECE_LENGTH = 2 ** 20;

/**
 * The CRC-64 of `length` bytes of a file from `start` on; of fewer where the file ends early.
 *
 * Reads 1 MiB at a time and lets other work in between. Left `Interrupted` once `signal` aborts.
 */
export const rehash = async (
  file: OpenFile,
  start: Bytes,
  length: Bytes,
  crc64Of: Crc64Of,
  signal: AbortSignal,
): Promise<E.Either<DownloadError, Crc64>> => {
  const buffer = new Uint8Array(Math.min(PIECE_LENGTH, length));
  let crc64: Crc64 = CRC64_OF_NOTHING;
  for (let done = 0; done < length; done += buffer.length) {
    if (signal.aborted) return E.left({ _tag: 'Interrupted' });
    const piece = buffer.subarray(0, Math.min(buffer.length, length - done));
    const read = await file.readAt(piece, bytes(start + done))();
    if (E.isLeft(read)) return read;
    crc64 = combineCrc64(crc64, crc64Of(piece.subarray(0, read.right)), read.right);
  }
  return E.right(crc64);
};
