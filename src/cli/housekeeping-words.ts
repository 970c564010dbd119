/** Breakpoints in words for people. Pure. */

import { describeError } from '../domain/describe-error.ts';
import { formatSize, type ListedBreakpoint, type ReadableBreakpoint } from '../index.ts';

/** The state of a breakpoint in one word; `list --help` says what each means. */
export const stateWord = (breakpoint: ListedBreakpoint): string => {
  if (breakpoint.owner !== null) return 'running';
  if (breakpoint._tag === 'Unreadable') return 'unreadable';
  if (breakpoint.verdict._tag !== 'Resumed') return 'lost';
  if (!breakpoint.isFinal) return 'resumable';
  return breakpoint.isInPlace ? 'finished' : 'proven';
};

/** How far it came, rounded down: 100 % means that every byte is on record. */
export const shareWords = ({ recorded, size }: ReadableBreakpoint): string =>
  size === null || size === 0 ? formatSize(recorded) : `${Math.floor((100 * recorded) / size)} %`;

const UNITS: ReadonlyArray<readonly [ms: number, name: string]> = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1_000, 's'],
];

/**
 * An age for people: one unit is enough.
 *
 * @example
 * ageWords(200_000) // '3 min'
 */
export const ageWords = (ageMs: number): string => {
  const [ms, name] = UNITS.find(([unit]) => ageMs >= unit) ?? [1_000, 's'];
  return `${Math.floor(ageMs / ms)} ${name}`;
};

/** What the breakpoint is of, for a sentence. */
export const nameOf = (breakpoint: ListedBreakpoint): string =>
  breakpoint._tag === 'Readable' ? breakpoint.target : `${breakpoint.key}.journal`;

/** Why nothing can be told of it. */
export const unreadableWords = (
  because: Extract<ListedBreakpoint, { _tag: 'Unreadable' }>['because'],
): string => {
  if (because === 'foreign') return 'not a journal of this version';
  return because === 'misnamed' ? 'a journal under another name' : describeError(because);
};
