/** What the embedded server refuses, limits and compresses. */
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { signOssRequest } from '../../../src/effects/request-signer.oss-v4.ts';
import { DEMO_ACCOUNT } from '../../../src/testing/index.ts';
import { ask } from './ask.ts';
import { CAT, codeOf, get, start, startWith } from './serving.ts';

describe('refusals', () => {
  test('are XML with the request id of the header', async () => {
    const server = await startWith();
    const { status, headers, body } = await get(server, {}, '/photos/%3Cdog%3E&.jpg');
    expect(status).toBe(404);
    expect(headers).toMatchObject({
      'content-type': 'application/xml',
      'x-oss-ec': '0026-00000001',
    });
    expect(body.toString()).toBe(
      [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<Error>',
        '  <Code>NoSuchKey</Code>',
        '  <Message>The specified key does not exist.</Message>',
        `  <RequestId>${headers['x-oss-request-id']}</RequestId>`,
        '  <HostId>127.0.0.1</HostId>',
        '  <Key>&lt;dog&gt;&amp;.jpg</Key>',
        '  <EC>0026-00000001</EC>',
        '</Error>',
        '',
      ].join('\n'),
    );
  });
  test('of HEAD are the same XML in base64', async () => {
    const server = await startWith();
    const { status, headers, body } = await ask(server, {
      method: 'HEAD',
      path: '/photos/dog.jpg',
    });
    expect([status, body.length]).toEqual([404, 0]);
    const xml = Buffer.from(String(headers['x-oss-err']), 'base64');
    expect(codeOf(xml)).toBe('NoSuchKey');
  });
  test.each([
    ['GET', '/videos/cat.jpg', 404, 'NoSuchBucket'],
    ['PUT', CAT, 501, 'NotImplemented'],
    ['GET', '/photos', 501, 'NotImplemented'],
    ['GET', '/photos/%zz', 400, 'InvalidURI'],
  ])('%s %s is %i %s', async (method, path, status, code) => {
    const server = await startWith();
    const came = await ask(server, { method, path });
    expect([came.status, codeOf(came.body)]).toEqual([status, code]);
  });
  test.each(['acl', 'tagging', 'x-oss-process=image/resize,w_1', 'uploadId=1&partNumber=1'])(
    'meet ?%s, which asks for something else than bytes',
    async (query) => {
      const server = await startWith();
      const { status, body } = await get(server, {}, `${CAT}?${query}`);
      expect([status, codeOf(body)]).toEqual([501, 'NotImplemented']);
    },
  );
  test('of a wrong signature fit into a header, however long the key', async () => {
    const server = await startWith({}, { anonymousRead: false });
    const path = `/photos/${'%E4%BE%8B'.repeat(341)}`;
    const accessKey = { ...DEMO_ACCOUNT, accessKeySecret: 'another', securityToken: null };
    const request = { method: 'HEAD', canonicalUri: path, query: {}, headers: {} } as const;
    const signing = { accessKey, timeMs: Date.now(), region: 'cn-hangzhou' };
    const signed = signOssRequest(request, signing);
    const { status, headers } = await ask(server, { method: 'HEAD', path, headers: signed });
    expect(status).toBe(403);
    const xml = Buffer.from(String(headers['x-oss-err']), 'base64');
    expect(codeOf(xml)).toBe('SignatureDoesNotMatch');
    expect(String(headers['x-oss-err']).length).toBeLessThan(15_000);
  });
  test('meet unsigned requests unless anyone may read', async () => {
    const server = await startWith({}, { anonymousRead: false });
    const { status, body } = await get(server);
    expect([status, codeOf(body)]).toEqual([403, 'AccessDenied']);
  });
  test('meet those who do not offer to pay where the requester pays', async () => {
    const server = await startWith({}, { requesterPays: ['photos'] });
    expect((await get(server)).status).toBe(403);
    expect((await get(server, { 'x-oss-request-payer': 'requester' })).status).toBe(200);
  });
  test.each(['1', '819199', '838860801', 'x'])('meet the traffic limit %s', async (limit) => {
    const server = await startWith();
    const { status, body } = await get(server, { 'x-oss-traffic-limit': limit });
    expect([status, codeOf(body)]).toEqual([400, 'InvalidArgument']);
  });
});

describe('a traffic limit', () => {
  test('is kept from the first byte on', async () => {
    const server = await start({ synthetic: true });
    const startMs = performance.now();
    const path = '/photos/synthetic/1/51200';
    const { body } = await get(server, { 'x-oss-traffic-limit': '819200' }, path);
    expect(body.length).toBe(51_200);
    expect(performance.now() - startMs).toBeGreaterThan(480);
  });
});

describe('gzip', () => {
  test('has no length, and only clients that accept it get it', async () => {
    const server = await startWith({}, { gzip: true });
    const zipped = await get(server, { 'accept-encoding': 'gzip, deflate' });
    expect(gunzipSync(zipped.body).toString()).toBe('0123456789');
    expect(zipped.headers).toMatchObject({ 'content-encoding': 'gzip' });
    expect(zipped.headers).not.toHaveProperty('content-length');
    for (const accept of ['identity', 'gzip;q=0', 'br']) {
      const plain = await get(server, { 'accept-encoding': accept });
      expect(plain.headers['content-length']).toBe('10');
    }
  });
});
