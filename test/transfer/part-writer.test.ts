/** The path of one request's bytes to their place in the part file. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytes } from '../../src/domain/bytes.ts';
import type { DownloadError, ErrorOf } from '../../src/domain/errors.ts';
import { loadCrc64 } from '../../src/effects/crc64.ts';
import type { DiskEffect, OpenFile } from '../../src/effects/file-system.ts';
import { E } from '../../src/fp.ts';
import { partLedger } from '../../src/transfer/part-ledger.ts';
import {
  BATCH_LENGTH,
  type PartWriterOptions,
  partWriter,
} from '../../src/transfer/part-writer.ts';

const crc64Of = await loadCrc64();

const DISK_FULL: ErrorOf<'DiskFailed'> = {
  _tag: 'DiskFailed',
  code: 'ENOSPC',
  operation: 'write',
  path: 'a.part',
};
const BUSY: DownloadError = { _tag: 'Busy', host: 'web-1', pid: 42 };
const DONE = E.right(undefined);

type Ending = E.Either<ErrorOf<'DiskFailed'>, void>;

/** A file in memory whose writes end as `endings` say: at once where it says nothing. */
const memoryFile = (
  size: number,
  endings: (write: number) => Ending | Promise<Ending> = () => DONE,
) => {
  const content = new Uint8Array(size);
  const calls: Array<{ readonly position: number; readonly length: number }> = [];
  const state = { underWay: 0, underWayMax: 0 };
  const writeAt: OpenFile['writeAt'] = (chunks, position) => async () => {
    calls.push({ position, length: chunks.reduce((sum, { length }) => sum + length, 0) });
    state.underWay += 1;
    state.underWayMax = Math.max(state.underWayMax, state.underWay);
    try {
      const ending = await endings(calls.length);
      let at: number = position;
      for (const chunk of E.isRight(ending) ? chunks : []) {
        content.set(chunk, at);
        at += chunk.length;
      }
      return ending;
    } finally {
      state.underWay -= 1;
    }
  };
  const unused = (): DiskEffect<never> => {
    throw new Error('a writer only writes');
  };
  const file: OpenFile = {
    writeAt,
    readAt: unused,
    datasync: unused,
    resize: unused,
    facts: unused,
    stamp: unused,
    close: unused,
  };
  return { file, content, calls, state };
};

/** A writer of part 1 from byte 3 on, into a file in memory. */
const startWriter = (
  size: number,
  endings?: Parameters<typeof memoryFile>[1],
  mayWrite: PartWriterOptions['mayWrite'] = () => null,
) => {
  const memory = memoryFile(size, endings);
  const ledger = partLedger([]);
  const seen = { written: 0 };
  const writer = partWriter({
    file: memory.file,
    ledger,
    crc64Of,
    part: 1,
    position: bytes(3),
    mayWrite,
    onWritten: () => {
      seen.written += 1;
    },
  });
  return { ...memory, ledger, writer, seen };
};

const row = Uint8Array.from({ length: 4 * BATCH_LENGTH }, (_, i) => (i * 7 + (i >> 12)) % 255 || 1);
/** `content` as chunks whose lengths are fractions of 256 KiB. */
const chunksOf = (content: Uint8Array, lengths: ReadonlyArray<number>) => {
  const chunks: Array<Uint8Array> = [];
  let at = 0;
  for (const length of lengths) {
    chunks.push(content.slice(at, at + length));
    at += length;
  }
  return chunks;
};
const BATCH = new Uint8Array(BATCH_LENGTH).fill(1);

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
const gate = () => {
  let open = (_: Ending) => {};
  const opened = new Promise<Ending>((resolve) => {
    open = resolve;
  });
  return { open: (ending: Ending) => open(ending), opened };
};

