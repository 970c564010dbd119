/** What a resume reads, what it believes, and how little an interruption costs. */
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { DiskPolicy } from '../../src/domain/disk-policy.ts';
import type { DownloadEffects } from '../../src/machines/provide-effects.ts';
import { fault, forMethod } from '../../src/testing/index.ts';
import { builtMain, jsonOf, SIGNED_IN, serve, startCli } from '../cli/run-cli.ts';
import { changeFiles, flipBit, halfDone, partFileOf } from './durable-tools.ts';
import { eventsOf, expectDone, fileAt, freshFolder, leftovers, run } from './scene.ts';

beforeAll(async () => void (await builtMain()), 120_000);

/** As if the process ran in another boot of the computer. */
const inBoot =
  (bootId: string) =>
  (effects: DownloadEffects): DownloadEffects => ({
    ...effects,
    host: { ...effects.host, self: () => ({ ...effects.host.self(), bootId }) },
  });

describe('what a resume reads back', () => {
  test.each<[DiskPolicy['verifyOnResume'], string, number]>([
    ['always', 'same boot', 5_000],
    ['always', 'other boot', 5_000],
    ['afterBoot', 'same boot', 0],
    ['afterBoot', 'other boot', 5_000],
    ['never', 'same boot', 0],
    ['never', 'other boot', 0],
  ])('W1 W2 with "%s" in the %s: %i bytes', async (verifyOnResume, boot, expected) => {
    const scene = await halfDone({}, { change: inBoot('same boot') });
    let read = 0;
    const counted = changeFiles((file) => ({
      ...file,
      readAt: (buffer, position) => {
        read += buffer.length;
        return file.readAt(buffer, position);
      },
    }));
    const change = (effects: DownloadEffects) => inBoot(boot)(counted(effects));
    const done = await run(scene, { disk: { verifyOnResume }, change });
    expect(done.verdict).toMatchObject({ _tag: 'Resumed', bytes: 5_000 });
    expect(read).toBe(expected);
    expect(done.outcome).toMatchObject({ resumedBytes: 5_000, fetchedBytes: 5_000 });
    await expectDone(scene, done);
  });

  test('W2 a bit that went bad in another boot is found by "afterBoot"', async () => {
    const scene = await halfDone({}, { change: inBoot('before') });
    await flipBit(await partFileOf(scene), 1_234);
    const done = await run(scene, { disk: { verifyOnResume: 'afterBoot' } });
    expect(eventsOf(done, 'damaged')).toEqual([{ type: 'damaged', part: 2 }]);
    await expectDone(scene, done);
  });

  test('W2 what two boots wrote is believed by its own: only the older is read', async () => {
    const scene = await halfDone({}, { change: inBoot('first') });
    scene.server.setFaults([forMethod('GET', fault.refuse(403, 'AccessDenied'))]);
    await run(scene, { change: inBoot('second'), disk: { verifyOnResume: 'afterBoot' } });
    scene.server.setFaults([]);
    await flipBit(await partFileOf(scene), 1_234);
    const done = await run(scene, {
      change: inBoot('second'),
      disk: { verifyOnResume: 'afterBoot' },
    });
    expect(eventsOf(done, 'damaged')).toEqual([{ type: 'damaged', part: 2 }]);
    await expectDone(scene, done);
  });
});

const MIB = 2 ** 20;
const SIZE = 200 * MIB;
/** A checkpoint is due after 8 MiB or a second: at this rate a second is more. */
const BYTES_PER_SECOND = 24 * MIB;

interface Told {
  readonly received: number;
  readonly durable: number;
}

const progressOf = (stdout: string): ReadonlyArray<Told> =>
  stdout
    .split('\n')
    .filter((line) => line.startsWith('{"type":"progress"') && line.endsWith('}'))
    .map((line) => JSON.parse(line).progress as Told);

describe('an interruption', () => {
  test('W8 inside one part of 200 MiB costs one checkpoint interval at most', async () => {
    const folder = await freshFolder();
    const [target, store] = [join(folder, 'object.bin'), join(folder, 'store')];
    const server = await serve();
    server.setFaults([forMethod('GET', fault.slow(BYTES_PER_SECOND))]);
    const words = [
      ...['get', 'oss://demo/synthetic/7/200MiB', target, '--endpoint', server.url],
      ...['--store', store, '--part-size', '200MiB', '--threshold', '0', '--json'],
    ];
    const first = await startCli(words, { env: SIGNED_IN });
    await first.until(({ stdout }) => {
      const marks = new Set(progressOf(stdout).map(({ durable }) => durable));
      return marks.size > 4; // 0, and four checkpoints.
    });
    first.child.kill('SIGKILL');
    const told = progressOf((await first.end).stdout).at(-1) ?? { received: 0, durable: 0 };
    expect(await fileAt(target)).toBeNull();

    server.setFaults([]);
    const second = await (await startCli(words, { env: SIGNED_IN })).end;
    expect(second.code).toBe(0);
    const lines = jsonOf(second.stdout);
    const done = lines.at(-1) ?? {};
    const resumed = Number(done['resumedBytes']);
    console.info(`received ${told.received}, durable ${told.durable}, resumed ${resumed}`);
    expect(lines.find(({ type }) => type === 'planned')).toMatchObject({ plan: { partCount: 1 } });
    expect(resumed).toBeGreaterThanOrEqual(told.durable);
    expect(told.received - resumed).toBeLessThan(BYTES_PER_SECOND);
    expect(resumed + Number(done['fetchedBytes'])).toBe(SIZE);
    expect(await leftovers({ target, store })).toEqual([]);
  }, 60_000);
});
