/**
 * Lives that take what random worlds take too seldom to rely on: worlds whose run goes through one
 * rare transition, and downloads that are asked to pause between two turns of promises.
 */

import type { DownloadError } from '../../src/domain/errors.ts';
import type { OpenFile } from '../../src/effects/file-system.ts';
import type { ObjectStorage, Probe } from '../../src/effects/object-storage.ts';
import { E, pipe, TE } from '../../src/fp.ts';
import type { DownloadEffects } from '../../src/machines/provide-effects.ts';
import { startDownload } from '../../src/start-download.ts';
import { EXPIRED } from '../access-expired.ts';
import type { Taken } from './chart-coverage.ts';
import { live } from './life.ts';
import { meddle } from './meanwhile.ts';
import { runOnce } from './run-once.ts';
import { atCall, SMALL } from './small-spec.ts';
import { buildWorld } from './spec-world.ts';
import { oneTurn, untilEnd } from './until-end.ts';
import type { Command, Crash, DiskHardship, NetworkHardship, WorldSpec } from './world-spec.ts';

/** Goes through rare transitions, before the eyes of `note`. */
export type RareLife = (note: Taken['note']) => Promise<void>;

const inWorld =
  (...specs: ReadonlyArray<Partial<WorldSpec>>): RareLife =>
  async (note) => {
    for (const spec of specs) await live({ ...SMALL, ...spec }, { watch: () => note });
  };

const killedAt = (call: number): Crash => ({
  kind: 'killed',
  at: atCall(call),
  isDone: true,
  meanwhile: 'nothing',
});

/** A run that hardships only end: no run makes so many calls. */
const NEVER = killedAt(1_000);

const disk = (kind: DiskHardship['kind'], call: number, isLasting = false) => ({
  disk: [{ kind, call, isLasting }],
  interruptions: [NEVER],
});

const network = (kind: NetworkHardship['kind'], request: number) => ({
  network: [{ kind, request, times: 40, share: 0.5 }],
  interruptions: [NEVER],
});

const asked = (kind: Command['kind'], call: number) => ({
  interruptions: [{ kind, at: atCall(call) }],
});

const resumedOn = (call: number, kind: DiskHardship['kind'], hit: number) => ({
  ...OF_MANY_PREFIXES,
  ...disk(kind, hit),
  interruptions: [killedAt(call), NEVER],
});

const FLIPPED = network('flipByte', 2);

/** So many calls does the small run make before its first byte, and before its last. */
const CALLS = { firstByte: 35, lastByte: 55 };
const callsWithBytes = Array.from(
  { length: CALLS.lastByte - CALLS.firstByte },
  (_, index) => CALLS.firstByte + index,
);

/** One download with other effects than its world gives. */
const withEffects =
  (change: (effects: DownloadEffects) => Partial<DownloadEffects>): RareLife =>
  async (note) => {
    const world = buildWorld(SMALL);
    const { effects } = world.boot({});
    const job = startDownload({ ...effects, ...change(effects) }, world.input, { inspect: note });
    await untilEnd(world.clock, job.done);
  };

/** While another process has the breakpoint. */
const whileOwned: RareLife = async (note) => {
  const world = buildWorld({ ...SMALL, link: { rttMs: 50, bytesPerSecond: 1_000 } });
  const owner = startDownload(world.boot({}).effects, world.input);
  while (!owner.actor.getSnapshot().matches('downloadingParts')) await oneTurn(world.clock);
  const second = startDownload(world.boot({}).effects, world.input, { inspect: note });
  await untilEnd(world.clock, second.done);
  await untilEnd(world.clock, owner.done);
};

/** Bytes come slowly and are recorded often: a crash leaves parts of which some bytes are there. */
const OF_MANY_PREFIXES: WorldSpec = {
  ...SMALL,
  chunkLength: 50,
  batchLength: 50,
  checkpointBytes: 40,
  link: { rttMs: 1, bytesPerSecond: 5_000 },
};

/** Bytes of a former run are read back, and a pause comes so many turns of promises later. */
const pausedAfterReading = async (
  note: Taken['note'],
  { call, turns, isRotten }: { call: number; turns: number; isRotten: boolean },
): Promise<void> => {
  const world = buildWorld(OF_MANY_PREFIXES);
  await runOnce(world, killedAt(call), undefined);
  if (isRotten) await world.aside(() => meddle(world, 'rot'));
  const { effects } = world.boot({});
  let isAsked = false;
  const pauseLater = async (): Promise<void> => {
    if (isAsked) return;
    isAsked = true;
    for (let turn = 0; turn < turns; turn++) await null;
    job.pause();
  };
  const reading = (file: OpenFile): OpenFile => ({
    ...file,
    readAt: (buffer, position) =>
      pipe(
        file.readAt(buffer, position),
        TE.tapIO(() => () => void pauseLater()),
      ),
  });
  const open: DownloadEffects['files']['open'] = (path) =>
    path.endsWith('.part')
      ? pipe(effects.files.open(path), TE.map(reading))
      : effects.files.open(path);
  const files = { ...effects.files, open };
  const job = startDownload({ ...effects, files }, world.input, { inspect: note });
  job.on('paused', () => queueMicrotask(job.resume));
  await untilEnd(world.clock, job.done);
};

