/** Unfinished downloads: which there are, what a resume would do, and how to be rid of them. */
import { resolve } from 'node:path';
import { usageError } from './domain/errors.ts';
import { orThrow } from './download-failed.ts';
import { E } from './fp.ts';
import { type CleanReport, cleanBreakpoints as clean } from './housekeeping/clean-breakpoints.ts';
import type { ListedBreakpoint } from './housekeeping/examine-breakpoint.ts';
import { type Explanation, explainTarget as explain } from './housekeeping/explain-target.ts';
import {
  findOrphans as find,
  type OrphanRemoval,
  type Orphans,
  removeOrphans as remove,
} from './housekeeping/find-orphans.ts';
import { listBreakpoints as list } from './housekeeping/list-breakpoints.ts';
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
  /** Where to look. Default: beside the targets of all breakpoints. */
  readonly folder?: string | undefined;
}

/**
 * The breakpoints of a store, the one touched last first. Rejects with `DownloadFailed`.
 *
 * @example
 * for (const it of await listBreakpoints()) console.log(it.key, it.owner);
 */
export const listBreakpoints = async ({
  store,
}: StoreOptions = {}): Promise<ReadonlyArray<ListedBreakpoint>> =>
  orThrow(await list(liveDisk({ store })));

/** What a resume of a target would do, and why; the network is not asked. */
export const explainTarget = async (
  target: string,
  { store, verify = false, signal = new AbortController().signal }: ExplainOptions = {},
): Promise<Explanation> =>
  orThrow(await explain(liveDisk({ store }), { target: resolve(target), verify }, signal));

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
    target: target === undefined ? null : resolve(target),
    olderThanMs: olderThanMs ?? null,
    finished,
  };
  return orThrow(await clean(liveDisk({ store }), selection, dryRun));
};

/** Part files that no breakpoint of the store names, and files of processes that are gone. */
export const findOrphans = async ({ store, folder }: OrphanOptions = {}): Promise<Orphans> =>
  orThrow(await find(liveDisk({ store }), foldersOf(folder)));

/** Removes what `findOrphans` finds. */
export const removeOrphans = async ({
  store,
  folder,
  dryRun = false,
}: OrphanOptions & Pick<CleanOptions, 'dryRun'> = {}): Promise<OrphanRemoval> =>
  orThrow(await remove(liveDisk({ store }), foldersOf(folder), dryRun));

const NOTHING_CHOSEN = usageError('target', '', 'a target, olderThanMs, finished or all');

const foldersOf = (folder: string | undefined): ReadonlyArray<string> | null =>
  folder === undefined ? null : [resolve(folder)];
