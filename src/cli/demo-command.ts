/** `partwise demo`: a download through a bad network, killed half-way, resumed, and checked. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatSize } from '../index.ts';
import { startOssServer, syntheticObject } from '../testing/index.ts';
import {
  firstDifference,
  type Mistakes,
  mistakesOfFaults,
  mistakesOfFolder,
  mistakesOfRuns,
} from './demo-check.ts';
import { demoFaults, type FaultCounts } from './demo-faults.ts';
import {
  DEMO_BUCKET,
  DEMO_KEY,
  demoCommandLine,
  type Run,
  runOnce,
  type Stage,
} from './demo-run.ts';
import { DONE, type EndingSignal, exitCodeOfSignal } from './exit-codes.ts';
import type { Io } from './output.ts';
import { onSignals } from './signals.ts';

const SIZE = 80_000_000;
/** The first run is killed when this share of the object would survive a power cut. */
const KILL_SHARE = 0.4;

const ORIGINAL = { seed: 7, size: SIZE };

/** Runs the demo. Returns 0 when everything was as it should be, 1 when anything was not. */
export const demoCommand = async (io: Io): Promise<number> => {
  const interrupted = new AbortController();
  let signal: EndingSignal | null = null;
  const stop = onSignals({
    first: (received) => {
      signal = received;
      interrupted.abort();
    },
  });
  const folder = await mkdtemp(join(tmpdir(), 'partwise-demo-'));
  const faults = demoFaults();
  const server = await startOssServer({ faults: [faults.rule] });
  try {
    const { crc64 } = server.put(DEMO_BUCKET, DEMO_KEY, syntheticObject(ORIGINAL));
    const stage = { folder, endpoint: server.url, size: SIZE, io, signal: interrupted.signal };
    const runs = await tellRuns(stage);
    if (signal !== null) return exitCodeOfSignal(signal);
    const mistakes = await tellChecks(stage, runs, { counts: faults.counts(), crc64 });
    for (const mistake of mistakes) io.stdout.line(`NOT as it should be: ${mistake}`);
    return mistakes.length === 0 ? DONE : 1;
  } finally {
    stop();
    await server.close();
    await rm(folder, { recursive: true, force: true });
  }
};

interface Runs {
  readonly first: Run;
  readonly second: Run;
}

const tellRuns = async (stage: Stage): Promise<Runs> => {
  const { stdout } = stage.io;
  stdout.line(`An OSS server at ${stage.endpoint} has an object of ${formatSize(SIZE)}.`);
  stdout.line('Its connections are slow, some are reset or cut, and at times it is busy.');
  stdout.line('');
  stdout.line(`$ ${demoCommandLine(stage)}`);
  const first = await runOnce(stage, KILL_SHARE);
  if (stage.signal.aborted) return { first, second: first };
  stdout.line('');
  stdout.line('$ the same command again');
  const second = await runOnce(stage, null);
  stdout.line('');
  return { first, second };
};

const tellChecks = async (
  { folder, io }: Stage,
  { first, second }: Runs,
  { counts, crc64 }: { readonly counts: FaultCounts; readonly crc64: string | null },
): Promise<Mistakes> => {
  const { stdout } = io;
  const { reset, cut, busy } = counts;
  stdout.line(`Met ${reset} resets, ${cut} cut answers, ${busy} × 503 with Retry-After.`);
  const mistakes = [...mistakesOfRuns(first, second, SIZE), ...mistakesOfFaults(counts)];
  if (mistakes.length > 0 || second.last?.type !== 'renamed') return mistakes;
  const difference = await firstDifference(join(folder, DEMO_KEY), syntheticObject(ORIGINAL));
  if (difference !== null) return [`the file differs from the original at byte ${difference}`];
  stdout.line(`Compared all ${formatSize(SIZE)} with the original, byte by byte: identical.`);
  if (second.last.crc64 !== crc64) return [`its CRC-64 is not ${crc64}`];
  stdout.line(`Its CRC-64 is the original's, too: ${crc64}.`);
  const strays = await mistakesOfFolder(folder);
  if (strays.length === 0) stdout.line('No part file and no journal was left behind.');
  return strays;
};
