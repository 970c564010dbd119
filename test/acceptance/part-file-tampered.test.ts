/** Somebody else's hands on the part file while it is being written. */
import { appendFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { DownloadEffects } from '../../src/machines/provide-effects.ts';
import { partFileOf } from './durable-tools.ts';
import { contentOf, expectDone, fileAt, leftovers, run, type Scene, setScene } from './scene.ts';

/** Ten parts, one after the other. Large enough to take blocks of a disk. */
const PART_SIZE = 20_000;
const SIZE = 10 * PART_SIZE;

type Hand = (partFile: string) => void;

/** Effects under which `hand` comes just before the eighth part is asked for. */
const meddling =
  (scene: Scene, hand: Hand) =>
  (effects: DownloadEffects): DownloadEffects => ({
    ...effects,
    storage: {
      ...effects.storage,
      fetchRange:
        (request, ...rest) =>
        async () => {
          if (request.range.start === 7 * PART_SIZE) hand(await partFileOf(scene));
          return effects.storage.fetchRange(request, ...rest)();
        },
    },
  });

const meddledRun = async (hand: Hand) => {
  const scene = await setScene({ content: contentOf(SIZE) });
  const ended = await run(scene, { partSize: PART_SIZE, change: meddling(scene, hand) });
  return { scene, ended };
};

const CUT: ReadonlyArray<readonly [string, Hand]> = [
  ['emptied', (path) => truncateSync(path, 0)],
  ['cut', (path) => truncateSync(path, 3 * PART_SIZE)],
  [
    'emptied and made as long as before',
    (path) => {
      truncateSync(path, 0);
      truncateSync(path, SIZE);
    },
  ],
];

describe('W1 a part file that is changed while its process lives', () => {
  test.each(CUT)('%s: what is gone is fetched again, and nothing else', async (_, hand) => {
    const { scene, ended } = await meddledRun(hand);
    await expectDone(scene, ended);
    expect(ended.events).toContainEqual(expect.objectContaining({ type: 'repairing' }));
    expect(ended.fetches.length).toBeLessThan(20);
    expect(await leftovers(scene)).toEqual([]);
  });

  test('made longer: its tail is cut off, and nothing is fetched again', async () => {
    const { scene, ended } = await meddledRun((path) => {
      truncateSync(path, SIZE);
      appendFileSync(path, 'garbage behind the end');
    });
    await expectDone(scene, ended);
    expect(ended.fetches).toHaveLength(10);
  });

  test.each<[string, Hand, string]>([
    ['removed', (path) => rmSync(path), 'ENOENT'],
    [
      'replaced',
      (path) => {
        writeFileSync(`${path}.x`, new Uint8Array(SIZE).fill(7));
        renameSync(`${path}.x`, path);
      },
      'ESTALE',
    ],
  ])('%s: the run ends and says so; the next one ends in the right file', async (_, hand, code) => {
    const { scene, ended } = await meddledRun(hand);
    expect(ended.error).toMatchObject({ _tag: 'DiskFailed', code });
    expect(await fileAt(scene.target)).toBeNull();
    const again = await run(scene, { partSize: PART_SIZE });
    expect(again.error).toBeNull();
    expect((await fileAt(scene.target))?.equals(scene.content)).toBe(true);
  });

  test('removed with its folder: the run ends and says so', async () => {
    const { scene, ended } = await meddledRun((path) => rmSync(dirname(path), { recursive: true }));
    expect(ended.error).toMatchObject({ _tag: 'DiskFailed', code: 'ENOENT' });
    expect(await fileAt(scene.target)).toBeNull();
  });
});
