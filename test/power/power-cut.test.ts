/** Power cuts on a real file system: what a disk holds at that moment is what the next run finds. */
import { readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { jitter } from '../../src/domain/retry.ts';
import {
  fault,
  forMethod,
  type SyntheticObject,
  syntheticObject,
} from '../../src/testing/index.ts';
import { leftovers } from '../acceptance/scene.ts';
import { builtMain, jsonOf, SIGNED_IN, serve, startCli } from '../cli/run-cli.ts';
import { type LoopDisk, loopDisk, obstacle } from './loop-disk.ts';

const CUTS = Number(process.env['PARTWISE_POWER_CUTS'] ?? 1);
/** Of the last steps every one is tried where many cuts are asked for, else every fourth. */
const STRIDE = CUTS < 20 ? 4 : 1;
/** Set `PARTWISE_SEED` to the seed of a failure to see it again, as far as clocks allow. */
const SEED = Number(process.env['PARTWISE_SEED'] ?? Date.now() % 2 ** 31);

const MIB = 2 ** 20;
const SIZE = 64 * MIB;
const BYTES_PER_SECOND = 32 * MIB;
const LANES = 4;
/** A checkpoint is due after 8 MiB; meanwhile each lane has a batch of 1 MiB in hand. */
const LOSS_MAX = 8 * MIB + LANES * MIB;

const MOUNTS = ['noatime', 'noatime,commit=1', 'noatime,commit=1,data=writeback'] as const;
const PART_SIZES = ['100KB', '1MiB', '8MiB', '64MiB'] as const;

/** Calls to sync do nothing and say that they did: a disk that lies. */
const LYING = `data:text/javascript,${encodeURIComponent(`
  import { open } from 'node:fs/promises';
  const handle = await open('/dev/null');
  const shared = Object.getPrototypeOf(handle);
  shared.datasync = shared.sync = async () => {};
  await handle.close();
`)}`;

/** Stops the process before its so manieth call to the disk after every byte was proven. */
const stoppingAt = (call: number): string =>
  `data:text/javascript,${encodeURIComponent(`
    import fs from 'node:fs/promises';
    import { syncBuiltinESMExports } from 'node:module';
    let calls = -1;
    const counted = (object, name) => {
      const original = object[name];
      object[name] = function (...given) {
        const isFinal = name === 'writev' && String(Buffer.concat(given[0])).includes('"final"');
        if (isFinal && calls < 0) calls = 0;
        if (calls >= 0 && calls++ === ${call}) process.kill(process.pid, 'SIGSTOP');
        return original.apply(this, given);
      };
    };
    const handle = await fs.open('/dev/null');
    for (const name of ['writev', 'datasync', 'sync']) counted(Object.getPrototypeOf(handle), name);
    await handle.close();
    for (const name of ['rename', 'link', 'unlink']) counted(fs, name);
    syncBuiltinESMExports();
  `)}`;

/** Is a process stopped? Source: proc_pid_stat(5), field 3. */
const isStopped = (pid: number): boolean =>
  / T /.test(readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\)/, ''));

const because = obstacle();
const isRequired = process.env['PARTWISE_REQUIRE_POWER'] === '1';
if (because !== null) console.warn(`power cuts are not tested here: ${because}`);

interface Cut {
  /** What the progress events told before the cut. */
  readonly told: { readonly received: number; readonly durable: number };
  /** What the next run found. */
  readonly found: number;
  readonly damaged: number;
  readonly code: unknown;
  readonly differenceAt: number | null;
  readonly left: ReadonlyArray<string>;
  readonly story: string;
}

