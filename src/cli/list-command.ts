/** `partwise list`: the unfinished downloads of a store. */
import { homedir } from 'node:os';
import { join, relative } from 'node:path';
import { ORPHAN_AGE_MS_MIN } from '../housekeeping/remove-orphans.ts';
import {
  type Claimant,
  describeError,
  findOrphans,
  formatSize,
  type ListedBreakpoint,
  listBreakpoints,
  type Orphans,
  type PartFileOnDisk,
  type UnrecordedDownload,
} from '../index.ts';
import { defaultStoreFolder } from '../live-effects.ts';
import { DONE } from './exit-codes.ts';
import {
  ageWords,
  cleanHint,
  shareWords,
  stateWord,
  unreadableWords,
} from './housekeeping-words.ts';
import { writeJson } from './json-lines.ts';
import { type Io, printable } from './output.ts';
import { type Column, tableLines } from './table.ts';
import { refuseStore, tellThrown } from './tell-failure.ts';

export interface ListRequest {
  readonly store?: string;
  readonly json?: true;
}

/** Lists. Returns the exit code; never rejects. */
export const listCommand = async (
  { store, json }: ListRequest,
  io: Io,
  home = homedir(),
): Promise<number> => {
  try {
    refuseStore(store);
    const breakpoints = await listBreakpoints({ store });
    const orphans = await findOrphans({ store });
    if (json) writeLines(breakpoints, orphans, io);
    else showTable(breakpoints, orphans, { store, home }, io);
    return DONE;
  } catch (thrown) {
    return tellThrown(thrown, { json, io });
  }
};

const writeLines = (
  breakpoints: ReadonlyArray<ListedBreakpoint>,
  { partFiles, leftovers, heldBackBy }: Orphans,
  { stdout }: Io,
): void => {
  for (const { _tag, ...facts } of breakpoints) {
    const state = stateWord({ _tag, ...facts } as ListedBreakpoint);
    const type = _tag === 'Unrecorded' ? 'unrecorded' : 'breakpoint';
    writeJson(stdout, { type, state, ...facts });
  }
  for (const facts of partFiles) writeJson(stdout, { type: 'orphan', ...facts });
  for (const facts of leftovers) writeJson(stdout, { type: 'leftover', ...facts });
  if (heldBackBy !== null) writeJson(stdout, { type: 'heldBack', because: heldBackBy });
};

interface Place {
  /** Undefined: the default one. */
  readonly store: string | undefined;
  readonly home: string;
}

const showTable = (
  breakpoints: ReadonlyArray<ListedBreakpoint>,
  { partFiles, leftovers, heldBackBy }: Orphans,
  { store, home }: Place,
  { stdout }: Io,
): void => {
  const short = (path: string) => shortPath(path, process.cwd(), home);
  const folder = short(store ?? defaultStoreFolder());
  const orphans = partFiles.map((it) => fileRow('orphan', it, short));
  const rows = [...breakpoints.map((it) => rowOf(it, short)), ...orphans];
  const width = stdout.terminal?.columns ?? null;
  const cells = rows.map((row) => row.map(printable));
  if (rows.length === 0) stdout.line(`No unfinished downloads in ${folder}.`);
  else for (const line of tableLines(COLUMNS, cells, width)) stdout.line(line);
  if (leftovers.length > 0) {
    const what =
      leftovers.length === 1
        ? 'the claim of a process that is gone'
        : `${leftovers.length} claims of processes that are gone`;
    stdout.line(`Also in ${folder}: ${what}.`);
  }
  if (partFiles.length + leftovers.length > 0) {
    const age = ageWords(ORPHAN_AGE_MS_MIN);
    const orphansOnly = partFiles.length === 0 ? '' : `; orphans once left alone for ${age}`;
    stdout.line(`${cleanHint(null, store)} removes what nothing needs${orphansOnly}.`);
  }
  if (heldBackBy !== null) {
    stdout.line(`Orphans are not told for now: ${describeError(heldBackBy)}`);
  }
};

const COLUMNS: ReadonlyArray<Column> = [
  { title: 'STATE', align: 'left', least: null },
  { title: 'DONE', align: 'right', least: null },
  { title: 'SIZE', align: 'right', least: null },
  { title: 'AGE', align: 'right', least: null },
  { title: 'TARGET', align: 'left', least: 16 },
  { title: 'SOURCE', align: 'left', least: 16 },
];

const rowOf = (
  breakpoint: ListedBreakpoint,
  short: (path: string) => string,
): ReadonlyArray<string> => {
  const state = stateWord(breakpoint);
  if (breakpoint._tag === 'Unreadable') {
    const { key, because } = breakpoint;
    return [state, '-', '-', '-', `${key}.journal`, unreadableWords(because)];
  }
  if (breakpoint._tag === 'Unrecorded') return unrecordedRow(breakpoint, state, short);
  const { size, ageMs, target, label } = breakpoint;
  const total = size === null ? '-' : formatSize(size);
  return [state, shareWords(breakpoint), total, ageWords(ageMs), short(target), label];
};

const unrecordedRow = (
  { owner, partFile, target }: UnrecordedDownload,
  state: string,
  short: (path: string) => string,
): ReadonlyArray<string> => {
  if (partFile === null) return [state, '-', '-', '-', short(target), whoWords(owner)];
  const row = fileRow(state, partFile, short);
  return owner === null ? row : [...row.slice(0, 4), short(target), whoWords(owner)];
};

const whoWords = (owner: Claimant | null): string =>
  owner === null ? '-' : `process ${owner.pid} on ${owner.host}, no journal`;

const fileRow = (
  state: string,
  { path, size, ageMs }: PartFileOnDisk,
  short: (path: string) => string,
): ReadonlyArray<string> => [state, '-', formatSize(size), ageWords(ageMs), short(path), '-'];

/**
 * A path as a shell takes it, in as few letters as that takes.
 *
 * @example
 * shortPath('/home/user/a/b.bin', '/home/user/a', '/home/user') // 'b.bin'
 */
export const shortPath = (path: string, folder: string, home: string): string => {
  const fromHere = relative(folder, path);
  if (fromHere !== '' && !fromHere.startsWith('..')) return fromHere;
  const fromHome = relative(home, path);
  const isAtHome = home !== '' && fromHome !== '' && !fromHome.startsWith('..');
  return isAtHome ? join('~', fromHome) : path;
};
