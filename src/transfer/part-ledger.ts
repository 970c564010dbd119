/**
 * What is known of every part's bytes, in memory: the counters of the data plane.
 *
 * Bytes never become events. Whoever moves them counts here, and statecharts look at the sums.
 * Of each part the ledger knows how far its first bytes have been received, written and recorded,
 * how far they ever came, the CRC-64 of what was written, and whether this process has hashed
 * those bytes itself.
 */
import { type Bytes, bytes } from '../domain/bytes.ts';
import { CRC64_OF_NOTHING, type Crc64, combineCrc64 } from '../domain/crc64.ts';
import type { PartNumber } from '../domain/plan.ts';
import type { PartFact } from '../store/breakpoint.ts';

/** Sums over all parts, in bytes. `fetched` counts what came over the network in this run. */
export interface LedgerSums {
  readonly received: Bytes;
  readonly written: Bytes;
  readonly durable: Bytes;
  readonly fetched: Bytes;
}

export interface PartLedger {
  /** `length` bytes of the part came from the network. */
  readonly received: (part: PartNumber, length: number) => void;
  /** They were handed to the kernel, right behind what the part had; `crc64` is theirs. */
  readonly wrote: (part: PartNumber, length: number, crc64: Crc64) => void;
  /** What was received but not written is lost: the request ended. */
  readonly dropUnwritten: (part: PartNumber) => void;
  /** Nothing of the part is to be believed any more: its bytes were wrong. */
  readonly forget: (part: PartNumber) => void;
  /**
   * The part is fetched from its first byte on, though its bytes were right: the source cannot go
   * on in the middle. How far they came is remembered, since the same bytes again are no progress.
   */
  readonly startOver: (part: PartNumber) => void;
  /** What this process knew of the part's written bytes has to be looked at again. */
  readonly doubt: (part: PartNumber) => void;
  /** This process has read the part's written bytes, and they have the CRC-64 on record. */
  readonly confirm: (part: PartNumber) => void;
  /** Notes the facts that a breakpoint does not have yet, for one writer at a time to record. */
  readonly note: () => ReadonlyArray<PartFact>;
  /** The facts noted last are durable now; those forgotten meanwhile have to be taken back. */
  readonly recorded: (facts: ReadonlyArray<PartFact>) => void;
  /** The written prefix of a part; length 0 when there is none. */
  readonly factOf: (part: PartNumber) => PartFact;
  /** The most bytes that the part ever had at a time, since it was forgotten last. */
  readonly furthestOf: (part: PartNumber) => Bytes;
  readonly isConfirmed: (part: PartNumber) => boolean;
  /** Bytes written since the last `recorded`. */
  readonly unrecordedBytes: () => Bytes;
  readonly sums: () => LedgerSums;
}

interface Entry {
  received: number;
  /** The maximum of `received`. */
  furthest: number;
  written: number;
  crc64: Crc64;
  /** How far the breakpoint's latest fact about the part reaches, as long as it is true. */
  durable: number;
  isConfirmed: boolean;
  /** Does the breakpoint say something of the part that is no longer true? */
  isStale: boolean;
  /** Was it noted for recording, and not forgotten since? */
  isNoted: boolean;
}

/** What is on record of a part when a ledger begins. */
export interface KnownFact {
  /** Is it believed as it stands? Default: false, it has to be read back. */
  readonly isConfirmed?: boolean;
}

/** A ledger that begins with what a breakpoint says. */
export const partLedger = (facts: Iterable<PartFact & KnownFact>): PartLedger => {
  const entries = new Map<PartNumber, Entry>();
  const dirty = new Set<PartNumber>();
  const sums = { received: 0, written: 0, durable: 0, fetched: 0 };

  const entryOf = (part: PartNumber): Entry => {
    const known = entries.get(part);
    if (known !== undefined) return known;
    const fresh = emptyEntry();
    entries.set(part, fresh);
    return fresh;
  };
  const change = (part: PartNumber, patch: Partial<Entry>): void => {
    const entry = entryOf(part);
    for (const name of ['received', 'written', 'durable'] as const) {
      sums[name] += (patch[name] ?? entry[name]) - entry[name];
    }
    Object.assign(entry, patch);
    entry.furthest = Math.max(entry.furthest, entry.received);
    if (entry.isStale || entry.written !== entry.durable) dirty.add(part);
    else dirty.delete(part);
  };
  const factOf = (part: PartNumber): PartFact => {
    const { written, crc64 } = entries.get(part) ?? EMPTY;
    return { part, length: bytes(written), crc64 };
  };
  for (const { part, length, crc64, isConfirmed = false } of facts) {
    change(part, { received: length, written: length, durable: length, crc64, isConfirmed });
  }

  return {
    received: (part, length) => {
      sums.fetched += length;
      change(part, { received: entryOf(part).received + length });
    },
    wrote: (part, length, crc64) => {
      const { written, crc64: before } = entryOf(part);
      const after = combineCrc64(before, crc64, bytes(length));
      change(part, { written: written + length, crc64: after });
    },
    dropUnwritten: (part) => change(part, { received: entryOf(part).written }),
    forget: (part) => change(part, { ...emptyEntry(), isStale: true }),
    startOver: (part) => {
      const { furthest } = entryOf(part);
      change(part, { ...emptyEntry(), furthest, isStale: true });
    },
    doubt: (part) => change(part, { isConfirmed: false }),
    confirm: (part) => change(part, { isConfirmed: true }),
    note: () => {
      for (const part of dirty) entryOf(part).isNoted = true;
      return [...dirty].map(factOf);
    },
    recorded: (facts) => {
      for (const { part, length } of facts) {
        const isTrue = entryOf(part).isNoted;
        change(part, isTrue ? { durable: length, isStale: false, isNoted: false } : STALE);
      }
    },
    factOf,
    furthestOf: (part) => bytes((entries.get(part) ?? EMPTY).furthest),
    isConfirmed: (part) => (entries.get(part) ?? EMPTY).isConfirmed,
    unrecordedBytes: () => bytes(Math.max(0, sums.written - sums.durable)),
    sums: () => ({
      received: bytes(sums.received),
      written: bytes(sums.written),
      durable: bytes(Math.min(sums.durable, sums.written)),
      fetched: bytes(sums.fetched),
    }),
  };
};

const emptyEntry = (): Entry => ({
  received: 0,
  furthest: 0,
  written: 0,
  crc64: CRC64_OF_NOTHING,
  durable: 0,
  isConfirmed: true,
  isStale: false,
  isNoted: false,
});

const STALE: Partial<Entry> = { isStale: true };

const EMPTY: Readonly<Entry> = emptyEntry();
