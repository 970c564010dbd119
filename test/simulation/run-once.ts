/** One run of a download in a simulated world, and what can be seen of it from outside. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ByteRange } from '../../src/domain/byte-range.ts';
import { type DownloadError, isResumable } from '../../src/domain/errors.ts';
import type { Progress } from '../../src/domain/progress.ts';
import type { RestartReason } from '../../src/domain/verdict.ts';
import { DownloadFailed } from '../../src/download-failed.ts';
import type { DownloadEmitted } from '../../src/machines/emitted.ts';
import { type Download, startDownload } from '../../src/start-download.ts';
import { fateOf } from './fate.ts';
import { filesOfOurs } from './leftovers.ts';
import type { Onlooker } from './onlooker.ts';
import { bytesIn, type Recorded } from './records.ts';
import { seated } from './seat.ts';
import { type SpecProcess, type SpecWorld, TARGET } from './spec-world.ts';
import { type Interruption, mayChangeVersion } from './world-spec.ts';

export interface Run {
  readonly ending: 'renamed' | 'failed' | 'cancelled' | 'crashed' | 'hangs';
  readonly error: DownloadError | null;
  readonly success: Success | null;
  /** What it told, anew for each time it planned: after a full disk it begins at what is kept. */
  readonly progress: ReadonlyArray<ReadonlyArray<Progress>>;
  /** Ranges that the server was asked for. */
  readonly asked: ReadonlyArray<ByteRange>;
  /** What was on record when it began. */
  readonly before: Recorded;
  /** Did it throw away what was on record? */
  readonly startsOver: boolean;
  /** Why it did so when it began; null: it did not. */
  readonly restarted: RestartReason | null;
  /** Was the whole wrong although every part seemed right? */
  readonly hasRepaired: boolean;
  /** Bytes that the server sent under the head of another answer than the one asked for. */
  readonly mislabelled: number;
  /** Written bytes that are not on record now; null: it did not crash, or lost them otherwise. */
  readonly lost: { readonly bytes: number; readonly allowed: number } | null;
  /** Durable bytes as it told, and as found now; null: nothing was to be kept. */
  readonly kept: { readonly told: number; readonly recorded: number } | null;
  readonly childrenMax: number;
  /** Part files that nothing spoke of when it had ended. */
  readonly unnamed: ReadonlyArray<string>;
  /** How things stood each time it said that it is paused. */
  readonly rest: ReadonlyArray<Rest>;
  /** What a cancel left; null: it was not cancelled. */
  readonly afterCancel: { readonly isAsAsked: boolean; readonly found: string } | null;
  /** Effect calls. */
  readonly calls: number;
  readonly virtualMs: number;
}

export interface Success {
  readonly crc64: string;
  /** Is the target a version of the object, the one that was reported? */
  readonly isRight: boolean;
}

export interface Rest {
  /** Null: it was asked to. */
  readonly because: DownloadError | null;
  /** Were written bytes given up: parts fetched anew, or files closed on a full disk? */
  readonly hasGivenUp: boolean;
  readonly recorded: number;
  readonly written: number;
  readonly inFlight: number;
}

