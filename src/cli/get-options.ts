/** The options of `get` that say how: from words of a command line to `TransferOptions`. */
import { E } from '../fp.ts';
import type { ErrorOf, TransferOptions } from '../index.ts';
import type { OnlookerFlags } from './onlooker-options.ts';
import { decodeChoice, decodeWhole, refuse } from './refuse.ts';
import type { SourceFlags } from './source-argument.ts';

/** All options of `get`, as they were typed. */
export interface GetFlags extends SourceFlags, OnlookerFlags {
  readonly partSize?: string;
  readonly concurrency?: string;
  readonly threshold?: string;
  readonly store?: string;
  readonly verify: boolean;
  readonly retries?: string;
  readonly timeout?: string;
  readonly ifExists?: string;
  readonly verifyOnResume?: string;
  readonly durability?: string;
  readonly mode?: string;
  readonly preserveMtime?: true;
  readonly importFrom?: string;
  readonly json?: true;
  readonly quiet?: true;
}

/** What was asked of `get`. */
export interface GetRequest {
  readonly source: string;
  /** Null: none was named. */
  readonly target: string | null;
  readonly flags: GetFlags;
}

type UsageError = ErrorOf<'UsageError'>;

/** Reads the numbers. Their limits, and sizes, are checked by `download`. */
export const decodeTransfer = (
  flags: GetFlags,
): E.Either<UsageError, TransferOptions & { readonly store: string | undefined }> => {
  const { partSize, threshold, verify, store } = flags;
  const isAuto = flags.concurrency === 'auto' || flags.concurrency === undefined;
  const lanes = isAuto
    ? E.right('auto' as const)
    : decodeWhole('--concurrency', flags.concurrency, 'from 1 to 256, or auto');
  if (E.isLeft(lanes)) return lanes;
  const retries = decodeWhole('--retries', flags.retries, 'from 0 to 1000');
  if (E.isLeft(retries)) return retries;
  const timeout = decodeSeconds(flags.timeout);
  if (E.isLeft(timeout)) return timeout;
  const disk = decodeDisk(flags);
  if (E.isLeft(disk)) return disk;
  if (store === '') return refuse('--store', store, 'the path of a folder');
  return E.right({
    partSize,
    threshold,
    concurrency: lanes.right,
    retries: retries.right,
    timeout: timeout.right,
    ...disk.right,
    verify,
    store,
  });
};

type DiskWishes = Pick<
  TransferOptions,
  'ifExists' | 'verifyOnResume' | 'durability' | 'mode' | 'modifiedTime'
>;

const decodeDisk = (flags: GetFlags): E.Either<UsageError, DiskWishes> => {
  const ifExists = decodeChoice('--if-exists', flags.ifExists, IF_EXISTS);
  if (E.isLeft(ifExists)) return ifExists;
  const verifyOnResume = decodeChoice('--verify-on-resume', flags.verifyOnResume, VERIFY_ON_RESUME);
  if (E.isLeft(verifyOnResume)) return verifyOnResume;
  const durability = decodeChoice('--durability', flags.durability, DURABILITY);
  if (E.isLeft(durability)) return durability;
  const mode = decodeMode(flags.mode);
  if (E.isLeft(mode)) return mode;
  return E.right({
    ifExists: ifExists.right,
    verifyOnResume: verifyOnResume.right,
    durability: durability.right,
    mode: mode.right,
    modifiedTime: flags.preserveMtime ? 'server' : undefined,
  });
};

/** Words of the command line, and what they are called in the library. */
const IF_EXISTS = { overwrite: 'overwrite', fail: 'fail' } as const;
const VERIFY_ON_RESUME = { always: 'always', 'after-boot': 'afterBoot', never: 'never' } as const;
const DURABILITY = { full: 'full', none: 'none' } as const;

/** Permission bits as `chmod` takes them. */
const decodeMode = (text: string | undefined): E.Either<UsageError, number | undefined> => {
  if (text === undefined) return E.right(undefined);
  return /^(0o?)?[0-7]{1,4}$/.test(text)
    ? E.right(Number.parseInt(text.replace('o', ''), 8))
    : refuse('--mode', text, 'permission bits in octal, such as 644');
};

const decodeSeconds = (text: string | undefined): E.Either<UsageError, number | undefined> => {
  if (text === undefined) return E.right(undefined);
  return /^\d{1,9}(\.\d+)?$/.test(text)
    ? E.right(Number(text))
    : refuse('--timeout', text, 'seconds from 1 to 86400');
};
