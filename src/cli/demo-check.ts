/** Was the demo as it should be? Asked of the disk and the original, not only of the download. */
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { SyntheticObject } from '../testing/index.ts';
import { DEMO_PART_SIZE, type FaultCounts } from './demo-faults.ts';
import { DEMO_KEY, type Run } from './demo-run.ts';

/** What was not as it should be, in words. */
export type Mistakes = ReadonlyArray<string>;

/** Was the first run killed, did the second go on from there, and was no byte invented? */
export const mistakesOfRuns = (first: Run, second: Run, size: number): Mistakes => {
  const mistakes: Array<string> = [];
  if (first.how !== 'SIGKILL') mistakes.push(`the first run ended with ${first.how}`);
  if (second.how !== 0) mistakes.push(`the second run ended with ${second.how}`);
  if (first.retries === 0 || second.retries === 0) mistakes.push('a run met no fault');
  const { last } = second;
  if (last?.type !== 'renamed') return [...mistakes, 'the second run put nothing in place'];
  const { resumedBytes, fetchedBytes } = last;
  if (resumedBytes < first.durable) mistakes.push('durable bytes were not resumed');
  if (resumedBytes + fetchedBytes < size) mistakes.push('some bytes came from nowhere');
  if (fetchedBytes > size - resumedBytes + DEMO_PART_SIZE) mistakes.push('too much was fetched');
  return mistakes;
};

/** Did each kind of fault happen? */
export const mistakesOfFaults = ({ reset, cut, busy }: FaultCounts): Mistakes =>
  reset > 0 && cut > 0 && busy > 0 ? [] : ['a kind of fault did not happen'];

/** Is anything else than the file left in the folder? */
export const mistakesOfFolder = async (folder: string): Promise<Mistakes> => {
  const left = [...(await readdir(folder)), ...(await readdir(join(folder, 'store')))];
  const strays = left.filter((name) => name !== DEMO_KEY && name !== 'store');
  return strays.length === 0 ? [] : [`left behind: ${strays.join(', ')}`];
};

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
      if (bytesRead === 0) return start === original.size ? null : start;
      const actual = buffer.subarray(0, bytesRead);
      const expected = original.read(start, start + bytesRead);
      if (!actual.equals(expected)) {
        return start + actual.findIndex((byte, index) => byte !== expected[index]);
      }
      start += bytesRead;
    }
  } finally {
    await file.close();
  }
};
