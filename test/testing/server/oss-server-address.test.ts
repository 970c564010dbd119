/** Host and path to bucket and key. */
import { describe, expect, test } from 'vitest';
import { E } from '../../../src/fp.ts';
import { readAddress } from '../../../src/testing/server/oss-server-address.ts';

const address = (host: string, target: string) => {
  const read = readAddress(host, target, { 'cdn.example.com': 'photos' });
  return E.isRight(read) ? `${read.right.bucket}|${read.right.key}` : read.left.code;
};

describe('readAddress', () => {
  test.each([
    ['127.0.0.1:80', '/photos/cat.jpg', 'photos|cat.jpg'],
    ['localhost', '/photos/cat.jpg', 'photos|cat.jpg'],
    ['[::1]:80', '/photos/cat.jpg', 'photos|cat.jpg'],
    ['photos.localhost:80', '/cat.jpg', 'photos|cat.jpg'],
    ['photos.127.0.0.1:80', '/cat.jpg', 'photos|cat.jpg'],
    ['photos.oss-cn-hangzhou.aliyuncs.com', '/a/cat.jpg', 'photos|a/cat.jpg'],
    ['oss-cn-hangzhou.aliyuncs.com', '/photos/cat.jpg', 'photos|cat.jpg'],
    ['CDN.example.com:80', '/cat.jpg', 'photos|cat.jpg'],
    ['127.0.0.1', '/photos', 'photos|'],
    ['127.0.0.1', '/', '|'],
    ['127.0.0.1', 'http://127.0.0.1/photos/cat.jpg', 'photos|cat.jpg'],
  ])('%s%s is %s', (host, target, expected) => {
    expect(address(host, target)).toBe(expected);
  });
  test.each([
    ['/photos/a%20b+c%2Bd', 'a b+c+d'],
    ['/photos/100%25', '100%'],
    ['/photos/%E4%BE%8B.txt', '例.txt'],
    ['/photos//a//b/', '/a//b/'],
    ['/photos/../x', '../x'],
    ['/photos/a%2Fb', 'a/b'],
    ['/photos/what%3F', 'what?'],
  ])('the key of %s is exactly %s', (target, key) => {
    expect(address('127.0.0.1', target)).toBe(`photos|${key}`);
    expect(address('photos.localhost', target.slice('/photos'.length))).toBe(`photos|${key}`);
  });
  test('a slash in an encoded bucket is not a separator', () => {
    expect(address('127.0.0.1', '/photos%2Fx/cat.jpg')).toBe('InvalidBucketName');
  });
  test.each([
    ['127.0.0.1', '/../cat.jpg', 'InvalidBucketName'],
    ['127.0.0.1', '/Photos/cat.jpg', 'InvalidBucketName'],
    ['127.0.0.1', '/photos/%zz', 'InvalidURI'],
    ['127.0.0.1', '/photos/%ff', 'InvalidURI'],
    ['evil.example.com', '/photos/cat.jpg', 'NoSuchBucket'],
    ['a.b.localhost', '/cat.jpg', 'NoSuchBucket'],
    ['', '/photos/cat.jpg', 'NoSuchBucket'],
  ])('%s%s is refused as %s', (host, target, code) => {
    expect(address(host, target)).toBe(code);
  });
  test('queries are decoded, with plus as a blank', () => {
    const read = readAddress('localhost', '/photos/k?a=1&b=&c&d=x%2By+z%3D=', {});
    expect(E.isRight(read) && read.right.query).toEqual([
      ['a', '1'],
      ['b', ''],
      ['c', ''],
      ['d', 'x+y z=='],
    ]);
  });
});
