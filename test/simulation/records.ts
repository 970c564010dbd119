/** What the breakpoint on a simulated disk says, and whether it is true. */
import assert from 'node:assert/strict';
import { type ByteRange, lengthOf } from '../../src/domain/byte-range.ts';
import type { Bytes } from '../../src/domain/bytes.ts';
import { rangeOfPart } from '../../src/domain/plan.ts';
import type { Crc64Of } from '../../src/effects/crc64.ts';
import { E } from '../../src/fp.ts';
import { fileBreakpointStore } from '../../src/store/breakpoint-store.file.ts';
import type { SimulatedDisk } from '../../src/testing/simulation/simulated-disk.ts';

export interface Recorded {
  /** Ranges of the object that are on record as durable. */
  readonly ranges: ReadonlyArray<ByteRange>;
  /** Those that no damage touched: a run has to use them. */
  readonly trusted: ReadonlyArray<ByteRange>;
  /** Undamaged ranges whose bytes are not on disk all the same. */
  readonly lies: ReadonlyArray<string>;
  readonly partFile: string | null;
}

export const NOTHING_RECORDED: Recorded = { ranges: [], trusted: [], lies: [], partFile: null };

export interface RecordsAt {
  readonly disk: SimulatedDisk;
  readonly store: string;
  readonly crc64Of: Crc64Of;
  /** Offsets in the part file at which somebody changed a byte; null: all of it. */
  readonly damage: ReadonlyArray<number> | null;
}

/** Reads the only breakpoint there is. */
export const readRecords = async (at: RecordsAt): Promise<Recorded> => {
  const { files, folders } = at.disk;
  const loadChecksum = async () => at.crc64Of;
  const store = fileBreakpointStore({ folder: at.store, files, folders, loadChecksum });
  const keys = await store.list()();
  assert.ok(E.isRight(keys) && keys.right.length <= 1);
  const [key] = keys.right;
  if (key === undefined) return NOTHING_RECORDED;
  const reading = await store.read(key)();
  if (E.isLeft(reading) || reading.right._tag !== 'Found') return NOTHING_RECORDED;
  const { facts, header, finalCrc64 } = reading.right.breakpoint;
  const found = await pathWith(at.disk, header.partFile.identity);
  // A renamed file that is not on record as proven is somebody else's.
  const partFile = finalCrc64 === null && found !== header.partFile.path ? null : found;
  const onDisk = partFile === null ? null : at.disk.contentOf(partFile);
  // Without its part file a record is of no use, and found to be so.
  if (onDisk === null) return NOTHING_RECORDED;
  const known = [...facts.values()]
    .map(({ part, length, crc64 }) => {
      const { start } = rangeOfPart(header.plan, part);
      return { range: { start, end: (start + length) as Bytes }, crc64 };
    })
    .filter(({ range }) => lengthOf(range) > 0);
  const intact = known.filter(({ range }) => !isDamaged(range, at.damage));
  const lies = intact
    .filter(({ range, crc64 }) => at.crc64Of(bytesOf(onDisk, range)) !== crc64)
    .map(({ range: { start, end } }) => `${start}..${end} is on record, and not on disk`);
  const ranges = known.map(({ range }) => range);
  const trusted = intact.map(({ range }) => range);
  return { ranges, trusted, lies, partFile };
};

/** Where the part file is, by its identity: a run may have ended right after the rename. */
const pathWith = async (
  { files, paths }: SimulatedDisk,
  identity: string,
): Promise<string | null> => {
  for (const path of paths()) {
    const facts = await files.facts(path)();
    if (E.isRight(facts) && facts.right?.identity === identity) return path;
  }
  return null;
};

const isDamaged = ({ start, end }: ByteRange, damage: ReadonlyArray<number> | null): boolean =>
  damage === null || damage.some((at) => start <= at && at < end);

const bytesOf = (file: Uint8Array, { start, end }: ByteRange): Uint8Array =>
  file.subarray(start, end);

/** How many bytes that is. */
export const bytesIn = (ranges: ReadonlyArray<ByteRange>): number =>
  ranges.reduce((sum, range) => sum + lengthOf(range), 0);
