/** What people may wish of a download, checked before anything is asked of disk or network. */
import { E } from '../fp.ts';
import { type Bytes, formatSize, parseSize } from './bytes.ts';
import { DISK_POLICY_DEFAULT, type DiskPolicy } from './disk-policy.ts';
import { type ErrorOf, usageError } from './errors.ts';
import { PART_SIZE_MAX, PART_SIZE_MIN } from './plan.ts';
import { RETRY_DEFAULT, type RetryPolicy } from './retry.ts';
import { THRESHOLD_AUTO } from './source.ts';

/** A size in bytes, or as people write it: `'100KB'`, `'8MiB'`. See `parseSize`. */
export type SizeOption = number | string;

export interface TransferOptions {
  /**
   * Bytes of one part, 100 KB to 5 GiB. Default: `'auto'`, 8 MiB. Grown where more than 100 000
   * parts would be needed. A resumed download keeps the part size it began with.
   */
  readonly partSize?: SizeOption | 'auto' | undefined;
  /** Parts in flight at once, 1 to 256. Default: `'auto'`, 8. */
  readonly concurrency?: number | 'auto' | undefined;
  /**
   * Objects of at least this many bytes are downloaded in parts and can be resumed by a later run;
   * smaller ones take one request. Default: 8 MiB.
   */
  readonly threshold?: SizeOption | undefined;
  /** Failures in a row, without a byte in between, after which to give up. 0 to 1000; default 7. */
  readonly retries?: number | undefined;
  /**
   * Seconds without a byte after which a request is given up and retried; also the longest that the
   * question for the object, or a refresh of access, may take. 1 to 86 400; default 30.
   */
  readonly timeout?: number | undefined;
  /** Compare the file's CRC-64 with the server's, where it gives one. Default: true. */
  readonly verify?: boolean | undefined;
  /** Are recorded bytes read back before they are believed? Default: `'always'`. */
  readonly verifyOnResume?: DiskPolicy['verifyOnResume'] | undefined;
  /** A file of the target's name: replace it, or fail. Default: `'overwrite'`. */
  readonly ifExists?: DiskPolicy['ifExists'] | undefined;
  /** Permission bits of the file, such as 0o644. Default: what the system gives new files. */
  readonly mode?: number | undefined;
  /** The file's date: of the download, or the server's. Default: `'now'`. */
  readonly modifiedTime?: DiskPolicy['modifiedTime'] | undefined;
  /**
   * `'none'` leaves out every sync: a power cut may then cost all, or leave a journal that speaks
   * of bytes that are not there, which a resume notices by reading them. Default: `'full'`.
   */
  readonly durability?: 'full' | 'none' | undefined;
}

/** The wishes, decided. */
export interface TransferSettings {
  readonly wishes: { readonly partSize: Bytes | 'auto'; readonly threshold: Bytes };
  readonly lanes: number;
  readonly retry: RetryPolicy;
  readonly silenceMsMax: number;
  readonly verify: boolean;
  readonly disk: DiskPolicy;
  readonly isDurable: boolean;
}

export const LANES_MAX = 256;
/** Lanes where nobody chose: more were not faster on any network tried without a cap on each. */
export const LANES_AUTO = 8;

type UsageError = ErrorOf<'UsageError'>;
type Decoded<A> = E.Either<UsageError, A>;

/**
 * Decides what was left open, or finds the first mistake.
 *
 * Errors: `UsageError`, whose `option` is the name of the field.
 */
