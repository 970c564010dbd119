/** The production storage over the simulated network: its laws, and OSS in virtual time. */
import { describe, expect, test } from 'vitest';
import { bytes } from '../../../src/domain/bytes.ts';
import { decodeHttpSource } from '../../../src/domain/http-source.ts';
import { decodeOssSource } from '../../../src/domain/oss-source.ts';
import { loadCrc64 } from '../../../src/effects/crc64.ts';
import { type CredentialsProvider, staticCredentials } from '../../../src/effects/credentials.ts';
import type { HttpClient, HttpRequest } from '../../../src/effects/http-client.ts';
import { httpStorage } from '../../../src/effects/object-storage.http.ts';
import { ossStorage } from '../../../src/effects/object-storage.oss.ts';
import { E } from '../../../src/fp.ts';
import type { OssServiceOptions } from '../../../src/testing/server/oss-service.ts';
import { simulatedClock } from '../../../src/testing/simulation/simulated-clock.ts';
import { simulatedNetwork } from '../../../src/testing/simulation/simulated-network.ts';
import { farAnswer } from '../../../src/testing/simulation/simulated-network-far-end.ts';
import { simulatedOss } from '../../../src/testing/simulation/simulated-oss.ts';
import {
  CONTENT,
  fetchWith,
  MIDDLE,
  objectStorageConformance,
  WHOLE,
} from '../../conformance/object-storage.ts';
import type { Script, Wire } from '../../effects/scripted-http-client.ts';
import { drive, driven } from './driven.ts';

const crc64Of = await loadCrc64();
const ORIGIN = 'http://127.0.0.1:8080';
const NOW_MS = Date.UTC(2024, 0, 2, 3, 4, 5);
const never = new AbortController().signal;
const key = { accessKeyId: 'ak', accessKeySecret: 'sk', securityToken: 'to/k+en' };

const sourceOf = (objectKey: string, endpoint?: string) => {
  const decoded = decodeOssSource({
    bucket: 'examplebucket',
    key: objectKey,
    region: 'cn-hangzhou',
    ...(endpoint === undefined ? {} : { endpoint }),
  });
  if (E.isLeft(decoded)) throw new RangeError(JSON.stringify(decoded.left));
  return decoded.right;
};

/** A script at the far end of a simulated network. */
const simulatedWire = async (script: Script): Promise<Wire> => {
  const clock = simulatedClock();
  const stop = drive(clock);
  const seen: Array<HttpRequest> = [];
  const farEnd = {
    answer: async (request: HttpRequest) => {
      seen.push(request);
      const { ending, ...answer } = script(request);
      return farAnswer({ ...answer, ending: ending === 'silence' ? 'stall' : ending });
    },
  };
  const http = simulatedNetwork({ clock, farEndAt: () => farEnd, link: { rttMs: 1 } });
  return { http, seen, origin: ORIGIN, close: async () => stop() };
};

objectStorageConformance('ossStorage over simulatedNetwork', simulatedWire, (http, origin) => {
  const credentials = staticCredentials(key);
  return ossStorage({ source: sourceOf('o', origin), credentials, http, clock: simulatedClock() });
});

objectStorageConformance('httpStorage over simulatedNetwork', simulatedWire, (http, origin) => {
  const source = decodeHttpSource(`${origin}/o`);
  if (E.isLeft(source)) throw new RangeError(JSON.stringify(source.left));
  return httpStorage({ source: source.right, http });
});

/** An OSS of a region, reached over 80 ms of network, and a storage of one of its objects. */
const scene = (
  options: OssServiceOptions = {},
  credentials: CredentialsProvider = staticCredentials(key),
) => {
  const clock = simulatedClock({ wallTimeMs: NOW_MS });
  const oss = simulatedOss(
    { accounts: [key], region: 'cn-hangzhou', ...options },
    { clock, crc64Of },
  );
  const farEndAt = (origin: string) =>
    origin === 'https://examplebucket.oss-cn-hangzhou.aliyuncs.com' ? oss.farEnd : null;
  const http: HttpClient = simulatedNetwork({ clock, farEndAt, link: { rttMs: 80 } });
  const open = (objectKey: string) =>
    ossStorage({ source: sourceOf(objectKey), credentials, http, clock });
  const fetched = (storage: ReturnType<typeof open>, request = MIDDLE) =>
    driven(clock, fetchWith(storage, request));
  const probed = async (storage: ReturnType<typeof open>) => {
    const probe = await driven(clock, storage.probe(never)());
    if (E.isLeft(probe)) throw new RangeError(JSON.stringify(probe.left));
    return probe.right;
  };
  return { clock, oss, open, fetched, probed };
};

describe('ossStorage over simulatedOss', () => {
  test.each(["dir/例子 a+b~!*'().txt", '/a//b/', '...'])(
    'signs, probes and fetches %j',
    async (name) => {
      const { oss, open, fetched, probed } = scene();
      oss.put('examplebucket', name, CONTENT);
      const { version, acceptsRanges } = await probed(open(name));
      expect({ acceptsRanges, size: version.size }).toEqual({ acceptsRanges: true, size: 10 });
      expect(await fetched(open(name), { ...MIDDLE, version })).toMatchObject({ got: '2345' });
      expect(await fetched(open(name), { ...WHOLE, version })).toMatchObject({ got: '0123456789' });
      expect(oss.requests().map(({ signed, status }) => [signed, status])).toEqual([
        ['header', 200],
        ['header', 206],
        ['header', 200],
      ]);
    },
  );

  test('takes the time that it takes: TLS, then a round trip for each question', async () => {
    const { clock, oss, open, fetched, probed } = scene();
    oss.put('examplebucket', 'o', CONTENT);
    const storage = open('o');
    const { version } = await probed(storage);
    expect(clock.now()).toBe(240);
    await fetched(storage, { ...MIDDLE, version });
    expect(clock.now()).toBe(320);
  });

  test('an object that was replaced is an ObjectChanged', async () => {
    const { oss, open, fetched, probed } = scene();
    oss.put('examplebucket', 'o', CONTENT);
    const { version } = await probed(open('o'));
    oss.put('examplebucket', 'o', Buffer.from('9876543210'));
    expect(await fetched(open('o'), { ...MIDDLE, version })).toMatchObject({
      result: { left: { _tag: 'ObjectChanged' } },
      got: '',
    });
  });

  test('a token ends in virtual time, and a fresh one does', async () => {
    const fresh = { ...key, securityToken: 'fresh' };
    let given = key;
    const { clock, oss, open, fetched, probed } = scene(
      { accounts: [{ ...key, expiresAt: NOW_MS + 900_000 }] },
      async () => given,
    );
    oss.put('examplebucket', 'o', CONTENT);
    const storage = open('o');
    const { version } = await probed(storage);
    clock.advanceTo(900_000);
    const request = { ...MIDDLE, version };
    expect((await fetched(storage, request)).result).toMatchObject({
      left: { _tag: 'AccessExpired' },
    });
    oss.setAccounts([fresh]);
    given = fresh;
    expect((await fetched(storage, request)).result).toEqual(E.right(bytes(4)));
  });
});
