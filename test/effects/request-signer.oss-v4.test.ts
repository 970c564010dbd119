/** V4 signatures against the vectors of the official SDKs, and against `ali-oss` itself. */
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodePath } from '../../src/effects/oss-endpoint.ts';
import {
  canonicalQuery,
  canonicalRequest,
  type OssRequest,
  presignOssUrl,
  type Signing,
  signingKey,
  signOssRequest,
} from '../../src/effects/request-signer.oss-v4.ts';

const signUtils = createRequire(import.meta.url)('ali-oss/lib/common/signUtils.js');

const accessKey = { accessKeyId: 'ak', accessKeySecret: 'sk', securityToken: null };

/** The common request of the published vectors. */
const vector = (
  contentType: string,
  additionalHeaders: ReadonlyArray<string> = [],
): OssRequest => ({
  method: 'PUT',
  canonicalUri: `/bucket/${encodePath('1234+-/123/1.txt')}`,
  query: {
    param1: 'value1',
    '+param1': 'value3',
    '|param1': 'value4',
    '+param2': '',
    '|param2': '',
    param2: '',
  },
  headers: {
    'x-oss-head1': 'value',
    abc: 'value',
    ZAbc: 'value',
    XYZ: 'value',
    'content-type': contentType,
  },
  additionalHeaders,
});

const signingAt = (seconds: number, rest: Partial<Signing> = {}): Signing => ({
  accessKey,
  timeMs: seconds * 1000,
  region: 'cn-hangzhou',
  ...rest,
});

const signatureIn = (text: string | undefined) =>
  /[Ss]ignature=([0-9a-f]{64})$/.exec(text ?? '')?.[1];

const G1: OssRequest = {
  method: 'GET',
  canonicalUri: encodePath("/examplebucket/exampledir/例子 a+b~!*'().txt"),
  query: { versionId: 'CAEQ' },
  headers: { range: 'bytes=0-102399', 'if-match': '"ABC"', 'x-oss-range-behavior': 'standard' },
};

describe('signOssRequest', () => {
  test.each<[string, number, Partial<Signing>, ReadonlyArray<string>, string]>([
    ['H1', 1702743657, {}, [], 'e21d18daa82167720f9b1047ae7e7f1ce7cb77a31e8203a7d5f4624fa0284afe'],
    [
      'H2',
      1702743657,
      { region: 'cb-123', product: 'oss-cloudbox' },
      [],
      '94ce1f12c17d148ea681030275a94449d3357f5b5b21133996eec80af3e08a43',
    ],
    [
      'H4',
      1702747512,
      {},
      ['ZAbc', 'abc'],
      '4a4183c187c07c8947db7620deb0a6b38d9fbdd34187b6dbaccb316fa251212f',
    ],
  ])('vector %s', (_, seconds, rest, additional, expected) => {
    const headers = signOssRequest(vector('text/plain', additional), signingAt(seconds, rest));
    expect(signatureIn(headers['authorization'])).toBe(expected);
  });

  test('vector H1, step by step', () => {
    const request = {
      ...vector('text/plain'),
      headers: {
        ...vector('text/plain').headers,
        'x-oss-date': '20231216T162057Z',
        'x-oss-content-sha256': 'UNSIGNED-PAYLOAD',
      },
    };
    const text = canonicalRequest(request);
    expect(text.split('\n').slice(0, 3)).toEqual([
      'PUT',
      '/bucket/1234%2B-/123/1.txt',
      '%2Bparam1=value3&%2Bparam2&%7Cparam1=value4&%7Cparam2&param1=value1&param2',
    ]);
    expect(createHash('sha256').update(text).digest('hex')).toBe(
      'f4613657f1b108998e8dbd10a1aa5da621dc2c6e02c9ddec0f163664848704c4',
    );
    expect(signingKey(signingAt(1702743657)).toString('hex')).toBe(
      'b412a03b134ebddd720f5167b5de6db66620ebb3b01cff4d49e3ccb09f8de97f',
    );
  });

  test('vector H4 names its additional headers', () => {
    const request = vector('text/plain', ['ZAbc', 'abc', 'absent', 'x-oss-head1', 'ABC']);
    expect(signOssRequest(request, signingAt(1702747512))['authorization']).toMatch(
      /^OSS4-HMAC-SHA256 Credential=ak\/20231216\/cn-hangzhou\/oss\/aliyun_v4_request,AdditionalHeaders=abc;zabc,Signature=/,
    );
  });

  test('vector G1: a ranged GET of a key with all kinds of characters', () => {
    const headers = signOssRequest(G1, { ...signingAt(Date.UTC(2024, 0, 2, 3, 4, 5) / 1000) });
    expect(signatureIn(headers['authorization'])).toBe(
      '42676ac37c6b08f92ccc682592ad29bff613bd6cfbb03ce30ecc2f1db7b167e0',
    );
  });

  test('another range or ETag has the same signature, another version has not', () => {
    const sign = (request: OssRequest) => signOssRequest(request, signingAt(1))['authorization'];
    expect(sign({ ...G1, headers: { ...G1.headers, range: 'bytes=5-6' } })).toBe(sign(G1));
    expect(sign({ ...G1, query: { versionId: 'CAER' } })).not.toBe(sign(G1));
  });

  test('a session token is sent and signed', () => {
    const withToken = { ...accessKey, securityToken: 'token' };
    const signed = signOssRequest(G1, signingAt(1, { accessKey: withToken }));
    expect(signed['x-oss-security-token']).toBe('token');
    expect(signed['authorization']).not.toBe(signOssRequest(G1, signingAt(1))['authorization']);
  });

  test('for every key, version and time, ali-oss signs the same', () => {
    const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 30 });
    const property = fc.property(
      text,
      text,
      fc.integer({ min: 0, max: 4_000_000_000 }),
      fc.option(text),
      (key, secret, seconds, versionId) => {
        const request: OssRequest = {
          ...G1,
          canonicalUri: encodePath(`/examplebucket/${key}`),
          query: versionId === null ? {} : { versionId },
        };
        const signing = signingAt(seconds, {
          accessKey: { ...accessKey, accessKeySecret: secret },
        });
        const { authorization, ...headers } = signOssRequest(request, signing);
        const queries = request.query;
        const theirs = signUtils.authorizationV4(
          ...['ak', secret, 'cn-hangzhou', 'GET', { headers, queries }, 'examplebucket', key],
        );
        return authorization === theirs;
      },
    );
    fc.assert(property);
  });
});

