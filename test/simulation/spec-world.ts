/** The world that a specification describes, and what an observer can see of it. */
import type { ByteRange } from '../../src/domain/byte-range.ts';
import { type Bytes, bytes } from '../../src/domain/bytes.ts';
import { loadCrc64 } from '../../src/effects/crc64.ts';
import type { FileSystem } from '../../src/effects/file-system.ts';
import { pipe, TE } from '../../src/fp.ts';
import type { DownloadInput } from '../../src/machines/download-input.ts';
import type { DownloadEffects } from '../../src/machines/provide-effects.ts';
import { ossObject } from '../../src/sources.ts';
import type { DiskFaultRule } from '../../src/testing/simulation/disk-faults.ts';
import type { Seeded } from '../../src/testing/simulation/seeded.ts';
import type { SimulatedClock } from '../../src/testing/simulation/simulated-clock.ts';
import type { Crash, SimulatedDisk } from '../../src/testing/simulation/simulated-disk.ts';
import type { SimulatedHost } from '../../src/testing/simulation/simulated-host.ts';
import type { SimulatedOss } from '../../src/testing/simulation/simulated-oss.ts';
import type { Fate, SimulatedProcess } from '../../src/testing/simulation/simulated-process.ts';
import {
  STORE,
  simulatedWorld,
  type WorldProcess,
} from '../../src/testing/simulation/simulated-world.ts';
import { inputFor } from '../input-for.ts';
import { expiringCredentials } from './expiring-credentials.ts';
import { diskRule, networkRule } from './hardships.ts';
import { findUnnamed } from './leftovers.ts';
import type { Onlooker } from './onlooker.ts';
import { type Recorded, readRecords } from './records.ts';
import { diskFaultWords, requestWords } from './story-words.ts';
import { sizeOf, type WorldSpec } from './world-spec.ts';

export const TARGET = '/data/object.bin';
const BUCKET = 'examplebucket';
const KEY = 'object.bin';
const SOURCE = ossObject({ region: 'cn-hangzhou', bucket: BUCKET, key: KEY });
const crc64Of = await loadCrc64();

export interface SpecProcess extends Pick<SimulatedProcess, 'isAlive' | 'calls' | 'kill'> {
  readonly effects: DownloadEffects;
  /** Bytes that were written to part files, as far as it was told. */
  readonly writtenBytes: () => number;
  readonly exchangesUnderWay: () => number;
}

export interface SpecWorld {
  readonly spec: WorldSpec;
  readonly clock: SimulatedClock;
  readonly disk: SimulatedDisk;
  readonly oss: SimulatedOss;
  readonly draws: Seeded;
  readonly input: DownloadInput;
  readonly boot: (fate: Fate, at?: SimulatedHost) => SpecProcess;
  readonly crash: (kind: Crash) => void;
  /** From here on nothing goes wrong. */
  readonly heal: () => void;
  /** The disk has room again. */
  readonly makeRoom: () => void;
  /** Ranges the server was asked for so far. */
  readonly asked: () => ReadonlyArray<ByteRange>;
  /** How many calls to the disk went wrong so far. */
  readonly diskFaults: () => number;
  /** Bytes sent so far under the head of another version, or of a whole that nobody asked for. */
  readonly mislabelled: () => number;
  /** The object as it is now. */
  readonly content: () => Uint8Array;
  /** The version of the object that has this CRC-64; null: none ever had. */
  readonly contentWith: (crc64: string) => Uint8Array | null;
  readonly changeObject: () => void;
  readonly removeObject: () => void;
  readonly expireAccess: () => void;
  /** The same, and there are no fresh ones before things are healed. */
  readonly revokeAccess: () => void;
  /** Tells the onlooker what happens around the download. */
  readonly say: (text: string) => void;
  readonly records: () => Promise<Recorded>;
  /** Part files that nothing speaks of, though nobody destroyed a record. */
  readonly unnamed: () => Promise<ReadonlyArray<string>>;
  /** Does something to the disk that no hardship hits. */
  readonly aside: <A>(act: () => Promise<A>) => Promise<A>;
  /** Bytes of the part file that are not what they were; null: none can be trusted. */
  readonly damage: (at: ReadonlyArray<number> | null) => void;
}

