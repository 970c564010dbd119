/** The records of a real download that met faults. */
import { bytes } from '../../src/domain/bytes.ts';
import { type Recording, recorder } from '../../src/inspector/recording.ts';
import { liveEffects } from '../../src/live-effects.ts';
import { startDownload } from '../../src/start-download.ts';
import { type FaultRequest, fault, firstAttempts, when } from '../../src/testing/index.ts';
import type { TraceRecord } from '../../src/trace/trace-record.ts';
import { createTracer } from '../../src/trace/tracer.ts';
import { collect, contentOf, demoCredentials, setScene } from '../acceptance/scene.ts';
import { inputFor, SETTINGS } from '../input-for.ts';

export interface RecordedOptions {
  readonly parts: number;
  /** Default: 4. */
  readonly lanes?: number;
}

/** The first request for every tenth part fails. */
export const recordDownload = async ({
  parts,
  lanes = 4,
}: RecordedOptions): Promise<ReadonlyArray<TraceRecord>> => {
  const partSize = 1_000;
  const scene = await setScene({
    content: contentOf(parts * partSize),
    server: { faults: [when(isTenth(partSize), firstAttempts(1, fault.cutAfter(500)))] },
  });
  const { source, store, target } = scene;
  const credentials = demoCredentials;
  const isDurable = false; // A disk that others keep busy is not what this is about.
  const live = liveEffects({ source, credentials, store, silenceMsMax: 10_000, isDurable });
  const { now } = live.clock;
  const tracer = createTracer({ now, startedAtMs: 0, partwise: '0.0.0', host: 'test' });
  const records: Array<TraceRecord> = [];
  tracer.subscribe((record) => records.push(record));
  const wishes = { partSize: bytes(partSize), threshold: bytes(0) };
  const retry = { ...SETTINGS.retry, attemptsMax: 3 };
  const input = inputFor({ source, target }, { wishes, lanes, retry });
  const job = startDownload(live, input, { inspect: tracer.inspect });
  const { error } = await collect(job);
  await live.close();
  if (error !== null) throw new Error(`failed: ${error._tag}`);
  return records;
};

const isTenth =
  (partSize: number) =>
  ({ method, range }: FaultRequest): boolean =>
    method === 'GET' && range !== null && range.start % (10 * partSize) === 0;

export const HEADER = {
  trace: 'partwise',
  version: 1,
  startedAtMs: 1_700_000_000_000,
  partwise: '0.0.0',
  host: 'test',
} as const;

export const indexed = (records: ReadonlyArray<TraceRecord>): Recording => {
  const { take, recording } = recorder();
  for (const record of records) take(record);
  return recording;
};
