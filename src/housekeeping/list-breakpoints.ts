/** All breakpoints of a store: which downloads of this machine are unfinished. */
import { E } from '../fp.ts';
import {
  examineBreakpoint,
  type ReadableBreakpoint,
  type UnreadableBreakpoint,
} from './examine-breakpoint.ts';
import type { HousekeepingEffects, Result } from './housekeeping-effects.ts';
import { lookAtStore } from './look-at-store.ts';
import { type UnrecordedDownload, unrecordedDownloads } from './unrecorded-downloads.ts';

/** What a store knows of one download. */
export type ListedBreakpoint = ReadableBreakpoint | UnreadableBreakpoint | UnrecordedDownload;

/**
 * Lists what is there; one that cannot be looked at is listed as such, with the reason.
 *
 * @returns Living downloads without a journal first, then what was touched last; what processes
 *   left without a journal, and unreadable ones, at the end.
 * Errors: `DiskFailed`, when the store's folder or its claims cannot be read.
 */
export const listBreakpoints = async (
  effects: HousekeepingEffects,
): Result<ReadonlyArray<ListedBreakpoint>> => {
  const look = await lookAtStore(effects);
  if (E.isLeft(look)) return look;
  const listed: Array<ListedBreakpoint> = [...(await unrecordedDownloads(effects, look.right))];
  for (const journal of look.right.journals) {
    const examined = await examineBreakpoint(effects, journal, look.right.claims);
    listed.push(examined.listed);
  }
  return E.right(listed.sort((a, b) => touched(b) - touched(a)));
};

const touched = (breakpoint: ListedBreakpoint): number => {
  switch (breakpoint._tag) {
    case 'Readable':
      return breakpoint.touchedAtMs;
    case 'Unrecorded':
      return breakpoint.owner === null ? 0 : Number.POSITIVE_INFINITY;
    case 'Unreadable':
      return -1;
  }
};
