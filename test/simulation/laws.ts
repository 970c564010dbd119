/** What must hold of every life of a download, whatever happened to it. Pure. */
import { type ByteRange, lengthOf } from '../../src/domain/byte-range.ts';
import type { DownloadError } from '../../src/domain/errors.ts';
import type { Progress } from '../../src/domain/progress.ts';
import type { Life } from './life.ts';
import type { Rest, Run } from './run-once.ts';
import {
  type Command,
  type DiskHardship,
  type Interruption,
  isCrash,
  mayChangeVersion,
  type NetworkHardship,
  type WorldSpec,
} from './world-spec.ts';

/** A broken law, and how. */
export interface Violation {
  readonly law: LawName;
  readonly detail: string;
}

type Check = (life: Life) => ReadonlyArray<string>;

const eachRun =
  (check: (run: Run, life: Life) => ReadonlyArray<string>): Check =>
  (life) =>
    life.runs.flatMap((run, index) => check(run, life).map((text) => `run ${index + 1}: ${text}`));

export const LAWS = {
  'repeated running ends in a byte-identical file': ({ end }) =>
    end.isIdentical ? [] : [`the last run ${end.how}; the target ${end.target}`],

  'success is never reported for a wrong file': eachRun(({ success }) =>
    success === null || success.isRight ? [] : [`reported ${success.crc64}`],
  ),

  'what is called done stays done when power is lost': ({ end }) =>
    end.isIdenticalAfterPowerCut ? [] : ['the target is another one after a power cut'],

  'nothing is left behind': ({ end, spec }) => (mayLeave(spec) ? [] : end.leftovers),

  'every part file is named by a breakpoint or a claim': eachRun(({ unnamed }) =>
    unnamed.map((path) => `nothing speaks of ${path}`),
  ),

  'a record tells the truth, whatever was lost': eachRun(({ before }) => before.lies),

  'no recorded, undamaged byte is fetched again': eachRun((run) => {
    if (run.startsOver) return [];
    return run.asked.flatMap((asked) =>
      run.before.trusted
        .filter((known) => overlap(asked, known) > 0)
        .map((known) => `asked for ${text(asked)}, ${text(known)} was on record`),
    );
  }),

  'nothing is thrown away without a reason': eachRun((run, { spec }) => reasonless(run, spec)),

  'no byte of an answer to another question is taken': eachRun(({ mislabelled }) =>
    mislabelled === 0 ? [] : [`${mislabelled} bytes were taken`],
  ),

  'an interruption loses at most one checkpoint interval': eachRun(({ lost }) =>
    lost === null || lost.bytes <= lost.allowed
      ? []
      : [`${lost.bytes} written bytes are not on record, ${lost.allowed} may be`],
  ),

  'what was told to be durable is on record': eachRun(({ kept }) =>
    kept === null || kept.recorded >= kept.told
      ? []
      : [`${kept.recorded} bytes on record, ${kept.told} were told`],
  ),

  'received >= written >= durable, none backwards': eachRun(({ progress }) =>
    progress.flatMap((told) => told.flatMap((now, at) => disorder(now, told[at - 1] ?? null))),
  ),

  'no more parts are alive than there are lanes': eachRun(({ childrenMax }, { spec }) =>
    childrenMax <= spec.lanes ? [] : [`${childrenMax} parts alive on ${spec.lanes} lanes`],
  ),

  'every run ends': eachRun(({ ending }) =>
    ending === 'hangs' ? ['nothing happens any more, and it has not ended'] : [],
  ),

  'a failure has a cause': eachRun(({ error }, { spec }) =>
    error === null || causesOf(spec).has(error._tag) ? [] : [errorText(error)],
  ),

  'a paused download is at rest, with everything on record': eachRun(({ rest }) =>
    rest.filter(isRestless).map(({ recorded, written, inFlight }) => {
      return `${recorded} of ${written} bytes on record, ${inFlight} requests in flight`;
    }),
  ),

  'a cancelled download leaves nothing, or all': eachRun(({ afterCancel }) =>
    afterCancel === null || afterCancel.isAsAsked ? [] : [afterCancel.found],
  ),
} as const satisfies Readonly<Record<string, Check>>;

export type LawName = keyof typeof LAWS;

/** All laws that a life broke. */
export const violations = (life: Life): ReadonlyArray<Violation> =>
  (Object.entries(LAWS) as ReadonlyArray<[LawName, Check]>).flatMap(([law, check]) =>
    check(life).map((detail) => ({ law, detail })),
  );

/** What cannot be removed is tidied up by a later run, which this life may not have. */
const mayLeave = ({ disk }: WorldSpec): boolean => disk.some(({ kind }) => kind === 'removeFails');

