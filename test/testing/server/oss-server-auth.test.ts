/** Signatures: the vectors published by the official SDKs, and what is refused. */
import { describe, expect, test } from 'vitest';
import { E } from '../../../src/fp.ts';
import { type AuthRules, authorize } from '../../../src/testing/server/oss-server-auth.ts';
import type { SignedRequest } from '../../../src/testing/server/oss-server-signature.ts';

const UNSIGNED = { 'x-oss-content-sha256': 'UNSIGNED-PAYLOAD' };
const MINUTE = 60_000;

const rules = (some: Partial<AuthRules> = {}): AuthRules => ({
  accounts: [{ accessKeyId: 'ak', accessKeySecret: 'sk' }],
  anonymousRead: false,
  region: null,
  now: Date.UTC(2024, 0, 2, 3, 4, 5),
  ...some,
});

const verdict = (request: SignedRequest, some: Partial<AuthRules> = {}): string => {
  const result = authorize(request, rules(some));
  return E.isRight(result) ? 'welcome' : result.left.code;
};

/** Vector G1, which agrees with ali-oss 6.23.0. */
const get = (headers: Readonly<Record<string, string>> = {}): SignedRequest => ({
  method: 'GET',
  bucket: 'examplebucket',
  key: "exampledir/例子 a+b~!*'().txt",
  query: [['versionId', 'CAEQ']],
  headers: {
    ...UNSIGNED,
    'x-oss-date': '20240102T030405Z',
    range: 'bytes=0-102399',
    'if-match': '"ABC"',
    'x-oss-range-behavior': 'standard',
    authorization:
      'OSS4-HMAC-SHA256 Credential=ak/20240102/cn-hangzhou/oss/aliyun_v4_request,' +
      'Signature=42676ac37c6b08f92ccc682592ad29bff613bd6cfbb03ce30ecc2f1db7b167e0',
    ...headers,
  },
});

const PUT_QUERY = [
  ['param1', 'value1'],
  ['+param1', 'value3'],
  ['|param1', 'value4'],
  ['+param2', ''],
  ['|param2', ''],
  ['param2', ''],
] as const;
const PUT_HEADERS = { 'x-oss-head1': 'value', abc: 'value', zabc: 'value', xyz: 'value' };

describe('authorize, of a signed header', () => {
  test('accepts vector G1', () => {
    expect(verdict(get())).toBe('welcome');
    expect(verdict(get(), { region: 'cn-hangzhou' })).toBe('welcome');
  });
  test('accepts the form with blanks after the commas', () => {
    const spaced = get().headers['authorization']!.replace(',', ', ');
    expect(verdict(get({ authorization: spaced }))).toBe('welcome');
  });
  test.each([
    [
      'H1',
      1702743657,
      'cn-hangzhou/oss',
      '',
      'e21d18daa82167720f9b1047ae7e7f1ce7cb77a31e8203a7d5f4624fa0284afe',
    ],
    [
      'H2',
      1702743657,
      'cb-123/oss-cloudbox',
      '',
      '94ce1f12c17d148ea681030275a94449d3357f5b5b21133996eec80af3e08a43',
    ],
    [
      'H4',
      1702747512,
      'cn-hangzhou/oss',
      'abc;zabc',
      '4a4183c187c07c8947db7620deb0a6b38d9fbdd34187b6dbaccb316fa251212f',
    ],
  ])('accepts vector %s', (_, unixTime, scope, additional, signature) => {
    const date = compact(unixTime);
    const request: SignedRequest = {
      method: 'PUT',
      bucket: 'bucket',
      key: '1234+-/123/1.txt',
      query: PUT_QUERY,
      headers: {
        ...UNSIGNED,
        ...PUT_HEADERS,
        'content-type': 'text/plain',
        'x-oss-date': date,
        authorization: [
          `OSS4-HMAC-SHA256 Credential=ak/${date.slice(0, 8)}/${scope}/aliyun_v4_request`,
          ...(additional === '' ? [] : [`AdditionalHeaders=${additional}`]),
          `Signature=${signature}`,
        ].join(','),
      },
    };
    expect(verdict(request, { now: unixTime * 1000 })).toBe('welcome');
  });
  test.each([
    ['another method', { method: 'HEAD' }],
    ['another key', { key: 'exampledir/other.txt' }],
    ['another bucket', { bucket: 'otherbucket' }],
    ['another query', { query: [['versionId', 'CAER']] }],
    ['a further query', { query: [...get().query, ['x-oss-process', 'x']] }],
  ] as const)('refuses %s', (_, some) => {
    expect(verdict({ ...get(), ...some })).toBe('SignatureDoesNotMatch');
  });
  test('refuses an x-oss header that was not signed, and lets others change', () => {
    expect(verdict(get({ 'x-oss-traffic-limit': '819200' }))).toBe('SignatureDoesNotMatch');
    expect(verdict(get({ 'x-oss-range-behavior': 'lax' }))).toBe('SignatureDoesNotMatch');
    expect(verdict(get({ range: 'bytes=5-6', 'if-match': 'X' }))).toBe('welcome');
  });
  test('tells what it would have signed', () => {
    const result = authorize({ ...get(), bucket: 'otherbucket' }, rules());
    const details = E.isLeft(result) ? Object.fromEntries(result.left.details) : {};
    expect(details['StringToSign']).toMatch(
      /^OSS4-HMAC-SHA256\n20240102T030405Z\n20240102\/cn-hangzhou\/oss\/aliyun_v4_request\n[0-9a-f]{64}$/,
    );
    expect(details['CanonicalRequest']).toContain(
      'GET\n/otherbucket/exampledir/%E4%BE%8B%E5%AD%90%20a%2Bb~%21%2A%27%28%29.txt\nversionId=CAEQ\n',
    );
    expect(details['OSSAccessKeyId']).toBe('ak');
    expect(JSON.stringify(details)).not.toContain('sk"');
  });
  test('allows a clock that is 15 minutes off, and no more', () => {
    const { now } = rules();
    expect(verdict(get(), { now: now + 15 * MINUTE })).toBe('welcome');
    expect(verdict(get(), { now: now - 15 * MINUTE })).toBe('welcome');
    expect(verdict(get(), { now: now + 15 * MINUTE + 1000 })).toBe('RequestTimeTooSkewed');
    expect(verdict(get(), { now: now - 15 * MINUTE - 1000 })).toBe('RequestTimeTooSkewed');
  });
  test('refuses unknown accounts, other regions and nobody', () => {
    expect(verdict(get(), { accounts: [] })).toBe('InvalidAccessKeyId');
    expect(verdict(get(), { accounts: [{ accessKeyId: 'ak', accessKeySecret: 'no' }] })).toBe(
      'SignatureDoesNotMatch',
    );
    expect(verdict(get(), { region: 'cn-beijing' })).toBe('InvalidArgument');
    const { authorization: _, ...unsigned } = get().headers;
    expect(verdict({ ...get(), headers: unsigned })).toBe('AccessDenied');
    expect(verdict({ ...get(), headers: unsigned }, { anonymousRead: true })).toBe('welcome');
  });
  test.each(['', 'Basic YTpi', 'OSS ak:x', 'OSS4-HMAC-SHA256 Credential=ak', 'OSS4-HMAC-SHA256'])(
    'refuses the malformed %j even where anyone may read',
    (authorization) => {
      expect(verdict(get({ authorization }), { anonymousRead: true })).toBe('InvalidArgument');
    },
  );
  test('wants the token of temporary credentials while it lasts', () => {
    const { now } = rules();
    const account = { accessKeyId: 'ak', accessKeySecret: 'sk', securityToken: 'T' };
    expect(verdict(get(), { accounts: [account] })).toBe('InvalidSecurityToken');
    const withToken = get({ 'x-oss-security-token': 'T' });
    expect(verdict(withToken)).toBe('InvalidSecurityToken');
    expect(verdict(withToken, { accounts: [account] })).toBe('SignatureDoesNotMatch');
    expect(verdict(withToken, { accounts: [{ ...account, expiresAt: now }] })).toBe(
      'SecurityTokenExpired',
    );
  });
});

