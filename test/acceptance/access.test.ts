/** Credentials and URLs that run out while a download is on its way: one refresh serves all. */
import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { type CredentialsProvider, staticCredentials } from '../../src/effects/credentials.ts';
import { presignedUrl } from '../../src/effects/presigned-url.ts';
import { httpUrl, ossObject } from '../../src/sources.ts';
import {
  type Account,
  DEMO_ACCOUNT,
  type FaultRule,
  fault,
  type OssServer,
} from '../../src/testing/index.ts';
import {
  answered,
  BUCKET,
  contentOf,
  eventsOf,
  expectDone,
  expectKept,
  fileAt,
  journals,
  KEY,
  leftovers,
  rangesOf,
  run,
  type Scene,
  setScene,
} from './scene.ts';

const accountOf = (round: number): Account => ({
  accessKeyId: `STS.round${round}`,
  accessKeySecret: `secret${round}`,
  securityToken: `token${round}`,
});

/** Gives the account of a round, and goes to the next where `refresh` is wanted. */
const provider = (isRefreshable = true) => {
  let round = 0;
  const credentials: CredentialsProvider = async (reason) => {
    if (reason === 'refresh' && !isRefreshable) throw new Error('the vault is closed');
    if (reason === 'refresh') round += 1;
    const { accessKeyId, accessKeySecret, securityToken = null } = accountOf(round);
    return { accessKeyId, accessKeySecret, securityToken };
  };
  return { credentials, refreshes: () => round };
};

/** Lets another account in, and nobody else, from the `count`-th GET on. */
const rotateAt = (count: number, server: () => OssServer, round = 1): FaultRule => {
  let gets = 0;
  return ({ method }) => {
    gets += method === 'GET' ? 1 : 0;
    if (gets === count) server().setAccounts([accountOf(round)]);
    return null;
  };
};

const stsScene = (): Promise<Scene> =>
  setScene({ content: contentOf(40_000), server: { accounts: [accountOf(0)] } });