/** @param interruption What happens to it; null: nothing does. */
export const runOnce = async (
  world: SpecWorld,
  interruption: Interruption | null,
  watch: Onlooker['watch'],
): Promise<Run> => {
  const before = await world.records();
  const askedBefore = world.asked().length;
  const mislabelledBefore = world.mislabelled();
  const diskFaultsBefore = world.diskFaults();
  const startedAtMs = world.clock.now();
  const process = world.boot(fateOf(world, interruption, () => job));
  const job = startDownload(
    seated(process.effects),
    world.input,
    watch === undefined ? {} : { inspect: watch(world.clock) },
  );
  const events: Array<DownloadEmitted> = [];
  job.on('*', (event) => events.push(event));
  const ending = endingOf(job);
  const { childrenMax, rest } = await drive(world, process, job, events, ending, interruption);
  job.actor.stop();
  const hasCrashed = ending.how === null && !process.isAlive();
  const isPowerLost = hasCrashed && interruption?.kind === 'powerLost';
  if (hasCrashed) world.say(isPowerLost ? 'Power is lost.' : 'The process is killed.');
  world.crash(isPowerLost ? 'powerLost' : 'killed');
  // What is written anew is on record as it was, until the next checkpoint.
  if (isMended(events)) world.damage(null);
  const after = await world.records();
  const restarted = restartIn(events);
  const isDiskBad = world.diskFaults() > diskFaultsBefore; // Then less is on record than was due.
  const hasRepaired = events.some(({ type }) => type === 'repairing');
  const startsOver = restarted !== null || hasRepaired;
  const isUntouched = !startsOver && events.every(({ type }) => type !== 'damaged');
  const isInPlace = world.disk.contentOf(TARGET) !== null; // Then the record may be gone.
  // It may have begun to start over, and not lived to tell.
  const isUnjudged = mayChangeVersion(world.spec) && !isJudged(events);
  const isToBeKept = hasCrashed && isUntouched && !isUnjudged && !isInPlace && !isGivenUp(job);
  const how = ending.how ?? (hasCrashed ? 'crashed' : 'hangs');
  return {
    ending: how,
    error: ending.error,
    success: ending.crc64 === null ? null : successOf(world, ending.crc64),
    progress: progressIn(events),
    asked: world.asked().slice(askedBefore),
    before,
    startsOver,
    restarted,
    hasRepaired,
    mislabelled: world.mislabelled() - mislabelledBefore,
    lost: isToBeKept && !isDiskBad ? lostOf(world, process, before, after) : null,
    kept: isToBeKept ? keptOf(events, after) : null,
    childrenMax,
    unnamed: await world.unnamed(),
    rest,
    afterCancel:
      how === 'cancelled' ? leftByCancel(world, interruption, events, { after, isDiskBad }) : null,
    calls: process.calls(),
    virtualMs: world.clock.now() - startedAtMs,
  };
};

/** Was it about to remove what it has, because no later run can go on from it? */
const isGivenUp = ({ actor }: Download): boolean => {
  const { error, intent } = actor.getSnapshot().context;
  return intent === 'cancel' || (error !== null && !isResumable(error));
};

interface Ending {
  how: 'renamed' | 'failed' | 'cancelled' | null;
  error: DownloadError | null;
  crc64: string | null;
}

/** Filled when the download has ended. */
const endingOf = ({ done }: Download): Ending => {
  const ending: Ending = { how: null, error: null, crc64: null };
  done.then(
    ({ crc64 }) => Object.assign(ending, { how: 'renamed', crc64 }),
    (thrown: unknown) => {
      if (!(thrown instanceof DownloadFailed)) throw thrown;
      const { error } = thrown;
      Object.assign(ending, { how: error._tag === 'Cancelled' ? 'cancelled' : 'failed', error });
    },
  );
  return ending;
};

/** Steps after which a run that has not ended never will: many times what the longest takes. */
const TURNS_MAX = 30_000;

/** Moves time on until the run has ended. A download that pauses is looked at, and resumed. */
const drive = async (
  world: SpecWorld,
  process: SpecProcess,
  { actor, resume, cancel }: Download,
  events: ReadonlyArray<DownloadEmitted>,
  ending: Ending,
  interruption: Interruption | null,
): Promise<Pick<Run, 'childrenMax' | 'rest'>> => {
  const rest: Array<Rest> = [];
  let childrenMax = 0;
  for (let turn = 0; ending.how === null && process.isAlive() && turn < TURNS_MAX; turn++) {
    await nextTurn();
    const { children, value } = actor.getSnapshot();
    childrenMax = Math.max(childrenMax, partsIn(children));
    const pauses = value === 'paused' ? pausesIn(events) : [];
    const because = pauses[rest.length];
    if (because !== undefined) {
      const hasGivenUp = isMended(events) || rest.some((before) => before.because !== null);
      rest.push({ because, hasGivenUp, ...(await restOf(world, process)) });
      world.makeRoom();
      const isEnough = because === null && interruption?.kind === 'pauseAndCancel';
      world.say(isEnough ? 'Somebody cancels it.' : 'Somebody lets it go on.');
      if (isEnough) cancel();
      else resume();
    } else {
      world.clock.fireNext();
    }
  }
  return { childrenMax, rest };
};