describe('partWriter', () => {
  test('for every chunking and pace of the disk, all bytes land at their places', async () => {
    const lengths = fc.array(
      fc.oneof(fc.nat({ max: 20 }), { weight: 4, arbitrary: fc.nat({ max: 400_000 }) }),
      {
        minLength: 3,
        maxLength: 10,
        size: 'max',
      },
    );
    let batches = 0;
    await fc.assert(
      fc.asyncProperty(lengths, fc.array(fc.nat({ max: 2 })), async (sizes, turns) => {
        const chunks = chunksOf(row, sizes);
        const total = sizes.reduce((sum, length) => sum + length, 0);
        const slow = async (write: number) => {
          for (let i = turns[write % (turns.length || 1)] ?? 0; i > 0; i--) await turn();
          return DONE;
        };
        const { writer, content, calls, state, ledger, seen } = startWriter(total + 5, slow);
        for (const chunk of chunks) {
          const written = await writer.write(chunk);
          assert.ok(written === null || E.isRight(written));
          const { received, written: isWritten } = ledger.sums();
          assert.ok(received - isWritten <= 2 * BATCH_LENGTH + 400_000, 'too much is alive');
        }
        assert.ok(E.isRight(await writer.flush()));
        assert.equal(state.underWay, 0);
        assert.ok(state.underWayMax <= 1, 'two writes at a time');
        assert.deepEqual([...content.subarray(0, 3)], [0, 0, 0]);
        assert.ok(Buffer.from(content.subarray(3, 3 + total)).equals(row.subarray(0, total)));
        assert.deepEqual([...content.subarray(3 + total)], [0, 0]);
        assert.deepEqual(ledger.factOf(1), {
          part: 1,
          length: total,
          crc64: crc64Of(row.subarray(0, total)),
        });
        assert.equal(ledger.sums().received, total);
        assert.equal(seen.written, calls.length);
        batches += calls.length;
      }),
      { numRuns: 100, plugins: [fc.unbiased()], endOnFailure: true },
    );
    expect(batches).toBeGreaterThan(100);
  });

  test('chunks are gathered to batches of a MiB, and go on at once until then', async () => {
    const { writer, calls } = startWriter(3 * BATCH_LENGTH);
    for (let i = 0; i < 7; i++) expect(writer.write(BATCH.subarray(0, 2 ** 17))).toBeNull();
    expect(calls).toEqual([]);
    expect(writer.write(BATCH.subarray(0, 2 ** 17))).not.toBeNull();
    await writer.flush();
    expect(calls).toEqual([{ position: 3, length: BATCH_LENGTH }]);
  });

  test('a body that comes byte by byte is gathered, too', async () => {
    const { writer, content, ledger } = startWriter(2 * BATCH_LENGTH);
    const part = row.subarray(0, BATCH_LENGTH + 5);
    for (let at = 0; at < part.length; at++) await writer.write(part.subarray(at, at + 1));
    expect(await writer.flush()).toEqual(DONE);
    expect(Buffer.compare(content.subarray(3, 3 + part.length), part)).toBe(0);
    expect(ledger.factOf(1)).toMatchObject({ length: part.length, crc64: crc64Of(part) });
  });

  test('while one batch is written the next is gathered; then the socket has to wait', async () => {
    const first = gate();
    const { writer, calls, ledger, seen } = startWriter(4 * BATCH_LENGTH, (write) =>
      write === 1 ? first.opened : DONE,
    );
    expect(await writer.write(BATCH)).toEqual(DONE); // Its write has begun; nobody waits for it.
    await turn();
    expect(calls).toHaveLength(1);
    expect(writer.write(BATCH.subarray(1))).toBeNull();
    let mayGoOn = false;
    const waiting = writer.write(BATCH.subarray(0, 1))!.then(() => {
      mayGoOn = true;
    });
    await turn();
    expect([mayGoOn, calls.length, ledger.sums().written]).toEqual([false, 1, 0]);
    first.open(DONE);
    await waiting;
    await turn();
    expect(calls.map(({ position }) => position)).toEqual([3, 3 + BATCH_LENGTH]);
    expect(await writer.flush()).toEqual(DONE);
    expect([ledger.sums().written, seen.written]).toEqual([2 * BATCH_LENGTH, 2]);
  });

  test('finish writes what was gathered, and waits until nothing is in flight', async () => {
    const last = gate();
    const { writer, state, content } = startWriter(10, () => last.opened);
    writer.write(Uint8Array.of(1, 2));
    let isFinished = false;
    const finishing = writer.flush().then((result) => {
      isFinished = true;
      return result;
    });
    await turn();
    expect([isFinished, state.underWay]).toEqual([false, 1]);
    last.open(DONE);
    expect(await finishing).toEqual(DONE);
    expect([...content]).toEqual([0, 0, 0, 1, 2, 0, 0, 0, 0, 0]);
  });

  test('without a byte nothing is written', async () => {
    const { writer, calls, seen } = startWriter(10);
    expect(writer.write(new Uint8Array())).toBeNull();
    expect(await writer.flush()).toEqual(DONE);
    expect([calls, seen.written]).toEqual([[], 0]);
  });

  test('a failed write comes back from the write behind it, and nothing follows', async () => {
    const { writer, calls, ledger, seen } = startWriter(9 * BATCH_LENGTH, () => E.left(DISK_FULL));
    expect(await writer.write(BATCH)).toEqual(DONE);
    expect(await writer.write(BATCH)).toEqual(E.left(DISK_FULL));
    expect(await writer.flush()).toEqual(E.left(DISK_FULL));
    expect([calls.length, ledger.sums().written, seen.written]).toEqual([1, 0, 0]);
  });

  test('a failed write comes back from finish when no write came behind it', async () => {
    const { writer, calls, ledger } = startWriter(9 * BATCH_LENGTH, () => E.left(DISK_FULL));
    expect(await writer.write(BATCH)).toEqual(DONE);
    writer.write(Uint8Array.of(1));
    expect(await writer.flush()).toEqual(E.left(DISK_FULL));
    expect([calls.length, ledger.factOf(1).length]).toEqual([1, 0]);
  });

  test('a write of the last bytes that fails comes back from finish', async () => {
    const { writer, ledger } = startWriter(9 * BATCH_LENGTH, (write) =>
      write === 1 ? DONE : E.left(DISK_FULL),
    );
    await writer.write(BATCH);
    writer.write(Uint8Array.of(1));
    expect(await writer.flush()).toEqual(E.left(DISK_FULL));
    expect(ledger.factOf(1).length).toBe(BATCH_LENGTH);
  });

  test('a writer that may not write any more writes nothing, and says why', async () => {
    const { writer, calls, ledger } = startWriter(
      9 * BATCH_LENGTH,
      () => DONE,
      async () => (calls.length === 0 ? DONE : E.left(BUSY)),
    );
    expect(await writer.write(BATCH)).toEqual(DONE);
    expect(await writer.write(BATCH)).toEqual(DONE);
    writer.write(Uint8Array.of(1));
    expect(await writer.flush()).toEqual(E.left(BUSY));
    expect([calls.length, ledger.sums().written]).toEqual([1, BATCH_LENGTH]);
  });

  test('an exception of the disk is thrown to whoever writes or finishes', async () => {
    const broken = () => Promise.reject(new TypeError('boom'));
    const { writer, calls } = startWriter(9 * BATCH_LENGTH, broken);
    await writer.write(BATCH);
    await turn(); // Node would exit on it here, if nobody looked.
    await expect(writer.write(BATCH)).rejects.toThrow('boom');
    await expect(writer.flush()).rejects.toThrow('boom');
    expect(calls).toHaveLength(1);
  });
});
