/** Unfinished downloads: which there are, what a resume would do, and how to be rid of them. */
import { resolve } from 'node:path';
import { usageError } from './domain/errors.ts';
import { decodeStoreOption, decodeTargetOption } from './domain/place-options.ts';
import { orThrow } from './download-failed.ts';
import { E } from './fp.ts';
import { type CleanReport, cleanBreakpoints as clean } from './housekeeping/clean-breakpoints.ts';
import { type Explanation, explainTarget as explain } from './housekeeping/explain-target.ts';
import { findOrphans as find, type Orphans } from './housekeeping/find-orphans.ts';
import { type ListedBreakpoint, listBreakpoints as list } from './housekeeping/list-breakpoints.ts';
import {
  ORPHAN_AGE_MS_MIN,
  type OrphanRemoval,
  removeOrphans as remove,
} from './housekeeping/remove-orphans.ts';
import { liveDisk } from './live-effects.ts';
import type { BreakpointStore } from './store/breakpoint-store.ts';

export interface StoreOptions {
  /** Folder for journals, or a store. Default: `PARTWISE_STORE`, or `~/.partwise`. */
  readonly store?: string | BreakpointStore | undefined;
}

export interface ExplainOptions extends StoreOptions {
  /** Read back every recorded byte and compare? Default: false. */
  readonly verify?: boolean | undefined;
  /** Ends the reading. */
  readonly signal?: AbortSignal | undefined;
}

export interface CleanOptions extends StoreOptions {
  /** Only breakpoints of this file. */
  readonly target?: string | undefined;
  /** Only what was touched last at least so many milliseconds ago. */
  readonly olderThanMs?: number | undefined;
  /** Only journals of downloads that are done. Default: false. */
  readonly finished?: boolean | undefined;
  /** Needed where nothing else narrows: all, unreadable ones included. Default: false. */
  readonly all?: boolean | undefined;
  /** Remove nothing, and say what would go. Default: false. */
  readonly dryRun?: boolean | undefined;
}

export interface OrphanOptions extends StoreOptions {
  /** Where to look. Default: beside the targets of all breakpoints and running downloads. */
  readonly folder?: string | undefined;
}

export interface RemoveOrphansOptions extends OrphanOptions {
  /**
   * Keep part files that nothing of this store names and that changed within so many milliseconds:
   * they may be downloads of another store. Default: an hour; a running download writes into its
   * own every second.
   */
  readonly olderThanMs?: number | undefined;
  /** Remove nothing, and say what would go. Default: false. */
  readonly dryRun?: boolean | undefined;
}

/**
 * The breakpoints of a store, and running downloads without one, the one touched last first.
 * Rejects with `DownloadFailed`.
 *
 * @example
 * for (const it of await listBreakpoints()) console.log(it.target, it.owner);
 */
export const listBreakpoints = async ({
  store,
}: StoreOptions = {}): Promise<ReadonlyArray<ListedBreakpoint>> =>
  orThrow(await list(diskAt(store)));

/** What a resume of a target would do, and why; the network is not asked, and nothing changes. */
export const explainTarget = async (
  target: string,
  { store, verify = false, signal = new AbortController().signal }: ExplainOptions = {},
): Promise<Explanation> =>
  orThrow(await explain(diskAt(store), { target: pathOf(target), verify }, signal));

/**
 * Removes breakpoints with their part files; never one that a living process has open, and never a
 * target. Rejects with a `UsageError` when nothing says which.
 */
export const cleanBreakpoints = async (
  options: CleanOptions,
): Promise<ReadonlyArray<CleanReport>> => {
  const { store, target, olderThanMs, finished = false, all = false, dryRun = false } = options;
  if (target === undefined && olderThanMs === undefined && !finished && !all) {
    return orThrow(E.left(NOTHING_CHOSEN));
  }
  const selection = {
    target: target === undefined ? null : pathOf(target),
    olderThanMs: olderThanMs ?? null,
    finished,
  };
  return orThrow(await clean(diskAt(store), selection, dryRun));
};

/**
 * Part files that nothing of the store names, and what processes that are gone left in it. The
 * former may belong to another store.
 */
export const findOrphans = async ({ store, folder }: OrphanOptions = {}): Promise<Orphans> =>
  orThrow(await find(diskAt(store), foldersOf(folder)));

/** Removes what `findOrphans` finds, but for what another store may be using. */
export const removeOrphans = async ({
  store,
  folder,
  olderThanMs = ORPHAN_AGE_MS_MIN,
  dryRun = false,
}: RemoveOrphansOptions = {}): Promise<OrphanRemoval> => {
  const selection = { folders: foldersOf(folder), ageMsMin: olderThanMs };
  return orThrow(await remove(diskAt(store), selection, dryRun));
};

const NOTHING_CHOSEN = usageError('target', '', 'a target, olderThanMs, finished or all');

const diskAt = (store: StoreOptions['store']) =>
  liveDisk({ store: orThrow(decodeStoreOption(store)) });

const pathOf = (target: string): string => resolve(orThrow(decodeTargetOption(target)));

const foldersOf = (folder: string | undefined): ReadonlyArray<string> | null =>
  folder === undefined ? null : [resolve(folder)];