describe('presignOssUrl', () => {
  test.each([
    ['Q1', 1702781677, [], 'a39966c61718be0d5b14e668088b3fa07601033f6518ac7b523100014269c0fe'],
    [
      'Q3',
      1702783809,
      ['ZAbc', 'abc'],
      '6bd984bfe531afb6db1f7550983a741b103a8c58e5e14f83ea474c2322dfa2b7',
    ],
  ])('vector %s', (_, seconds, additional, expected) => {
    const request = vector('application/octet-stream', additional);
    const url = presignOssUrl('https://h/bucket/x', request, signingAt(seconds), 599);
    expect(signatureIn(url)).toBe(expected);
  });

  test('shows the key id, never the secret; a token is part of the URL', () => {
    const key = { accessKeyId: 'ak', accessKeySecret: 'very-secret', securityToken: 'to/ken' };
    const signing = signingAt(Date.UTC(2024, 0, 2) / 1000, { accessKey: key });
    const url = presignOssUrl('https://h/o', { ...G1, headers: {} }, signing, 60);
    expect(url.replace(/[0-9a-f]{64}$/, '…')).toBe(
      'https://h/o?versionId=CAEQ&x-oss-credential=ak%2F20240102%2Fcn-hangzhou%2Foss%2Faliyun_v4_request' +
        '&x-oss-date=20240102T000000Z&x-oss-expires=60&x-oss-security-token=to%2Fken' +
        '&x-oss-signature-version=OSS4-HMAC-SHA256&x-oss-signature=…',
    );
  });

  test.each([0, 604_801, 1.5, Number.NaN])('%d seconds are a bug of the caller', (seconds) => {
    expect(() => presignOssUrl('https://h/o', G1, signingAt(1), seconds)).toThrow(RangeError);
  });
});

describe('canonicalQuery', () => {
  test('sorts by name, not by what the name and its value look like together', () => {
    expect(canonicalQuery({ 'a-b': '1', a: '/ ', b: '' })).toBe('a=%2F%20&a-b=1&b');
  });
});

describe('signingKey', () => {
  test('keeps a bounded number of keys, and stays right beyond it', () => {
    const first = signingKey(signingAt(0));
    expect(signingKey(signingAt(3600))).toBe(first);
    for (let day = 1; day <= 40; day++) signingKey(signingAt(day * 86_400));
    expect(signingKey(signingAt(0))).not.toBe(first);
    expect(signingKey(signingAt(0))).toEqual(first);
  });
});
