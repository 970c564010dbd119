/** The production storage of plain HTTP over a server that can more or less. */
import { describe, expect, test } from 'vitest';
import { bytes } from '../../../src/domain/bytes.ts';
import { decodeHttpSource } from '../../../src/domain/http-source.ts';
import { loadCrc64 } from '../../../src/effects/crc64.ts';
import { httpStorage } from '../../../src/effects/object-storage.http.ts';
import { E } from '../../../src/fp.ts';
import { simulatedClock } from '../../../src/testing/simulation/simulated-clock.ts';
import { simulatedNetwork } from '../../../src/testing/simulation/simulated-network.ts';
import {
  type PlainServerOptions,
  simulatedPlainServer,
} from '../../../src/testing/simulation/simulated-plain-server.ts';
import { CONTENT, fetchWith, MIDDLE, WHOLE } from '../../conformance/object-storage.ts';

const crc64Of = await loadCrc64();
const never = new AbortController().signal;

const scene = async (options: PlainServerOptions = {}) => {
  const server = simulatedPlainServer(CONTENT, options, { crc64Of });
  const http = simulatedNetwork({ clock: simulatedClock(), farEndAt: () => server.farEnd });
  const source = decodeHttpSource('https://mirror.example/o.bin');
  if (E.isLeft(source)) throw new RangeError(JSON.stringify(source.left));
  const storage = httpStorage({ source: source.right, http });
  const probed = await storage.probe(never)();
  if (E.isLeft(probed)) throw new RangeError(JSON.stringify(probed.left));
  return { server, storage, probe: probed.right };
};

describe('simulatedPlainServer', () => {
  test('with all abilities: parts of one version, and no other', async () => {
    const { server, storage, probe } = await scene({ lastModified: Date.UTC(2024, 0, 1) });
    const { version } = probe;
    expect(probe.acceptsRanges).toBe(true);
    expect(version).toMatchObject({ size: 10, lastModified: 'Mon, 01 Jan 2024 00:00:00 GMT' });
    expect(await fetchWith(storage, { ...MIDDLE, version })).toMatchObject({ got: '2345' });
    expect(await fetchWith(storage, { ...WHOLE, version })).toMatchObject({ got: '0123456789' });
    server.replace(Buffer.from('9876543210'));
    expect(await fetchWith(storage, { ...MIDDLE, version })).toMatchObject({
      result: { left: { _tag: 'ObjectChanged' } },
      got: '',
    });
    expect(server.requests().at(-1)?.headers).toMatchObject({ 'if-match': version.etag });
  });

  test('without ranges: all or nothing', async () => {
    const { storage, probe } = await scene({ ranges: false });
    expect(probe.acceptsRanges).toBe(false);
    const { version } = probe;
    expect((await fetchWith(storage, { ...MIDDLE, version })).result).toMatchObject({
      left: { _tag: 'RangeIgnored' },
    });
    expect(await fetchWith(storage, { ...WHOLE, version })).toMatchObject({ got: '0123456789' });
  });

  test('without ETag and length: the bytes come up to their end', async () => {
    const { storage, probe } = await scene({ ranges: false, etag: false, length: false });
    expect(probe.version).toMatchObject({ size: null, etag: null });
    expect(await fetchWith(storage, { ...WHOLE, version: probe.version })).toEqual({
      result: E.right(bytes(10)),
      got: '0123456789',
    });
  });

  test('a range beyond the end is refused with the size', async () => {
    const { server } = await scene();
    const visit = { pause: async () => {}, onEnd: () => {} };
    const request = { method: 'GET', url: '', headers: { range: 'bytes=10-12' } } as const;
    expect(await server.farEnd.answer(request, visit)).toMatchObject({
      status: 416,
      headers: { 'content-range': 'bytes */10' },
    });
  });
});
