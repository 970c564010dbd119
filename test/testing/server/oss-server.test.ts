/** The embedded server, asked over real connections. */
import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import { loadCrc64 } from '../../../src/effects/crc64.ts';
import { startOssServer } from '../../../src/testing/index.ts';
import { ask, open } from './ask.ts';
import { CAT, CONTENT, codeOf, get, md5, start, startWith } from './serving.ts';

describe('an object', () => {
  test('is served whole, with everything OSS says of it', async () => {
    const server = await startWith({ lastModified: Date.UTC(2024, 0, 2, 3, 4, 5, 678) });
    const { status, headers, body } = await get(server);
    expect([status, body.toString()]).toEqual([200, '0123456789']);
    expect(headers).toMatchObject({
      'content-length': '10',
      'content-type': 'application/octet-stream',
      'accept-ranges': 'bytes',
      etag: `"${md5(CONTENT)}"`,
      'last-modified': 'Tue, 02 Jan 2024 03:04:05 GMT',
      'x-oss-hash-crc64ecma': (await loadCrc64())(CONTENT),
      'x-oss-object-type': 'Normal',
      'x-oss-storage-class': 'Standard',
    });
    expect(headers['x-oss-request-id']).toMatch(/^[0-9A-F]{24}$/);
    expect(headers['x-oss-server-time']).toMatch(/^\d+$/);
    expect(headers).not.toHaveProperty('content-range');
    expect(headers).not.toHaveProperty('x-oss-version-id');
  });
  test('answers HEAD with the same head and no body, even when a range is asked', async () => {
    const server = await startWith();
    const head = await ask(server, { method: 'HEAD', path: CAT, headers: { range: 'bytes=0-1' } });
    expect([head.status, head.body.length, head.headers['content-length']]).toEqual([200, 0, '10']);
  });
  test('gives a range, with the checksum of the whole', async () => {
    const server = await startWith();
    const { status, headers, body } = await get(server, { range: 'bytes=2-4' });
    expect([status, body.toString()]).toEqual([206, '234']);
    expect(headers).toMatchObject({
      'content-length': '3',
      'content-range': 'bytes 2-4/10',
      'x-oss-hash-crc64ecma': (await loadCrc64())(CONTENT),
    });
  });
  test('beyond its end is all of it, or a refusal for who asks for standard behaviour', async () => {
    const server = await startWith();
    const lax = await get(server, { range: 'bytes=10-12' });
    expect([lax.status, lax.body.toString()]).toEqual([200, '0123456789']);
    const standard = { 'x-oss-range-behavior': 'standard' };
    const cut = await get(server, { range: 'bytes=8-12', ...standard });
    expect([cut.status, cut.headers['content-range'], cut.body.toString()]).toEqual([
      206,
      'bytes 8-9/10',
      '89',
    ]);
    const out = await get(server, { range: 'bytes=10-12', ...standard });
    expect([out.status, out.headers['content-range'], codeOf(out.body)]).toEqual([
      416,
      'bytes */10',
      'InvalidRange',
    ]);
  });
  test('that is empty has an empty body and the checksum 0', async () => {
    const server = await start({
      objects: [{ bucket: 'photos', key: 'cat.jpg', content: new Uint8Array() }],
    });
    const { status, headers, body } = await get(server);
    expect([status, headers['content-length'], body.length]).toEqual([200, '0', 0]);
    expect(headers['x-oss-hash-crc64ecma']).toBe('0');
  });
  test('keeps what was said when it was put', async () => {
    const server = await startWith({
      partsCount: 3,
      crc64: null,
      contentType: 'text/plain',
      contentEncoding: 'gzip',
      headers: { 'x-oss-meta-author': 'alice' },
    });
    const { headers } = await get(server);
    expect(headers).toMatchObject({
      etag: `"${md5(CONTENT)}-3"`,
      'x-oss-object-type': 'Multipart',
      'content-type': 'text/plain',
      'content-encoding': 'gzip',
      'x-oss-meta-author': 'alice',
    });
    expect(headers).not.toHaveProperty('x-oss-hash-crc64ecma');
    server.put('photos', 'cat.jpg', CONTENT, { crc64: '1', etag: 'E', type: 'Appendable' });
    expect((await get(server)).headers).toMatchObject({
      etag: '"E"',
      'x-oss-hash-crc64ecma': '1',
      'x-oss-object-type': 'Appendable',
    });
  });
  test('is found by any exact key', async () => {
    const server = await start();
    for (const key of [
      'a b+c',
      '100%',
      '例子/猫.txt',
      'a//b',
      '/lead',
      '../up',
      'a/./b',
      "!*'()",
    ]) {
      server.put('photos', key, Buffer.from(key));
      const path = `/photos/${encodeURIComponent(key).replaceAll('%2F', '/')}`;
      expect((await get(server, {}, path)).body.toString()).toBe(key);
      const host = { host: `photos.localhost:${server.port}` };
      const virtual = await get(server, host, path.slice('/photos'.length));
      expect(virtual.body.toString()).toBe(key);
    }
    expect((await get(server, {}, '/photos/a/b')).status).toBe(404);
    expect((await get(server, {}, '/photos/lead')).status).toBe(404);
  });
  test('is found by the custom domain of its bucket', async () => {
    const server = await startWith({}, { cname: { 'cdn.example.com': 'photos' } });
    expect((await get(server, { host: 'cdn.example.com' }, '/cat.jpg')).status).toBe(200);
    expect((await get(server, { host: 'evil.example.com' }, '/cat.jpg')).status).toBe(404);
  });
  test('in an archive has a head but no body until it is restored', async () => {
    const server = await startWith({ storageClass: 'Archive' });
    const head = await ask(server, { method: 'HEAD', path: CAT });
    expect([head.status, head.headers['x-oss-storage-class']]).toEqual([200, 'Archive']);
    const refused = await get(server);
    expect([refused.status, codeOf(refused.body)]).toEqual([403, 'InvalidObjectState']);
    server.put('photos', 'cat.jpg', CONTENT, {
      storageClass: 'Archive',
      restore: 'ongoing-request="false", expiry-date="Sun, 16 Apr 2034 08:12:33 GMT"',
    });
    expect((await get(server)).status).toBe(200);
  });
});

