/**
 * The durable facts of an unfinished download, and their form in a journal.
 *
 * What crosses the boundary is decoded by io-ts: a record of the wrong shape is a verdict, never
 * an exception.
 */
import * as t from 'io-ts';
import { Bytes } from '../domain/bytes.ts';
import { Crc64 } from '../domain/crc64.ts';
import { ObjectVersion } from '../domain/object-version.ts';
import { type PartNumber, Plan } from '../domain/plan.ts';
import { E } from '../fp.ts';

/** What is fixed when a download starts. Holds no secrets. */
export const BreakpointHeader = t.readonly(
  t.strict({
    format: t.literal(1),
    /** Identity of the object: endpoint, bucket, key, version; or URL without its signature. */
    identity: t.string,
    /** The object as people may see it. */
    label: t.string,
    /** Absolute path that the file shall have. */
    target: t.string,
    partFile: t.readonly(t.strict({ path: t.string, identity: t.string })),
    version: ObjectVersion,
    plan: Plan,
    /** Milliseconds since 1970. */
    createdAtMs: t.number,
    /** Which boot of the host the facts up to the next `session` were written in. */
    bootId: t.union([t.string, t.null]),
  }),
  'BreakpointHeader',
);
export interface BreakpointHeader extends t.TypeOf<typeof BreakpointHeader> {}

/**
 * The first `length` bytes of a part are in the part file, durably, with this CRC-64. A length of
 * 0 takes back what was said of the part before.
 */
export interface PartFact {
  readonly part: PartNumber;
  readonly length: Bytes;
  readonly crc64: Crc64;
}

/** One entry of a journal. Later facts about a part replace earlier ones. */
export type BreakpointRecord =
  | { readonly type: 'header'; readonly header: BreakpointHeader }
  | { readonly type: 'facts'; readonly facts: ReadonlyArray<PartFact> }
  /** Another process goes on, perhaps in another boot. */
  | { readonly type: 'session'; readonly bootId: string | null; readonly atMs: number }
  /** Every byte is there and was proven: only the rename is left to do. */
  | { readonly type: 'final'; readonly crc64: Crc64 };

/** What may follow the header. */
export type LaterRecord = Exclude<BreakpointRecord, { type: 'header' }>;

/** A fact, and the boot in which it was recorded. */
export interface RecordedFact extends PartFact {
  readonly bootId: string | null;
}

/** A breakpoint as it was read. */
export interface Breakpoint {
  readonly header: BreakpointHeader;
  /** By part; every length is above 0. */
  readonly facts: ReadonlyMap<PartNumber, RecordedFact>;
  /** Of the whole, when every byte was proven and only the rename is left to do; else null. */
  readonly finalCrc64: Crc64 | null;
  /** When the latest session began, in milliseconds since 1970. */
  readonly touchedAtMs: number;
}

/** Facts travel as `[part, length, crc64]`: a record of 100 000 parts stays small. */
const Entry = t.union([
  t.strict({ type: t.literal('header'), header: BreakpointHeader }),
  t.strict({ type: t.literal('facts'), facts: t.array(t.tuple([t.Int, Bytes, Crc64])) }),
  t.strict({
    type: t.literal('session'),
    bootId: t.union([t.string, t.null]),
    atMs: t.number,
  }),
  t.strict({ type: t.literal('final'), crc64: Crc64 }),
]);

/** A record as the payload of a frame. */
export const encodeRecord = (record: BreakpointRecord): string =>
  JSON.stringify(
    record.type === 'facts'
      ? { type: record.type, facts: record.facts.map((it) => [it.part, it.length, it.crc64]) }
      : record,
  );

/**
 * The breakpoint that a journal's payloads tell of.
 *
 * @returns Null when the first payload is not a header of this format, or a later one is not a
 *   record: then nothing of it is believed.
 */
export const foldRecords = (payloads: ReadonlyArray<string>): Breakpoint | null => {
  const [first, ...rest] = payloads.map(decodePayload);
  if (first?.type !== 'header') return null;
  const { header } = first;
  const facts = new Map<PartNumber, RecordedFact>();
  let { bootId, createdAtMs: touchedAtMs } = header;
  let finalCrc64: Crc64 | null = null;
  for (const record of rest) {
    if (record === null || record.type === 'header') return null;
    if (record.type === 'final') finalCrc64 = record.crc64;
    if (record.type === 'facts') finalCrc64 = null; // New facts take it back.
    if (record.type === 'facts') for (const fact of record.facts) apply(facts, fact, bootId);
    if (record.type === 'session') {
      bootId = record.bootId;
      touchedAtMs = record.atMs;
    }
  }
  return { header, facts, finalCrc64, touchedAtMs };
};

const apply = (
  facts: Map<PartNumber, RecordedFact>,
  fact: PartFact,
  bootId: string | null,
): void => {
  if (fact.length === 0) facts.delete(fact.part);
  else facts.set(fact.part, { ...fact, bootId });
};

const decodePayload = (payload: string): BreakpointRecord | null => {
  const decoded = Entry.decode(parseJson(payload));
  if (E.isLeft(decoded)) return null;
  const entry = decoded.right;
  if (entry.type !== 'facts') return entry;
  const facts = entry.facts.map(([part, length, crc64]) => ({ part, length, crc64 }));
  return { type: 'facts', facts };
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};