const TURNS_MAX = 16;

const pausedWhileReading =
  (isRotten: boolean): RareLife =>
  async (note) => {
    for (const call of [44, 50, 56]) {
      for (let turns = 0; turns < TURNS_MAX; turns++) {
        await pausedAfterReading(note, { call, turns, isRotten });
      }
    }
  };

/** The watcher looks ten times a second, and nobody else does. */
const LOOK_MS = 100;

const brokenClock = ({ clock }: DownloadEffects): Partial<DownloadEffects> => ({
  clock: {
    ...clock,
    setTimeout: (callback, delayMs) => {
      if (delayMs === LOOK_MS) throw new RangeError('a clock that is broken');
      return clock.setTimeout(callback, delayMs);
    },
  },
});

const RESET: DownloadError = { _tag: 'NetworkFailed', code: 'ECONNRESET', message: 'reset' };

const nobody = () => () => new Promise<never>(() => {});

const withStorage = (change: (storage: ObjectStorage) => Partial<ObjectStorage>): RareLife =>
  withEffects(({ storage }) => ({ storage: { ...storage, ...change(storage) } }));

/** The first body ends in its second chunk, and the next one begins at the first byte again. */
const withoutRanges: RareLife = withStorage((storage) => {
  let isFirst = true;
  return {
    probe: (signal) =>
      pipe(
        storage.probe(signal),
        TE.map((probe): Probe => ({ ...probe, acceptsRanges: false })),
      ),
    fetchRange: (request, sink, signal) => {
      if (!isFirst) return storage.fetchRange(request, sink, signal);
      isFirst = false;
      return async () => {
        await sink.write(new Uint8Array(SMALL.chunkLength + 1));
        return E.left(RESET);
      };
    },
  };
});

const inTurn =
  (...lives: ReadonlyArray<RareLife>): RareLife =>
  async (note) => {
    for (const each of lives) await each(note);
  };

/** By what they are about; `explore.test.ts` says which transitions each has to take. */
export const RARE_LIVES = {
  'a clock that is broken': withEffects(brokenClock),
  'a breakpoint that another process has': whileOwned,
  'a pause while bytes are read back': pausedWhileReading(false),
  'a pause while rotten bytes are read back': pausedWhileReading(true),
  'a pause while the whole is read back': inWorld(
    ...callsWithBytes.map((call) => ({ ...FLIPPED, ...asked('pauseAndResume', call + 8) })),
  ),
  'a disk that fails while the whole is read back': inWorld({
    ...disk('readFails', 1, true),
    network: FLIPPED.network,
  }),
  'bytes that are flipped again and again': inWorld(FLIPPED),
  'a disk that fails when a run goes on': inWorld(
    ...[44, 56, 76].flatMap((call) =>
      Array.from({ length: 12 }, (_, index) => resumedOn(call, 'readFails', index + 1)),
    ),
  ),
  'a disk that cannot rename': inWorld(disk('renameFails', 2)),
  'a disk that fails to sync last bytes': inWorld(disk('syncFails', 6)),
  'a disk that cannot remove': inWorld(
    { ...disk('removeFails', 2, true), ...asked('cancel', 30) },
    { ...disk('renameFails', 1, true), ...asked('cancel', 4) },
  ),
  'access that expires for good': inWorld(
    network('expiredAccess', 2),
    { ...network('expiredAccess', 3), link: { rttMs: 100, bytesPerSecond: null } },
    asked('accessRevoked', 2),
    asked('accessRevoked', 5),
  ),
  'a source without ranges whose first body is cut': withoutRanges,
  'a server that never answers': withStorage(() => ({ probe: nobody })),
  'a refresh that nobody answers': inTurn(
    withStorage(() => ({ probe: () => TE.left(EXPIRED), refreshAccess: nobody })),
    withStorage(() => ({ fetchRange: () => TE.left(EXPIRED), refreshAccess: nobody })),
  ),
  'wishes that come too late': inWorld(asked('cancelAndRegret', 2), asked('cancelAndRegret', 30)),
  'a pause that becomes a cancel': inWorld(asked('pauseAndCancel', 2), asked('pauseAndCancel', 30)),
} as const satisfies Readonly<Record<string, RareLife>>;
