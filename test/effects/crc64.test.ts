/** The CRC-64 that is computed over bytes, against published values and another implementation. */
import assert from 'node:assert/strict';
import { crc64 as oracle } from 'crc64-ecma182.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytes } from '../../src/domain/bytes.ts';
import { combineCrc64 } from '../../src/domain/crc64.ts';
import { loadCrc64 } from '../../src/effects/crc64.ts';

const crc64Of = await loadCrc64();

describe('loadCrc64', () => {
  test('compiles once: later calls give the same function', async () => {
    expect(await loadCrc64()).toBe(crc64Of);
  });

  test.each([
    ['', '0'],
    ['123456789', '11051210869376104954'],
    ['hello world!', '9548687815775124833'],
    ['12345', '6748440630437108969'],
    ['67890', '6285347597771850461'],
    ['1234567890', '12811388247244714686'],
  ])('%j has the CRC-64 that OSS gives', (content, crc64) =>
    expect(crc64Of(Buffer.from(content))).toBe(crc64),
  );

  test('no chunk at all is no bytes', () => {
    expect(crc64Of()).toBe('0');
    expect(crc64Of(new Uint8Array(), new Uint8Array())).toBe('0');
  });

  test('the halves of a text combine to the whole', () => {
    const [a, b] = [Buffer.from('12345'), Buffer.from('67890')];
    expect(combineCrc64(crc64Of(a), crc64Of(b), bytes(5))).toBe(crc64Of(a, b));
  });

  test('for every row of chunks, it is the other implementation’s of all of them', () => {
    const chunks = fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 8 });
    fc.assert(
      fc.property(chunks, (row) => {
        assert.equal(crc64Of(...row), oracle(Buffer.concat(row)));
      }),
    );
  });

  test('for every split, both implementations and the combination agree', () => {
    const content = Buffer.from(Array.from({ length: 100_000 }, (_, i) => (i * 31) ^ (i >> 8)));
    const whole = oracle(content);
    assert.equal(crc64Of(content), whole);
    fc.assert(
      fc.property(fc.nat({ max: content.length }), (cut) => {
        const [a, b] = [content.subarray(0, cut), content.subarray(cut)];
        assert.equal(combineCrc64(crc64Of(a), crc64Of(b), bytes(b.length)), whole);
      }),
    );
  });

  test('a view into a larger buffer is hashed alone', () => {
    const larger = Buffer.from('xx123456789xx');
    expect(crc64Of(larger.subarray(2, 11))).toBe('11051210869376104954');
  });
});
