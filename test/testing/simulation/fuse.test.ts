/** A run that stands still behind exactly one effect call, as if it had been killed there. */
import { describe, expect, test } from 'vitest';
import { bytes } from '../../../src/domain/bytes.ts';
import { loadCrc64 } from '../../../src/effects/crc64.ts';
import { E } from '../../../src/fp.ts';
import { fuse } from '../../../src/testing/simulation/fuse.ts';
import { simulatedDisk } from '../../../src/testing/simulation/simulated-disk.ts';
import { simulatedStorage } from '../../../src/testing/simulation/simulated-storage.ts';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
const crc64Of = await loadCrc64();

/** Makes `a` and writes to it: two effect calls, if it comes so far. */
const run = async (limit: number, isDone: boolean) => {
  const disk = simulatedDisk(['/']);
  const burning = fuse(limit, isDone);
  const files = burning.files(disk.files);
  const reached: Array<string> = [];
  const story = async () => {
    const file = await files.create('/a')();
    if (E.isLeft(file)) return;
    reached.push('created');
    await file.right.writeAt([Uint8Array.of(7)], bytes(0))();
    reached.push('written');
  };
  void story();
  await turn();
  return { ...burning, reached, content: disk.contentOf('/a') };
};

describe('fuse', () => {
  test('without a limit it only counts, calls of open files, too', async () => {
    const { calls, isBlown, reached, content } = await run(Infinity, false);
    expect([calls(), isBlown(), reached]).toEqual([2, false, ['created', 'written']]);
    expect(content).toEqual(Uint8Array.of(7));
  });

  test('blows at the call: it does not happen, and is never answered', async () => {
    const first = await run(1, false);
    expect([first.isBlown(), first.reached, first.content]).toEqual([true, [], null]);
    const second = await run(2, false);
    expect([second.reached, second.content]).toEqual([['created'], new Uint8Array(0)]);
  });

  test('or it happens, and is never answered either', async () => {
    const first = await run(1, true);
    expect([first.isBlown(), first.reached, first.content]).toEqual([true, [], new Uint8Array(0)]);
    const second = await run(2, true);
    expect([second.reached, second.content]).toEqual([['created'], Uint8Array.of(7)]);
  });

  test('once blown nothing happens any more, on disk, in folders or on the network', async () => {
    const disk = simulatedDisk(['/']);
    const network = simulatedStorage({ content: Uint8Array.of(1, 2), crc64Of, chunkLength: 1 });
    const burning = fuse(1, false);
    const { signal } = new AbortController();
    const late = [
      burning.files(disk.files).create('/a'),
      burning.folders(disk.folders).make('/folder'),
      burning.storage(network).probe(signal),
    ];
    let answers = 0;
    for (const effect of late) effect().then(() => (answers += 1));
    await turn();
    expect([answers, disk.paths(), burning.isBlown()]).toEqual([0, [], true]);
    expect(await disk.files.facts('/folder')()).toEqual(E.right(null));
  });

  test('an effect that was under way when it blew is never answered', async () => {
    const burning = fuse(2, true);
    let end = () => {};
    const slow = { ...simulatedDisk(['/']).folders };
    slow.make = () => () =>
      new Promise((resolve) => {
        end = () => resolve(E.right(undefined));
      });
    const folders = burning.folders(slow);
    let isAnswered = false;
    folders
      .make('/folder')()
      .then(() => (isAnswered = true));
    void folders.list('/')();
    end();
    await turn();
    expect([burning.isBlown(), isAnswered]).toEqual([true, false]);
  });

  test('failures pass through while it is whole', async () => {
    const burning = fuse(9, false);
    const opened = await burning.files(simulatedDisk(['/']).files).open('/none')();
    expect(opened).toMatchObject({ left: { code: 'ENOENT' } });
  });
});
