/** The text of URLs, with every dot where it was. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { urlIdentity, urlLabel } from '../../src/domain/http-source.ts';
import { decodeHttpUrl, parseHttpUrl } from '../../src/domain/http-url.ts';

describe('decodeHttpUrl', () => {
  test.each([
    ['https://h/a/../b', 'https://h/a/../b'],
    ['https://h/./x', 'https://h/./x'],
    ['https://h/..', 'https://h/..'],
    ['https://h/a/%2E%2e/b?c=/../d', 'https://h/a/%2E%2e/b?c=/../d'],
    [' HTTPS://me:p@H:443/a b /../ü?x y#z', 'https://me:p@h/a%20b%20/../%C3%BC?x%20y'],
    ['https://h/a\n/../b', 'https://h/a/../b'],
    ['https://h/a//../b?', 'https://h/a//../b?'],
    ['https://h', 'https://h/'],
    ['https://h?a=../b', 'https://h/?a=../b'],
  ])('%j is %j', (text, url) => expect(decodeHttpUrl(text)).toBe(url));

  test.each(['', '/a/../b', 'h/a', 'ftp://h/a/../b', 'https://'])('%j is none', (text) =>
    expect(decodeHttpUrl(text)).toBeNull(),
  );

  const texts = fc.string({ unit: fc.constantFrom(...'a./%2eE?#&=@: \\ü\t'), maxLength: 20 });

  test('for every path, a URL without dot segments is what URL makes of it', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const url = `https://h/${text.replace(/\.|%2e/gi, '')}`;
        assert.equal(decodeHttpUrl(url), parseHttpUrl(url)?.href);
      }),
    );
  });

  test('for every path, what was decoded stays as it is, and means the same to others', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const url = decodeHttpUrl(`https://h/${text}`);
        assert.ok(url !== null);
        assert.equal(decodeHttpUrl(url), url);
        assert.equal(parseHttpUrl(url)?.href, parseHttpUrl(`https://h/${text}`)?.href);
      }),
    );
  });
});

test('objects whose keys differ in a dot segment have names of their own', () => {
  expect(urlIdentity('https://me@h/a/../b?x=1')).toBe('https://h/a/../b?x=1');
  expect(urlLabel('https://me@h/a/../b?x=1')).toBe('https://h/a/../b?x=1');
});
