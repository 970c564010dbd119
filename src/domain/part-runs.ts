/**
 * A set of part numbers as ascending runs. Downloads take parts in order, so a set of 100 000
 * parts is a handful of runs, stays JSON, and is cheap to copy on every step of a statechart.
 */
import type { PartNumber } from './plan.ts';

/** The parts `start .. end - 1`; never empty. */
export interface PartRun {
  readonly start: PartNumber;
  readonly end: PartNumber;
}

/** Ascending, not overlapping, not touching. */
export type PartRuns = ReadonlyArray<PartRun>;

export const NO_PARTS: PartRuns = [];

/** The parts `1 .. partCount`. */
export const allParts = (partCount: number): PartRuns =>
  partCount === 0 ? NO_PARTS : [{ start: 1, end: partCount + 1 }];

export const countParts = (runs: PartRuns): number =>
  runs.reduce((count, run) => count + run.end - run.start, 0);

/** The lowest part of the set, or null when it is empty. */
export const firstPart = (runs: PartRuns): PartNumber | null => runs[0]?.start ?? null;

export const hasPart = (runs: PartRuns, part: PartNumber): boolean =>
  runs.some((run) => run.start <= part && part < run.end);

/** The set with `part` in it. */
export const withPart = (runs: PartRuns, part: PartNumber): PartRuns => {
  if (hasPart(runs, part)) return runs;
  const before = runs.filter((run) => run.end <= part);
  const after = runs.filter((run) => run.start > part);
  const left = before.at(-1);
  const right = after[0];
  const start = left?.end === part ? left.start : part;
  const end = right?.start === part + 1 ? right.end : part + 1;
  return [
    ...(start === part ? before : before.slice(0, -1)),
    { start, end },
    ...(end === part + 1 ? after : after.slice(1)),
  ];
};

/** The set without `part`. */
export const withoutPart = (runs: PartRuns, part: PartNumber): PartRuns =>
  runs.flatMap((run) => {
    if (part < run.start || part >= run.end) return [run];
    const left = { start: run.start, end: part };
    const right = { start: part + 1, end: run.end };
    return [left, right].filter(({ start, end }) => start < end);
  });

/** The parts `1 .. partCount` that `isIn` picks. Cost: one call per part. */
export const pickParts = (partCount: number, isIn: (part: PartNumber) => boolean): PartRuns => {
  const runs: Array<PartRun> = [];
  let start: PartNumber | null = null;
  for (let part = 1; part <= partCount + 1; part++) {
    const taken = part <= partCount && isIn(part);
    if (taken && start === null) start = part;
    if (!taken && start !== null) {
      runs.push({ start, end: part });
      start = null;
    }
  }
  return runs;
};