describe('a client that does not read', () => {
  test('stops the server, which goes on with others', async () => {
    const server = await start({ synthetic: true });
    const idle = await new Promise<IncomingMessage>((resolve) => {
      open(server, { path: '/photos/synthetic/1/1GB' }, resolve);
    });
    const other = await get(server, {}, '/photos/synthetic/1/20MB');
    expect(other.body.length).toBe(20_000_000);
    expect(server.requests()[0]?.bytesSent).toBeLessThan(50_000_000);
    idle.on('error', () => {}).destroy();
  });
});

describe('conditions', () => {
  test('that fail are 412, with the condition in the error', async () => {
    const server = await startWith();
    const { status, body } = await get(server, { 'if-match': '"OTHER"', range: 'bytes=0-1' });
    expect([status, codeOf(body)]).toEqual([412, 'PreconditionFailed']);
    expect(body.toString()).toContain('<Condition>If-Match</Condition>');
    expect((await get(server, { 'if-match': md5(CONTENT) })).status).toBe(200);
  });
  test('of a client that has the object are 304 without body', async () => {
    const server = await startWith();
    const known = await get(server, { 'if-none-match': `"${md5(CONTENT)}"` });
    expect([known.status, known.body.length, known.broken]).toEqual([304, 0, null]);
  });
});

