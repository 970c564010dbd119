/** Lines for logs: enough to follow, too few to flood. */
import { describe, expect, test } from 'vitest';
import type { Io, Output } from '../../src/cli/output.ts';
import { plainLines } from '../../src/cli/plain-lines.ts';
import { bytes } from '../../src/domain/bytes.ts';
import { startProgress } from '../../src/domain/progress.ts';
import type { DownloadActor, DownloadEmitted, Progress } from '../../src/index.ts';

const TOTAL = bytes(100_000_000);

const arrange = () => {
  const lines: Array<string> = [];
  let nowMs = 0;
  const output: Output = {
    line: (text) => lines.push(text),
    text: (text) => lines.push(text),
    flush: () => Promise.resolve(null),
    terminal: null,
  };
  const io: Io = { stdout: output, stderr: output, env: {}, now: () => nowMs };
  const context = { plan: null, pending: [], active: [], progress: null, isVerified: true };
  const actor = { getSnapshot: () => ({ value: 'planning', context }) } as unknown as DownloadActor;
  const reporter = plainLines({ label: 'oss://b/k', target: '/t/k' }, { actor }, io);
  const at = (ms: number, event: DownloadEmitted): void => {
    nowMs = ms;
    reporter.tell(event);
  };
  return { lines, at };
};

const progress = (received: number, resumed = 0): DownloadEmitted => {
  const start: Progress = startProgress(TOTAL, bytes(resumed), 0);
  return { type: 'progress', progress: { ...start, received: bytes(received) } };
};

const retry = (part: number): DownloadEmitted => ({
  ...{ type: 'retry', part, attempt: 1, delayMs: 500 },
  error: { _tag: 'NetworkFailed', code: 'ECONNRESET', message: 'reset' },
});

describe('plainLines', () => {
  test('tells progress every five seconds', () => {
    const { lines, at } = arrange();
    for (let ms = 0; ms < 16_000; ms += 100) at(ms, progress(1000 + ms));
    expect(lines).toHaveLength(3);
  });

  test('tells every tenth, but not more often than once a second', () => {
    const { lines, at } = arrange();
    for (let ms = 0; ms <= 3_000; ms += 100) at(ms, progress(ms * 30_000));
    expect(lines).toHaveLength(3);
    expect(lines[0]).toBe('30.0 %, 30 MB of 100 MB');
  });

  test('does not count what a former run brought', () => {
    const { lines, at } = arrange();
    at(2_000, progress(50_000_000, 50_000_000));
    expect(lines).toEqual([]);
  });

  test('tells a retry a second, and how many it left out', () => {
    const { lines, at } = arrange();
    for (const part of [1, 2, 3]) at(0, retry(part));
    at(1_000, retry(4));
    expect(lines).toEqual([
      'Retry: part 1: ECONNRESET, again in 0.5 s.',
      'Retry: part 4: ECONNRESET, again in 0.5 s (and 2 more before).',
    ]);
  });
});
