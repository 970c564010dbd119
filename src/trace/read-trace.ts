/** Reads traces: line by line, however long, up to where a killed process stopped writing. */
import { createReadStream } from 'node:fs';
import * as t from 'io-ts';
import { E } from '../fp.ts';
import type { TraceFlaw } from './trace-flaw.ts';
import { isTraceRecord, type TraceHeader, type TraceRecord } from './trace-record.ts';

export interface TraceReader {
  /** Called once, before any record. */
  readonly header?: (header: TraceHeader) => void;
  readonly record: (record: TraceRecord) => void;
}

export interface TraceReading {
  readonly header: TraceHeader;
  /** How many records were read. */
  readonly count: number;
  /** Was the last line begun and not ended? It is left out. */
  readonly isTorn: boolean;
}

/** The version of the format that is written, and the only one that is read. */
export const TRACE_VERSION = 1;

/** A longer line is no record: its lists and texts are cut. In characters. */
const LINE_LENGTH_MAX = 64 * 2 ** 20;

/**
 * Reads a trace from its beginning to its end, and hands over each record.
 *
 * Records are looked at lightly: their kind, time and actors are what they should be; of what an
 * event or a context holds nothing is promised.
 *
 * @param source The path of a file, or the text of one in pieces.
 * Errors: see `describeTraceFlaw`. Records before a flaw have been handed over.
 */
export const readTrace = async (
  source: string | AsyncIterable<string>,
  reader: TraceReader,
): Promise<E.Either<TraceFlaw, TraceReading>> => {
  const lines = lineReader(reader);
  const chunks = typeof source === 'string' ? createReadStream(source, IN_TEXT) : source;
  try {
    for await (const chunk of chunks) {
      const flaw = lines.take(String(chunk));
      if (flaw !== null) return E.left(flaw);
    }
  } catch (thrown) {
    return E.left({ _tag: 'TraceUnreadable', code: codeOf(thrown), path: String(source) });
  }
  return lines.end();
};

/** All of a trace in memory: for the short ones of tests and simulations. */
export const loadTrace = async (
  source: string | AsyncIterable<string>,
): Promise<
  E.Either<TraceFlaw, TraceReading & { readonly records: ReadonlyArray<TraceRecord> }>
> => {
  const records: Array<TraceRecord> = [];
  const reading = await readTrace(source, { record: (record) => records.push(record) });
  return E.map((read: TraceReading) => ({ ...read, records }))(reading);
};

const IN_TEXT = { encoding: 'utf8', highWaterMark: 2 ** 20 } as const;

const lineReader = (reader: TraceReader) => {
  let header: TraceHeader | null = null;
  let number = 0;
  let count = 0;
  let rest = '';

  const read = (line: string): TraceFlaw | null => {
    number += 1;
    if (header === null) return begin(line);
    const record = parse(line);
    if (!isTraceRecord(record)) return { _tag: 'TraceDamaged', line: number };
    count += 1;
    reader.record(record);
    return null;
  };
  const begin = (line: string): TraceFlaw | null => {
    const decoded = decodeHeader(parse(line));
    if (E.isLeft(decoded)) return decoded.left;
    header = decoded.right;
    reader.header?.(header);
    return null;
  };
  return {
    take: (chunk: string): TraceFlaw | null => {
      const text = rest + chunk;
      let from = 0;
      for (let to = text.indexOf('\n'); to !== -1; to = text.indexOf('\n', from)) {
        const flaw = read(text.slice(from, to));
        if (flaw !== null) return flaw;
        from = to + 1;
      }
      rest = text.slice(from);
      if (rest.length <= LINE_LENGTH_MAX) return null;
      return header === null ? NOT_A_TRACE : { _tag: 'TraceDamaged', line: number + 1 };
    },
    end: (): E.Either<TraceFlaw, TraceReading> => {
      const flaw = rest === '' ? null : read(rest);
      if (header === null) return E.left(flaw ?? NOT_A_TRACE);
      return E.right({ header, count, isTorn: flaw !== null });
    },
  };
};

const Marks = t.type({ trace: t.literal('partwise'), version: t.number });

const Header = t.readonly(
  t.strict({
    trace: t.literal('partwise'),
    version: t.literal(TRACE_VERSION),
    startedAtMs: t.number,
    partwise: t.string,
    host: t.string,
  }),
);

const decodeHeader = (value: unknown): E.Either<TraceFlaw, TraceHeader> => {
  const marks = Marks.decode(value);
  if (E.isLeft(marks)) return E.left(NOT_A_TRACE);
  const { version } = marks.right;
  if (version > TRACE_VERSION) {
    return E.left({ _tag: 'TraceTooNew', version, readable: TRACE_VERSION });
  }
  const header = Header.decode(value);
  return E.isLeft(header) ? E.left(NOT_A_TRACE) : header;
};

const NOT_A_TRACE: TraceFlaw = { _tag: 'NotATrace' };

/** Undefined: not JSON. */
const parse = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
};

const codeOf = (thrown: unknown): string =>
  thrown instanceof Error && 'code' in thrown ? String(thrown.code) : String(thrown);
