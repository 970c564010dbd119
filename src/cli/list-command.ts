/** `partwise list`: the unfinished downloads of a store. */
import { homedir } from 'node:os';
import { join, relative } from 'node:path';
import {
  describeError,
  findOrphans,
  formatSize,
  type ListedBreakpoint,
  listBreakpoints,
  type Orphans,
} from '../index.ts';
import { defaultStoreFolder } from '../live-effects.ts';
import { DONE } from './exit-codes.ts';
import { ageWords, shareWords, stateWord, unreadableWords } from './housekeeping-words.ts';
import { writeJson } from './json-lines.ts';
import { type Io, printable } from './output.ts';
import { type Column, tableLines } from './table.ts';
import { refuseStore, tellThrown } from './tell-failure.ts';
import { countWords } from './words.ts';

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
    else showTable(breakpoints, orphans, { folder: store ?? defaultStoreFolder(), home }, io);
    return DONE;
  } catch (thrown) {
    return tellThrown(thrown, { json, io });
  }
};

const writeLines = (
  breakpoints: ReadonlyArray<ListedBreakpoint>,
  { partFiles, leftovers }: Orphans,
  { stdout }: Io,
): void => {
  for (const { _tag, ...facts } of breakpoints) {
    const state = stateWord({ _tag, ...facts } as ListedBreakpoint);
    writeJson(stdout, { type: 'breakpoint', state, ...facts });
  }
  for (const facts of partFiles) writeJson(stdout, { type: 'orphan', ...facts });
  for (const path of leftovers) writeJson(stdout, { type: 'leftover', path });
};

interface Place {
  readonly folder: string;
  readonly home: string;
}

const showTable = (
  breakpoints: ReadonlyArray<ListedBreakpoint>,
  { partFiles, leftovers, heldBackBy }: Orphans,
  { folder, home }: Place,
  { stdout }: Io,
): void => {
  const short = (path: string) => shortPath(path, process.cwd(), home);
  const orphans = partFiles.map(({ path, size }) => {
    return ['orphan', '-', formatSize(size), '-', short(path), '-'];
  });
  const rows = [...breakpoints.map((it) => rowOf(it, short)), ...orphans];
  const width = stdout.terminal?.columns ?? null;
  const cells = rows.map((row) => row.map(printable));
  if (rows.length === 0) stdout.line(`No unfinished downloads in ${short(folder)}.`);
  else for (const line of tableLines(COLUMNS, cells, width)) stdout.line(line);
  if (leftovers.length > 0) {
    const what = countWords(leftovers.length, 'file');
    stdout.line(`Also in ${short(folder)}: ${what} of processes that are gone.`);
  }
  if (partFiles.length + leftovers.length > 0) {
    stdout.line('partwise clean --orphans removes what nothing needs.');
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
  const { size, ageMs, target, label } = breakpoint;
  const total = size === null ? '-' : formatSize(size);
  return [state, shareWords(breakpoint), total, ageWords(ageMs), short(target), label];
};

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
