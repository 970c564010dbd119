/** Processes that die at random moments: whoever comes next goes on, and the file is the object. */
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { jitter } from '../../src/domain/retry.ts';
import {
  fault,
  forMethod,
  rangeContains,
  type SyntheticObject,
  startOssServer,
  syntheticObject,
} from '../../src/testing/index.ts';
import { buildCommand, type Ended, type Line, startCommand } from './command.ts';
import { fileAt, freshFolder, leftovers } from './scene.ts';

const SIZE = 200_000_000;
const KILLS = Number(process.env['PARTWISE_KILLS'] ?? 4);
/** Set `PARTWISE_SEED` to the seed of a failure to see it again, as far as clocks allow. */
const SEED = Number(process.env['PARTWISE_SEED'] ?? Date.now() % 2 ** 31);
const LANES = 8;

/** When a run is killed. */
interface Moment {
  readonly after: 'start' | 'verdict';
  readonly delayMs: number;
}

/** A third of the moments are anywhere from the start on, the others while bytes come. */
const momentOf = (index: number): Moment => {
  const random = jitter(SEED, index, 1);
  return index % 3 === 1
    ? { after: 'start', delayMs: Math.round(1_000 * random) }
    : { after: 'verdict', delayMs: Math.round(200 + 500 * random) };
};

/** Runs the command until its moment has come. */
const runUntil = (words: ReadonlyArray<string>, { after, delayMs }: Moment): Promise<Ended> => {
  let timer: NodeJS.Timeout | null = null;
  const arm = () => {
    timer ??= setTimeout(() => command.kill(), delayMs);
  };
  const command = startCommand(words, ({ type }) => {
    if (type === 'verdict') arm();
  });
  if (after === 'start') arm();
  return command.ended.finally(() => clearTimeout(timer ?? undefined));
};

/** What a run found of the runs before it; null: it died before it could tell. */
const resumedBytes = (lines: ReadonlyArray<Line>): number | null => {
  const line = lines.find(({ type }) => type === 'verdict');
  if (line === undefined) return null;
  const verdict = line['verdict'] as { readonly _tag: string; readonly bytes?: number };
  return verdict._tag === 'Resumed' ? (verdict.bytes ?? 0) : 0;
};

/** Where a file begins to differ from an object; null: nowhere. Sizes are compared, too. */
const differenceAt = async (path: string, object: SyntheticObject): Promise<number | null> => {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    if (size !== object.size) return Math.min(size, object.size);
    const piece = Buffer.alloc(2 ** 20);
    for (let at = 0; at < size; at += piece.length) {
      const { bytesRead } = await file.read(piece, 0, piece.length, at);
      if (!piece.subarray(0, bytesRead).equals(object.read(at, at + bytesRead))) return at;
    }
    return null;
  } finally {
    await file.close();
  }
};

describe('a process that is killed', () => {
  beforeAll(buildCommand, 120_000);

  test(
    'with SIGKILL at a random moment and started again ends with the object, byte for byte',
    async () => {
      const folder = await freshFolder();
      const target = join(folder, 'object.bin');
      const store = join(folder, 'store');
      const server = await startOssServer({ synthetic: true });
      onTestFinished(server.close);
      const words = ['get', 'oss://demo/synthetic/7/200MB', target, '--endpoint', server.url];
      const command = [...words, '--store', store, '--concurrency', String(LANES), '--json'];

      // Three seconds for all of it; but the last part takes longer than all runs together.
      const bytesPerSecond = Math.round(SIZE / 3 / LANES);
      server.setFaults([
        rangeContains(SIZE - 1, fault.slow(50_000)),
        forMethod('GET', fault.slow(bytesPerSecond)),
      ]);
      const story: Array<string> = [];
      const told = () => `PARTWISE_SEED=${SEED} PARTWISE_KILLS=${KILLS}\n${story.join('\n')}`;
      const resumed: Array<number> = [];
      for (let index = 0; index < KILLS; index++) {
        const moment = momentOf(index);
        const { code, signal, lines, stderr } = await runUntil(command, moment);
        const found = resumedBytes(lines);
        story.push(`${moment.delayMs} ms after ${moment.after}: found ${found}\n${stderr}`);
        expect([code, signal], told()).toEqual([null, 'SIGKILL']);
        expect(await fileAt(target), told()).toBeNull();
        if (found !== null) resumed.push(found);
      }

      server.setFaults([]);
      const { code, lines, stderr } = await startCommand(command).ended;
      story.push(`to the end: found ${resumedBytes(lines)}\n${stderr}`);
      expect(code, told()).toBe(0);
      expect(lines.at(-1), told()).toMatchObject({ type: 'renamed', target, size: SIZE });
      resumed.push(Number(lines.at(-1)?.['resumedBytes']));
      expect(resumed, told()).toEqual([...resumed].sort((a, b) => a - b));
      expect(resumed.at(-1), told()).toBeGreaterThan(resumed[0] ?? Number.NaN);
      expect(Number(lines.at(-1)?.['fetchedBytes']), told()).toBe(SIZE - (resumed.at(-1) ?? 0));
      expect(
        await differenceAt(target, syntheticObject({ seed: 7, size: SIZE })),
        told(),
      ).toBeNull();
      expect(await leftovers({ target, store }), told()).toEqual([]);
      if (process.env['PARTWISE_KILLS'] !== undefined) console.log(told());
    },
    20_000 + KILLS * 5_000,
  );
});
