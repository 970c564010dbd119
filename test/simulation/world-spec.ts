/**
 * Everything that makes one simulated life of a download, as plain data: what there is to fetch,
 * over what, what goes wrong, and who interrupts. The same data is the same life, byte for byte.
 */
import fc from 'fast-check';

export interface WorldSpec {
  /** Decides ties, tearing and jitter. */
  readonly seed: number;
  readonly partCount: number;
  readonly partSize: number;
  /** Share of the last part that is missing. */
  readonly tail: number;
  readonly lanes: number;
  readonly chunkLength: number;
  readonly batchLength: number;
  readonly checkpointBytes: number;
  readonly link: { readonly rttMs: number; readonly bytesPerSecond: number | null };
  readonly network: ReadonlyArray<NetworkHardship>;
  readonly disk: ReadonlyArray<DiskHardship>;
  /** One after the other; each ends or disturbs one run. */
  readonly interruptions: ReadonlyArray<Interruption>;
}

/** What goes wrong with answers: with so many requests from the `request`-th on. */
export interface NetworkHardship {
  readonly kind: (typeof NETWORK_HARDSHIPS)[number];
  readonly request: number;
  readonly times: number;
  /** How far into the part, or how much: a share. */
  readonly share: number;
}

export const NETWORK_HARDSHIPS = [
  'reset',
  'cutAfter',
  'endEarly',
  'stallAfter',
  'tooManyRequests',
  'unavailable',
  'flipByte',
  'wrongRange',
  'ignoreRange',
  'wrongTotal',
  'wrongEtag',
  'delayHead',
  'trickle',
  'expiredAccess',
  'changedObject',
] as const;

/** What goes wrong with calls of the disk: with the `call`-th of its kind, once or from then on. */
export interface DiskHardship {
  readonly kind: (typeof DISK_HARDSHIPS)[number];
  readonly call: number;
  readonly isLasting: boolean;
}

export const DISK_HARDSHIPS = [
  'syncFails',
  'full',
  'writeFails',
  'readFails',
  'renameFails',
  'removeFails',
  'closeFails',
] as const;

export type Interruption = Crash | Command;

/** The process ends without a goodbye, at an effect call. */
export interface Crash {
  readonly kind: 'killed' | 'powerLost';
  /** Where, as a share of the effect calls that a run of this size takes. */
  readonly at: number;
  /** Does the effect still happen, and only its answer never comes? */
  readonly isDone: boolean;
  /** What becomes of the files before the next run. */
  readonly meanwhile: (typeof MEANWHILE)[number];
}

export const MEANWHILE = [
  'nothing',
  'rot',
  'partFileTruncated',
  'partFileRemoved',
  'journalTorn',
  'objectChanged',
] as const;

/** What a person asks for, or what befalls credentials, at an effect call. */
export interface Command {
  readonly kind: (typeof COMMANDS)[number];
  readonly at: number;
}

export const COMMANDS = [
  'pauseAndResume',
  /** Resumed before it has come to rest, or without a pause. */
  'pauseAndResumeAtOnce',
  /** Cancelled once it is at rest. */
  'pauseAndCancel',
  'cancel',
  'cancelKeepingAll',
  /** Cancelled, and then paused and resumed while files are closed or removed: too late. */
  'cancelAndRegret',
  /** Nobody asks: the credentials expire. */
  'accessExpires',
  /** The credentials expire, and there are no fresh ones as long as things go wrong. */
  'accessRevoked',
] as const;

export const isCrash = (interruption: Interruption): interruption is Crash =>
  interruption.kind === 'killed' || interruption.kind === 'powerLost';

/** Whole thousandths: `fc.double` draws exponents, nearly all of them next to nothing. */
const thousandths = (min: number, max: number): fc.Arbitrary<number> =>
  fc.integer({ min, max }).map((count) => count / 1000);

const share = thousandths(0, 999);

const networkHardship: fc.Arbitrary<NetworkHardship> = fc.record({
  kind: fc.constantFrom(...NETWORK_HARDSHIPS),
  request: fc.integer({ min: 1, max: 16 }),
  times: fc.integer({ min: 1, max: 3 }),
  share,
});

const diskHardship: fc.Arbitrary<DiskHardship> = fc.record({
  kind: fc.constantFrom(...DISK_HARDSHIPS),
  call: fc.integer({ min: 1, max: 24 }),
  isLasting: fc.boolean(),
});

const at = thousandths(10, 999);

const crash: fc.Arbitrary<Crash> = fc.record({
  kind: fc.constantFrom('killed', 'powerLost'),
  at: fc.oneof(
    { weight: 5, arbitrary: thousandths(440, 660) }, // Where bytes are under way.
    { weight: 1, arbitrary: thousandths(250, 440) }, // Where the record begins.
    { weight: 1, arbitrary: at },
  ),
  isDone: fc.boolean(),
  meanwhile: fc.oneof(
    { weight: 6, arbitrary: fc.constant('nothing' as const) },
    { weight: 2, arbitrary: fc.constantFrom(...MEANWHILE) },
  ),
});

