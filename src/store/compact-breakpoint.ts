/** The shortest records that say what a breakpoint says. */
import type { Breakpoint, BreakpointRecord, PartFact } from './breakpoint.ts';

/** The most facts in one record; more make more records. */
export const FACTS_PER_RECORD = 10_000;

/**
 * Folds to the same breakpoint, with one fact for each part. The facts of each boot stand behind a
 * session of that boot, since a resume may believe those of its own.
 */
export const compactRecords = (breakpoint: Breakpoint): ReadonlyArray<BreakpointRecord> => {
  const { header, facts, touchedAtMs: atMs } = breakpoint;
  const byBoot = new Map<string | null, Array<PartFact>>();
  for (const { bootId, ...fact } of facts.values()) {
    const own = byBoot.get(bootId) ?? [];
    own.push(fact);
    byBoot.set(bootId, own);
  }
  const sessions = [...byBoot].flatMap(
    ([bootId, own]): ReadonlyArray<BreakpointRecord> => [
      { type: 'session', bootId, atMs },
      ...inRecords(own),
    ],
  );
  const { finalCrc64: crc64 } = breakpoint;
  const final = crc64 === null ? [] : [{ type: 'final', crc64 } as const];
  return [{ type: 'header', header }, ...sessions, ...final];
};

/** Facts as records of bounded length. */
export const inRecords = (
  facts: ReadonlyArray<PartFact>,
): ReadonlyArray<{ readonly type: 'facts'; readonly facts: ReadonlyArray<PartFact> }> =>
  Array.from({ length: Math.ceil(facts.length / FACTS_PER_RECORD) }, (_, index) => ({
    type: 'facts',
    facts: facts.slice(index * FACTS_PER_RECORD, (index + 1) * FACTS_PER_RECORD),
  }));