describe('credentials that expire during the download', () => {
  test('DEMAND 8 on eight lanes are refreshed exactly once for forty parts', async () => {
    const scene = await stsScene();
    const { credentials, refreshes } = provider();
    scene.server.setFaults([rotateAt(10, () => scene.server)]);
    const done = await run(scene, { credentials, lanes: 8 });
    await expectDone(scene, done);
    expect(refreshes()).toBe(1);
    expect(eventsOf(done, 'accessRefreshed')).toHaveLength(1);
    const refused = done.fetches.filter(({ status }) => status === 403);
    expect(refused.length).toBeGreaterThan(0);
    expect(refused.length).toBeLessThanOrEqual(8);
    expect(answered(done.fetches)).toHaveLength(40);
    expect(done.outcome?.fetchedBytes).toBe(40_000);
  });

  test('DEMAND 8 a refusal that arrives after the refresh asks for no other one', async () => {
    const scene = await stsScene();
    const { credentials, refreshes } = provider();
    const rotate = rotateAt(10, () => scene.server);
    let late = 0;
    scene.server.setFaults([
      (request) => {
        rotate(request);
        const isLate = request.range?.start === 12_000 && request.attempt === 1;
        late += isLate ? 1 : 0;
        return isLate ? fault.delayHead(150) : null;
      },
    ]);
    const done = await run(scene, { credentials, lanes: 8 });
    await expectDone(scene, done);
    expect(late).toBe(1);
    const delayed = done.fetches.find(({ fault }) => fault === 'DelayHead');
    expect(delayed?.status).toBe(403);
    expect(refreshes()).toBe(1);
  });

  test('DEMAND 8 again and again are refreshed once each time', async () => {
    const scene = await stsScene();
    const { credentials, refreshes } = provider();
    const rotations = [5, 20, 40].map((at, i) => rotateAt(at, () => scene.server, i + 1));
    scene.server.setFaults(rotations);
    const done = await run(scene, { credentials, lanes: 4 });
    await expectDone(scene, done);
    expect(refreshes()).toBe(3);
  });

  test('DEMAND 8 fresh ones that are refused as well end the download, resumably', async () => {
    const scene = await stsScene();
    const { credentials, refreshes } = provider();
    scene.server.setFaults([rotateAt(10, () => scene.server, 99)]);
    const failed = await run(scene, { credentials, lanes: 4, attemptsMax: 5 });
    expect(failed.error).toMatchObject({ _tag: 'AccessExpired', status: 403 });
    expect(refreshes()).toBeLessThanOrEqual(3);
    expect(failed.fetches.length).toBeLessThan(10 + 4 * 4);
    await expectKept(scene, failed);

    scene.server.setAccounts([DEMO_ACCOUNT]);
    const second = await run(scene, { credentials: staticCredentials(DEMO_ACCOUNT) });
    expect(second.verdict?._tag).toBe('Resumed');
    await expectDone(scene, second);
  });

  test('DEMAND 8 that nobody can refresh end the download, and a later run resumes', async () => {
    const scene = await stsScene();
    scene.server.setFaults([rotateAt(10, () => scene.server)]);
    const failed = await run(scene, { credentials: provider(false).credentials });
    await expectKept(scene, failed);

    const second = await run(scene, { credentials: staticCredentials(accountOf(1)) });
    expect(second.verdict).toMatchObject({ _tag: 'Resumed', bytes: 9_000 });
    await expectDone(scene, second);
  });

  test('DEMAND 8 that nobody can refresh are told as expired before the start', async () => {
    const scene = await stsScene();
    scene.server.setAccounts([accountOf(1)]);
    const failed = await run(scene, { credentials: provider(false).credentials });
    expect(failed.error).toMatchObject({
      _tag: 'AccessExpired',
      code: 'InvalidAccessKeyId',
      message: expect.stringMatching(/.; no fresh ones: Error: the vault is closed$/),
    });
  });

  test('DEMAND 8 that nobody can refresh are told as expired in the middle', async () => {
    const scene = await stsScene();
    scene.server.setFaults([rotateAt(10, () => scene.server)]);
    const failed = await run(scene, { credentials: provider(false).credentials });
    expect(failed.error).toMatchObject({
      _tag: 'AccessExpired',
      code: 'InvalidAccessKeyId',
      message: expect.stringMatching(/.; no fresh ones: Error: the vault is closed$/),
    });
  });

  test('that turn out to be none in the middle leave what is there for a later run', async () => {
    const scene = await stsScene();
    let asked = 0;
    const credentials = (() => {
      asked += 1;
      return asked < 10 ? accountOf(0) : {};
    }) as unknown as CredentialsProvider;
    const failed = await run(scene, { credentials });
    expect(failed.error).toMatchObject({ _tag: 'UsageError', option: 'credentials' });
    await expectKept(scene, failed);
  });

  test('DEMAND 8 before the first answer are refreshed once, too', async () => {
    const scene = await stsScene();
    const { credentials, refreshes } = provider();
    scene.server.setAccounts([accountOf(1)]);
    const done = await run(scene, { credentials });
    await expectDone(scene, done);
    expect(refreshes()).toBe(1);
  });
});

const MINUTE = 60_000;

/** A server whose clock is ours, and URLs that hold for a minute. */
const presignedScene = async () => {
  const time = { ms: Date.now() };
  const clock = () => time.ms;
  const scene = await setScene({ content: contentOf(40_000), server: { clock } });
  const presign = (): string => presignedOf(scene.server, KEY, time.ms);
  return { scene: { ...scene, source: httpUrl(presign()) }, time, presign };
};

const presignedOf = (server: OssServer, key: string, timeMs: number): string => {
  const source = ossObject({ endpoint: server.url, bucket: BUCKET, key });
  const accessKey = { ...DEMO_ACCOUNT, securityToken: null };
  return presignedUrl(source, { accessKey, timeMs, expiresSeconds: 60 });
};

