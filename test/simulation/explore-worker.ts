/** A process that lives in worlds as `explore-main.ts` hands them out, one batch after the other. */
import { explore, type Finding } from './explore.ts';

/** So many worlds of one seed. */
export interface Batch {
  readonly seed: number;
  readonly count: number;
}

/** What came of a batch, and how long its process worked for it. */
export interface BatchReport {
  readonly batch: Batch;
  readonly finding: Finding;
  readonly cpuMs: number;
}

const work = async (batch: Batch): Promise<BatchReport> => {
  const before = process.cpuUsage();
  const finding = await explore(batch.seed, batch.count);
  const { user, system } = process.cpuUsage(before);
  return { batch, finding, cpuMs: (user + system) / 1_000 };
};

process.on('message', (batch: Batch) => {
  void work(batch).then((report) => process.send?.(report));
});
