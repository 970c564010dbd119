/** SOURCE and the options that say where it is. */
import { describe, expect, test } from 'vitest';
import { inFlags } from '../../src/cli/flag-names.ts';
import { decodeSource, type SourceFlags } from '../../src/cli/source-argument.ts';
import { E } from '../../src/fp.ts';

const decode = (
  text: string,
  flags: Partial<SourceFlags> = {},
  env: Readonly<Record<string, string>> = {},
) => decodeSource(text, { header: [], ...flags }, env);
const refused = (...given: Parameters<typeof decode>) => {
  const decoded = decode(...given);
  if (E.isRight(decoded) || decoded.left._tag !== 'UsageError') throw new Error('not refused');
  return decoded.left;
};

describe('decodeSource', () => {
  test('an oss URI with a region is an OSS source', () => {
    const flags = { region: 'cn-hangzhou', versionId: 'v1', requestPayer: true } as const;
    expect(decode('oss://bucket/a/b c', { ...flags, trafficLimit: '819200' })).toMatchObject({
      right: {
        ...{ _tag: 'OssSource', bucket: 'bucket', key: 'a/b c', region: 'cn-hangzhou' },
        ...{ versionId: 'v1', requestPayer: true, trafficLimit: 819200, network: 'public' },
      },
    });
  });

  test('an http URL is an HTTP source with headers', () => {
    const header = ['Authorization: Bearer a:b', 'x-empty:'];
    expect(decode('https://host/a?b=c', { header })).toMatchObject({
      right: { _tag: 'HttpSource', headers: { authorization: 'Bearer a:b', 'x-empty': '' } },
    });
  });

  test('the environment stands in for what was not typed', () => {
    const env = { OSS_REGION: 'cn-beijing', OSS_ENDPOINT: 'http://127.0.0.1:9000' };
    expect(decode('oss://bucket/k', {}, env)).toMatchObject({
      right: { region: 'cn-beijing', endpoint: 'http://127.0.0.1:9000' },
    });
    const typed = { region: 'us-west-1', endpoint: 'http://localhost:1' };
    expect(decode('oss://bucket/k', typed, env)).toMatchObject({ right: { region: 'us-west-1' } });
  });

  test('an endpoint that was typed and names a region overrides the environment', () => {
    const endpoint = 'oss-cn-shanghai.aliyuncs.com';
    expect(decode('oss://bucket/k', { endpoint }, { OSS_REGION: 'cn-beijing' })).toMatchObject({
      right: { region: 'cn-shanghai' },
    });
  });

  test('--internal and --accelerate go without the endpoint of the environment', () => {
    const env = { OSS_ENDPOINT: 'oss-cn-beijing.aliyuncs.com', OSS_REGION: 'cn-beijing' };
    const source = { endpoint: null, network: 'internal' };
    expect(decode('oss://bucket/k', { internal: true }, env)).toMatchObject({ right: source });
  });

  test.each([
    ['ftp://host/a', {}, 'source'],
    ['bucket/key', {}, 'source'],
    ['oss://bucket', {}, 'source'],
    ['oss://bucket/k', {}, '--region'],
    ['oss://bucket/k', { region: 'a b' }, '--region'],
    ['oss://bucket/k', { region: 'a', trafficLimit: '1e6' }, '--traffic-limit'],
    ['oss://bucket/k', { region: 'a', trafficLimit: '1' }, '--traffic-limit'],
    ['oss://bucket/k', { region: 'a', header: ['a:b'] }, '--header'],
    ['oss://bucket/k', { internal: true, accelerate: true, region: 'a' }, '--internal'],
    ['oss://bucket/k', { internal: true, endpoint: 'host', region: 'a' }, '--internal'],
    ['oss://bucket/k', { cname: true, region: 'a' }, '--cname'],
    ['https://host/a', { region: 'a' }, '--region'],
    ['https://host/a', { anonymous: true }, '--anonymous'],
    ['https://host/a', { header: ['range: bytes=0-1'] }, '--header'],
    ['https://host/a', { header: ['a:1', 'A:2'] }, '--header'],
  ] as const)('%s with %j is refused for %s', (text, flags, option) => {
    expect(inFlags(refused(text, flags))).toMatchObject({ option });
  });

  test('a mistake in a variable is called by its name, and what was typed by what it was', () => {
    const [region, endpoint] = ['Not/A/Region', 'http://host/path'];
    const inRegion = refused('oss://bucket/k', {}, { OSS_REGION: region });
    expect(inRegion).toMatchObject({ option: 'OSS_REGION', value: region });
    const inEndpoint = refused('oss://bucket/k', {}, { OSS_ENDPOINT: endpoint });
    expect(inEndpoint).toMatchObject({ option: 'OSS_ENDPOINT', value: endpoint });
    const typed = refused('oss://bucket/k', { region }, { OSS_REGION: 'cn-beijing' });
    expect(typed).toMatchObject({ option: 'region', value: region });
    expect(refused('oss://bucket/k')).toMatchObject({ option: 'region', value: '' });
    const header = ['Range: bytes=0-1'];
    expect(refused('https://host/a', { header })).toMatchObject({ value: 'Range' });
  });

  test.each([
    ['oss://id:hunter2@bucket/key', { region: 'a' }],
    ['oss://hunter2@bucket', { region: 'a' }],
    ['htp://user:hunter2@host/?sig=hunter2', {}],
    ['https://host/a', { header: ['Authorization hunter2'] }],
    ['https://host/a', { header: ['Authorization hunter2:x'] }],
    ['oss://bucket/key', { region: 'a', header: ['Authorization: hunter2'] }],
  ] as const)('no secret is shown of %s', (text, flags) => {
    expect(JSON.stringify(refused(text, flags))).not.toContain('hunter2');
  });
});