const command: fc.Arbitrary<Command> = fc.record({
  kind: fc.constantFrom(...COMMANDS),
  at,
});

const rarely = <A>(arbitrary: fc.Arbitrary<A>, maxLength: number) =>
  fc.oneof(
    { weight: 3, arbitrary: fc.constant<ReadonlyArray<A>>([]) },
    { weight: 2, arbitrary: fc.array(arbitrary, { minLength: 1, maxLength }) },
  );

/** The number of parts is drawn first: with free-form sizes nearly no run stops half way. */
export const worldSpecs: fc.Arbitrary<WorldSpec> = fc
  .record({
    seed: fc.integer({ min: 0, max: 2 ** 31 }),
    partCount: fc.oneof(
      { weight: 1, arbitrary: fc.constant(1) },
      { weight: 12, arbitrary: fc.integer({ min: 2, max: 7 }) },
    ),
    partSize: fc.integer({ min: 8, max: 600 }),
    tail: share,
    lanes: fc.integer({ min: 1, max: 4 }),
    chunkLength: fc.integer({ min: 8, max: 300 }),
    batchLength: fc.integer({ min: 1, max: 400 }),
    checkpointBytes: fc.integer({ min: 1, max: 900 }),
    link: fc.oneof(
      { weight: 2, arbitrary: fc.constant({ rttMs: 0, bytesPerSecond: null }) },
      {
        weight: 1,
        arbitrary: fc.record({
          rttMs: fc.integer({ min: 1, max: 300 }),
          bytesPerSecond: fc.option(fc.integer({ min: 5_000, max: 100_000 })),
        }),
      },
    ),
    network: rarely(networkHardship, 3),
    disk: fc.oneof(
      { weight: 5, arbitrary: fc.constant<ReadonlyArray<DiskHardship>>([]) },
      { weight: 1, arbitrary: fc.array(diskHardship, { minLength: 1, maxLength: 2 }) },
    ),
    interruptions: fc.oneof(
      { weight: 5, arbitrary: fc.array(crash, { minLength: 1, maxLength: 2 }) },
      { weight: 2, arbitrary: fc.array(fc.oneof(crash, command), { minLength: 1, maxLength: 3 }) },
    ),
  })
  .map((spec) => ({ ...spec, chunkLength: Math.max(spec.chunkLength, spec.partSize >> 3) }));

/** Size of the object, in bytes. */
export const sizeOf = ({ partCount, partSize, tail }: WorldSpec): number =>
  partCount * partSize - Math.floor(tail * partSize);

/** May it look to a run as if the object were another one than before? */
export const mayChangeVersion = ({ network, interruptions }: WorldSpec): boolean =>
  network.some(({ kind }) => VERSION_CHANGES.includes(kind)) ||
  interruptions.some((it) => isCrash(it) && it.meanwhile === 'objectChanged');

const VERSION_CHANGES: ReadonlyArray<NetworkHardship['kind']> = [
  'wrongTotal',
  'wrongEtag',
  'changedObject',
];

/** The sizes of the parts, in bytes. */
const lengthsOf = (spec: WorldSpec): ReadonlyArray<number> =>
  Array.from({ length: Math.ceil(sizeOf(spec) / spec.partSize) }, (_, index) =>
    Math.min(spec.partSize, sizeOf(spec) - index * spec.partSize),
  );

/**
 * About how many effect calls a run takes from nothing to the renamed file: a straight line through
 * what was counted in runs without hardship, of which `world-spec.test.ts` wants nearly all within
 * a fifth of it. Where time passes the claim is confirmed, and a checkpoint made, every second.
 */
export const usualCalls = (spec: WorldSpec): number => {
  const { chunkLength, batchLength, checkpointBytes, lanes, link } = spec;
  const lengths = lengthsOf(spec);
  const batchOf = (chunk: number) => Math.ceil(batchLength / chunk) * chunk;
  const writes = lengths
    .map((length) => Math.ceil(length / batchOf(Math.min(length, chunkLength))))
    .reduce((sum, count) => sum + count, 0);
  const checkpoints = Math.min(writes, sizeOf(spec) / checkpointBytes);
  const waitingMs = link.rttMs * (2 + Math.ceil(lengths.length / lanes));
  const sendingMs = (1_000 * sizeOf(spec)) / (link.bytesPerSecond ?? Infinity);
  const seconds = (waitingMs + sendingMs) / 1_000;
  return Math.round(69 + 2.45 * lengths.length + writes + 2 * checkpoints + 9.4 * seconds);
};
