/**
 * Lives in many worlds on all cores, and ends with the first that breaks a law.
 *
 *   npm run test:long -- --minutes 10 | --worlds 20000 [--seed S] [--workers N] [--json]
 *
 * Exit code 1: a law was broken. `--json` ends with one line of JSON for programs.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { failureWords, NO_TALLY, notTaken, tallyWords, withReport } from './explore-tally.ts';
import type { Batch, BatchReport } from './explore-worker.ts';

/** Small, so that the end of the time is met; large against what a batch costs by itself. */
const BATCH_COUNT = 50;
const WORDS_EVERY_MS = 5_000;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string' },
    worlds: { type: 'string' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000_000) },
    workers: { type: 'string', default: String(availableParallelism()) },
    json: { type: 'boolean', default: false },
  },
});
const seedFirst = Number(values.seed);
const worldsMax = Number(values.worlds ?? (values.minutes === undefined ? 3_000 : Infinity));
const endAtMs = Date.now() + Number(values.minutes ?? Infinity) * 60_000;
const say = (text: string): boolean => process.stdout.write(`${text}\n`);

const startedAtMs = Date.now();
let tally = NO_TALLY;
let toldAtMs = startedAtMs;
let batches = 0;

/** The next batch has the next seed; null: it is enough. */
const nextBatch = (): Batch | null => {
  const left = worldsMax - batches * BATCH_COUNT;
  if (left <= 0 || Date.now() >= endAtMs || tally.failure !== null) return null;
  batches += 1;
  return { seed: seedFirst + batches - 1, count: Math.min(BATCH_COUNT, left) };
};

const take = (report: BatchReport): void => {
  tally = withReport(tally, report);
  if (Date.now() - toldAtMs < WORDS_EVERY_MS) return;
  toldAtMs = Date.now();
  say(tallyWords(tally, toldAtMs - startedAtMs));
};

/** Resolves when the worker has no more to do; rejects when it ends before. */
const runWorker = (child: ChildProcess): Promise<void> =>
  new Promise((resolve, reject) => {
    const next = (): void => {
      const batch = nextBatch();
      if (batch !== null) child.send(batch);
      else child.disconnect();
    };
    child.on('message', (report: BatchReport) => {
      take(report);
      next();
    });
    child.on('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`a worker ended with ${code}`)),
    );
    next();
  });

say(`seed ${seedFirst}, ${values.workers} processes`);
const worker = new URL('./explore-worker.js', import.meta.url);
const children = Array.from({ length: Number(values.workers) }, () => fork(worker));
await Promise.all(children.map(runWorker));

say(tallyWords(tally, Date.now() - startedAtMs));
for (const id of notTaken(tally)) say(`not taken: ${id}`);
if (tally.failure !== null) say(failureWords(tally.failure));
if (values.json) say(JSON.stringify({ ...tally, taken: [...tally.taken] }));
process.exitCode = tally.failure === null ? 0 : 1;
