/** CRC-64 values and their combination, against an implementation that is not ours. */
import assert from 'node:assert/strict';
import { crc64 as oracle } from 'crc64-ecma182.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Bytes, bytes } from '../../src/domain/bytes.ts';
import { CRC64_OF_NOTHING, Crc64, combineCrc64, crc64FromBigInt } from '../../src/domain/crc64.ts';

const crcOf = (content: Uint8Array | string): Crc64 => oracle(Buffer.from(content)) as Crc64;

const crcs = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(crc64FromBigInt);
const lengths = fc.oneof(fc.nat({ max: 5_000 }), fc.maxSafeNat()) as fc.Arbitrary<Bytes>;

describe('Crc64', () => {
  test.each(['0', '1', '11051210869376104954', '18446744073709551615'])('%j is one', (text) =>
    expect(Crc64.is(text)).toBe(true),
  );
  test.each([
    '',
    '00',
    '01',
    '-1',
    '+1',
    '1.0',
    '0x1',
    ' 1',
    '1\n',
    '18446744073709551616',
    '99999999999999999999',
    '100000000000000000000',
    1,
    null,
  ])('%j is none', (value) => expect(Crc64.is(value)).toBe(false));
});

describe('crc64FromBigInt', () => {
  test('writes all 64 bits as decimal text', () => {
    expect(crc64FromBigInt(0n)).toBe('0');
    expect(crc64FromBigInt(2n ** 64n - 1n)).toBe('18446744073709551615');
  });
  test('throws on more than 64 bits', () => {
    expect(() => crc64FromBigInt(2n ** 64n)).toThrow(RangeError);
    expect(() => crc64FromBigInt(-1n)).toThrow(RangeError);
  });
});

describe('combineCrc64', () => {
  test("combines OSS's own vectors", () => {
    const [a, b] = ['6748440630437108969' as Crc64, '6285347597771850461' as Crc64];
    expect(combineCrc64(a, b, bytes(5))).toBe('12811388247244714686');
    expect([crcOf('12345'), crcOf('67890')]).toEqual([a, b]);
  });

  test('nothing before or behind changes nothing', () => {
    const some = crcOf('some');
    expect(combineCrc64(some, CRC64_OF_NOTHING, bytes(0))).toBe(some);
    expect(combineCrc64(CRC64_OF_NOTHING, some, bytes(4))).toBe(some);
    expect(combineCrc64(CRC64_OF_NOTHING, CRC64_OF_NOTHING, bytes(0))).toBe('0');
  });

  test('for every split of every text, the halves combine to the whole', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), fc.nat({ max: 600 }), (content, cut) => {
        const [a, b] = [content.subarray(0, cut), content.subarray(cut)];
        assert.equal(combineCrc64(crcOf(a), crcOf(b), bytes(b.length)), crcOf(content));
      }),
      { numRuns: 300 },
    );
  });

  test('for every cut into many pieces, folding them gives the whole', () => {
    const pieces = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 20 });
    fc.assert(
      fc.property(pieces, (chunks) => {
        const combined = chunks.reduce<Crc64>(
          (crc, chunk) => combineCrc64(crc, crcOf(chunk), bytes(chunk.length)),
          CRC64_OF_NOTHING,
        );
        assert.equal(combined, crcOf(Buffer.concat(chunks)));
      }),
    );
  });

  test('for every three ranges of any length, the order of combining does not matter', () => {
    const atMostAll = (b: number, c: number) => b + c <= Number.MAX_SAFE_INTEGER;
    fc.assert(
      fc.property(crcs, crcs, crcs, lengths, lengths, (a, b, c, lengthOfB, lengthOfC) => {
        fc.pre(atMostAll(lengthOfB, lengthOfC));
        const lengthOfBoth = bytes(lengthOfB + lengthOfC);
        // A checksum of no bytes is 0.
        const [crcB, crcC] = [
          lengthOfB === 0 ? CRC64_OF_NOTHING : b,
          lengthOfC === 0 ? CRC64_OF_NOTHING : c,
        ];
        assert.equal(
          combineCrc64(combineCrc64(a, crcB, lengthOfB), crcC, lengthOfC),
          combineCrc64(a, combineCrc64(crcB, crcC, lengthOfC), lengthOfBoth),
        );
      }),
    );
  });

  test('for every length beyond 32 bits, it is the sum of its halves', () => {
    // `shift` moves a checksum over bytes whose own checksum is 0: the linear part alone.
    const shift = (crc: Crc64, length: number) => combineCrc64(crc, '0' as Crc64, bytes(length));
    const long = fc.integer({ min: 2 ** 32, max: 2 ** 52 });
    fc.assert(
      fc.property(crcs, long, long, (crc, x, y) => {
        assert.equal(shift(shift(crc, x), y), shift(crc, x + y));
      }),
    );
  });

  test('8 GiB of zeros have the checksum that doubling their blocks gives', () => {
    const block = new Uint8Array(2 ** 20);
    let [crc, length] = [crcOf(block), block.length];
    for (; length < 2 ** 33; length *= 2) crc = combineCrc64(crc, crc, bytes(length));
    let slow = crcOf(block);
    for (let i = 1; i < 2 ** 13; i++) slow = combineCrc64(slow, crcOf0, bytes(block.length));
    expect(crc).toBe(slow);
  });

  test('another length between two of the same does not disturb them', () => {
    const [a, b, c] = [crcOf('aaaa'), crcOf('bbbb'), crcOf('c')];
    const first = combineCrc64(a, b, bytes(4));
    combineCrc64(a, c, bytes(1));
    expect(combineCrc64(a, b, bytes(4))).toBe(first);
    expect(first).toBe(crcOf('aaaabbbb'));
  });
});

const crcOf0 = crcOf(new Uint8Array(2 ** 20));
