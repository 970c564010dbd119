/**
 * Numbers in words for people, as the command writes them. A browser cannot load the command's own
 * functions: `test/inspector/page-words.test.ts` compares their words for all numbers. Pure.
 */

/**
 * A count of bytes: at most four digits and a decimal unit.
 *
 * @example
 * formatSize(102_400) // '102.4 kB'
 */
export const formatSize = (size: number): string => {
  const power = Math.min(UNITS.length - 1, Math.max(0, Math.floor(Math.log10(size || 1) / 3)));
  return formatAt(size, power);
};

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

const formatAt = (size: number, power: number): string => {
  const scaled = size / 1000 ** power;
  const digits = power === 0 || Number.isInteger(scaled) ? 0 : scaled < 10 ? 2 : 1;
  const text = scaled.toFixed(digits);
  const isRoundedUp = Number(text) >= 1000 && power + 1 < UNITS.length;
  return isRoundedUp ? formatAt(size, power + 1) : `${text} ${UNITS[power]}`;
};

/** Bytes per second; a dash while nothing is known. */
export const formatRate = (bytesPerSecond: number): string =>
  bytesPerSecond > 0 ? `${formatSize(Math.round(bytesPerSecond))}/s` : '–';

/**
 * A time span: the two largest units.
 *
 * @example
 * formatSeconds(200) // '3 min 20 s'
 */
export const formatSeconds = (seconds: number): string => {
  const whole = Math.max(0, Math.round(seconds));
  if (seconds < 10 && whole < 10) return `${Math.max(0, Math.round(seconds * 10) / 10)} s`;
  const [s, min, h] = [whole % 60, Math.floor(whole / 60) % 60, Math.floor(whole / 3600) % 24];
  if (whole < 60) return `${s} s`;
  if (whole < 3600) return `${min} min ${s} s`;
  return whole < 86_400 ? `${h} h ${min} min` : `${Math.floor(whole / 86_400)} d ${h} h`;
};

/** A moment of the trace: `1:02.345`, or `1:01:02.345`. */
export const formatMoment = (atMs: number): string => {
  const ms = Math.max(0, Math.floor(atMs));
  const [h, min] = [Math.floor(ms / 3_600_000), Math.floor(ms / 60_000) % 60];
  const s = `${pad(Math.floor(ms / 1000) % 60, 2)}.${pad(ms % 1000, 3)}`;
  return h > 0 ? `${h}:${pad(min, 2)}:${s}` : `${min}:${s}`;
};

/** Rounded down, so that 100 % means all. */
export const formatPercent = (share: number): string =>
  `${(Math.floor(share * 1000) / 10).toFixed(1)} %`;

/** A whole number with thin spaces between thousands: `100 000`. */
export const formatCount = (count: number): string =>
  String(Math.round(count)).replace(/\B(?=(\d{3})+(?!\d))/g, '\u202f');

/** A count with its noun, as the command has it but for the thin spaces: `100 000 parts`. */
export const countWords = (count: number, noun: string): string =>
  `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;

const pad = (value: number, length: number): string => String(value).padStart(length, '0');
