/** Breakpoints, and who has them, in words for people. Pure. */
import { dirname } from 'node:path';
import { describeError } from '../domain/describe-error.ts';
import { ORPHAN_AGE_MS_MIN } from '../housekeeping/remove-orphans.ts';
import {
  type Claimant,
  formatSize,
  type ListedBreakpoint,
  type PartFileOnDisk,
  type ReadableBreakpoint,
  type UnreadableBreakpoint,
} from '../index.ts';
import { SILENCE_MS_MAX } from '../store/find-claims.ts';
import { quoteWord } from './own-command.ts';

/** The state of a breakpoint in one word; `list --help` says what each means. */
export const stateWord = (breakpoint: ListedBreakpoint): string => {
  if (breakpoint.owner !== null) return 'running';
  if (breakpoint._tag === 'Unreadable') return 'unreadable';
  if (breakpoint._tag === 'Unrecorded') return 'leftover';
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
  breakpoint._tag === 'Unreadable' ? `${breakpoint.key}.journal` : breakpoint.target;

/** Why nothing can be told of it. */
export const unreadableWords = (because: UnreadableBreakpoint['because']): string => {
  if (because === 'foreign') return 'not a journal of this version';
  return because === 'misnamed' ? 'a journal under another name' : describeError(because);
};

/** Who has a target; and where nobody here can tell whether that process lives, what to do. */
export const ownerWords = ({ host, pid, standing, claim, silentMs }: Claimant): string => {
  const busy = describeError({ _tag: 'Busy', host, pid });
  return standing === 'alive'
    ? busy
    : `${busy} It was seen ${ageWords(silentMs)} ago, on another computer or in another ` +
        `container, where nobody here can look. After ${ageWords(SILENCE_MS_MAX)} of silence it ` +
        `counts as gone: wait for that, or, if you know that it ended, remove ${claim}.`;
};

/**
 * The command that removes orphans, for people to paste into a shell.
 *
 * @param folder Null: beside known targets.
 */
export const cleanHint = (folder: string | null, store: string | undefined): string => {
  const words = ['partwise', 'clean', '--orphans', ...(folder === null ? [] : [folder])];
  return [...words, ...(store === undefined ? [] : ['--store', store])].map(quoteWord).join(' ');
};

/** What can be told of a part file that nothing in the store names, and when `clean` removes it. */
export const orphanWords = (file: PartFileOnDisk, store: string | undefined): string => {
  const what = `Nothing in this store names ${file.path} (${formatSize(file.size)})`;
  return file.ageMs >= ORPHAN_AGE_MS_MIN
    ? `${what}: ${cleanHint(dirname(file.path), store)} removes it.`
    : `${what}: ${youngWords(file, store)}`;
};

/** Why a part file stays for now that nothing in the store names. */
export const youngWords = ({ path, ageMs }: PartFileOnDisk, store: string | undefined): string =>
  `it changed ${ageWords(ageMs)} ago, and another store may be downloading it. ` +
  `${cleanHint(dirname(path), store)} removes it once it was left alone for ` +
  `${ageWords(ORPHAN_AGE_MS_MIN)}.`;
