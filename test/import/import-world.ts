/** A world of memory in which the Python SDK left something: imports it, and downloads the rest. */
import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type ByteRange, lengthOf } from '../../src/domain/byte-range.ts';
import { bytes } from '../../src/domain/bytes.ts';
import { DISK_POLICY_DEFAULT, type DiskPolicy } from '../../src/domain/disk-policy.ts';
import type { DownloadError } from '../../src/domain/errors.ts';
import { decodeOssSource } from '../../src/domain/oss-source.ts';
import type { OssSource } from '../../src/domain/source.ts';
import type { FileSystem } from '../../src/effects/file-system.ts';
import { E } from '../../src/fp.ts';
import { importBreakpoint } from '../../src/import/import-breakpoint.ts';
import type { ImportOutcome } from '../../src/import/import-outcome.ts';
import type { ImportEffects } from '../../src/import/import-request.ts';
import { pythonSdkRecordName } from '../../src/import/python-sdk-record.ts';
import { type DownloadOutcome, startDownload } from '../../src/start-download.ts';
import { fileBreakpointStore } from '../../src/store/breakpoint-store.file.ts';
import { fileClaims } from '../../src/store/claims.file.ts';
import { type Fuse, fuse } from '../../src/testing/simulation/fuse.ts';
import {
  type SimulatedClock,
  simulatedClock,
} from '../../src/testing/simulation/simulated-clock.ts';
import { type SimulatedDisk, simulatedDisk } from '../../src/testing/simulation/simulated-disk.ts';
import { simulatedHost } from '../../src/testing/simulation/simulated-host.ts';
import { simulatedStorage } from '../../src/testing/simulation/simulated-storage.ts';
import type { WorkspaceEffects } from '../../src/transfer/workspace.ts';
import { inputFor } from '../input-for.ts';
import { crc64Of, pythonJson, recordOf, TMP_SUFFIX, temporaryOf } from './python-sdk-leftover.ts';

export const TARGET = '/data/object.bin';
export const FROM = '/home/.py-oss-download';
export const STORE = '/home/.partwise';
export const TEMPORARY = `${TARGET}${TMP_SUFFIX}`;

export const CONTENT = Uint8Array.from({ length: 1_000 }, (_, at) => 1 + ((at * 7) % 251));
const PART_SIZE = 150;
/** Six of seven parts; the last one is shorter. */
export const DONE = [2, 1, 3, 5, 7, 4];

export interface LeftoverChanges {
  readonly source?: OssSource;
  /** Changes fields of the record. */
  readonly record?: object;
  /** Replaces the record's text; null: there is none. */
  readonly text?: string | null;
  /** Replaces the temporary file; null: there is none. */
  readonly temporary?: Uint8Array | null;
  /** True: the SDK wrote the temporary file just now, and nobody synced it. */
  readonly isUnsynced?: boolean;
}

export const sourceOf = (versionId?: string): OssSource => {
  const where = { bucket: 'examplebucket', key: 'exampledir/object.bin', region: 'cn-hangzhou' };
  const source = decodeOssSource({ ...where, versionId });
  assert.ok(E.isRight(source));
  return source.right;
};

export interface Download {
  /** Null: it was interrupted. */
  readonly outcome: DownloadOutcome | null;
  readonly asked: ReadonlyArray<ByteRange>;
  readonly askedBytes: number;
}