export const buildWorld = (spec: WorldSpec, tell?: Onlooker['say']): SpecWorld => {
  const versions: Array<Uint8Array> = [];
  const isSigned = mayExpire(spec);
  const say = (text: string): void => tell?.(text, world.clock.now());
  const credentials = expiringCredentials(() => world.oss.setAccounts(credentials.accounts()));
  const { rttMs, bytesPerSecond } = spec.link;
  const world = simulatedWorld({
    seed: spec.seed,
    crc64Of,
    source: SOURCE,
    oss: {
      anonymousRead: !isSigned,
      accounts: credentials.accounts(),
      ...(tell === undefined ? {} : { onEnd: (request) => say(requestWords(request)) }),
    },
    link: { rttMs, bytesPerSecond: bytesPerSecond ?? Infinity, chunkLength: spec.chunkLength },
    folders: ['/data'],
    tuning: {
      batchLength: spec.batchLength,
      checkpointBytes: spec.checkpointBytes,
    },
    ...(isSigned ? { credentials: credentials.provider } : {}),
  });
  const { oss, disk, clock, draws } = world;
  const changeObject = (): void => {
    const content = contentOf(sizeOf(spec), versions.length);
    oss.put(BUCKET, KEY, content);
    versions.push(content);
  };
  changeObject();
  const expireAccess = (): void => {
    if (isSigned) say('The credentials expire.');
    credentials.expire();
  };
  const actions = { changeObject, expireAccess };
  oss.setFaults(spec.network.map((hardship) => networkRule(hardship, actions)));
  let isAside = false; // Who looks at the disk meets no hardship, and counts for none.
  let diskFaults = 0;
  const diskRules = spec.disk.map(diskRule);
  const suffer = (): void =>
    disk.setFaults(
      diskRules.map(
        (rule): DiskFaultRule =>
          (call) => {
            const given = isAside ? null : rule(call);
            if (given === null) return null;
            diskFaults += 1;
            say(diskFaultWords(call, given));
            return given;
          },
      ),
    );
  if (diskRules.length > 0) suffer();
  const aside = async <A>(act: () => Promise<A>): Promise<A> => {
    const before = isAside;
    isAside = true;
    try {
      return await act();
    } finally {
      isAside = before;
    }
  };
  let damage: ReadonlyArray<number> | null = [];
  return {
    spec,
    clock,
    disk,
    oss,
    draws,
    input: inputOf(spec),
    boot: (fate, at) => observed(world.boot(fate, at)),
    crash: world.crash,
    heal: () => {
      credentials.restore();
      oss.setFaults([]);
      disk.setFaults([]);
    },
    makeRoom: () => disk.setFaults([]),
    asked: () =>
      oss.requests().flatMap(({ method, range }) => (method === 'GET' ? rangeAsked(range) : [])),
    diskFaults: () => diskFaults,
    mislabelled: () =>
      oss
        .requests()
        .filter(({ status }) => status === 200 || status === 206)
        .filter(({ fault }) => fault === 'WrongEtag' || fault === 'IgnoreRange')
        .reduce((sum, { bytesSent }) => sum + bytesSent, 0),
    content: () => versions.at(-1)!,
    contentWith: (crc64) => versions.find((content) => crc64Of(content) === crc64) ?? null,
    changeObject,
    removeObject: () => {
      oss.remove(BUCKET, KEY);
    },
    expireAccess,
    revokeAccess: () => {
      say('The credentials expire, and there are no fresh ones.');
      credentials.revoke();
    },
    say,
    records: () => aside(() => readRecords({ disk, store: STORE, crc64Of, damage })),
    unnamed: () => aside(() => findUnnamed(spec, { disk, store: STORE, crc64Of })),
    aside,
    damage: (at) => {
      damage = at === null || damage === null ? null : [...damage, ...at];
    },
  };
};

/** Are there credentials that can expire? Else the object is for everybody. */
const mayExpire = ({ network, interruptions }: WorldSpec): boolean =>
  network.some(({ kind }) => kind === 'expiredAccess') ||
  interruptions.some(({ kind }) => kind === 'accessExpires' || kind === 'accessRevoked');

/** Counts from outside what a process writes and asks for. */
const observed = (process: WorldProcess): SpecProcess => {
  const { effects, isAlive, calls, kill } = process;
  let writtenBytes = 0;
  let underWay = 0;
  const counting =
    (open: FileSystem['open']): FileSystem['open'] =>
    (path) =>
      path.endsWith('.part')
        ? pipe(
            open(path),
            TE.map((file) => ({
              ...file,
              writeAt: (chunks: ReadonlyArray<Uint8Array>, position: Bytes) =>
                pipe(
                  file.writeAt(chunks, position),
                  TE.tapIO(() => () => {
                    for (const { length } of chunks) writtenBytes += length;
                  }),
                ),
            })),
          )
        : open(path);
  const { files, storage } = effects;
  return {
    isAlive,
    calls,
    kill,
    effects: {
      ...effects,
      files: { ...files, create: counting(files.create), open: counting(files.open) },
      storage: {
        ...storage,
        fetchRange: (request, sink, signal) => async () => {
          underWay += 1;
          const answer = await storage.fetchRange(request, sink, signal)();
          underWay -= 1;
          return answer;
        },
      },
    },
    writtenBytes: () => writtenBytes,
    exchangesUnderWay: () => underWay,
  };
};

const inputOf = (spec: WorldSpec): DownloadInput =>
  inputFor(
    { source: SOURCE, target: TARGET },
    {
      wishes: { partSize: bytes(spec.partSize), threshold: bytes(0) },
      lanes: spec.lanes,
      retry: { attemptsMax: 4, delayMsFirst: 100, delayMsMax: 1_000 },
      silenceMsMax: 1_000,
      seed: spec.seed,
    },
  );

/** Non-zero bytes that differ everywhere and in each version: a hole or a wrong place shows. */
const contentOf = (size: number, version: number): Uint8Array =>
  Uint8Array.from(
    { length: size },
    (_, at) => 1 + ((at * 7 + (at >> 8) * 13 + version * 91) % 255),
  );

const rangeAsked = (header: string | null): ReadonlyArray<ByteRange> => {
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(header ?? '') ?? [];
  return first === undefined ? [] : [{ start: bytes(Number(first)), end: bytes(Number(last) + 1) }];
};