export const decodeTransferOptions = (options: TransferOptions): Decoded<TransferSettings> => {
  const partSize = decodePartSize(options.partSize ?? 'auto');
  if (E.isLeft(partSize)) return partSize;
  const threshold = decodeSize('threshold', options.threshold ?? THRESHOLD_AUTO);
  if (E.isLeft(threshold)) return threshold;
  const concurrency = options.concurrency ?? 'auto';
  const lanes = concurrency === 'auto' ? LANES_AUTO : concurrency;
  if (!isWhole(lanes, 1, LANES_MAX)) {
    return wrong('concurrency', lanes, `a whole number from 1 to ${LANES_MAX}, or auto`);
  }
  const retries = options.retries ?? RETRY_DEFAULT.attemptsMax - 1;
  if (!isWhole(retries, 0, 1000)) {
    return wrong('retries', retries, 'a whole number from 0 to 1000');
  }
  const timeout = options.timeout ?? 30;
  if (!(timeout >= 1 && timeout <= 86_400)) {
    return wrong('timeout', timeout, 'seconds from 1 to 86400');
  }
  const disk = decodeDiskPolicy(options);
  if (E.isLeft(disk)) return disk;
  if (!isOneOf(options.durability, ['full', 'none'])) {
    return wrong('durability', options.durability, 'full or none');
  }
  return E.right({
    wishes: { partSize: partSize.right, threshold: threshold.right },
    lanes,
    retry: { ...RETRY_DEFAULT, attemptsMax: retries + 1 },
    silenceMsMax: timeout * 1000,
    verify: options.verify ?? true,
    disk: disk.right,
    isDurable: options.durability !== 'none',
  });
};

const decodeDiskPolicy = (options: TransferOptions): Decoded<DiskPolicy> => {
  const { verifyOnResume, ifExists, mode, modifiedTime } = options;
  if (!isOneOf(verifyOnResume, ['always', 'afterBoot', 'never'])) {
    return wrong('verifyOnResume', verifyOnResume, 'always, afterBoot or never');
  }
  if (!isOneOf(ifExists, ['overwrite', 'fail'])) {
    return wrong('ifExists', ifExists, 'overwrite or fail');
  }
  if (!isOneOf(modifiedTime, ['now', 'server'])) {
    return wrong('modifiedTime', modifiedTime, 'now or server');
  }
  // A part file that its owner cannot write could not be continued after a kill before the rename.
  if (mode !== undefined && !(isWhole(mode, 0, 0o7777) && (mode & 0o200) !== 0)) {
    const allowed = 'permission bits that let the owner write: 0o200 to 0o7777, such as 0o644';
    return wrong('mode', mode, allowed);
  }
  return E.right({
    verifyOnResume: verifyOnResume ?? DISK_POLICY_DEFAULT.verifyOnResume,
    ifExists: ifExists ?? DISK_POLICY_DEFAULT.ifExists,
    mode: mode ?? DISK_POLICY_DEFAULT.mode,
    modifiedTime: modifiedTime ?? DISK_POLICY_DEFAULT.modifiedTime,
  });
};

const isOneOf = (value: string | undefined, allowed: ReadonlyArray<string>): boolean =>
  value === undefined || allowed.includes(value);

const decodePartSize = (option: SizeOption): Decoded<Bytes | 'auto'> => {
  if (option === 'auto') return E.right(option);
  const size = decodeSize('partSize', option);
  if (E.isLeft(size)) return wrong('partSize', option, PART_SIZE_ALLOWED);
  const isAllowed = size.right >= PART_SIZE_MIN && size.right <= PART_SIZE_MAX;
  return isAllowed ? size : wrong('partSize', option, PART_SIZE_ALLOWED);
};

const decodeSize = (name: string, option: SizeOption): Decoded<Bytes> => {
  const size = parseSize(String(option));
  return E.isRight(size) ? size : wrong(name, option, 'a size such as 8MiB, 10MB or 500K');
};

const PART_SIZE_ALLOWED = `${formatSize(PART_SIZE_MIN)} (100KB) to 5 GiB (5GiB), or auto`;

const isWhole = (value: number, min: number, max: number): boolean =>
  Number.isInteger(value) && value >= min && value <= max;

const wrong = (option: string, value: unknown, allowed: string): E.Either<UsageError, never> =>
  E.left(usageError(option, value, allowed));
