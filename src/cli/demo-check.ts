/** Is the demo's file what it should be? Asked of the disk and the original, not of the download. */
import { open } from 'node:fs/promises';
import type { SyntheticObject } from '../testing/index.ts';

const STEP = 2 ** 20;

/**
 * The offset of the first byte in which a file differs from the original, its end included; null
 * when they are identical.
 */
export const firstDifference = async (
  path: string,
  original: SyntheticObject,
): Promise<number | null> => {
  const file = await open(path, 'r');
  try {
    const buffer = Buffer.alloc(STEP);
    for (let start = 0; ; ) {
      const { bytesRead } = await file.read(buffer, 0, STEP, start);
      const expected = original.read(start, start + STEP);
      const actual = buffer.subarray(0, bytesRead);
      if (bytesRead === 0) return start === original.size ? null : start;
      const isSame = actual.equals(expected.subarray(0, bytesRead));
      if (!isSame) return start + actual.findIndex((byte, index) => byte !== expected[index]);
      start += bytesRead;
    }
  } finally {
    await file.close();
  }
};
