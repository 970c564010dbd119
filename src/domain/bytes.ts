/** Counts of bytes: the branded number, and how people write and read it. */
import * as t from 'io-ts';
import { E } from '../fp.ts';

export interface BytesBrand {
  readonly Bytes: unique symbol;
}

/** A count of bytes or an offset in bytes: an integer in `0 .. 2^53 - 1`. */
export const Bytes = t.brand(
  t.number,
  (n): n is t.Branded<number, BytesBrand> => Number.isSafeInteger(n) && n >= 0,
  'Bytes',
);
export type Bytes = t.TypeOf<typeof Bytes>;

/**
 * A number known to be a count of bytes, with its brand.
 *
 * Throws `RangeError` on anything else: that is a bug of the caller, never bad input.
 */
export const bytes = (n: number): Bytes => {
  if (!Bytes.is(n)) throw new RangeError(`not a count of bytes: ${n}`);
  return n;
};

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 2 ** 10,
  kib: 2 ** 10,
  kb: 1e3,
  m: 2 ** 20,
  mib: 2 ** 20,
  mb: 1e6,
  g: 2 ** 30,
  gib: 2 ** 30,
  gb: 1e9,
  t: 2 ** 40,
  tib: 2 ** 40,
  tb: 1e12,
};

/**
 * Reads a size as people write it. Case does not matter; fractions are cut to whole bytes.
 *
 * @returns Left with the offending text when it is not a size or does not fit `0 .. 2^53 - 1`.
 *
 * @example
 * parseSize('100KB')  // 100 000
 * parseSize('100KiB') // 102 400, and so is '100K'
 * parseSize('1.5G')   // 1 610 612 736
 */
export const parseSize = (text: string): E.Either<string, Bytes> => {
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text.trim());
  const unit = match === null ? undefined : UNITS[match[2]!.toLowerCase()];
  if (match === null || unit === undefined) return E.left(text);
  const size = Math.floor(Number(match[1]) * unit);
  return Bytes.is(size) ? E.right(size) : E.left(text);
};

/**
 * A count of bytes for people: at most four digits and a decimal unit.
 *
 * @example
 * formatSize(102_400) // '102.4 kB'
 */
export const formatSize = (size: number): string => {
  const names = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  const format = (power: number): string => {
    const scaled = size / 1000 ** power;
    const digits = power === 0 || Number.isInteger(scaled) ? 0 : scaled < 10 ? 2 : 1;
    const text = scaled.toFixed(digits);
    const isRoundedUp = Number(text) >= 1000 && power + 1 < names.length;
    return isRoundedUp ? format(power + 1) : `${text} ${names[power]}`;
  };
  return format(Math.min(names.length - 1, Math.max(0, Math.floor(Math.log10(size || 1) / 3))));
};