export const importWorld = async (changes: LeftoverChanges = {}) => {
  const { source = sourceOf() } = changes;
  const host = simulatedHost();
  const disk = simulatedDisk({ folders: ['/', '/data', '/home', FROM] });
  const recordPath = `${FROM}/${pythonSdkRecordName({ source, target: TARGET })}`;
  await leave(disk, recordPath, changes);
  let drawn = 0;

  const begin = (burning: Fuse, change: (files: FileSystem) => FileSystem = (it) => it) => {
    const clock = simulatedClock();
    const files = change(burning.files(disk.files));
    const folders = burning.folders(disk.folders);
    const loadCrc64 = async () => crc64Of;
    const process = host.start();
    const entropy = { randomBytes: (count: number) => new Uint8Array(count).fill(++drawn) };
    const store = { folder: STORE, files, folders };
    const breakpoints = fileBreakpointStore({ ...store, loadChecksum: loadCrc64 });
    const effects: WorkspaceEffects & { readonly clock: SimulatedClock } = {
      ...{ files, folders, clock, entropy, loadCrc64, host: process },
      breakpoints,
      claims: fileClaims({ ...store, clock, entropy, breakpoints, host: process }),
    };
    return { effects, end: () => host.end(process) };
  };

  /** Imports until that ends or effect call `limit` is reached: then the answer is null. */
  const runImport = async (limit = Infinity, isDone = false) => {
    const burning = fuse(limit, isDone);
    const { effects, end } = begin(burning);
    const result = await importWith(effects, burning);
    end();
    return { result, calls: burning.calls() };
  };

  const importWith = (effects: ImportEffects & { clock: SimulatedClock }, burning?: Fuse) => {
    const request = { source, target: TARGET, from: FROM };
    const { signal } = new AbortController();
    return settle(importBreakpoint(effects, request, signal), effects.clock, burning);
  };

  const runDownload = async (policy: Partial<DiskPolicy> = {}): Promise<Download> => {
    const burning = fuse(Infinity, false);
    const { effects, end } = begin(burning);
    const storage = simulatedStorage({ content: CONTENT, crc64Of, chunkLength: 64 });
    const wishes = { partSize: bytes(400), threshold: bytes(0) };
    const disk = { ...DISK_POLICY_DEFAULT, ...policy };
    const input = inputFor({ source, target: TARGET }, { wishes, lanes: 2, disk });
    const job = startDownload({ ...effects, storage }, input);
    const outcome = await settle(job.done, effects.clock);
    job.actor.stop();
    end();
    const asked = storage.asked();
    const askedBytes = asked.reduce((sum, range) => sum + lengthOf(range), 0);
    return { outcome, asked, askedBytes };
  };
  return { disk, source, recordPath, begin, importWith, runImport, runDownload };
};

export type World = Awaited<ReturnType<typeof importWorld>>;

/** The outcome of an import that was neither interrupted nor failed. */
export const outcomeOf = (result: E.Either<DownloadError, ImportOutcome> | null) => {
  assert.ok(result !== null && E.isRight(result), JSON.stringify(result));
  return result.right;
};

/** All files of the world with their content. */
export const filesOf = ({ disk }: World): ReadonlyMap<string, Uint8Array | null> =>
  new Map(disk.paths().map((path) => [path, disk.contentOf(path)]));

const settle = async <A>(
  promise: Promise<A>,
  clock: SimulatedClock,
  burning?: Fuse,
): Promise<A | null> => {
  let settled: { readonly value: A } | { readonly thrown: unknown } | null = null;
  promise.then(
    (value) => (settled = { value }),
    (thrown) => (settled = { thrown }),
  );
  for (let turns = 0; settled === null && burning?.isBlown() !== true; turns++) {
    assert.ok(turns < 20_000, 'no end in sight');
    await nextTurn();
    clock.fireNext();
  }
  const ended = settled as { readonly value: A } | { readonly thrown: unknown } | null;
  if (ended !== null && 'thrown' in ended) throw ended.thrown;
  return ended?.value ?? null;
};

/** What the SDK left has been on disk for long: a power cut takes nothing of it. */
const leave = async (
  { files, folders }: SimulatedDisk,
  recordPath: string,
  { record = {}, text, temporary, isUnsynced = false }: LeftoverChanges,
): Promise<void> => {
  const etag = crc64Of(CONTENT); // As the simulated storage has it.
  const options = { content: CONTENT, partSize: PART_SIZE, done: DONE, target: TARGET, etag };
  const written = text === undefined ? pythonJson({ ...recordOf(options), ...record }) : text;
  if (written !== null) await put(files, recordPath, new TextEncoder().encode(written));
  const left = temporary === undefined ? temporaryOf(options) : temporary;
  if (left !== null) await put(files, TEMPORARY, left, !isUnsynced);
  await folders.sync(FROM)();
  await folders.sync('/data')();
};

const put = async (
  files: FileSystem,
  path: string,
  content: Uint8Array,
  isSynced = true,
): Promise<void> => {
  const file = await files.create(path)();
  assert.ok(E.isRight(file));
  await file.right.writeAt([content], bytes(0))();
  if (isSynced) await file.right.datasync()();
  await file.right.close()();
};
