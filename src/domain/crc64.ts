/**
 * CRC-64 as OSS computes it (ECMA-182 polynomial, reflected: CRC-64/XZ), and how checksums of
 * neighbouring byte ranges combine into the checksum of both without reading a byte.
 *
 * The checksum of bytes themselves is computed by `effects/crc64.ts`, which is the fast one.
 *
 * Source: OSS "Check data integrity with CRC-64"; the combination is zlib's `crc32_combine` with
 * 64-bit arithmetic: `crc(AB) = crc(A) · x^(8·|B|) mod P  xor  crc(B)`.
 */
import * as t from 'io-ts';
import type { Bytes } from './bytes.ts';

export interface Crc64Brand {
  readonly Crc64: unique symbol;
}

/**
 * A CRC-64 as a decimal string, as OSS sends it. Not a number: a JSON number cannot hold 64 bits.
 */
export const Crc64 = t.brand(
  t.string,
  (text): text is t.Branded<string, Crc64Brand> =>
    /^(0|[1-9]\d{0,19})$/.test(text) && BigInt(text) < 2n ** 64n,
  'Crc64',
);
export type Crc64 = t.TypeOf<typeof Crc64>;

/** The CRC-64 of no bytes. */
export const CRC64_OF_NOTHING = '0' as Crc64;

/** A 64-bit value as CRC-64 decimal text; bits above 64 are a bug of the caller. */
export const crc64FromBigInt = (value: bigint): Crc64 => {
  if (value < 0n || value >= 2n ** 64n) throw new RangeError(`not 64 bits: ${value}`);
  return value.toString() as Crc64;
};

/**
 * The CRC-64 of `A` followed by `B`, from their checksums and the length of `B`.
 *
 * Cost: one multiplication of polynomials for each bit set in the length, 2 µs in all; nearly
 * nothing when the same length comes again, as it does for parts.
 *
 * @example
 * combineCrc64(crcOf('12345'), crcOf('67890'), bytes(5)) // crcOf('1234567890')
 */
export const combineCrc64 = (a: Crc64, b: Crc64, lengthOfB: Bytes): Crc64 => {
  if (lengthOfB === 0) return a;
  if (a === CRC64_OF_NOTHING) return b;
  const shifted = multiply(toPolynomial(a), powerForLength(lengthOfB));
  const other = toPolynomial(b);
  return toCrc64({ high: (shifted.high ^ other.high) >>> 0, low: (shifted.low ^ other.low) >>> 0 });
};

/** A polynomial over GF(2) below degree 64: bit 63 is the coefficient of x^0 (reflected). */
interface Polynomial {
  readonly high: number;
  readonly low: number;
}

const MODULUS: Polynomial = { high: 0xc96c5795, low: 0xd7870f42 };
const ONE: Polynomial = { high: 0x80000000, low: 0 };

const toPolynomial = (crc: Crc64): Polynomial => {
  const value = BigInt(crc);
  return { high: Number(value >> 32n), low: Number(value & 0xffffffffn) };
};

const toCrc64 = ({ high, low }: Polynomial): Crc64 =>
  ((BigInt(high) << 32n) | BigInt(low)).toString() as Crc64;

/** `a · b mod P`, bit by bit in two halves of 32 bits: BigInt would be 50 times slower. */
const multiply = (a: Polynomial, b: Polynomial): Polynomial => {
  let high = 0;
  let low = 0;
  let bHigh = b.high;
  let bLow = b.low;
  for (let bit = 63; bit >= 0; bit--) {
    const isSet = bit >= 32 ? (a.high >>> (bit - 32)) & 1 : (a.low >>> bit) & 1;
    if (isSet === 1) {
      high ^= bHigh;
      low ^= bLow;
    }
    const carry = bLow & 1;
    bLow = (bLow >>> 1) | ((bHigh & 1) << 31);
    bHigh >>>= 1;
    if (carry === 1) {
      bHigh ^= MODULUS.high;
      bLow ^= MODULUS.low;
    }
  }
  return { high: high >>> 0, low: low >>> 0 };
};

/** `x^(8 · 2^k) mod P` for k = 0 … 52: every length in bytes is a product of these. */
const POWERS: ReadonlyArray<Polynomial> = (() => {
  const powers: Array<Polynomial> = [{ high: 0x00800000, low: 0 }]; // x^8
  for (let k = 1; k <= 52; k++) powers.push(multiply(powers[k - 1]!, powers[k - 1]!));
  return powers;
})();

let latest = { length: 0, power: ONE };

const powerForLength = (length: Bytes): Polynomial => {
  if (latest.length === length) return latest.power;
  let power = ONE;
  let rest: number = length;
  for (let k = 0; rest > 0; k++) {
    if (rest % 2 === 1) power = multiply(power, POWERS[k]!);
    rest = Math.floor(rest / 2);
  }
  latest = { length, power };
  return power;
};