describe('authorize, of a presigned URL', () => {
  const presigned = (
    some: { additional?: string; expires?: string; signature?: string } = {},
  ): SignedRequest => {
    const { additional = '', expires = '599', signature } = some;
    const unixTime = additional === '' ? 1702781677 : 1702783809;
    const date = compact(unixTime);
    return {
      method: 'PUT',
      bucket: 'bucket',
      key: '1234+-/123/1.txt',
      query: [
        ...PUT_QUERY,
        ...(additional === '' ? [] : [['x-oss-additional-headers', additional] as const]),
        ['x-oss-credential', `ak/${date.slice(0, 8)}/cn-hangzhou/oss/aliyun_v4_request`],
        ['x-oss-date', date],
        ['x-oss-expires', expires],
        ['x-oss-signature-version', 'OSS4-HMAC-SHA256'],
        ['x-oss-signature', signature ?? Q1],
      ],
      headers: { ...PUT_HEADERS, 'content-type': 'application/octet-stream' },
    };
  };
  const Q1 = 'a39966c61718be0d5b14e668088b3fa07601033f6518ac7b523100014269c0fe';
  const Q3 = '6bd984bfe531afb6db1f7550983a741b103a8c58e5e14f83ea474c2322dfa2b7';
  const now = 1702781677_000;

  test('accepts vectors Q1 and Q3', () => {
    expect(verdict(presigned(), { now })).toBe('welcome');
    const q3 = presigned({ additional: 'abc;zabc', signature: Q3 });
    expect(verdict(q3, { now: 1702783809_000 })).toBe('welcome');
  });
  test('refuses the wrong signature', () => {
    const wrong = presigned({ signature: Q3 });
    expect(verdict(wrong, { now })).toBe('SignatureDoesNotMatch');
  });
  test('ends when it says', () => {
    expect(verdict(presigned(), { now: now + 599_000 })).toBe('welcome');
    const late = authorize(presigned(), rules({ now: now + 600_000 }));
    expect(late).toMatchObject(
      E.left({ status: 403, code: 'AccessDenied', message: 'Request has expired.' }),
    );
  });
  test('does not begin long before it was signed', () => {
    expect(verdict(presigned(), { now: now - 14 * MINUTE })).toBe('welcome');
    expect(verdict(presigned(), { now: now - 16 * MINUTE })).toBe('AccessDenied');
  });
  test.each(['0', '604801', '-1', 'x'])('cannot last %s seconds', (expires) => {
    expect(verdict(presigned({ expires }), { now })).toBe('InvalidArgument');
  });
  test('refuses x-oss headers that were not signed', () => {
    const request = presigned();
    const headers = { ...request.headers, 'x-oss-range-behavior': 'standard' };
    expect(verdict({ ...request, headers }, { now })).toBe('SignatureDoesNotMatch');
  });
});

/** Unix time as `20240102T030405Z`. */
function compact(unixTime: number): string {
  return new Date(unixTime * 1000).toISOString().replace(/[-:]|\.\d+/g, '');
}
