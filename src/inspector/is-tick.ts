/** Which records say only that time goes by, or that numbers have changed. */
import { chartOf } from '../machines/chart.ts';
import { downloadMachine } from '../machines/download-machine.ts';
import { partMachine } from '../machines/part-machine.ts';
import type { TraceRecord } from '../trace/trace-record.ts';

/** Samples of progress, and steps whose transitions all stay where they are. */
export const isTick = (record: TraceRecord): boolean => {
  if (record.type === 'event') return record.event.type === 'progress.sampled';
  if (record.type !== 'step' || record.took.length === 0) return false;
  return record.took.every((id) => STAYING.has(id));
};

/** Ids of the transitions that have no target. */
const STAYING: ReadonlySet<string> = new Set(
  [downloadMachine, partMachine]
    .flatMap((machine) => chartOf(machine).transitions)
    .filter(({ targets }) => targets.length === 0)
    .map(({ id }) => id),
);