describe('versions', () => {
  test('are kept side by side, and the last one is current', async () => {
    const server = await startWith({ versionId: 'v1' });
    server.put('photos', 'cat.jpg', Buffer.from('new'), { versionId: 'v2' });
    const current = await get(server);
    expect([current.body.toString(), current.headers['x-oss-version-id']]).toEqual(['new', 'v2']);
    const old = await get(server, {}, `${CAT}?versionId=v1`);
    expect([old.body.toString(), old.headers['x-oss-version-id']]).toEqual(['0123456789', 'v1']);
    const none = await get(server, {}, `${CAT}?versionId=v3`);
    expect([none.status, codeOf(none.body)]).toEqual([404, 'NoSuchVersion']);
  });
  test('are replaced by their id, objects without id by the next one', async () => {
    const server = await startWith({ versionId: 'v1' });
    server.put('photos', 'cat.jpg', Buffer.from('new'), { versionId: 'v1' });
    expect((await get(server, {}, `${CAT}?versionId=v1`)).body.toString()).toBe('new');
    server.put('photos', 'dog.jpg', CONTENT);
    server.put('photos', 'dog.jpg', Buffer.from('new'));
    const named = await get(server, {}, '/photos/dog.jpg?versionId=null');
    expect(named.body.toString()).toBe('new');
  });
  test('end in a delete marker, which is 404, and 405 by its own id', async () => {
    const server = await startWith({ versionId: 'v1' });
    const marker = server.remove('photos', 'cat.jpg');
    const gone = await get(server);
    expect([gone.status, gone.headers['x-oss-delete-marker'], codeOf(gone.body)]).toEqual([
      404,
      'true',
      'NoSuchKey',
    ]);
    const named = await get(server, {}, `${CAT}?versionId=${marker}`);
    expect([named.status, named.headers['x-oss-delete-marker']]).toEqual([405, 'true']);
    expect((await get(server, {}, `${CAT}?versionId=v1`)).status).toBe(200);
  });
  test('do not exist for an object that was put without', async () => {
    const server = await startWith();
    expect(server.remove('photos', 'cat.jpg')).toBeNull();
    const gone = await get(server);
    expect([gone.status, gone.headers['x-oss-delete-marker']]).toEqual([404, undefined]);
  });
});

describe('the log', () => {
  test('tells what was asked and answered, and no secrets', async () => {
    const server = await startWith();
    await get(server, { range: 'bytes=2-4', 'if-match': 'X', 'x-oss-security-token': 'TOKEN' });
    await get(server, { range: 'bytes=2-4', authorization: 'OSS4-HMAC-SHA256 SECRET' });
    await get(server, { range: 'bytes=2-4' });
    const [first, second, third] = server.requests();
    expect(first).toMatchObject({
      method: 'GET',
      bucket: 'photos',
      key: 'cat.jpg',
      range: 'bytes=2-4',
      ifMatch: 'X',
      status: 412,
      attempt: 1,
      signed: 'anonymous',
    });
    expect(second).toMatchObject({ sequence: 2, attempt: 2, signed: 'header', status: 400 });
    expect(third).toMatchObject({ status: 206, bytesSent: 3, attempt: 3, fault: null });
    expect(JSON.stringify(server.requests())).not.toMatch(/SECRET|TOKEN/);
    server.clearRequests();
    expect(server.requests()).toEqual([]);
  });
  test('says when an answer has ended', async () => {
    const bytesSent = await new Promise<number>((resolve) => {
      startWith({}, { onEnd: (request) => resolve(request.bytesSent) }).then((server) =>
        get(server),
      );
    });
    expect(bytesSent).toBe(10);
  });
});

describe('close', () => {
  test('frees the port though connections are open', async () => {
    const server = await startOssServer({ anonymousRead: true });
    const { port } = server;
    const asked = ask(server, { path: '/', headers: { connection: 'keep-alive' } });
    await asked;
    await server.close();
    const next = await startOssServer({ port });
    await next.close();
  });
  test('a port that is taken is a rejection', async () => {
    const server = await start();
    await expect(startOssServer({ port: server.port })).rejects.toThrow('EADDRINUSE');
  });
});
