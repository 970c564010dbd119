/** How to run this command again: what people can paste into a shell. */
import { realpathSync } from 'node:fs';
import { basename, delimiter, dirname, resolve } from 'node:path';
import { sourceLabel } from '../domain/oss-source.ts';
import type { Source } from '../index.ts';
import type { GetRequest } from './get-options.ts';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The words that start this program: `partwise` where a shell finds it, else node and its file.
 *
 * @param script Node's `process.argv[1]`.
 */
export const ownCommand = (script: string, env: Env): string => {
  if (env['npm_command'] === 'exec') return 'npx partwise';
  const folders = (env['PATH'] ?? '').split(delimiter);
  const isFound = basename(script) === 'partwise' && folders.includes(dirname(script));
  return isFound ? 'partwise' : `node ${quoteWord(existing(script))}`;
};

/**
 * The command line that resumes a download, or null where it holds something secret: a header's
 * value, or whatever a URL's label leaves out.
 *
 * @param words What followed the command's name.
 */
export const resumeCommand = (
  command: string,
  words: ReadonlyArray<string>,
  request: GetRequest,
  source: Source,
): string | null => {
  const isShown = source._tag === 'OssSource' || isWhollyShown(source.url, request.source);
  return isShown && request.flags.header.length === 0
    ? [command, ...words.map(quoteWord)].join(' ')
    : null;
};

const isWhollyShown = (url: string, typed: string): boolean =>
  sourceLabel({ _tag: 'HttpSource', url, headers: {} }) === url && !/[#@]/.test(typed);

/**
 * A word as a POSIX shell reads it back.
 *
 * @example
 * quoteWord("it's") // `'it'\\''s'`
 */
export const quoteWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

const existing = (path: string): string => {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
};
