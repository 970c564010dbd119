/** Reading back bytes of a file and hashing them. */
import { describe, expect, test } from 'vitest';
import { bytes } from '../../src/domain/bytes.ts';
import type { ErrorOf } from '../../src/domain/errors.ts';
import { loadCrc64 } from '../../src/effects/crc64.ts';
import type { OpenFile } from '../../src/effects/file-system.ts';
import { E, TE } from '../../src/fp.ts';
import { rehash } from '../../src/transfer/rehash.ts';

const crc64Of = await loadCrc64();
const MIB = 2 ** 20;
const CONTENT = Uint8Array.from({ length: 3 * MIB + 11 }, (_, i) => (i * 31 + (i >> 9)) & 0xff);

const BROKEN: ErrorOf<'DiskFailed'> = {
  _tag: 'DiskFailed',
  code: 'EIO',
  operation: 'read',
  path: 'a.part',
};

/** A file that can only be read. */
const fileOf = (content: Uint8Array, onRead: (read: number) => void = () => {}) => {
  const reads: Array<{ readonly position: number; readonly length: number }> = [];
  const readAt: OpenFile['readAt'] = (buffer, position) => async () => {
    reads.push({ position, length: buffer.length });
    onRead(reads.length);
    const found = content.subarray(position, position + buffer.length);
    buffer.set(found);
    return E.right(bytes(found.length));
  };
  return { file: { readAt } as Pick<OpenFile, 'readAt'> as OpenFile, reads };
};
const rehashed = (
  file: OpenFile,
  start: number,
  length: number,
  signal = new AbortController().signal,
) => rehash(file, bytes(start), bytes(length), crc64Of, signal);

describe('rehash', () => {
  test.each([
    [0, 3 * MIB + 11],
    [0, MIB],
    [0, MIB - 1],
    [7, MIB + 1],
    [MIB, 2 * MIB],
    [5, 1],
  ])('gives the CRC-64 of the bytes from %d on, %d of them', async (start, length) => {
    const { file } = fileOf(CONTENT);
    const expected = crc64Of(CONTENT.subarray(start, start + length));
    expect(await rehashed(file, start, length)).toEqual(E.right(expected));
  });

  test('of no bytes it is 0, and nothing is read', async () => {
    const { file, reads } = fileOf(CONTENT);
    expect(await rehashed(file, 9, 0)).toEqual(E.right('0'));
    expect(reads).toEqual([]);
  });

  test('reads a MiB at a time, and not a byte more than it was asked for', async () => {
    const { file, reads } = fileOf(CONTENT);
    await rehashed(file, 5, 2 * MIB + 3);
    expect(reads).toEqual([
      { position: 5, length: MIB },
      { position: 5 + MIB, length: MIB },
      { position: 5 + 2 * MIB, length: 3 },
    ]);
  });

  test('where the file ends early, it is the CRC-64 of what is there', async () => {
    const short = CONTENT.subarray(0, MIB + 5);
    expect(await rehashed(fileOf(short).file, 0, 3 * MIB)).toEqual(E.right(crc64Of(short)));
    expect(await rehashed(fileOf(short).file, 2 * MIB, 3)).toEqual(E.right('0'));
  });

  test('a read that fails is told', async () => {
    const readAt = () => TE.left(BROKEN);
    const file = { readAt } as Pick<OpenFile, 'readAt'> as OpenFile;
    expect(await rehashed(file, 0, 10)).toEqual(E.left(BROKEN));
  });

  test('after an abort it is Interrupted, and nothing more is read', async () => {
    const controller = new AbortController();
    const { file, reads } = fileOf(CONTENT, (read) => read === 2 && controller.abort());
    expect(await rehashed(file, 0, CONTENT.length, controller.signal)).toEqual(
      E.left({ _tag: 'Interrupted' }),
    );
    expect(reads).toHaveLength(2);
    const before = fileOf(CONTENT);
    expect(await rehashed(before.file, 0, 9, AbortSignal.abort())).toMatchObject({ _tag: 'Left' });
    expect(before.reads).toEqual([]);
  });
});
