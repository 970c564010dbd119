/** A server in memory: honest bytes in chunks, faults where a test wants them. */
import { describe, expect, test } from 'vitest';
import { bytes } from '../../../src/domain/bytes.ts';
import type { DownloadError } from '../../../src/domain/errors.ts';
import { loadCrc64 } from '../../../src/effects/crc64.ts';
import type { BodySink } from '../../../src/effects/http-client.ts';
import { E } from '../../../src/fp.ts';
import { simulatedStorage } from '../../../src/testing/simulation/simulated-storage.ts';

const crc64Of = await loadCrc64();
const CONTENT = Buffer.from('0123456789');
const RESET: DownloadError = { _tag: 'NetworkFailed', code: 'ECONNRESET', message: 'reset' };
const FULL: DownloadError = { _tag: 'DiskFull', path: '/a', missing: 1 };
const never = new AbortController().signal;

type Options = Partial<Parameters<typeof simulatedStorage>[0]>;

/** Asks for a range, and collects what reaches the sink. */
const start = (over: Options = {}) => {
  const storage = simulatedStorage({ content: CONTENT, crc64Of, chunkLength: 4, ...over });
  const chunks: Array<string> = [];
  const fetch = async (
    [from, to]: readonly [number, number],
    sink: Partial<BodySink> = {},
    signal = never,
  ) => {
    const probed = await storage.probe(never)();
    if (E.isLeft(probed)) throw new RangeError('it answers');
    const range = { start: bytes(from), end: bytes(to) };
    const request = { range, version: probed.right.version, isWhole: false };
    const write = (chunk: Uint8Array) => {
      chunks.push(Buffer.from(chunk).toString());
      return sink.write?.(chunk) ?? null;
    };
    return storage.fetchRange(request, { write }, signal)();
  };
  return { storage, chunks, fetch };
};

describe('simulatedStorage', () => {
  test('probe tells size, checksum and a validator, which differs with the content', async () => {
    const probe = (content: Uint8Array) => start({ content }).storage.probe(never)();
    const probed = await probe(CONTENT);
    expect(probed).toMatchObject({
      right: { version: { size: 10, crc64: crc64Of(CONTENT) }, acceptsRanges: true },
    });
    expect(await probe(Buffer.from('012345678x'))).not.toEqual(probed);
  });

  test('a range comes in chunks, in order; Right is its length', async () => {
    const { fetch, chunks, storage } = start();
    expect(await fetch([1, 10])).toEqual(E.right(9));
    expect(chunks).toEqual(['1234', '5678', '9']);
    expect(await fetch([3, 3])).toEqual(E.right(0));
    expect(storage.asked()).toEqual([
      { start: 1, end: 10 },
      { start: 3, end: 3 },
    ]);
  });

  test('a fault ends its request behind the bytes before it; others are whole', async () => {
    const faultOf = (request: number) => (request === 2 ? { after: 5, error: RESET } : null);
    const { fetch, chunks } = start({ faultOf });
    expect(await fetch([0, 2])).toEqual(E.right(2));
    expect(await fetch([2, 10])).toEqual(E.left(RESET));
    expect(chunks).toEqual(['01', '2345', '6']);
    expect(await fetch([7, 10])).toEqual(E.right(3));
  });

  test('waits for its sink, and ends with its error', async () => {
    let takes = 0;
    const write = async () => {
      takes += 1;
      return takes === 2 ? E.left(FULL) : E.right(undefined);
    };
    const { fetch, chunks } = start();
    expect(await fetch([0, 10], { write })).toEqual(E.left(FULL));
    expect(chunks).toEqual(['0123', '4567']);
  });

  test('after an abort nothing more reaches the sink', async () => {
    const controller = new AbortController();
    const write = () => {
      controller.abort({ _tag: 'Interrupted' });
      return null;
    };
    const { fetch, chunks } = start();
    expect(await fetch([0, 10], { write }, controller.signal)).toEqual(
      E.left({ _tag: 'Interrupted' }),
    );
    expect(chunks).toEqual(['0123']);
  });

  test('what the sink was given stays as it is: chunks are copies', async () => {
    const kept: Array<Uint8Array> = [];
    const { fetch, storage } = start();
    const write = (chunk: Uint8Array) => {
      kept.push(chunk);
      return null;
    };
    await fetch([0, 4], { write });
    kept[0]!.fill(0);
    expect(CONTENT.toString()).toBe('0123456789');
    expect(await storage.refreshAccess(never)()).toEqual(E.right(undefined));
  });
});
