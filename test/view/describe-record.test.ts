/** Every record of a trace has words. */
import { describe, expect, test } from 'vitest';
import { bytes } from '../../src/domain/bytes.ts';
import type { DownloadError, ErrorOf } from '../../src/domain/errors.ts';
import type { TracedEvent, TraceRecord } from '../../src/trace/trace-record.ts';
import { describeRecord } from '../../src/view/describe-record.ts';
import { SCENARIOS } from './scenarios.ts';

const RESET: DownloadError = { _tag: 'NetworkFailed', code: 'ECONNRESET', message: 'reset' };
const STALLED: ErrorOf<'Stalled'> = { _tag: 'Stalled', cause: 'silence', silentMs: 30_000 };
const SAMPLE = {
  atMs: 0,
  received: bytes(2_000),
  written: bytes(1_500),
  durable: bytes(1_000),
  fetched: bytes(2_000),
};
const LANE = { partNumber: 1, startedAtMs: 0, lastByteAtMs: 0, bytesPerSecond: 5_000 };

/** One event of each type, and what a log says of it. A type that is missing does not compile. */
const EVENTS: {
  readonly [Type in TracedEvent['type']]: readonly [Extract<TracedEvent, { type: Type }>, string];
} = {
  pause: [{ type: 'pause' }, 'pause'],
  resume: [{ type: 'resume' }, 'resume'],
  cancel: [{ type: 'cancel', keep: true }, 'cancel, everything is kept'],
  'part.fetched': [{ type: 'part.fetched', part: 1, generation: 2 }, 'part.fetched, access 2'],
  'part.suspended': [{ type: 'part.suspended', part: 1 }, 'part.suspended'],
  'part.failed': [{ type: 'part.failed', part: 1, error: RESET }, 'part.failed, ECONNRESET'],
  'part.retrying': [
    { type: 'part.retrying', part: 1, attempt: 2, error: RESET, delayMs: 500 },
    'part.retrying, attempt 2, ECONNRESET, again in 0.5 s',
  ],
  'access.expired': [
    {
      type: 'access.expired',
      part: 1,
      error: {
        _tag: 'AccessExpired',
        status: 403,
        code: 'SecurityTokenExpired',
        message: '',
        requestId: null,
        ec: null,
      },
      generation: 0,
      hasFlowed: true,
    },
    'access.expired, 403 SecurityTokenExpired, access 0',
  ],
  'progress.sampled': [
    { type: 'progress.sampled', sample: SAMPLE, lanes: [LANE, LANE] },
    'progress.sampled, 2 kB received, 1 kB durable, 2 requests at 10 kB/s',
  ],
  'checkpoint.due': [{ type: 'checkpoint.due' }, 'checkpoint.due'],
  'part.damaged': [{ type: 'part.damaged', part: 4 }, 'part.damaged, part 4'],
  'part.stalled': [
    { type: 'part.stalled', part: 4, error: STALLED },
    'part.stalled, part 4, silence',
  ],
  suspend: [{ type: 'suspend' }, 'suspend'],
  stall: [{ type: 'stall', error: STALLED }, 'stall, silence'],
  'bytes.flowing': [{ type: 'bytes.flowing' }, 'bytes.flowing'],
  'access.granted': [{ type: 'access.granted', generation: 1 }, 'access.granted, access 1'],
  'effect.done': [{ type: 'effect.done', effect: 'probeObject' }, 'probeObject done'],
  'effect.failed': [
    { type: 'effect.failed', effect: 'probeObject', error: RESET },
    'probeObject failed, ECONNRESET',
  ],
  'delay.over': [{ type: 'delay.over', delay: 'backoff' }, 'backoff is over'],
};

const heard = (event: TracedEvent, from: string | null = null): TraceRecord => ({
  type: 'event',
  at: 1,
  to: 'download',
  from,
  event,
});

describe('describeRecord', () => {
  test.each(Object.entries(EVENTS))('has words for %s', (_, [event, words]) => {
    expect(describeRecord(heard(event))).toBe(`download: ${words}`);
  });

  test('says who told it, but for the end of an effect, which says so itself', () => {
    expect(describeRecord(heard({ type: 'part.suspended', part: 3 }, 'part-3'))).toBe(
      'part-3 → download: part.suspended',
    );
    const done: TracedEvent = { type: 'effect.done', effect: 'saveCheckpoint' };
    expect(describeRecord(heard(done, 'saveCheckpoint'))).toBe('download: saveCheckpoint done');
  });

  test('tells a step by what was taken, where it led, and what it changed', () => {
    const took = [
      'download.planning.probing: probeObject failed 0',
      'download.planning.judging: always 1',
    ];
    const states = ['download.planning.backingOff'];
    const changed = { error: RESET, attempts: 1 };
    expect(describeRecord({ type: 'step', at: 0, actor: 'download', took, states, changed })).toBe(
      'download: planning.probing: probeObject failed 0, planning.judging: always 1 → ' +
        'planning.backingOff; ECONNRESET; changes error, attempts',
    );
  });

  test('names what parallel regions lie in once', () => {
    const states = [
      'download.downloadingParts.transfer',
      'download.downloadingParts.access.granted',
    ];
    expect(describeRecord({ type: 'step', at: 0, actor: 'download', took: [], states })).toBe(
      'download is in downloadingParts (transfer, access.granted)',
    );
  });

  test('tells beginnings and ends', () => {
    expect(describeRecord({ type: 'started', at: 0, actor: 'part-7' })).toBe('part-7 begins');
    const ended = { type: 'ended', at: 0, actor: 'part-7' } as const;
    expect(describeRecord({ ...ended, how: 'stopped' })).toBe('part-7 is stopped');
    expect(describeRecord({ ...ended, how: 'threw' })).toContain('a defect');
  });

  test('has one line of words for every record of a real download', async () => {
    const { records } = await SCENARIOS['every request fails once']!({});
    for (const record of records) expect(describeRecord(record)).toMatch(/^\S.*\S$/);
  });
});
