/** The state of every part, in one byte each, and what of it changed since somebody looked. */
import type { PartRuns } from '../domain/part-runs.ts';
import type { PartNumber } from '../domain/plan.ts';
import { PART_STATES, type PartCode } from './download-view.ts';

/** What changed, for whoever knows the rest. */
export interface PartChanges {
  /** To be given to the next `changesSince`. */
  readonly version: number;
  /** The triples are all there is: whatever was known before is void. */
  readonly isWhole: boolean;
  /** Flat triples `first part - 1, count, code`, ascending. */
  readonly triples: ReadonlyArray<number>;
}

export interface PartMap {
  /** One code per part, part 1 first. The map's own: not to be written to, and it changes. */
  readonly codes: () => Uint8Array;
  /** Undefined: there is no such part. */
  readonly codeOf: (part: PartNumber) => PartCode | undefined;
  /** How many parts have the code. */
  readonly count: (code: PartCode) => number;
  /** Ignores a part that is not there. */
  readonly set: (part: PartNumber, code: PartCode) => void;
  readonly setRuns: (runs: PartRuns, code: PartCode) => void;
  readonly fill: (code: PartCode) => void;
  /** All parts of one code up to `end` (excluded) get another; from `start` on. */
  readonly replace: (from: PartCode, to: PartCode, start?: PartNumber, end?: PartNumber) => void;
  /** Begins anew with other parts. */
  readonly load: (codes: Uint8Array) => void;
  /** @param since 0, or the version that was given before. */
  readonly changesSince: (since: number) => PartChanges;
}

/** A map without parts. Setting one costs a few writes to arrays. */
export const partMap = (): PartMap => {
  let codes: Uint8Array = new Uint8Array(0);
  /** In which version each part changed last. */
  let stamps = new Uint32Array(0);
  let version = 1;
  /** Who knows only earlier versions has to be told everything. */
  let wholeSince = 1;
  const counts = new Uint32Array(PART_STATES.length);

  const set = (part: PartNumber, code: PartCode): void => {
    const before = codes[part - 1];
    if (before === undefined || before === code) return;
    codes[part - 1] = code;
    stamps[part - 1] = version;
    counts[before]! -= 1;
    counts[code]! += 1;
  };
  const replace = (from: PartCode, to: PartCode, start = 1, end = codes.length + 1): void => {
    if (counts[from] === 0) return;
    for (let part = start; part < end; part++) if (codes[part - 1] === from) set(part, to);
  };
  const load = (others: Uint8Array): void => {
    codes = others;
    stamps = new Uint32Array(others.length);
    wholeSince = version;
    counts.fill(0);
    for (const code of others) counts[code]! += 1;
  };
  return {
    codes: () => codes,
    codeOf: (part) => codes[part - 1],
    count: (code) => counts[code] ?? 0,
    set,
    setRuns: (runs, code) => {
      for (const { start, end } of runs) for (let part = start; part < end; part++) set(part, code);
    },
    fill: (code) => load(new Uint8Array(codes.length).fill(code)),
    replace,
    load,
    changesSince: (since) => {
      const isWhole = since < wholeSince;
      const triples = triplesOf(codes, (index) => isWhole || stamps[index]! > since);
      const seen = version;
      version += 1;
      return { version: seen, isWhole, triples };
    },
  };
};

/** Neighbours with one code that are `isIn` become one triple. */
const triplesOf = (codes: Uint8Array, isIn: (index: number) => boolean): ReadonlyArray<number> => {
  const triples: Array<number> = [];
  let start = -1;
  for (let index = 0; index <= codes.length; index++) {
    const isTaken = index < codes.length && isIn(index);
    if (start >= 0 && (!isTaken || codes[index] !== codes[start])) {
      triples.push(start, index - start, codes[start]!);
      start = -1;
    }
    if (isTaken && start < 0) start = index;
  }
  return triples;
};