/** Were parts fetched anew that had been there? */
const isMended = (events: ReadonlyArray<DownloadEmitted>): boolean =>
  events.some(({ type }) => type === 'repairing' || type === 'damaged');

/** Why it threw away what was on record. */
const restartIn = (events: ReadonlyArray<DownloadEmitted>): RestartReason | null => {
  for (const event of events) {
    if (event.type === 'verdict' && event.verdict._tag === 'Restarted')
      return event.verdict.because;
  }
  return null;
};

/** Has it told what it makes of its record, since it went on last? */
const isJudged = (events: ReadonlyArray<DownloadEmitted>): boolean => {
  const types = events.map(({ type }) => type);
  return types.lastIndexOf('verdict') > types.lastIndexOf('resumed');
};

const pausesIn = (events: ReadonlyArray<DownloadEmitted>): ReadonlyArray<Rest['because']> =>
  events.flatMap((event) => (event.type === 'paused' ? [event.because] : []));

const partsIn = (children: Readonly<Record<string, unknown>>): number => {
  let count = 0;
  for (const id in children) if (id.startsWith('part-')) count += 1;
  return count;
};

const restOf = async (
  world: SpecWorld,
  process: SpecProcess,
): Promise<Pick<Rest, 'recorded' | 'written' | 'inFlight'>> => ({
  recorded: bytesIn((await world.records()).ranges),
  written: process.writtenBytes(),
  inFlight: process.exchangesUnderWay(),
});

/**
 * What is written while a checkpoint is made counts for the next one. Where the disk takes no time
 * a checkpoint lasts for some turns of all lanes; in each a lane writes what it has gathered.
 */
const lostOf = (
  { spec }: SpecWorld,
  process: SpecProcess,
  before: Recorded,
  after: Recorded,
): Run['lost'] => {
  const { checkpointBytes, lanes, batchLength, chunkLength } = spec;
  const written = bytesIn(before.trusted) + process.writtenBytes();
  const allowed = 2 * checkpointBytes + 4 * lanes * (batchLength + chunkLength);
  return { bytes: written - bytesIn(after.ranges), allowed };
};

const keptOf = (events: ReadonlyArray<DownloadEmitted>, after: Recorded): Run['kept'] => ({
  told: durableIn(events),
  recorded: bytesIn(after.ranges),
});

const progressIn = (
  events: ReadonlyArray<DownloadEmitted>,
): ReadonlyArray<ReadonlyArray<Progress>> => {
  const stretches: Array<Array<Progress>> = [];
  for (const event of events) {
    if (event.type === 'planned') stretches.push([]);
    if (event.type === 'progress') stretches.at(-1)?.push(event.progress);
  }
  return stretches;
};

/** What it told last to be durable, in bytes. */
const durableIn = (events: ReadonlyArray<DownloadEmitted>): number =>
  progressIn(events).at(-1)?.at(-1)?.durable ?? 0;

/** A version that was proven before the object was overwritten is a version all the same. */
const successOf = (world: SpecWorld, crc64: string): Success => {
  const expected = world.contentWith(crc64);
  const found = world.disk.contentOf(TARGET);
  const isRight = expected !== null && found !== null && Buffer.compare(found, expected) === 0;
  return { crc64, isRight };
};

const leftByCancel = (
  world: SpecWorld,
  interruption: Interruption | null,
  events: ReadonlyArray<DownloadEmitted>,
  { after, isDiskBad }: { readonly after: Recorded; readonly isDiskBad: boolean },
): Run['afterCancel'] => {
  // A dead owner's claim that the disk did not let be read names nothing; the next run removes it.
  const isOthers = (path: string) => isDiskBad && path.endsWith('.claim');
  const files = filesOfOurs(world).filter((path) => path !== TARGET && !isOthers(path));
  // What was found damaged is not kept, and may all be on its way again.
  const told = isMended(events) ? 0 : durableIn(events);
  const recorded = bytesIn(after.ranges);
  const isAsAsked =
    interruption?.kind === 'cancelKeepingAll' ? recorded >= told : files.length === 0;
  return { isAsAsked, found: `${recorded} bytes on record, files: ${files.join(', ')}` };
};
