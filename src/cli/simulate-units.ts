/** Times, rates and shares as people type them to `simulate`. */

import { parseSize } from '../domain/bytes.ts';
import { E } from '../fp.ts';
import type { ErrorOf } from '../index.ts';
import { refuse } from './refuse.ts';

type Decoded<A> = E.Either<ErrorOf<'UsageError'>, A>;

const NUMBER = '(\\d{1,9}(?:\\.\\d{1,6})?)';

/** What a text says, given the unit it ends with; null: it is not of this form. */
const inUnits = (text: string, units: Readonly<Record<string, number>>): number | null => {
  const [, count = '', unit = ''] = new RegExp(`^${NUMBER} ?([a-z%]+)$`, 'i').exec(text) ?? [];
  const known = Object.hasOwn(units, unit) ? units[unit] : undefined;
  return known === undefined ? null : Number(count) * known;
};

const SPANS_MS = { ms: 1, s: 1_000, m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/**
 * Milliseconds of a time span.
 *
 * @param atLeastMs Shorter ones are refused; 0 allows none at all.
 *
 * @example
 * decodeSpan('--rtt', '80ms', 0) // Right 80
 */
export const decodeSpan = (option: string, text: string, atLeastMs: number): Decoded<number> => {
  const ms = inUnits(text, SPANS_MS);
  const least = atLeastMs === 0 ? '' : `, at least ${atLeastMs / 1000}s`;
  return ms === null || ms < atLeastMs
    ? refuse(option, text, `a number and ms, s, m, h or d, such as 80ms, 30s or 15m${least}`)
    : E.right(ms);
};

/** Bits per second, in which networks are counted. */
const RATES = { bit: 1 / 8, kbit: 1e3 / 8, Mbit: 1e6 / 8, Gbit: 1e9 / 8 } as const;

/**
 * Bytes per second: `200Mbit` counts bits, `25MB` bytes; `/s` may follow. At least 1 kB/s.
 *
 * @example
 * decodeRate('--bandwidth', '200Mbit') // Right 25 000 000
 */
export const decodeRate = (option: string, text: string): Decoded<number> => {
  const plain = text.replace(/\/s$/, '');
  // `Mb` is left to guess: some mean bits.
  const size = /[kKMG]i?B$/.test(plain) ? parseSize(plain) : E.left(plain);
  const rate = inUnits(plain, RATES) ?? (E.isRight(size) ? size.right : 0);
  return rate >= 1_000
    ? E.right(rate)
    : refuse(option, text, 'bits or bytes a second, such as 200Mbit, 1Gbit or 25MB; at least 1kB');
};

/**
 * A share of a hundred, below 100 %, as a number below 1.
 *
 * @example
 * decodePercent('--loss', '2%') // Right 0.02
 */
export const decodePercent = (option: string, text: string): Decoded<number> => {
  const share = inUnits(text, { '%': 0.01 });
  return share === null || share >= 1
    ? refuse(option, text, 'a share from 0% to below 100%, such as 2% or 0.1%')
    : E.right(share);
};
