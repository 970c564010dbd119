/** Input that cannot be: a typed error that says what and what is allowed, before any request. */
import { chmod, mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { DownloadError } from '../../src/domain/errors.ts';
import { type DownloadOptions, download } from '../../src/download.ts';
import { DownloadFailed } from '../../src/download-failed.ts';
import {
  cleanBreakpoints,
  explainTarget,
  findOrphans,
  importBreakpoint,
  listBreakpoints,
  removeOrphans,
} from '../../src/index.ts';
import { type ResumableDownloadOptions, resumableDownload } from '../../src/resumable-download.ts';
import { httpUrl, ossObject, parseOssUri } from '../../src/sources.ts';
import { contentOf, demoCredentials, fileAt, KEY, type Scene, setScene } from './scene.ts';

/** The error that a call throws or its download ends with; null: it succeeded. */
const errorOf = async (call: () => Promise<unknown>): Promise<DownloadFailed | null> => {
  try {
    await call();
    return null;
  } catch (thrown) {
    if (thrown instanceof DownloadFailed) return thrown;
    throw thrown;
  }
};

const start = (scene: Scene, options: Partial<DownloadOptions>) =>
  errorOf(() => {
    const { source, target, store } = scene;
    return download({ source, target, store, credentials: demoCredentials, ...options }).done;
  });

/** The error is this one, its words name what it is about, and nothing was asked or written. */
const expectRefused = async (
  scene: Scene,
  failed: DownloadFailed | null,
  error: Partial<DownloadError> & Readonly<Record<string, unknown>>,
): Promise<void> => {
  expect(failed?.error).toMatchObject(error);
  for (const name of ['option', 'allowed', 'path', 'code']) {
    expect(failed?.message).toContain(String(error[name] ?? ''));
  }
  expect(scene.server.requests()).toEqual([]);
  expect(await fileAt(scene.target)).toBeNull();
};

const usage = (option: string, value: string, allowed: string) =>
  ({ _tag: 'UsageError', option, value, allowed: expect.stringContaining(allowed) }) as const;

/** As `usage`, but for words that `message` has to hold, too. */
const expectUsage = async (
  scene: Scene,
  failed: DownloadFailed | null,
  [option, value, allowed]: readonly [string, string, string],
  isResumable = false,
): Promise<void> => {
  await expectRefused(scene, failed, { _tag: 'UsageError', option, value });
  expect(failed?.error).toMatchObject(usage(option, value, allowed));
  expect(failed?.message).toContain(allowed);
  const words = failed?.message ?? '';
  expect(words.includes(value) || words.includes(JSON.stringify(value))).toBe(true);
  expect(failed?.resumable).toBe(isResumable);
};

describe('an option that cannot be', () => {
  test.each<[string, DownloadOptions['partSize'], string]>([
    ['99999', 99_999, 'nothing below 100 KB'],
    ['99KB', '99KB', 'nothing below 100 KB'],
    ['0', 0, 'not zero'],
    ['-1', -1, 'not negative'],
    ['5368709121', 5 * 2 ** 30 + 1, 'nothing above 5 GiB'],
    ['6GB', '6GB', 'nothing above 5 GiB'],
    ['NaN', Number.NaN, 'a number'],
    ['Infinity', Number.POSITIVE_INFINITY, 'finite'],
    ['ten', 'ten', 'a size'],
    ['8 parsecs', '8 parsecs', 'a unit of bytes'],
    ['', '', 'not empty'],
    ['1e6', '1e6', 'a size as people write it'],
    ['99999999999999999999', '99999999999999999999', 'a number that can be'],
  ])('a part size of %j is refused: %s', async (value, partSize) => {
    const scene = await setScene();
    const failed = await start(scene, { partSize });
    await expectUsage(scene, failed, ['partSize', value, '100 kB (100KB) to 5 GiB (5GiB)']);
  });

  test.each(['100KB', 100_000, '5GiB', 5 * 2 ** 30, '8 MiB', 'auto'])(
    'a part size of %j is taken',
    async (partSize) => {
      const scene = await setScene();
      expect(await start(scene, { partSize })).toBeNull();
    },
  );

  test.each<[string, DownloadOptions['threshold']]>([
    ['-1', -1],
    ['NaN', Number.NaN],
    ['huge', 'huge'],
    ['10 apples', '10 apples'],
  ])('a threshold of %j is refused', async (value, threshold) => {
    const scene = await setScene();
    const failed = await start(scene, { threshold });
    await expectUsage(scene, failed, ['threshold', value, 'a size such as 8MiB']);
  });

  test.each([0, -1, 1.5, 257, Number.NaN, Number.POSITIVE_INFINITY])(
    'a concurrency of %d is refused',
    async (concurrency) => {
      const scene = await setScene();
      const failed = await start(scene, { concurrency });
      const allowed = 'a whole number from 1 to 256';
      await expectUsage(scene, failed, ['concurrency', String(concurrency), allowed]);
    },
  );

  test.each([-1, 0.5, 1_001, Number.NaN])('%d retries are refused', async (retries) => {
    const scene = await setScene();
    const failed = await start(scene, { retries });
    await expectUsage(scene, failed, ['retries', String(retries), 'from 0 to 1000']);
  });

  test.each([0, -1, 86_401, Number.NaN])('a timeout of %d is refused', async (timeout) => {
    const scene = await setScene();
    const failed = await start(scene, { timeout });
    await expectUsage(scene, failed, ['timeout', String(timeout), 'seconds from 1 to 86400']);
  });

  test.each(['', 'x'.repeat(1_024), 'é'.repeat(512), 'lone\ud800surrogate'])(
    'a key of %j is refused',
    async (key) => {
      const scene = await setScene();
      const failed = await errorOf(async () => ossObject({ ...placeOf(scene), key }));
      await expectUsage(scene, failed, ['source', key, 'a key of 1 to 1023 bytes of UTF-8']);
    },
  );

  test.each([
    '',
    'ab',
    'Bucket',
    'under_score',
    '-first',
    'last-',
    'dot.ted',
    'x'.repeat(64),
    '../..',
  ])('a bucket named %j is refused', async (bucket) => {
    const scene = await setScene();
    const failed = await errorOf(async () => ossObject({ ...placeOf(scene), bucket }));
    await expectUsage(scene, failed, ['source', bucket, '3 to 63 lower-case letters']);
  });

  test.each([819_199, 838_860_801, 0, Number.NaN])(
    'a traffic limit of %d is refused',
    async (trafficLimit) => {
      const scene = await setScene();
      const failed = await errorOf(async () => ossObject({ ...placeOf(scene), trafficLimit }));
      const allowed = '819200 to 838860800';
      await expectUsage(scene, failed, ['trafficLimit', String(trafficLimit), allowed]);
    },
  );

  test.each(['not a url', 'ftp://example.com/x', '/etc/passwd', 'example.com/x'])(
    'a URL such as %j is refused',
    async (url) => {
      const scene = await setScene();
      const failed = await start(scene, { source: url });
      await expectUsage(scene, failed, ['source', url, 'http:// or https://']);
    },
  );

  test('a Range header of one’s own is refused', async () => {
    const scene = await setScene();
    const headers = { Range: 'bytes=5-' };
    const failed = await errorOf(async () => httpUrl(scene.server.url, headers));
    await expectUsage(scene, failed, ['headers', 'Range', 'does not set itself']);
  });
});

test.each([
  'oss://id:hunter2@bucket/key',
  'oss://hunter2@bucket/key',
  'oss://id:hunter2@bucket',
  'oss://id:hunt/er2@bucket/key',
])('credentials in %s are refused and not repeated', async (uri) => {
  const failed = await errorOf(async () => parseOssUri(uri));
  expect(failed?.error).toEqual({
    ...{ _tag: 'UsageError', option: 'source', value: '(not shown)' },
    allowed: 'oss://BUCKET/KEY; credentials do not belong in it',
  });
  expect(failed?.message).not.toContain('hunt');
  expect(parseOssUri('oss://bucket/a:b@c')).toEqual({ bucket: 'bucket', key: 'a:b@c' });
});

const placeOf = ({ server }: Scene) => ({
  endpoint: server.url,
  bucket: 'examplebucket',
  key: KEY,
});

describe('the reference call', () => {
  test.each<[string, ResumableDownloadOptions, readonly [string, string, string]]>([
    ['a part size below 100 KB', { partSize: 99_999 }, ['partSize', '99999', '100 kB']],
    ['no threads', { numThreads: 0 }, ['numThreads', '0', '1 to 256']],
    ['a negative threshold', { multigetThreshold: -5 }, ['multigetThreshold', '-5', 'a size']],
    ['another header', { headers: { Range: 'bytes=0-' } }, ['headers', 'Range', 'x-oss-']],
    [
      'a payer that is none',
      { headers: { 'x-oss-request-payer': 'me' } },
      ['x-oss-request-payer', 'me', 'requester'],
    ],
    [
      'a traffic limit in words',
      { headers: { 'x-oss-traffic-limit': 'slow' } },
      ['x-oss-traffic-limit', 'slow', '819200'],
    ],
    [
      'another parameter',
      { params: { 'x-oss-process': 'image' } as ResumableDownloadOptions['params'] & object },
      ['params', 'x-oss-process', 'versionId'],
    ],
  ])('refuses %s', async (_, options, expected) => {
    const scene = await setScene();
    const { server, target, store } = scene;
    const bucket = { name: 'examplebucket', endpoint: server.url, credentials: demoCredentials };
    const failed = await errorOf(() =>
      resumableDownload(bucket, KEY, target, { store, ...options }),
    );
    await expectUsage(scene, failed, expected);
  });
});

describe('a target that cannot be', () => {
  test('B13 an empty path is refused', async () => {
    const scene = await setScene();
    const failed = await start(scene, { target: '' });
    await expectUsage(scene, failed, ['target', '', 'the path of a file']);
  });

  /** What only callers without types can give. */
  const untyped = (value: unknown) => value as string;

  test.each([
    ['nothing', undefined],
    ['null', null],
    ['a number', 7],
    ['a URL', new URL('file:///tmp/object.bin')],
    ['a path that holds a zero byte', 'a\0b'],
  ])('%s is refused in words', async (_, value) => {
    const scene = await setScene();
    const target = untyped(value);
    const expected = ['target', String(value), 'the path of a file'] as const;
    await expectUsage(scene, await start(scene, { target }), expected);
    const { source, folder } = scene;
    if (source._tag !== 'OssSource') throw new Error('of another kind');
    const request = { source, target, from: folder, store: folder };
    await expectUsage(scene, await errorOf(() => importBreakpoint(request)), expected);
    await expectUsage(scene, await errorOf(() => explainTarget(target)), expected);
  });

  test('B13 a folder that is not there is named', async () => {
    const scene = await setScene();
    const parent = join(scene.folder, 'missing');
    const failed = await start(scene, { target: join(parent, 'object.bin') });
    await expectRefused(scene, failed, { _tag: 'DiskFailed', code: 'ENOENT', path: parent });
    expect(await readdir(scene.folder)).toEqual([]);
  });

  test('B13 a parent that is a file is named', async () => {
    const scene = await setScene();
    const parent = join(scene.folder, 'file');
    await writeFile(parent, 'x');
    const failed = await start(scene, { target: join(parent, 'object.bin') });
    await expectRefused(scene, failed, { _tag: 'DiskFailed', code: 'ENOTDIR', path: parent });
  });

  test('a target that is a folder is refused, and the folder stays', async () => {
    const scene = await setScene();
    const target = join(scene.folder, 'folder');
    await mkdir(target);
    const failed = await start(scene, { target });
    await expectRefused(scene, failed, { _tag: 'DiskFailed', code: 'EISDIR', path: target });
    expect(await readdir(scene.folder)).toEqual(['folder']);
  });

  const isRoot = process.getuid?.() === 0;
  test.skipIf(isRoot)('a folder without permission is named (skipped for root)', async () => {
    const scene = await setScene();
    const parent = join(scene.folder, 'closed');
    await mkdir(parent, { mode: 0o500 });
    const failed = await start(scene, { target: join(parent, 'object.bin') });
    await chmod(parent, 0o700);
    await expectRefused(scene, failed, { _tag: 'DiskFailed', code: 'EACCES', path: parent });
  });
});

describe('a store that cannot be', () => {
  test.each([
    ['an empty path', ''],
    ['null', null],
    ['a number', 7],
    ['a path that holds a zero byte', 'a\0b'],
  ])('%s is refused by whatever takes one', async (_, value) => {
    const scene = await setScene();
    const { source, target, folder } = scene;
    if (source._tag !== 'OssSource') throw new Error('of another kind');
    const store = value as string;
    const calls: ReadonlyArray<() => Promise<unknown>> = [
      () => download({ source, target, store, credentials: demoCredentials }).done,
      () => importBreakpoint({ source, target, store, from: folder }),
      () => listBreakpoints({ store }),
      () => explainTarget(target, { store }),
      () => cleanBreakpoints({ store, all: true }),
      () => findOrphans({ store }),
      () => removeOrphans({ store }),
    ];
    for (const call of calls) {
      const expected = ['store', String(value), 'the path of a folder'] as const;
      await expectUsage(scene, await errorOf(call), expected);
    }
    expect(await readdir(folder)).toEqual([]);
  });
});

test('a source that is null is refused in words', async () => {
  const scene = await setScene();
  const failed = await start(scene, { source: null as unknown as string });
  await expectUsage(scene, failed, ['source', 'null', 'http:// or https://']);
});

describe('credentials that are not there', () => {
  afterEach(() => void vi.unstubAllEnvs());

  test.each([
    ['OSS_ACCESS_KEY_ID', { OSS_ACCESS_KEY_ID: '', OSS_ACCESS_KEY_SECRET: 'secret' }],
    ['OSS_ACCESS_KEY_SECRET', { OSS_ACCESS_KEY_ID: 'id', OSS_ACCESS_KEY_SECRET: '' }],
  ])('%s is named when it is missing', async (name, variables) => {
    const scene = await setScene({ content: contentOf(1_000) });
    for (const [variable, value] of Object.entries(variables)) vi.stubEnv(variable, value);
    const failed = await start(scene, { credentials: undefined });
    const value = `${name} is not set`;
    // They are asked for when the download has begun: what a former run left stays.
    await expectUsage(scene, failed, ['credentials', value, 'OSS_ACCESS_KEY_SECRET'], true);
    expect(await readdir(scene.folder)).toEqual([]);
  });
});