/** One download that is cut off at a moment of its own, and the one that follows. */
const cutOnce = async (
  disk: LoopDisk,
  index: number,
  env: Record<string, string>,
): Promise<Cut> => {
  const mount = MOUNTS[index % MOUNTS.length] ?? 'noatime';
  const partSize = PART_SIZES[index % PART_SIZES.length] ?? '8MiB';
  const after = index % 3 === 0 ? /"verdict"/ : /"durable":[1-9]/;
  const delayMs = Math.round(1_000 * jitter(SEED, index, 1));
  disk.begin(mount);
  const [target, store] = [join(disk.folder, 'object.bin'), join(disk.folder, 'store')];
  const server = await serve();
  server.setFaults([
    forMethod('GET', fault.slow(BYTES_PER_SECOND / (index % 4 === 3 ? 1 : LANES))),
  ]);
  const words = [
    ...['get', 'oss://demo/synthetic/7/64MiB', target, '--endpoint', server.url, '--json'],
    ...['--store', store, '--part-size', partSize, '--concurrency', String(LANES)],
  ];
  const first = await startCli(words, { env: { ...SIGNED_IN, ...env } });
  await first.until(({ stdout }) => after.test(stdout));
  await new Promise((resolve) => setTimeout(resolve, delayMs));
  first.child.kill('SIGSTOP');
  disk.cut();
  first.child.kill('SIGKILL');
  const { stdout } = await first.end;
  disk.restart();

  server.setFaults([]);
  const second = await (await startCli(words, { env: SIGNED_IN })).end;
  const told = jsonOf(stdout.slice(0, stdout.lastIndexOf('\n') + 1)).findLast(
    ({ type }) => type === 'progress',
  )?.['progress'] as Cut['told'];
  const lines = jsonOf(second.stdout);
  const verdict = lines.find(({ type }) => type === 'verdict')?.['verdict'] as
    | { readonly _tag: string; readonly bytes?: number }
    | undefined;
  const found = verdict?.bytes ?? 0;
  return {
    told,
    found,
    damaged: lines.filter(({ type }) => type === 'damaged').length,
    code: second.code,
    differenceAt: await differenceAt(target, syntheticObject({ seed: 7, size: SIZE })),
    left: await leftovers({ target, store }),
    story:
      `PARTWISE_SEED=${SEED} cut ${index}: ${mount}, parts of ${partSize}, ${delayMs} ms after ${after}: ` +
      `received ${told.received}, durable ${told.durable}, found ${found}, ` +
      `${JSON.stringify(verdict)}, ${second.stderr}`,
  };
};

/** A small download that is cut off before a call to the disk of its last steps; null: it ended. */
const cutAtEnd = async (disk: LoopDisk, call: number, mount: string): Promise<object | null> => {
  disk.begin(mount);
  const [target, store] = [join(disk.folder, 'object.bin'), join(disk.folder, 'store')];
  const server = await serve();
  const words = [
    ...['get', 'oss://demo/synthetic/7/4MiB', target, '--endpoint', server.url, '--json'],
    ...['--store', store, '--part-size', '1MiB', '--threshold', '0'],
  ];
  const env = { ...SIGNED_IN, NODE_OPTIONS: `--import ${stoppingAt(call)}` };
  const first = await startCli(words, { env });
  let hasEnded = false;
  void first.end.then(() => {
    hasEnded = true;
  });
  await expect.poll(() => hasEnded || isStopped(first.child.pid ?? 0), PATIENCE).toBe(true);
  if (hasEnded) return null;
  disk.cut();
  first.child.kill('SIGKILL');
  await first.end;
  disk.restart();
  const before = server.requests().length;
  const second = await (await startCli(words, { env: SIGNED_IN })).end;
  return {
    code: second.code,
    differenceAt: await differenceAt(target, syntheticObject({ seed: 7, size: 4 * MIB })),
    left: await leftovers({ target, store }),
    // From the call that syncs the record of the proof on, nothing has to be fetched.
    fetched: server.requests().length - before,
  };
};

const PATIENCE = { timeout: 30_000, interval: 20 };

