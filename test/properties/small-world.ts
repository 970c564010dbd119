/** A download in a world of memory: runs it, interrupts it at an effect call, and runs it again. */
import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type ByteRange, lengthOf } from '../../src/domain/byte-range.ts';
import { type Bytes, bytes } from '../../src/domain/bytes.ts';
import { DISK_POLICY_DEFAULT } from '../../src/domain/disk-policy.ts';
import type { DownloadError } from '../../src/domain/errors.ts';
import { rangeOfPart } from '../../src/domain/plan.ts';
import { type DownloadOutcome, startDownload } from '../../src/download.ts';
import type { DownloadFailed } from '../../src/download-failed.ts';
import { loadCrc64 } from '../../src/effects/crc64.ts';
import { E } from '../../src/fp.ts';
import type { DownloadInput } from '../../src/machines/download-context.ts';
import type { DownloadEmitted } from '../../src/machines/emitted.ts';
import { fileBreakpointStore } from '../../src/store/breakpoint-store.file.ts';
import { fileClaims } from '../../src/store/claims.file.ts';
import { fuse } from '../../src/testing/simulation/fuse.ts';
import { simulatedClock } from '../../src/testing/simulation/simulated-clock.ts';
import { type Crash, simulatedDisk } from '../../src/testing/simulation/simulated-disk.ts';
import { simulatedHost } from '../../src/testing/simulation/simulated-host.ts';
import { simulatedStorage } from '../../src/testing/simulation/simulated-storage.ts';

export interface World {
  readonly size: number;
  readonly partSize: number;
  readonly lanes: number;
  readonly chunkLength: number;
  readonly batchLength: number;
  readonly checkpointBytes: number;
  /** Every so-many-th request fails half way; 0: none does. */
  readonly faultEvery: number;
}

/** Where a run ends without a goodbye: behind a fraction of the effect calls of a whole run. */
export interface Interruption {
  readonly fraction: number;
  readonly isDone: boolean;
  readonly crash: Crash;
  readonly seed: number;
}

export interface Run {
  readonly outcome: DownloadOutcome | null;
  readonly calls: number;
  readonly events: ReadonlyArray<DownloadEmitted>;
  /** What was asked of the server. */
  readonly asked: ReadonlyArray<ByteRange>;
  /** What the breakpoint held when the run began. */
  readonly recorded: ReadonlyArray<ByteRange>;
  /** Was a file in place when the run began? Then a former run had ended but for its goodbye. */
  readonly wasInPlace: boolean;
}

const crc64Of = await loadCrc64();
export const TARGET = '/data/object.bin';
const STORE = '/home/.partwise';
const RESET: DownloadError = { _tag: 'NetworkFailed', code: 'ECONNRESET', message: 'reset' };

/** Non-zero bytes that differ everywhere: a hole or a misplaced part is always seen. */
export const contentOf = (size: number): Uint8Array =>
  Uint8Array.from({ length: size }, (_, at) => 1 + ((at * 7 + (at >> 8) * 13) % 255));

export const smallWorld = (world: World) => {
  const content = contentOf(world.size);
  const host = simulatedHost();
  let drawn = 0; // Over all runs: no two part files have one name.
  const disk = simulatedDisk({ folders: ['/', '/data', '/home'] });
  const input: DownloadInput = {
    identity: 'simulated',
    label: 'simulated',
    target: TARGET,
    settings: {
      wishes: { partSize: bytes(world.partSize), threshold: bytes(0) },
      lanes: world.lanes,
      retry: { attemptsMax: 5, delayMsFirst: 100, delayMsMax: 1_000 },
      verify: true,
      disk: DISK_POLICY_DEFAULT,
      seed: 1,
    },
  };

  /** Runs until the download ends or the effect call `limit` is reached. */
  const run = async (limit = Infinity, isDone = false): Promise<Run> => {
    const recorded = await recordedRanges(disk);
    const wasInPlace = disk.contentOf(TARGET) !== null;
    const { faultEvery, chunkLength, batchLength, checkpointBytes } = world;
    const half = { after: Math.ceil(world.partSize / 2), error: RESET };
    const faultOf = (request: number) =>
      faultEvery > 0 && request % faultEvery === 0 ? half : null;
    const storage = simulatedStorage({ content, crc64Of, chunkLength, faultOf });
    const burning = fuse(limit, isDone);
    const clock = simulatedClock();
    const files = burning.files(disk.files);
    const folders = burning.folders(disk.folders);
    const loadChecksum = async () => crc64Of;
    const breakpoints = fileBreakpointStore({ folder: STORE, files, folders, loadChecksum });
    const entropy = { randomBytes: (count: number) => new Uint8Array(count).fill(++drawn) };
    const process = host.start();
    const claims = fileClaims({ folder: STORE, files, folders, clock, entropy, host: process });
    const effects = {
      storage: burning.storage(storage),
      files,
      folders,
      breakpoints,
      clock,
      claims,
      host: process,
      entropy,
      loadCrc64: loadChecksum,
      batchLength,
      checkpointBytes,
    };
    const job = startDownload(effects, input);
    const events: Array<DownloadEmitted> = [];
    job.on('*', (event) => events.push(event));
    let ended: DownloadOutcome | DownloadFailed | null = null;
    job.done.then(
      (outcome) => (ended = outcome),
      (failed) => (ended = failed),
    );
    for (let turns = 0; ended === null && !burning.isBlown(); turns++) {
      assert.ok(
        turns < 20_000,
        `no end in sight: ${JSON.stringify(job.actor.getSnapshot().value)}`,
      );
      await nextTurn();
      clock.fireNext();
    }
    job.actor.stop();
    host.end(process);
    const result = ended as DownloadOutcome | Error | null;
    if (result instanceof Error) throw result;
    return {
      outcome: result,
      calls: burning.calls(),
      events,
      asked: storage.asked(),
      recorded,
      wasInPlace,
    };
  };
  return { run, crash: disk.crash, content, disk };
};

/** What the journal on disk says is there, as ranges of the object. */
const recordedRanges = async (
  disk: ReturnType<typeof simulatedDisk>,
): Promise<ReadonlyArray<ByteRange>> => {
  const { files, folders } = disk;
  const loadChecksum = async () => crc64Of;
  const store = fileBreakpointStore({ folder: STORE, files, folders, loadChecksum });
  const keys = await store.list()();
  assert.ok(E.isRight(keys));
  const ranges: Array<ByteRange> = [];
  for (const key of keys.right) {
    const reading = await store.read(key)();
    if (E.isLeft(reading) || reading.right._tag !== 'Found') continue;
    const { facts, header } = reading.right.breakpoint;
    for (const { part, length } of facts.values()) {
      const { start } = rangeOfPart(header.plan, part);
      ranges.push({ start, end: (start + length) as Bytes });
    }
  }
  return ranges;
};

export const overlaps = (a: ByteRange, b: ByteRange): boolean => {
  const start = Math.max(a.start, b.start);
  const end = Math.min(a.end, b.end);
  return start < end && lengthOf(a) > 0;
};