/** Only who lies about the object may cost what is on record and undamaged. */
const reasonless = (run: Run, spec: WorldSpec): ReadonlyArray<string> => {
  const { restarted, before, hasRepaired } = run;
  // A file that was renamed is the user's: damaged there it is not mended, but fetched anew.
  const isDamaged = before.trusted.length < before.ranges.length;
  const mayRestart =
    (restarted?._tag === 'ObjectChanged' && mayChangeVersion(spec)) ||
    (restarted?._tag === 'PartFileReplaced' && isDamaged);
  const isLied = spec.network.some(({ kind }) => kind === 'flipByte' || kind === 'wrongTotal');
  return [
    ...(restarted !== null && before.trusted.length > 0 && !mayRestart
      ? [`started over, because ${restarted._tag}`]
      : []),
    ...(hasRepaired && !isLied ? ['the whole was wrong, and nobody lied'] : []),
  ];
};

const disorder = (now: Progress, before: Progress | null): ReadonlyArray<string> => {
  const { received, written, durable, total } = now;
  const counters = `received ${received}, written ${written}, durable ${durable} of ${total}`;
  const isOrdered = received >= written && written >= durable && received <= (total ?? Infinity);
  const isForward =
    before === null ||
    (received >= before.received && written >= before.written && durable >= before.durable);
  return isOrdered && isForward ? [] : [counters];
};

const overlap = (a: ByteRange, b: ByteRange): number =>
  Math.min(lengthOf(a), lengthOf(b)) === 0
    ? 0
    : Math.max(0, Math.min(a.end, b.end) - Math.max(a.start, b.start));

const text = ({ start, end }: ByteRange): string => `${start}..${end}`;

/** Without the stack: it holds paths of this machine. */
const errorText = (error: DownloadError): string =>
  JSON.stringify(error._tag === 'Defect' ? { ...error, stack: null } : error);

/** A disk that is too full for the part file may be too full for the record. */
const isRestless = ({ because, hasGivenUp, recorded, written, inFlight }: Rest): boolean =>
  inFlight > 0 || (because === null && !hasGivenUp && recorded < written);

type Tag = DownloadError['_tag'];

/** With which error a run may end because of a hardship; most are survived. */
const NETWORK_CAUSES: Readonly<Record<NetworkHardship['kind'], ReadonlyArray<Tag>>> = {
  reset: ['NetworkFailed'],
  cutAfter: ['NetworkFailed', 'AnswerCut'],
  endEarly: ['AnswerCut', 'NetworkFailed', 'RangeIgnored'],
  stallAfter: ['Stalled'],
  tooManyRequests: ['ServerBusy'],
  unavailable: ['ServerBusy'],
  flipByte: ['IntegrityFailed'],
  wrongRange: ['RangeIgnored'],
  ignoreRange: ['RangeIgnored'],
  wrongTotal: ['ObjectChanged', 'RangeIgnored', 'IntegrityFailed'],
  wrongEtag: ['ObjectChanged'],
  delayHead: ['Stalled', 'NetworkFailed'],
  trickle: ['Stalled'],
  expiredAccess: ['AccessExpired'],
  changedObject: ['ObjectChanged', 'IntegrityFailed'],
};

const DISK_CAUSES: Readonly<Record<DiskHardship['kind'], ReadonlyArray<Tag>>> = {
  syncFails: ['DiskFailed'],
  full: ['DiskFailed', 'DiskFull'],
  writeFails: ['DiskFailed'],
  readFails: ['DiskFailed'],
  renameFails: ['DiskFailed'],
  removeFails: ['DiskFailed'],
  closeFails: ['DiskFailed'],
};

const causesOf = ({ network, disk, interruptions }: WorldSpec): ReadonlySet<Tag> =>
  new Set<Tag>([
    ...network.flatMap(({ kind }) => NETWORK_CAUSES[kind]),
    ...disk.flatMap(({ kind }) => DISK_CAUSES[kind]),
    ...interruptions.flatMap(causesOfInterruption),
  ]);

const causesOfInterruption = (interruption: Interruption): ReadonlyArray<Tag> => {
  if (isCrash(interruption)) {
    return interruption.meanwhile === 'objectChanged' ? ['ObjectChanged'] : [];
  }
  return COMMAND_CAUSES[interruption.kind];
};

const COMMAND_CAUSES: Readonly<Record<Command['kind'], ReadonlyArray<Tag>>> = {
  pauseAndResume: [],
  pauseAndResumeAtOnce: [],
  pauseAndCancel: ['Cancelled'],
  cancel: ['Cancelled'],
  cancelKeepingAll: ['Cancelled'],
  cancelAndRegret: ['Cancelled'],
  accessExpires: [],
  accessRevoked: ['AccessExpired'],
};
