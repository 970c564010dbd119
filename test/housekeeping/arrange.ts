/** A real folder with a store, and unfinished downloads as other processes left them. */
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { bytes } from '../../src/domain/bytes.ts';
import type { DownloadError } from '../../src/domain/errors.ts';
import { partFileName } from '../../src/domain/part-file-name.ts';
import { liveClock, liveEntropy } from '../../src/effects/clock.ts';
import { loadCrc64 } from '../../src/effects/crc64.ts';
import { nodeFileSystem, nodeFolders } from '../../src/effects/file-system.node.ts';
import type { FileSystem, Folders } from '../../src/effects/file-system.ts';
import type { Host } from '../../src/effects/host.ts';
import { E, TE } from '../../src/fp.ts';
import type { HousekeepingEffects } from '../../src/housekeeping/housekeeping-effects.ts';
import type { LaterRecord } from '../../src/store/breakpoint.ts';
import { breakpointKey } from '../../src/store/breakpoint-key.ts';
import { fileBreakpointStore } from '../../src/store/breakpoint-store.file.ts';
import { fileClaims } from '../../src/store/claims.file.ts';
import type { Claim } from '../../src/store/claims.ts';
import { simulatedHost } from '../../src/testing/simulation/simulated-host.ts';

export const NOW = Date.UTC(2026, 0, 10);
export const HOUR = 3_600_000;
const PART_SIZE = 1_000;

export interface Unfinished {
  readonly name?: string;
  readonly size?: number;
  /** Parts that are whole, from the first one on. Default: 1. */
  readonly parts?: number;
  readonly ageMs?: number;
  /** In the part file's name. */
  readonly digits?: string;
  /** Of the part file. Default: what such a download would have made. */
  readonly path?: string;
  readonly source?: string;
  readonly isFinal?: boolean;
}

export const right = async <A>(effect: Promise<E.Either<DownloadError, A>>): Promise<A> => {
  const result = await effect;
  if (E.isLeft(result)) throw new Error(JSON.stringify(result.left));
  return result.right;
};

const done = <A>(effect: TE.TaskEither<DownloadError, A>): Promise<A> => right(effect());

export const arrange = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'partwise-keeping-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const store = join(folder, 'store');
  const host = simulatedHost();
  const own = host.start();
  const effects = effectsOn(store, own);

  /** Leaves a part file and a breakpoint behind. */
  const leave = async (unfinished: Unfinished = {}) => {
    const { name = 'object.bin', size = 2_500, parts = 1, ageMs = HOUR } = unfinished;
    const { digits = '0123abcd', source = 'oss://bucket/key', isFinal = false } = unfinished;
    const target = join(folder, name);
    const { path = partFileName(target, digits) } = unfinished;
    const content = Buffer.alloc(size, 'partwise');
    await writeFile(path, content);
    await age(path, ageMs);
    const facts = await done(nodeFileSystem.facts(path));
    const crc64Of = await loadCrc64();
    const key = breakpointKey(source, target);
    const log = await done(
      effects.breakpoints.begin(key, {
        ...{ format: 1, identity: source, label: source, target },
        partFile: { path, identity: facts?.identity ?? '' },
        version: {
          ...{ size: bytes(size), etag: '"tag"', lastModified: null },
          ...{ crc64: null, versionId: null },
        },
        plan: {
          ...{ strategy: 'parts', size: bytes(size), partSize: bytes(PART_SIZE) },
          ...{ partCount: bytes(Math.ceil(size / PART_SIZE)), acceptsRanges: true },
        },
        ...{ createdAtMs: NOW - ageMs, bootId: null },
      }),
    );
    const records: Array<LaterRecord> = [
      {
        type: 'facts',
        facts: Array.from({ length: parts }, (_, index) => {
          const part = content.subarray(index * PART_SIZE, (index + 1) * PART_SIZE);
          return { part: index + 1, length: bytes(part.length), crc64: crc64Of(part) };
        }),
      },
      ...(isFinal ? [{ type: 'final', crc64: crc64Of(content) } as const] : []),
    ];
    for (const record of records) await done(log.append(record));
    await done(log.close());
    return { key, target, path, journal: join(store, `${key}.journal`) };
  };

  /** Another living process takes a target. */
  const other = host.start();
  const takeByOther = (target: string): Promise<Claim> =>
    done(effectsOn(store, other).claims.acquire(target));
  return {
    ...{ folder, store, effects, host, leave },
    otherPid: other.self().pid,
    takeByOther,
    endOther: () => host.end(other),
  };
};

/** Housekeeping as a process does it, over a disk that may be another one. */
export const effectsOn = (
  store: string,
  host: Host,
  files: FileSystem = nodeFileSystem,
  folders: Folders = nodeFolders,
): HousekeepingEffects => {
  const disk = { folder: store, files, folders };
  const breakpoints = fileBreakpointStore({ ...disk, loadChecksum: loadCrc64 });
  const chance = { clock: liveClock, entropy: liveEntropy };
  return {
    ...{ files, folders, breakpoints, host, loadCrc64, entropy: liveEntropy },
    claims: fileClaims({ ...disk, ...chance, breakpoints, host }),
    clock: { ...liveClock, wallTime: () => NOW },
  };
};

/** Takes a target and makes the part file, as a download in one request does. */
export const begin = async (
  { claims, files }: HousekeepingEffects,
  target: string,
): Promise<{ readonly claim: string; readonly partFile: string }> => {
  const { nonce } = await done(claims.acquire(target));
  const partFile = partFileName(target, nonce);
  const file = await done(files.create(partFile));
  await done(file.writeAt([Buffer.from('abc')], bytes(0)));
  await done(file.close());
  const all = await done(claims.all());
  return { claim: all.find((it) => it.partFile === partFile)?.path ?? '', partFile };
};

/** Lets a file be as if it had changed last so long before `NOW`. */
export const age = (path: string, ageMs: number): Promise<void> =>
  utimes(path, (NOW - ageMs) / 1000, (NOW - ageMs) / 1000);

/** The same effects, but one key's journal cannot be read. */
export const refusing = (effects: HousekeepingEffects, refused: string): HousekeepingEffects => {
  const error = { _tag: 'DiskFailed', code: 'EIO', operation: 'read', path: refused } as const;
  const { read } = effects.breakpoints;
  const breakpoints = {
    ...effects.breakpoints,
    read: (key: string) => (key === refused ? TE.left<DownloadError>(error) : read(key)),
  };
  return { ...effects, breakpoints };
};

export const namesIn = async (folder: string): Promise<ReadonlyArray<string>> =>
  (await readdir(folder, { recursive: true })).sort();
