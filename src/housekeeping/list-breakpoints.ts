/** All breakpoints of a store: which downloads of this machine are unfinished. */
import { E } from '../fp.ts';
import { examineBreakpoint, type ListedBreakpoint } from './examine-breakpoint.ts';
import type { HousekeepingEffects, Result } from './housekeeping-effects.ts';

/**
 * Lists what is there; one that cannot be looked at is listed as such, with the reason.
 *
 * @returns What was touched last first; unreadable ones at the end.
 * Errors: `DiskFailed`, when the store's folder cannot be read.
 */
export const listBreakpoints = async (
  effects: HousekeepingEffects,
): Result<ReadonlyArray<ListedBreakpoint>> => {
  const keys = await effects.breakpoints.list()();
  if (E.isLeft(keys)) return keys;
  const listed: Array<ListedBreakpoint> = [];
  for (const key of keys.right) {
    const examined = await examineBreakpoint(effects, key);
    if (E.isLeft(examined)) {
      listed.push({ _tag: 'Unreadable', key, owner: null, because: examined.left });
    } else if (examined.right !== null) {
      listed.push(examined.right.listed);
    }
  }
  return E.right(listed.sort((a, b) => touched(b) - touched(a)));
};

const touched = (breakpoint: ListedBreakpoint): number =>
  breakpoint._tag === 'Readable' ? breakpoint.touchedAtMs : 0;
