/** Content that nobody put: synthetic objects and the files of a folder. */
import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { loadCrc64 } from '../../../src/effects/crc64.ts';
import { startOssServer } from '../../../src/testing/index.ts';
import { ask } from './ask.ts';
import { CAT, CONTENT, get, md5, start, startWith } from './serving.ts';

describe('synthetic objects', () => {
  test('exist by name in every bucket, with size, checksum and ranges', async () => {
    const server = await start({ synthetic: true });
    const path = '/any-bucket/synthetic/7/100GB';
    const head = await ask(server, { method: 'HEAD', path });
    expect(head.headers['content-length']).toBe('100000000000');
    expect(head.headers['x-oss-hash-crc64ecma']).toMatch(/^\d+$/);
    expect(head.headers['etag']).toMatch(/^"[0-9A-F]{32}-\d+"$/);
    const far = await get(server, { range: 'bytes=99999999990-' }, path);
    expect([far.status, far.body.length]).toEqual([206, 10]);
  });
  test('have the checksum that HEAD says', async () => {
    const server = await start({ synthetic: true });
    const { headers, body } = await get(server, {}, '/any-bucket/synthetic/7/5MB');
    expect(body.length).toBe(5_000_000);
    expect((await loadCrc64())(body)).toBe(headers['x-oss-hash-crc64ecma']);
  });
  test('do not exist by other names, or where nobody asked for them', async () => {
    const server = await start({ synthetic: true });
    for (const name of ['synthetic/x/1', 'synthetic/1/', 'synthetic/1/1/1', 'synthetic/1/-5']) {
      expect((await get(server, {}, `/any-bucket/${name}`)).status).toBe(404);
    }
    const plain = await startWith();
    expect((await get(plain, {}, '/photos/synthetic/1/1')).status).toBe(404);
  });
});

describe('a query', () => {
  test('replaces headers of the answer, of those that may be', async () => {
    const server = await startWith();
    const query = 'response-content-type=text%2Fx&response-expires=never&response-etag=1';
    const { status, headers, body } = await get(server, {}, `${CAT}?${query}`);
    expect([status, body.toString()]).toEqual([200, '0123456789']);
    expect(headers).toMatchObject({ 'content-type': 'text/x', expires: 'never' });
    expect(headers.etag).not.toBe('1');
  });
});

describe('a folder', () => {
  const startWithFolder = async () => {
    const base = await mkdtemp(join(tmpdir(), 'partwise-serve-'));
    onTestFinished(() => rm(base, { recursive: true }));
    const folder = join(base, 'served');
    await mkdir(join(folder, 'photos', 'deep'), { recursive: true });
    await mkdir(join(base, 'served-not'));
    await writeFile(join(folder, 'photos', 'cat.jpg'), CONTENT);
    await writeFile(join(folder, 'photos', 'deep', 'ä b+c%.txt'), 'umlaut');
    await writeFile(join(folder, 'top.txt'), 'top');
    await writeFile(join(base, 'secret.txt'), 'secret');
    await writeFile(join(base, 'served-not', 'secret.txt'), 'secret');
    return { base, folder, server: await start({ folder }) };
  };

  test('serves its files with MD5 and checksum', async () => {
    const { server, folder } = await startWithFolder();
    await utimes(join(folder, 'photos', 'cat.jpg'), 1_700_000_000, 1_700_000_000);
    const { status, headers, body } = await get(server);
    expect([status, body.toString()]).toEqual([200, '0123456789']);
    expect(headers).toMatchObject({
      etag: `"${md5(CONTENT)}"`,
      'x-oss-hash-crc64ecma': (await loadCrc64())(CONTENT),
      'last-modified': new Date(1_700_000_000_000).toUTCString(),
    });
    const range = await get(server, { range: 'bytes=-3' });
    expect(range.body.toString()).toBe('789');
    const named = await get(server, {}, '/photos/deep/%C3%A4%20b+c%25.txt');
    expect(named.body.toString()).toBe('umlaut');
  });
  test('notices that a file was replaced', async () => {
    const { server, folder } = await startWithFolder();
    const before = await get(server);
    await writeFile(join(folder, 'photos', 'cat.jpg'), 'changed!!!');
    const after = await get(server);
    expect(after.body.toString()).toBe('changed!!!');
    expect(after.headers['etag']).not.toBe(before.headers['etag']);
  });
  test.each([
    '/photos/../../secret.txt',
    '/photos/..%2F..%2Fsecret.txt',
    '/photos/%2e%2e/%2e%2e/secret.txt',
    '/photos/%2E%2E%2F%2E%2E%2Fsecret.txt',
    '/photos/deep/../../../secret.txt',
    '/photos/../top.txt',
    '/photos/..%5C..%5Csecret.txt',
    '/photos/%2Fetc/passwd',
    '/photos//etc/passwd',
    '/photos/cat.jpg%00.txt',
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/served-not/secret.txt',
    '//secret.txt',
  ])('never answers %s', async (path) => {
    const { server } = await startWithFolder();
    const came = await get(server, {}, path);
    expect([400, 404, 501]).toContain(came.status);
    const virtual = await get(server, { host: 'photos.localhost' }, path.replace('/photos', ''));
    expect([400, 404, 501]).toContain(virtual.status);
    expect(came.body.toString() + virtual.body.toString()).not.toMatch(/secret$|root:|^top$/);
  });
  test('is not left through links, and files that are none are not read', async () => {
    const { server, base, folder } = await startWithFolder();
    await symlink(join(base, 'secret.txt'), join(folder, 'photos', 'link.txt'));
    await symlink(base, join(folder, 'photos', 'up'));
    await symlink(base, join(folder, 'outside'));
    await symlink(join(base, 'served-not'), join(folder, 'sibling'));
    await symlink('cat.jpg', join(folder, 'photos', 'inside.jpg'));
    for (const path of [
      '/photos/link.txt',
      '/photos/up/secret.txt',
      '/outside/secret.txt',
      '/sibling/secret.txt',
      '/photos/deep',
    ]) {
      const { status, body } = await get(server, {}, path);
      expect([status, body.includes('secret</')]).toEqual([404, false]);
    }
    expect((await get(server, {}, '/photos/inside.jpg')).body.toString()).toBe('0123456789');
  });
  test('that does not exist is not served', async () => {
    await expect(startOssServer({ folder: '/nowhere/at/all' })).rejects.toThrow('ENOENT');
  });
});