/** Where a file begins to differ from an object; null: nowhere. */
const differenceAt = async (path: string, object: SyntheticObject): Promise<number | null> => {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    if (size !== object.size) return Math.min(size, object.size);
    const piece = Buffer.alloc(MIB);
    for (let at = 0; at < size; at += piece.length) {
      const { bytesRead } = await file.read(piece, 0, piece.length, at);
      if (!piece.subarray(0, bytesRead).equals(object.read(at, at + bytesRead))) return at;
    }
    return null;
  } finally {
    await file.close();
  }
};

describe('a power cut', () => {
  let disk: LoopDisk | null = null;
  beforeAll(async () => {
    await builtMain();
    if (because === null) disk = loopDisk();
  }, 120_000);
  afterAll(() => disk?.end());

  test.skipIf(because === null || !isRequired)('can be tried on this computer', () => {
    expect(because).toBeNull();
  });

  test.skipIf(because !== null)(
    `W1 W7 at any moment costs one checkpoint interval and no byte more (${CUTS} cuts)`,
    async () => {
      const cuts: Array<Cut> = [];
      for (let index = 0; index < CUTS && disk !== null; index++) {
        const cut = await cutOnce(disk, index, {});
        cuts.push(cut);
        expect(cut.code, cut.story).toBe(0);
        expect(cut.differenceAt, cut.story).toBeNull();
        expect(cut.damaged, cut.story).toBe(0); // Nothing is recorded that is not there.
        expect(cut.found, cut.story).toBeGreaterThanOrEqual(cut.told.durable);
        expect(cut.told.received - cut.found, cut.story).toBeLessThanOrEqual(LOSS_MAX);
        expect(cut.left, cut.story).toEqual([]);
      }
      tell('power cuts', cuts);
    },
    60_000 + CUTS * 20_000,
  );

  test.skipIf(because !== null)(
    'W1 W16 before every call to the disk of the last steps costs no byte',
    async () => {
      const seen: Array<unknown> = [];
      for (let call = 0; disk !== null; call += STRIDE) {
        const cut = await cutAtEnd(disk, call, MOUNTS[call % MOUNTS.length] ?? 'noatime');
        if (cut === null) break;
        seen.push(cut);
        const right = { code: 0, differenceAt: null, left: [] };
        expect({ call, ...cut }).toMatchObject(call < 2 ? right : { ...right, fetched: 0 });
      }
      console.info('power cuts in the last steps:', JSON.stringify(seen));
      expect(seen.length).toBeGreaterThan(6 / STRIDE);
    },
    240_000,
  );

  test.skipIf(because !== null || CUTS < 20)(
    'W1 of a disk that lies about flushing costs bytes, never the file',
    async () => {
      const cuts: Array<Cut> = [];
      for (let index = 0; index < 8 && disk !== null; index++) {
        const cut = await cutOnce(disk, index, { NODE_OPTIONS: `--import ${LYING}` });
        cuts.push(cut);
        expect(cut.code, cut.story).toBe(0);
        expect(cut.differenceAt, cut.story).toBeNull();
      }
      tell('power cuts of a lying disk', cuts);
      const isHurt = ({ damaged, found, told }: Cut) => damaged > 0 || found < told.durable;
      expect(cuts.some(isHurt)).toBe(true); // Otherwise these tests would see nothing.
    },
    240_000,
  );
});

const tell = (what: string, cuts: ReadonlyArray<Cut>): void => {
  const losses = cuts.map(({ told, found }) => Math.max(0, told.received - found) / MIB);
  const worst = Math.max(...losses).toFixed(1);
  const below = cuts.filter(({ found, told }) => found < told.durable).length;
  const damaged = cuts.reduce((sum, cut) => sum + cut.damaged, 0);
  console.info(
    `${cuts.length} ${what}, seed ${SEED}: at most ${worst} MiB lost, ${below} found less than ` +
      `was told durable, ${damaged} parts damaged, found ${cuts.map(({ found }) => found).join(' ')}`,
  );
};