describe('a presigned URL', () => {
  test('is downloaded with nothing in the requests but what its signature allows', async () => {
    const { scene } = await presignedScene();
    const done = await run(scene, { lanes: 4 });
    await expectDone(scene, done);
    expect(done.outcome?.crc64).toBe(eventsOf(done, 'planned')[0]?.version.crc64);
    const names = done.requests.flatMap(({ headers }) => Object.keys(headers));
    expect(names.filter((name) => name.startsWith('x-oss-'))).toEqual([]);
    expect(new Set(done.requests.map(({ method }) => method))).toEqual(new Set(['GET']));
  });

  test.each([
    ...['a b+c%2F%20.bin', '文件/é ✓.bin', "it's (1)*!~.bin", 'a//b', '?x=1&y#z'],
    ...['a/../b', './x', '../x', 'a/./b', '..', '.', 'a/..%2F'],
  ])('of the key %s is asked for as it was signed', async (key) => {
    const scene = await setScene({ key });
    for (const other of ['b', 'x', 'a/b']) scene.server.put(BUCKET, other, contentOf(10_000, 2));
    const source = httpUrl(presignedOf(scene.server, key, Date.now()));
    const done = await run(scene, { source, lanes: 2 });
    await expectDone(scene, done);
    expect(new Set(done.requests.map((request) => request.key))).toEqual(new Set([key]));
  });

  test('DEMAND 8 that runs out is replaced by a fresh one, once for all lanes', async () => {
    const { scene, time, presign } = await presignedScene();
    let gets = 0;
    let asked = 0;
    scene.server.setFaults([
      () => {
        gets += 1;
        if (gets === 12) time.ms += 2 * MINUTE;
        return null;
      },
    ]);
    const refreshUrl = async () => {
      asked += 1;
      return presign();
    };
    const done = await run(scene, { lanes: 8, refreshUrl });
    await expectDone(scene, done);
    expect(asked).toBe(1);
    expect(done.requests.filter(({ status }) => status === 403).length).toBeGreaterThan(0);
    expect(done.outcome?.fetchedBytes).toBe(40_000);
  });

  /** Two minutes go by when half of the object has been asked for. */
  const lateAtHalf =
    (time: { ms: number }): FaultRule =>
    ({ range }) => {
      if (range?.start === 20_000) time.ms += 2 * MINUTE;
      return null;
    };

  test('DEMAND 8 that ran out in the middle is told as such', async () => {
    const { scene, time } = await presignedScene();
    scene.server.setFaults([lateAtHalf(time)]);
    const failed = await run(scene);
    expect(failed.error).toMatchObject({ _tag: 'AccessExpired', status: 403 });
  });

  test('DEMAND 8 that ran out is resumed by one that was signed anew', async () => {
    const { scene, time, presign } = await presignedScene();
    scene.server.setFaults([lateAtHalf(time)]);
    const failed = await run(scene);
    await expectKept(scene, failed);

    const journal = await readFile((await journals(scene.store))[0] ?? '', 'utf8');
    expect(journal).toContain(KEY);
    expect(journal + JSON.stringify(failed.events)).not.toMatch(/x-oss-signature|partwise-demo/i);

    scene.server.setFaults([]);
    const second = await run(scene, { source: httpUrl(presign()) });
    expect(second.verdict).toMatchObject({ _tag: 'Resumed', bytes: 20_000 });
    expect(rangesOf(answered(second.requests)).slice(1, 2)).toEqual(['bytes=20000-20999']);
    await expectDone(scene, second);
  });

  test('that ran out before the start is told as such, and nothing is written', async () => {
    const { scene, time } = await presignedScene();
    time.ms += 2 * MINUTE;
    const failed = await run(scene);
    expect(failed.error).toMatchObject({ _tag: 'AccessExpired', status: 403 });
    expect(await fileAt(scene.target)).toBeNull();
    expect(await leftovers(scene)).toEqual([]);
  });
});
