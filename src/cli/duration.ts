/** A time span as people type it. */
import { E } from '../fp.ts';
import type { ErrorOf } from '../index.ts';
import { refuse } from './refuse.ts';

const UNITS_MS: Readonly<Record<string, number>> = {
  s: 1_000,
  min: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/**
 * Milliseconds.
 *
 * @example
 * decodeDuration('--older-than', '7d') // Right 604 800 000
 */
export const decodeDuration = (
  option: string,
  text: string,
): E.Either<ErrorOf<'UsageError'>, number> => {
  const [, count = '', unit = ''] = /^(\d{1,9}(?:\.\d{1,3})?) ?(s|min|h|d|w)$/.exec(text) ?? [];
  const unitMs = UNITS_MS[unit];
  return unitMs === undefined
    ? refuse(option, text, 'a number and s, min, h, d or w, such as 12h or 7d')
    : E.right(Number(count) * unitMs);
};
