/** The parts of a download on as many cells as there are: what a cell shows of its parts. */
import type { PartCode } from './download-view.ts';
import { CODE } from './part-codes.ts';

/** One cell of a map, for one part or for several neighbours. */
export interface PartCell {
  /** The state of its parts that matters most. */
  readonly code: PartCode;
  /** Does it stand for parts that are there beside others that are still to come? */
  readonly isMixed: boolean;
}

/**
 * What needs a person most comes first: a disk that does not keep what it was given, access that
 * somebody may have to renew, a wait that ends by itself; then what is under way, what is missing
 * and what is there. The page has the same order: `inspector/page/part-states.ts`.
 */
const BY_WEIGHT: ReadonlyArray<PartCode> = [
  CODE.damaged,
  CODE.awaitingAccess,
  CODE.backingOff,
  CODE.requesting,
  CODE.flowing,
  CODE.verifying,
  CODE.queued,
  CODE.written,
  CODE.durable,
];

const WEIGHT = Uint8Array.from(BY_WEIGHT, (_, code) => BY_WEIGHT.indexOf(code));

/**
 * Spreads parts over cells, neighbours on one cell, none left out.
 *
 * @param cellsMax At least 1. As many cells as parts are used where there are fewer of those.
 */
export const partCells = (parts: Uint8Array, cellsMax: number): ReadonlyArray<PartCell> => {
  const count = Math.min(parts.length, cellsMax);
  const startOf = (cell: number) => Math.floor((cell * parts.length) / count);
  return Array.from({ length: count }, (_, cell) =>
    cellOf(parts, startOf(cell), startOf(cell + 1)),
  );
};

const cellOf = (parts: Uint8Array, start: number, end: number): PartCell => {
  let code = CODE.durable;
  let there = 0;
  for (let index = start; index < end; index++) {
    const next = parts[index]!;
    if (WEIGHT[next]! < WEIGHT[code]!) code = next;
    if (next === CODE.durable || next === CODE.written) there += 1;
  }
  return { code, isMixed: code === CODE.queued && there > 0 };
};
