/**
 * Writes a trace while a download runs, beside it: no record ever waits for the disk, and whatever
 * happens to the trace, the download goes on.
 */
import type { ErrorOf } from '../domain/errors.ts';
import { E, type TE } from '../fp.ts';
import type { TraceLines } from './trace-lines.ts';
import type { TraceRecord } from './trace-record.ts';

export type TraceFailure = ErrorOf<'DiskFailed'>;

/** Where the text of a trace goes: a file, or the memory of a simulation. */
export interface TraceSink {
  /** Takes more text. Is not called again before it has ended. */
  readonly append: (text: string) => TE.TaskEither<TraceFailure, void>;
  readonly close: TE.TaskEither<TraceFailure, void>;
}

export interface TraceWriterOptions {
  readonly lines: TraceLines;
  readonly sink: TraceSink;
  /** Runs something in a fraction of a second: so long may a record stay in memory. */
  readonly later: (run: () => void) => void;
  /** Told once, when the trace ends before the download: the file is whole up to some line. */
  readonly failed: (error: TraceFailure) => void;
}

export interface TraceWriter {
  /** Takes a record, for `tracer.subscribe`. Never throws, never waits. */
  readonly write: (record: TraceRecord) => void;
  /** Resolves when everything is with the sink, and that is closed. */
  readonly close: () => Promise<void>;
}

/** So much text is written at once. In characters. */
const BATCH_LENGTH = 65_536;

/** A sink that is behind by more than this is given up. In characters. */
export const BACKLOG_LENGTH_MAX = 32 * 2 ** 20;

/** Writes the header at once, then records in batches, as long as the sink takes them. */
export const writeTrace = ({ lines, sink, later, failed }: TraceWriterOptions): TraceWriter => {
  let waiting: Array<string> = [];
  let length = 0;
  let isWaiting = false;
  let hasFailed = false;
  let draining: Promise<void> | null = null;

  const fail = (error: TraceFailure): void => {
    if (hasFailed) return;
    hasFailed = true;
    waiting = [];
    length = 0;
    failed(error);
  };
  const drain = (): Promise<void> => {
    isWaiting = false;
    if (length > 0) draining ??= appendAll();
    return draining ?? Promise.resolve();
  };
  const appendAll = async (): Promise<void> => {
    while (length > 0) {
      const text = waiting.join('');
      waiting = [];
      length = 0;
      const appended = await sink.append(text)();
      if (E.isLeft(appended)) fail(appended.left);
    }
    draining = null; // In the same turn as the last look: nothing can be added in between.
  };
  const add = (line: string): void => {
    waiting.push(line);
    length += line.length;
    if (length > BACKLOG_LENGTH_MAX) fail(BEHIND);
    else if (length >= BATCH_LENGTH) void drain();
    else if (!isWaiting) {
      isWaiting = true;
      later(drain);
    }
  };
  add(lines.header);
  return {
    write: (record) => {
      if (!hasFailed) add(lines.line(record));
    },
    close: async () => {
      await drain();
      const closed = await sink.close();
      if (E.isLeft(closed)) fail(closed.left);
    },
  };
};

const BEHIND: TraceFailure = {
  _tag: 'DiskFailed',
  code: 'ENOBUFS',
  operation: 'keep up with',
  path: 'the trace',
};
