/** The trace of a download of very many parts, grown from the trace of one of few. */

import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { TraceRecord } from '../../src/trace/trace-record.ts';

const PART_SIZE = 100_000;
const LANES = 16;
/** As often as a running download is sampled, if a batch takes 20 ms. */
const BATCHES_PER_SAMPLE = 5;

export interface LargeTrace {
  /** Path of a real trace of a download that had more than one part. */
  readonly small: string;
  /** Path of what is written. */
  readonly large: string;
  readonly partCount: number;
}

/**
 * Writes the beginning of the real trace with another plan, and then parts that are fetched, lane
 * by lane: every 5 003rd fails once. It breaks off before the end, as the trace of a crash does.
 */
export const writeLargeTrace = async ({ small, large, partCount }: LargeTrace): Promise<void> => {
  const [header = '', ...lines] = (await readFile(small, 'utf8')).trimEnd().split('\n');
  const records = lines.map((line) => JSON.parse(line) as TraceRecord);
  const first = records.findIndex(
    (record) => record.type === 'started' && record.actor === 'part-1',
  );
  const file = createWriteStream(large);
  const write = async (part: ReadonlyArray<unknown>): Promise<void> => {
    const text = part.map((record) => `${JSON.stringify(record)}\n`).join('');
    if (!file.write(text)) await once(file, 'drain');
  };
  file.write(`${header}\n`);
  await write(records.slice(0, first).map((record) => withPlan(record, partCount)));
  const opening = records[first - 1];
  if (opening?.type !== 'step') throw new Error('the real trace begins in another way');
  for (let part = 1; part <= partCount; part += LANES) {
    await write(batchOf(part, partCount, opening.states));
  }
  file.end();
  await once(file, 'close');
};

const withPlan = (record: TraceRecord, partCount: number): unknown => {
  if (record.type !== 'step' || record.changed === undefined) return record;
  const { plan, version, progress, pending } = record.changed;
  const size = partCount * PART_SIZE;
  return {
    ...record,
    changed: {
      ...record.changed,
      ...(plan && { plan: { ...plan, partCount, size, partSize: PART_SIZE } }),
      ...(version && { version: { ...version, size } }),
      ...(progress && { progress: { ...progress, total: size } }),
      ...(pending && { pending: [{ start: 1, end: partCount + 1 }] }),
    },
  };
};

const batchOf = (
  first: number,
  partCount: number,
  states: ReadonlyArray<string>,
): ReadonlyArray<unknown> => {
  const count = Math.min(LANES, partCount - first + 1);
  const parts = Array.from({ length: count }, (_, lane) => first + lane);
  const atMs = 1_000 + ((first - 1) / LANES) * 20;
  const received = (first - 1) * PART_SIZE;
  const isSampled = ((first - 1) / LANES) % BATCHES_PER_SAMPLE === 0;
  return [
    ...parts.flatMap((part) => [
      { type: 'started', at: atMs, actor: `part-${part}` },
      {
        type: 'step',
        at: atMs,
        actor: `part-${part}`,
        took: ['part.starting: always 1'],
        states: ['part.fetching.requesting'],
      },
    ]),
    ...parts.filter((part) => part % 5_003 === 0).map((part) => retryOf(part, atMs + 2)),
    ...(isSampled ? sampleOf({ atMs, received, total: partCount * PART_SIZE, states }) : []),
    ...parts.flatMap((part) => [
      {
        type: 'step',
        at: atMs + 10,
        actor: `part-${part}`,
        took: ['part.fetching: fetchPart done 0'],
        states: ['part.fetched'],
      },
      { type: 'ended', at: atMs + 10, actor: `part-${part}`, how: 'done' },
      {
        type: 'event',
        at: atMs + 10,
        to: 'download',
        from: `part-${part}`,
        event: { type: 'part.fetched', part, generation: 0 },
      },
    ]),
  ];
};

const retryOf = (part: number, atMs: number): unknown => ({
  type: 'event',
  at: atMs,
  to: 'download',
  from: `part-${part}`,
  event: {
    type: 'part.retrying',
    part,
    attempt: 1,
    delayMs: 5,
    error: { _tag: 'NetworkFailed', code: 'ECONNRESET', message: 'socket hang up' },
  },
});

interface Sample {
  readonly atMs: number;
  readonly received: number;
  readonly total: number;
  readonly states: ReadonlyArray<string>;
}

const sampleOf = ({ atMs, received, total, states }: Sample): ReadonlyArray<unknown> => {
  const durable = Math.max(0, received - 500 * PART_SIZE);
  const sample = { atMs, received, written: received, durable, fetched: received };
  const rates = { bytesPerSecond: 80e6, secondsLeft: (total - received) / 80e6 };
  return [
    {
      type: 'event',
      at: atMs + 3,
      to: 'download',
      from: null,
      event: { type: 'progress.sampled', sample, lanes: [] },
    },
    {
      type: 'step',
      at: atMs + 3,
      actor: 'download',
      took: ['download.downloadingParts: progress.sampled 0'],
      states,
      changed: { progress: { ...sample, ...rates, total, resumed: 0 } },
    },
  ];
};
