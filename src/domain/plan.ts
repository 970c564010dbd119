/**
 * How an object is cut into parts: pure arithmetic by part number, so that 100 000 parts cost no
 * more memory than one.
 */
import * as t from 'io-ts';
import type { ByteRange } from './byte-range.ts';
import { Bytes, bytes } from './bytes.ts';
import { hasValidator, type ObjectVersion } from './object-version.ts';

/** The smallest part that may be asked for: 100 KB. Source: OSS "Multipart upload", limits. */
export const PART_SIZE_MIN = bytes(100_000);
/** The largest part that may be asked for: 5 GiB. */
export const PART_SIZE_MAX = bytes(5 * 2 ** 30);
/** Part size where nobody chose one: 8 MiB. Larger parts were not faster on any network tried. */
export const PART_SIZE_AUTO = bytes(8 * 2 ** 20);
/** A plan never has more parts than this; parts grow instead. */
export const PART_COUNT_MAX = 100_000;

/** 1-based number of a part, as OSS numbers them. */
export type PartNumber = number;

/**
 * The cut. `parts` is journaled and resumable; `single` is one request for a small object, or for
 * a server that accepts no ranges, does not know the length (`size` null), or gives nothing by
 * which a range of another version could be told.
 */
export const Plan = t.readonly(
  t.strict({
    strategy: t.union([t.literal('parts'), t.literal('single')]),
    size: t.union([Bytes, t.null]),
    partSize: Bytes,
    partCount: Bytes,
    /**
     * Does the server honour ranges, and would one of another version be told? Decides whether a
     * retry goes on or starts over.
     */
    acceptsRanges: t.boolean,
  }),
  'Plan',
);
export interface Plan extends t.TypeOf<typeof Plan> {}

/** What a plan is made from, besides the object. */
export interface PlanWishes {
  readonly partSize: Bytes | 'auto';
  /** Objects of at least this size are downloaded in parts. 0 means always. */
  readonly threshold: Bytes;
}

/**
 * The part size actually used: the wish, doubled while it would need more than 100 000 parts.
 *
 * An object no larger than one part is one part of exactly its own size.
 *
 * @param wanted At least 1 byte, or this throws: limits for people are checked where they speak.
 */
export const choosePartSize = (size: Bytes, wanted: Bytes | 'auto'): Bytes => {
  const asked = wanted === 'auto' ? PART_SIZE_AUTO : wanted;
  if (asked < 1) throw new RangeError('a part holds at least one byte');
  if (size > 0 && size <= asked) return size;
  let partSize: number = asked;
  while (Math.ceil(size / partSize) > PART_COUNT_MAX) partSize *= 2;
  return bytes(partSize);
};

/**
 * Chooses strategy and part size for an object that was just probed.
 *
 * Without any validator or checksum no two requests are ever combined, as on a server without
 * ranges: they could be of two versions, and the file would be of neither.
 *
 * @param honoursRanges What the server says.
 */
export const planDownload = (
  version: ObjectVersion,
  honoursRanges: boolean,
  wishes: PlanWishes,
): Plan => {
  const { size } = version;
  const acceptsRanges = honoursRanges && hasValidator(version);
  if (size === null) {
    return { strategy: 'single', size, partSize: UNREACHED_END, partCount: ONE, acceptsRanges };
  }
  if (size === 0 || !acceptsRanges || size < wishes.threshold) {
    const partCount = bytes(size === 0 ? 0 : 1);
    return { strategy: 'single', size, partSize: size, partCount, acceptsRanges };
  }
  const partSize = choosePartSize(size, wishes.partSize);
  const partCount = bytes(Math.ceil(size / partSize));
  return { strategy: 'parts', size, partSize, partCount, acceptsRanges };
};

/**
 * The bytes of one part. The last part may be shorter; an object of unknown length is one range
 * whose end nobody reaches.
 *
 * @param partNumber `1 .. plan.partCount`, or this throws.
 *
 * @example
 * rangeOfPart(planOf(10, 4), 3) // { start: 8, end: 10 }
 */
export const rangeOfPart = (plan: Plan, partNumber: PartNumber): ByteRange => {
  if (!Number.isInteger(partNumber) || partNumber < 1 || partNumber > plan.partCount) {
    throw new RangeError(`part ${partNumber} is not in 1 .. ${plan.partCount}`);
  }
  const start = (partNumber - 1) * plan.partSize;
  return {
    start: bytes(start),
    end: bytes(Math.min(start + plan.partSize, plan.size ?? UNREACHED_END)),
  };
};

export const isSamePlan = (a: Plan, b: Plan): boolean =>
  a.strategy === b.strategy && a.size === b.size && a.partSize === b.partSize;

const ONE = bytes(1);
const UNREACHED_END = bytes(Number.MAX_SAFE_INTEGER);
