/** Names of breakpoints. */
import { describe, expect, test } from 'vitest';
import { breakpointKey } from '../../src/store/breakpoint-key.ts';

describe('breakpointKey', () => {
  test('is the same in every run, on every machine', () => {
    expect(breakpointKey('oss://b/k', '/data/a')).toBe('e54eb41635a10e084fc33fb09b7e0d21');
  });
  test('another object, or another target, has another', () => {
    const keys = [
      breakpointKey('oss://b/k', '/data/a'),
      breakpointKey('oss://b/k', '/data/b'),
      breakpointKey('oss://b/K', '/data/a'),
      breakpointKey('oss://b/k/data', '/a'),
    ];
    expect(new Set(keys).size).toBe(4);
  });
  test.each(['', '../../etc/passwd', 'C:\\x:y?', 'ü'.repeat(5_000), 'a\0b'])(
    'is safe as a file name, whatever the object is called: %j',
    (identity) => expect(breakpointKey(identity, `/${identity}`)).toMatch(/^[0-9a-f]{32}$/),
  );
});
