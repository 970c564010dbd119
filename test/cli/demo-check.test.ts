/** The demo's own checks: they find what they are there to find. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { firstDifference, mistakesOfFaults, mistakesOfRuns } from '../../src/cli/demo-check.ts';
import { DEMO_PART_SIZE, demoFaults } from '../../src/cli/demo-faults.ts';
import type { Run } from '../../src/cli/demo-run.ts';
import { bytes } from '../../src/domain/bytes.ts';
import { syntheticObject } from '../../src/testing/index.ts';
import { temporaryFolder } from './run-cli.ts';

const SIZE = 2_500_000;
const ORIGINAL = syntheticObject({ seed: 7, size: SIZE });

const differenceOf = async (content: Uint8Array): Promise<number | null> => {
  const path = join(await temporaryFolder(), 'file');
  await writeFile(path, content);
  return firstDifference(path, ORIGINAL);
};

describe('firstDifference', () => {
  test('is null for the original only', async () => {
    expect(await differenceOf(ORIGINAL.read(0, SIZE))).toBeNull();
  });

  test('is where a byte differs, or where the shorter one ends', async () => {
    const changed = ORIGINAL.read(0, SIZE);
    changed[2_000_001] = changed[2_000_001]! ^ 1;
    expect(await differenceOf(changed)).toBe(2_000_001);
    expect(await differenceOf(ORIGINAL.read(0, SIZE - 1))).toBe(SIZE - 1);
    expect(await differenceOf(Buffer.concat([ORIGINAL.read(0, SIZE), Buffer.from('x')]))).toBe(
      SIZE,
    );
    expect(await differenceOf(new Uint8Array(0))).toBe(0);
  });
});

describe('mistakesOfRuns', () => {
  const first: Run = { how: 'SIGKILL', retries: 1, durable: 1_000_000, last: null };
  const second = (resumed: number, fetched: number): Run => ({
    ...{ how: 0, retries: 1, durable: SIZE },
    last: {
      ...{ type: 'renamed', target: '/t', size: bytes(SIZE), crc64: '1' as never, seconds: 1 },
      ...{ resumedBytes: bytes(resumed), fetchedBytes: bytes(fetched) },
    },
  });

  test('are none when the second run fetched what the first had not', () => {
    expect(mistakesOfRuns(first, second(1_000_000, 1_500_000), SIZE)).toEqual([]);
  });

  test.each([
    ['nothing was resumed', first, second(0, SIZE)],
    ['bytes are missing', first, second(1_000_000, 1_000_000)],
    ['all was fetched again', first, second(1_000_000, SIZE + DEMO_PART_SIZE)],
    ['the first run was not killed', { ...first, how: 0 }, second(1_000_000, 1_500_000)],
    ['the second run failed', first, { ...second(1_000_000, 1_500_000), how: 6 }],
    ['it met no fault', { ...first, retries: 0 }, second(1_000_000, 1_500_000)],
  ] as const)('are some when %s', (_, one, two) => {
    expect(mistakesOfRuns(one, two, SIZE).length).toBeGreaterThan(0);
  });
});

test('a kind of fault that did not happen is a mistake', () => {
  expect(mistakesOfFaults({ reset: 1, cut: 1, busy: 1 })).toEqual([]);
  expect(mistakesOfFaults({ reset: 1, cut: 1, busy: 0 })).toHaveLength(1);
  expect(demoFaults().counts()).toEqual({ reset: 0, cut: 0, busy: 0 });
});
