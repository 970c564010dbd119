import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytes } from '../../src/domain/bytes.ts';
import { ERROR_TAGS } from '../../src/domain/errors.ts';
import type { HttpHead } from '../../src/effects/http-client.ts';
import { classifyRefusal, parseRetryAfter, readRefusal } from '../../src/effects/oss-answer.ts';
import { MIDDLE } from '../conformance/object-storage.ts';

const xml = (code: string, rest = '<Message>It failed.</Message>') =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<Error>\n  <Code>${code}</Code>\n  ${rest}\n</Error>`;

const read = (status: number, body = '', headers: HttpHead['headers'] = {}) =>
  readRefusal({ status, headers }, Buffer.from(body));

const classify = (
  status: number,
  body = '',
  asked: Partial<Parameters<typeof classifyRefusal>[1]> = {},
  headers: HttpHead['headers'] = {},
) =>
  classifyRefusal(read(status, body, headers), {
    request: MIDDLE,
    hasSession: false,
    urlExpiryMs: null,
    ...asked,
  });

describe('readRefusal', () => {
  test('reads the XML of an error, numbers and entities as text', () => {
    const rest =
      '<Message>a &lt; b &amp; c</Message><RequestId>0012</RequestId><EC>0026-00000001</EC>';
    expect(read(404, xml('NoSuchKey', rest)).refusal).toEqual({
      status: 404,
      code: 'NoSuchKey',
      message: 'a < b & c',
      requestId: '0012',
      ec: '0026-00000001',
    });
  });

  test('prefers the request id and the finer code of the headers', () => {
    const headers = { 'x-oss-request-id': 'R1', 'x-oss-ec': 'E1' };
    const { refusal } = read(404, xml('NoSuchKey', '<RequestId>R2</RequestId>'), headers);
    expect(refusal).toMatchObject({ requestId: 'R1', ec: 'E1' });
  });

  test('reads the header that stands for the body in the answer to a HEAD', () => {
    const headers = { 'x-oss-err': Buffer.from(xml('SymlinkTargetNotExist')).toString('base64') };
    expect(read(404, '', headers).refusal).toMatchObject({
      code: 'SymlinkTargetNotExist',
      message: 'It failed.',
    });
  });

  test('of the page of a proxy it keeps a few words, and nothing that looks like a key', () => {
    const page =
      '<!DOCTYPE html><html><head><style>p{}</style><script>track("x")</script></head><body>' +
      '<h1>403 Forbidden</h1>\n<p>GET /o?Signature=abc&amp;x=1 </p>' +
      `<p>OSS4-HMAC ${'5ec4e7'.repeat(9)}</p>${'blah '.repeat(99)}</body></html>`;
    const { refusal } = read(403, page);
    expect(refusal.code).toBe('BadErrorResponse');
    expect(refusal.message).toMatch(/^403 Forbidden GET \/o\?… OSS4-HMAC … blah blah/);
    expect(refusal.message.length).toBeLessThan(200);
  });

  test('without a body, the code is the status in words', () => {
    expect(read(404).refusal).toMatchObject({ code: 'Not Found', message: '' });
    expect(read(599).refusal.code).toBe('Status 599');
  });

  test('never looks at what was signed', () => {
    const rest =
      '<Message>Check your key.</Message><StringToSign>OSS4 s3cret</StringToSign>' +
      '<SignatureProvided>s3cret</SignatureProvided><SecurityToken>s3cret</SecurityToken>';
    expect(JSON.stringify(read(403, xml('SignatureDoesNotMatch', rest)))).not.toContain('s3cret');
  });

  test('an entity bomb is not XML to us', () => {
    const bomb = '<!DOCTYPE Error [<!ENTITY a "aaaa">]><Error><Code>&a;</Code></Error>';
    expect(read(400, bomb).refusal.code).toBe('BadErrorResponse');
  });

  test('for every body it gives some refusal', () => {
    const pieces = fc.constantFrom(
      '<Error>',
      '</Error>',
      '<Code>',
      '</Code>',
      '&',
      '<',
      ']]>',
      'x',
    );
    const body = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(pieces).map((all) => all.join('')),
    );
    fc.assert(
      fc.property(body, fc.string(), fc.integer({ min: 300, max: 599 }), (text, header, status) => {
        const error = classify(status, text, {}, { 'x-oss-err': header, 'retry-after': header });
        return ERROR_TAGS.includes(error._tag);
      }),
    );
  });
});

describe('classifyRefusal', () => {
  const archived = '<Message>The operation is not valid for the object state.</Message>';
  test.each([
    [403, 'SignatureDoesNotMatch', '', 'ServerRefused'],
    [403, 'AccessDenied', '<Message>No right to access.</Message>', 'ServerRefused'],
    [403, 'AccessDenied', '<Message>Request has expired.</Message>', 'AccessExpired'],
    [403, 'SecurityTokenExpired', '', 'AccessExpired'],
    [403, 'InvalidSecurityToken', '', 'AccessExpired'],
    [400, 'ExpiredToken', '', 'AccessExpired'],
    [403, 'RequestTimeTooSkewed', '', 'ServerRefused'],
    [403, 'InvalidObjectState', archived, 'ObjectArchived'],
    [404, 'NoSuchKey', '', 'ServerRefused'],
    [405, 'MethodNotAllowed', '', 'ServerRefused'],
    [412, 'PreconditionFailed', '', 'ObjectChanged'],
    [416, 'InvalidRange', '', 'ObjectChanged'],
    [304, 'NotModified', '', 'ServerRefused'],
    [307, 'TemporaryRedirect', '', 'ServerRefused'],
    [203, 'CallbackFailed', '', 'ServerRefused'],
    [400, 'InvalidArgument', '', 'ServerRefused'],
    [400, 'BadRequest', '', 'ServerRefused'],
    [400, 'RequestTimeout', '', 'ServerBusy'],
    [408, 'RequestTimeout', '', 'ServerBusy'],
    [429, 'TooManyRequests', '', 'ServerBusy'],
    [500, 'InternalError', '', 'ServerBusy'],
    [501, 'NotImplemented', '', 'ServerRefused'],
    [502, 'BadGateway', '', 'ServerBusy'],
    [503, 'SlowDown', '', 'ServerBusy'],
    [504, 'GatewayTimeout', '', 'ServerBusy'],
  ])('%i %s %s is %s', (status, code, rest, tag) => {
    expect(classify(status, xml(code, rest))._tag).toBe(tag);
  });

  test('an unknown key id has run out if it came with a token, else it is a mistake', () => {
    const body = xml('InvalidAccessKeyId');
    expect(classify(403, body, { hasSession: true })._tag).toBe('AccessExpired');
    expect(classify(403, body, { hasSession: false })._tag).toBe('ServerRefused');
  });

  test('a 412 or 416 to a probe is a refusal, since nothing was planned', () => {
    expect(classify(412, '', { request: null })._tag).toBe('ServerRefused');
    expect(classify(416, '', { request: null })._tag).toBe('ServerRefused');
  });

  test('a 412 names the planned ETag and the one that is there', () => {
    expect(classify(412, '', {}, { etag: '"now"', 'x-oss-request-id': 'R1' })).toEqual({
      _tag: 'ObjectChanged',
      difference: 'precondition',
      expected: MIDDLE.version.etag,
      actual: '"now"',
      requestId: 'R1',
    });
  });

  test('a 416 of an object whose size was never known is a refusal', () => {
    const version = { ...MIDDLE.version, size: null };
    const range = { start: bytes(0), end: bytes(1) };
    expect(classify(416, '', { request: { version, range, isWhole: true } })._tag).toBe(
      'ServerRefused',
    );
  });
});

describe('parseRetryAfter', () => {
  const now = Date.UTC(2024, 0, 2, 3, 4, 5);
  test.each([
    ['120', now, 120_000],
    [' 0 ', null, 0],
    ['Tue, 02 Jan 2024 03:04:15 GMT', now, 10_000],
    ['Tue, 02 Jan 2024 03:04:00 GMT', now, 0],
    ['Tue, 02 Jan 2024 03:04:15 GMT', null, null],
    ['soon', now, null],
    ['-5', now, null],
    [undefined, now, null],
  ])('%j with the server at %j is %j ms', (header, dateMs, expected) => {
    expect(parseRetryAfter(header, dateMs)).toBe(expected);
  });
});
