/** One run of the demo's download, told line by line, and perhaps killed on the way. */
import { join } from 'node:path';
import { formatSize } from '../index.ts';
import { DEMO_ACCOUNT } from '../testing/index.ts';
import { type ChildEvent, runChild } from './demo-child.ts';
import { DEMO_PART_SIZE } from './demo-faults.ts';
import type { Io } from './output.ts';
import { formatSeconds, retryWords, verdictLine } from './words.ts';

/** Where the demo plays. */
export interface Stage {
  /** Where everything of it is, the journal included. */
  readonly folder: string;
  /** URL of the server. */
  readonly endpoint: string;
  readonly size: number;
  readonly io: Io;
  /** Aborting ends the run. */
  readonly signal: AbortSignal;
}

/** What a run told about itself. */
export interface Run {
  readonly how: number | NodeJS.Signals;
  readonly retries: number;
  /** Bytes that would survive a power cut, as last told. */
  readonly durable: number;
  readonly last: ChildEvent | null;
}

export const DEMO_BUCKET = 'demo';
export const DEMO_KEY = 'object.bin';

/** The command that is run, as a person would type it. */
export const demoCommandLine = ({ endpoint }: Stage): string =>
  `partwise get oss://${DEMO_BUCKET}/${DEMO_KEY} --endpoint ${endpoint} ` +
  '--part-size 4MiB --concurrency 6';

/** Runs the command once. `killAt`: SIGKILL when this share is durable; null: never. */
export const runOnce = async (stage: Stage, killAt: number | null): Promise<Run> => {
  const { size, signal, io } = stage;
  let run: Omit<Run, 'how'> = { retries: 0, durable: 0, last: null };
  let isKilled = false;
  const onEvent = (event: ChildEvent, kill: () => void): void => {
    if (isKilled) return;
    run = afterEvent(run, event);
    const line = lineOf(event, size);
    if (line !== null) io.stdout.line(`  ${line}`);
    if (killAt === null || run.durable < killAt * size) return;
    isKilled = true;
    kill();
    const percent = Math.floor((run.durable / size) * 100);
    io.stdout.line(`  SIGKILL at ${percent} %: ${formatSize(run.durable)} are durable`);
  };
  const how = await runChild({ words: wordsOf(stage), env: envOf(io), onEvent, signal });
  return { ...run, how };
};

const afterEvent = (run: Omit<Run, 'how'>, event: ChildEvent): Omit<Run, 'how'> => ({
  retries: event.type === 'retry' ? run.retries + 1 : run.retries,
  durable: event.type === 'progress' ? event.progress.durable : run.durable,
  last: event,
});

const wordsOf = ({ folder, endpoint }: Stage): ReadonlyArray<string> => [
  ...['get', `oss://${DEMO_BUCKET}/${DEMO_KEY}`, join(folder, DEMO_KEY), '--json'],
  ...['--endpoint', endpoint, '--store', join(folder, 'store')],
  ...['--part-size', String(DEMO_PART_SIZE), '--concurrency', '6'],
];

const envOf = ({ env }: Io): Io['env'] => ({
  ...env,
  OSS_ACCESS_KEY_ID: DEMO_ACCOUNT.accessKeyId,
  OSS_ACCESS_KEY_SECRET: DEMO_ACCOUNT.accessKeySecret,
  OSS_SESSION_TOKEN: '',
});

const lineOf = (event: ChildEvent, size: number): string | null => {
  switch (event.type) {
    case 'planned': {
      const { partCount, partSize } = event.plan;
      return `${formatSize(size)} in ${partCount} parts of ${formatSize(partSize)}`;
    }
    case 'verdict':
      return verdictLine(event.verdict, size);
    case 'retry':
      return `retry: ${retryWords(event)}`;
    case 'renamed': {
      const { seconds, fetchedBytes, resumedBytes } = event;
      const amounts = `${formatSize(fetchedBytes)} fetched, ${formatSize(resumedBytes)} resumed`;
      return `in place after ${formatSeconds(seconds)}: ${amounts}`;
    }
    case 'failed':
      return `failed: ${event.error._tag}`;
    default:
      return null;
  }
};
