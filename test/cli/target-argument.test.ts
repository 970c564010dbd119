/** TARGET: which file is meant. */
import { join, sep } from 'node:path';
import { describe, expect, test } from 'vitest';
import { decodeTarget, nameOf, type PathKind } from '../../src/cli/target-argument.ts';
import { E } from '../../src/fp.ts';
import { httpUrl, ossObject, type Source } from '../../src/index.ts';

const oss = (key: string): Source => ossObject({ bucket: 'bucket', key, region: 'cn-hangzhou' });
const decode = (target: string | null, kind: PathKind = 'absent', source = oss('a/b.bin')) =>
  decodeTarget(target, source, () => kind);

describe('decodeTarget', () => {
  test('nothing is the current folder', () => {
    expect(decode(null)).toEqual(E.right('b.bin'));
  });

  test('a folder gets a file that is called like the object', () => {
    expect(decode('there', 'folder')).toEqual(E.right(join('there', 'b.bin')));
    expect(decode(`not-there${sep}`)).toEqual(E.right(join('not-there', 'b.bin')));
  });

  test('anything else is the file, there or not', () => {
    expect(decode('there', 'file')).toEqual(E.right('there'));
    expect(decode('not-there')).toEqual(E.right('not-there'));
  });

  test('a device, an empty path and a dash are refused', () => {
    expect(decode('/dev/null', 'other')).toMatchObject({ left: { option: 'target' } });
    expect(decode('')).toMatchObject({ left: { option: 'target' } });
    expect(decode('-')).toMatchObject({ left: { option: 'target' } });
  });

  test('an object without a usable name wants a file named', () => {
    expect(decode(null, 'absent', oss('a/'))).toMatchObject({ left: { option: 'target' } });
    expect(decode('file', 'absent', oss('a/'))).toEqual(E.right('file'));
  });

  test('the message of a signed URL shows no signature', () => {
    const source = httpUrl('https://host/?OSSAccessKeyId=a&Signature=hunter2');
    expect(JSON.stringify(decode(null, 'absent', source))).not.toContain('hunter2');
  });
});

describe('nameOf', () => {
  test.each([
    ['a/b.bin', 'b.bin'],
    ['b%20c', 'b%20c'],
    ['a\\b', sep === '\\' ? null : 'a\\b'],
    ['a/', null],
    ['a/..', null],
    ['.', null],
    ['a\0b', null],
  ])('of the key %j is %j', (key, name) => {
    expect(nameOf(oss(key))).toBe(name);
  });

  test.each([
    ['https://host/a/b%20c.bin?x=y/z', 'b c.bin'],
    ['https://host/%E4%B8%AD.iso', '中.iso'],
    ['https://host/', null],
    ['https://host', null],
    ['https://host/a%2Fb', null],
    ['https://host/%2e%2e%2f', null],
    ['https://host/a%00b', null],
    ['https://host/a%ff', null],
  ])('of the URL %s is %j', (url, name) => {
    expect(nameOf(httpUrl(url))).toBe(name);
  });
});
