import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeOssSource, type OssObjectOptions } from '../../src/domain/oss-source.ts';
import { encodePath, ossAddress, percentEncode } from '../../src/effects/oss-endpoint.ts';
import { E } from '../../src/fp.ts';

const addressOf = (options: Partial<OssObjectOptions>) => {
  const given = { bucket: 'bkt', key: 'a/b', region: 'cn-hangzhou', ...options };
  const source = decodeOssSource(given);
  if (E.isLeft(source)) throw new RangeError(JSON.stringify(source.left));
  return ossAddress(source.right);
};

describe('ossAddress', () => {
  test.each<[Partial<OssObjectOptions>, string]>([
    [{}, 'https://bkt.oss-cn-hangzhou.aliyuncs.com/a/b'],
    [{ network: 'internal' }, 'https://bkt.oss-cn-hangzhou-internal.aliyuncs.com/a/b'],
    [{ network: 'accelerate' }, 'https://bkt.oss-accelerate.aliyuncs.com/a/b'],
    [{ pathStyle: true }, 'https://oss-cn-hangzhou.aliyuncs.com/bkt/a/b'],
    [{ endpoint: 'http://127.0.0.1:9000' }, 'http://127.0.0.1:9000/bkt/a/b'],
    [{ endpoint: '[::1]:9000' }, 'https://[::1]:9000/bkt/a/b'],
    [{ endpoint: 'files.example.com', cname: true }, 'https://files.example.com/a/b'],
    [{ endpoint: 'https://minio.example.com:8443' }, 'https://bkt.minio.example.com:8443/a/b'],
  ])('of %j', (options, url) => {
    const address = addressOf(options);
    expect(address).toEqual({ url, host: new URL(url).host, canonicalUri: '/bkt/a/b' });
  });

  test.each([
    ['/a', '/bkt//a'],
    ['a//b/', '/bkt/a//b/'],
    ['a b+c', '/bkt/a%20b%2Bc'],
    ['100%25', '/bkt/100%2525'],
    ["!'()*~-_.", '/bkt/%21%27%28%29%2A~-_.'],
    ['例子', '/bkt/%E4%BE%8B%E5%AD%90'],
    ['?a=b#c', '/bkt/%3Fa%3Db%23c'],
  ])('keeps the key %j exactly', (key, canonicalUri) => {
    expect(addressOf({ key }).canonicalUri).toBe(canonicalUri);
    expect(addressOf({ key, pathStyle: true }).url).toBe(
      `https://oss-cn-hangzhou.aliyuncs.com${canonicalUri}`,
    );
  });
});

test('for every text, percentEncode uses only unreserved characters and decodes to the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const encoded = percentEncode(text);
      return (
        /^([\w.~-]|%[0-9A-F]{2})*$/.test(encoded) &&
        decodeURIComponent(encoded) === text &&
        encodePath(text) === encoded.replaceAll('%2F', '/')
      );
    }),
  );
});
