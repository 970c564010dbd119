/** What is known of each part: a byte per part, counts per state, and what is not drawn yet. */
import { PART_LOOKS } from './part-states.ts';

export interface PartTable {
  /** One code per part, part 1 first. */
  readonly codes: Uint8Array;
  /** How many parts have each code. */
  readonly counts: ReadonlyArray<number>;
}

/** What changed: flat pairs `first index, count`; null: everything. */
export type PartChanges = ReadonlyArray<number> | null;

export const EMPTY_TABLE: PartTable = {
  codes: new Uint8Array(0),
  counts: PART_LOOKS.map(() => 0),
};

/**
 * The table after the runs of one message.
 *
 * The codes are changed in place where the number of parts stays: 100 000 parts ten times a second
 * would otherwise be a megabyte of garbage each second.
 *
 * @param runs  Flat triples `first index, count, code`; what lies outside the table is ignored.
 */
export const applyRuns = (
  table: PartTable,
  runs: ReadonlyArray<number>,
  { partCount, isWhole }: { readonly partCount: number; readonly isWhole: boolean },
): { readonly table: PartTable; readonly changes: PartChanges } => {
  const isNew = isWhole || table.codes.length !== partCount;
  const codes = table.codes.length === partCount ? table.codes : new Uint8Array(partCount);
  if (isNew) codes.fill(0);
  const counts = isNew
    ? PART_LOOKS.map((_, code) => (code === 0 ? partCount : 0))
    : [...table.counts];
  const changes: Array<number> = [];
  for (let at = 0; at + 2 < runs.length; at += 3) {
    const [first, count, code] = [runs[at]!, runs[at + 1]!, runs[at + 2]!];
    const end = Math.min(partCount, first + count);
    for (let index = Math.max(0, first); index < end; index += 1) {
      const before = codes[index]!;
      counts[before] = (counts[before] ?? 0) - 1;
      counts[code] = (counts[code] ?? 0) + 1;
      codes[index] = code;
    }
    changes.push(first, count);
  }
  return { table: { codes, counts }, changes: isNew ? null : changes };
};
