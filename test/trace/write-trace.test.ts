/** A trace on its way to a file, and back: complete, or told once why not. */
import { appendFile, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { E } from '../../src/fp.ts';
import { loadTrace } from '../../src/trace/read-trace.ts';
import { openTraceFile } from '../../src/trace/trace-file.ts';
import { traceLines } from '../../src/trace/trace-lines.ts';
import type { TraceHeader, TraceRecord } from '../../src/trace/trace-record.ts';
import {
  BACKLOG_LENGTH_MAX,
  type TraceFailure,
  type TraceSink,
  writeTrace,
} from '../../src/trace/write-trace.ts';
import { freshFolder } from '../acceptance/scene.ts';

const HEADER: TraceHeader = {
  ...{ trace: 'partwise', version: 1, startedAtMs: 1_700_000_000_000 },
  ...{ partwise: '1.2.3', host: 'simulated' },
};
const FULL: TraceFailure = { _tag: 'DiskFailed', code: 'ENOSPC', operation: 'write', path: 't' };

const started = (at: number): TraceRecord => ({ type: 'started', at, actor: `part-${at}` });

/** A sink in memory that fails when `mayAppend` says so, and a `later` that waits to be told. */
const arrange = (mayAppend: (text: string) => boolean = () => true) => {
  const texts: Array<string> = [];
  const failures: Array<TraceFailure> = [];
  const later: Array<() => void> = [];
  const sink: TraceSink = {
    append: (text) => async () => {
      if (!mayAppend(text)) return E.left(FULL);
      texts.push(text);
      return E.right(undefined);
    },
    close: async () => E.right(undefined),
  };
  const writer = writeTrace({
    ...{ lines: traceLines(HEADER), sink },
    later: (run) => later.push(run),
    failed: (failure) => failures.push(failure),
  });
  return { writer, texts, failures, later };
};

describe('writeTrace', () => {
  test('writes a header and a line for each record, times rounded', async () => {
    const { writer, texts, failures } = arrange();
    writer.write({ type: 'started', at: 1.23456789, actor: 'download' });
    writer.write({ type: 'ended', at: 2, actor: 'download', how: 'done' });
    await writer.close();
    expect(texts.join('')).toBe(
      `${JSON.stringify(HEADER)}\n{"type":"started","at":1.23,"actor":"download"}\n` +
        '{"type":"ended","at":2,"actor":"download","how":"done"}\n',
    );
    expect(failures).toEqual([]);
  });

  test('collects records until it is time, and asks for that once', () => {
    const { writer, texts, later } = arrange();
    for (let at = 0; at < 100; at++) writer.write(started(at));
    expect(texts).toEqual([]);
    expect(later).toHaveLength(1);
    later[0]?.();
    expect(texts.join('').split('\n')).toHaveLength(102);
  });

  test('does not wait for a long batch to become due', () => {
    const { writer, texts } = arrange();
    for (let at = 0; at < 2_000; at++) writer.write(started(at));
    expect(texts).toHaveLength(1);
  });

  test('tells of a full disk once, and takes records as if nothing were', async () => {
    const { writer, texts, failures, later } = arrange((text) => !text.includes('part-5"'));
    for (let at = 0; at < 5; at++) writer.write(started(at));
    later[0]?.();
    await Promise.resolve();
    for (let at = 5; at < 10_000; at++) writer.write(started(at));
    await writer.close();
    expect(failures).toEqual([FULL]);
    expect(texts.join('')).not.toContain('part-5"');
  });

  test('gives up a disk that does not answer before memory is full of records', () => {
    const failures: Array<TraceFailure> = [];
    const never: TraceSink = {
      append: () => () => new Promise(() => {}),
      close: async () => E.right(undefined),
    };
    const lines = { header: 'h\n', line: () => 'x'.repeat(1_000_000) };
    const failed = (failure: TraceFailure) => failures.push(failure);
    const writer = writeTrace({ lines, sink: never, later: () => {}, failed });
    for (let n = 0; n < (3 * BACKLOG_LENGTH_MAX) / 1_000_000; n++) writer.write(started(n));
    expect(failures).toMatchObject([{ code: 'ENOBUFS' }]);
  });
});

test('a record that comes as a batch ends is not forgotten', async () => {
  for (let turns = 0; turns < 10; turns++) {
    const { writer, texts, later } = arrange();
    later[0]?.();
    for (let turn = 0; turn < turns; turn++) await Promise.resolve();
    writer.write(started(1));
    await writer.close();
    expect(texts.join('')).toContain('part-1');
  }
});

describe('openTraceFile', () => {
  const write = async (path: string, count: number) => {
    const opened = await openTraceFile(path)();
    if (E.isLeft(opened)) throw new Error(opened.left.code);
    const lines = traceLines(HEADER);
    const writer = writeTrace({ lines, sink: opened.right, later: () => {}, failed: () => {} });
    for (let at = 0; at < count; at++) writer.write(started(at));
    await writer.close();
  };

  test('replaces what was there by a file that only its owner may read', async () => {
    const path = join(await freshFolder(), 'trace.jsonl');
    await write(path, 10_000);
    await write(path, 3);
    const read = await loadTrace(path);
    expect(read).toMatchObject({ right: { header: HEADER, count: 3, isTorn: false } });
    if (process.platform !== 'win32') expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  test('what a killed process wrote is read up to the last whole line', async () => {
    const path = join(await freshFolder(), 'trace.jsonl');
    await write(path, 5);
    await appendFile(path, JSON.stringify(started(5)).slice(0, 20));
    expect(await loadTrace(path)).toMatchObject({ right: { count: 5, isTorn: true } });
    expect(await readFile(path, 'utf8')).toContain('part-4');
  });

  test('says by a code why there is no file', async () => {
    const folder = await freshFolder();
    expect(await openTraceFile(folder)()).toMatchObject({ left: { code: 'EISDIR' } });
    const missing = join(folder, 'missing', 'trace.jsonl');
    expect(await openTraceFile(missing)()).toMatchObject({
      left: { _tag: 'DiskFailed', code: 'ENOENT', path: missing },
    });
  });
});
