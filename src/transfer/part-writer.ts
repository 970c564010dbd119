/**
 * The data path of one request: chunks from the socket are gathered to batches, hashed, and
 * written at their place in the part file. Two batches at most are alive: while one is written,
 * the next is gathered; then the socket has to wait.
 */
import { type Bytes, bytes } from '../domain/bytes.ts';
import type { DownloadError } from '../domain/errors.ts';
import type { PartNumber } from '../domain/plan.ts';
import type { Crc64Of } from '../effects/crc64.ts';
import type { OpenFile } from '../effects/file-system.ts';
import type { BodySink } from '../effects/http-client.ts';
import { E } from '../fp.ts';
import type { ClaimGuard } from './claim-guard.ts';
import type { PartLedger } from './part-ledger.ts';

export interface PartWriterOptions {
  readonly file: OpenFile;
  readonly ledger: PartLedger;
  readonly crc64Of: Crc64Of;
  readonly part: PartNumber;
  /** Where in the file the first chunk goes. */
  readonly position: Bytes;
  /** Bytes gathered for one write; default `BATCH_LENGTH`. */
  readonly batchLength?: number;
  /** Asked before every batch. */
  readonly mayWrite: ClaimGuard;
  /** Called after every batch that was written. */
  readonly onWritten: () => void;
}

export interface PartWriter extends BodySink {
  /**
   * Writes what was gathered so far. Right: all of it is written; Left: some of it never will be.
   * After the last `write` nothing is in flight then.
   */
  readonly flush: () => Promise<Written>;
}

type Written = E.Either<DownloadError, void>;

/** One batch, 1 MiB: large enough that the cost of a write does not matter. */
export const BATCH_LENGTH = 2 ** 20;

/** A body in crumbs is put together first: so many arguments or vectors no call takes. */
const CHUNKS_MAX = 256;

const DONE: Written = E.right(undefined);

export const partWriter = (options: PartWriterOptions): PartWriter => {
  const {
    file,
    ledger,
    crc64Of,
    part,
    mayWrite,
    onWritten,
    batchLength: full = BATCH_LENGTH,
  } = options;
  let position = options.position;
  let batch: Array<Uint8Array> = [];
  let batchLength = 0;
  let writing: Promise<Written> | null = null;

  const writeBatch = async (): Promise<Written> => {
    const chunks = batch.length > CHUNKS_MAX ? [Buffer.concat(batch)] : batch;
    const length = batchLength;
    batch = [];
    batchLength = 0;
    const allowed = await mayWrite();
    if (allowed !== null && E.isLeft(allowed)) return allowed;
    const written = await file.writeAt(chunks, position)();
    if (E.isLeft(written)) return written;
    position = bytes(position + length);
    ledger.wrote(part, length, crc64Of(...chunks));
    onWritten();
    return DONE;
  };
  /** Starts to write the batch once the one before it is written. */
  const startBatch = async (): Promise<Written> => {
    const before = await (writing ?? DONE);
    if (E.isLeft(before) || batchLength === 0) return before;
    writing = writeBatch();
    writing.catch(() => {}); // Whoever awaits it next gets the defect; Node must not exit on it.
    return DONE;
  };

  return {
    write: (chunk) => {
      ledger.received(part, chunk.length);
      batch.push(chunk);
      batchLength += chunk.length;
      return batchLength < full ? null : startBatch();
    },
    flush: async () => {
      const started = await startBatch();
      return E.isLeft(started) ? started : await (writing ?? DONE);
    },
  };
};
