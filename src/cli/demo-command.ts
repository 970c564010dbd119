/** `partwise demo`: a download through a bad network, killed half-way, resumed, and checked. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatSize } from '../index.ts';
import {
  crc64OfSynthetic,
  DEMO_ACCOUNT,
  type OssServer,
  type SyntheticObject,
  startOssServer,
  syntheticObject,
} from '../testing/index.ts';
import { firstDifference } from './demo-check.ts';
import { type ChildEvent, runChild } from './demo-child.ts';
import { DEMO_PART_SIZE, demoFaults, type FaultCounts } from './demo-faults.ts';
import { DONE, type EndingSignal, exitCodeOfSignal } from './exit-codes.ts';
import type { Io } from './output.ts';
import { onSignals } from './signals.ts';
import { formatSeconds, retryWords, verdictLine } from './words.ts';

const SIZE = 80_000_000;
/** The first run is killed when this share of the object would survive a power cut. */
const KILL_SHARE = 0.4;

/** Runs the demo. Returns 0 when everything was as it should be, 1 when anything was not. */
export const demoCommand = async (io: Io): Promise<number> => {
  const folder = await mkdtemp(join(tmpdir(), 'partwise-demo-'));
  const faults = demoFaults();
  const server = await startOssServer({ synthetic: true, faults: [faults.rule] });
  const interrupted = new AbortController();
  let signal: EndingSignal | null = null;
  const stop = onSignals({
    first: (received) => {
      signal = received;
      interrupted.abort();
    },
  });
  try {
    const stage = { folder, server, io, signal: interrupted.signal };
    const mistakes = await tellStory(stage, faults.counts);
    if (signal !== null) return exitCodeOfSignal(signal);
    for (const mistake of mistakes) io.stdout.line(`NOT as it should be: ${mistake}`);
    return mistakes.length === 0 ? DONE : 1;
  } finally {
    stop();
    await server.close();
    await rm(folder, { recursive: true, force: true });
  }
};

interface Stage {
  /** Where everything of the demo is, the journal included. */
  readonly folder: string;
  readonly server: OssServer;
  readonly io: Io;
  readonly signal: AbortSignal;
}

/** What a run told about itself. */
interface Run {
  readonly how: number | NodeJS.Signals;
  readonly retries: number;
  readonly durable: number;
  readonly last: ChildEvent | null;
}

const tellStory = async (
  stage: Stage,
  counts: () => FaultCounts,
): Promise<ReadonlyArray<string>> => {
  const { stdout } = stage.io;
  const original = syntheticObject({ seed: 7, size: SIZE });
  stdout.line(`An OSS server at ${stage.server.url} has an object of ${formatSize(SIZE)}.`);
  stdout.line('Connections are slow; some are reset or cut, and the server is busy at times.');
  stdout.line('');
  stdout.line(`$ partwise get ${SOURCE} object.bin --part-size 4MiB --concurrency 6`);
  const first = await runOnce(stage, KILL_SHARE);
  if (stage.signal.aborted) return [];
  stdout.line('');
  stdout.line('$ the same command again');
  const second = await runOnce(stage, null);
  if (stage.signal.aborted) return [];
  stdout.line('');
  return [
    ...mistakesOfRuns(first, second),
    ...mistakesOfFaults(counts(), stage),
    ...(await mistakesOfFile(stage, original, second)),
  ];
};

const SOURCE = `oss://demo/synthetic/7/${SIZE}`;

/** One run of the command. @param killAt Kill it when this share is durable; null: never. */
const runOnce = async (stage: Stage, killAt: number | null): Promise<Run> => {
  const { folder, server, io, signal } = stage;
  const { stdout } = io;
  let run: Omit<Run, 'how'> = { retries: 0, durable: 0, last: null };
  let isKilled = false;
  const onEvent = (event: ChildEvent, kill: () => void): void => {
    if (isKilled) return;
    run = { ...run, last: event };
    const line = lineOf(event);
    if (line !== null) stdout.line(`  ${line}`);
    if (event.type === 'retry') run = { ...run, retries: run.retries + 1 };
    if (event.type !== 'progress') return;
    const { durable } = event.progress;
    run = { ...run, durable };
    if (killAt === null || durable < killAt * SIZE) return;
    isKilled = true;
    kill();
    const percent = Math.floor((durable / SIZE) * 100);
    stdout.line(`  SIGKILL at ${percent} %: ${formatSize(durable)} are durable`);
  };
  const words = [
    ...['get', SOURCE, join(folder, 'object.bin'), '--json', '--endpoint', server.url],
    ...['--part-size', String(DEMO_PART_SIZE), '--concurrency', '6'],
    ...['--store', join(folder, 'store')],
  ];
  const env = {
    ...io.env,
    OSS_ACCESS_KEY_ID: DEMO_ACCOUNT.accessKeyId,
    OSS_ACCESS_KEY_SECRET: DEMO_ACCOUNT.accessKeySecret,
    OSS_SESSION_TOKEN: '',
  };
  const how = await runChild({ words, env, onEvent, signal });
  return { ...run, how };
};

const lineOf = (event: ChildEvent): string | null => {
  switch (event.type) {
    case 'planned': {
      const { partCount, partSize } = event.plan;
      return `${partCount} parts of ${formatSize(partSize)}`;
    }
    case 'verdict':
      return verdictLine(event.verdict, SIZE);
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

const mistakesOfRuns = (first: Run, second: Run): ReadonlyArray<string> => {
  const mistakes: Array<string> = [];
  if (first.how !== 'SIGKILL') mistakes.push(`the first run ended with ${first.how}`);
  if (second.how !== 0) mistakes.push(`the second run ended with ${second.how}`);
  if (first.retries === 0 || second.retries === 0) mistakes.push('no fault was met');
  const { last } = second;
  if (last?.type !== 'renamed') return [...mistakes, 'the second run put nothing in place'];
  const { resumedBytes, fetchedBytes } = last;
  if (resumedBytes < first.durable) mistakes.push('durable bytes were not resumed');
  if (resumedBytes + fetchedBytes < SIZE) mistakes.push('some bytes came from nowhere');
  if (fetchedBytes > SIZE - resumedBytes + DEMO_PART_SIZE) mistakes.push('too much was fetched');
  return mistakes;
};

const mistakesOfFaults = (counts: FaultCounts, { io }: Stage): ReadonlyArray<string> => {
  const { reset, cut, busy } = counts;
  io.stdout.line(`Met ${reset} resets, ${cut} cut answers and ${busy} × 503 with Retry-After.`);
  return reset > 0 && cut > 0 && busy > 0 ? [] : ['a kind of fault did not happen'];
};

const mistakesOfFile = async (
  { folder, io }: Stage,
  original: SyntheticObject,
  { last }: Run,
): Promise<ReadonlyArray<string>> => {
  const { stdout } = io;
  const difference = await firstDifference(join(folder, 'object.bin'), original);
  if (difference !== null) return [`the file differs from the original at byte ${difference}`];
  stdout.line(`Compared all ${formatSize(SIZE)} with the original, byte by byte: identical.`);
  const crc64 = await crc64OfSynthetic(original);
  if (last?.type !== 'renamed' || last.crc64 !== crc64) return [`its CRC-64 is not ${crc64}`];
  const left = [...(await readdir(folder)), ...(await readdir(join(folder, 'store')))];
  const strays = left.filter((name) => name !== 'object.bin' && name !== 'store');
  if (strays.length > 0) return [`left behind: ${strays.join(', ')}`];
  stdout.line(`Its CRC-64 is ${crc64}, and nothing else was left behind.`);
  return [];
};
