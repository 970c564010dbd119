/** TARGET: a file, a folder, or nothing. Decides which file is meant. */
import { statSync } from 'node:fs';
import { join, sep } from 'node:path';
import { E } from '../fp.ts';
import { type ErrorOf, type Source, sourceLabel } from '../index.ts';
import { refuse } from './refuse.ts';

type UsageError = ErrorOf<'UsageError'>;

/** What is at a path. */
export type PathKind = 'absent' | 'file' | 'folder' | 'other';

/**
 * The file that is meant: TARGET, or in a folder a file that is called like the object.
 *
 * A TARGET that ends in a separator is a folder, there or not.
 *
 * @param target Null: the current folder.
 * @param kindOf What is at a path now.
 *
 * @example
 * decodeTarget('downloads', ossObject({ bucket, key: 'a/b.bin', region }), kindOfPath)
 */
export const decodeTarget = (
  target: string | null,
  source: Source,
  kindOf: (path: string) => PathKind,
): E.Either<UsageError, string> => {
  if (target === '') return refuse('target', target, 'the path of a file or a folder');
  if (target === '-') return refuse('target', target, 'a file; ./- where one is called so');
  const isFolder =
    target !== null && (/[\\/]$/.test(posixly(target)) || kindOf(target) === 'folder');
  if (target !== null && kindOf(target) === 'other') {
    return refuse('target', target, 'a regular file or a folder');
  }
  if (target !== null && !isFolder) return E.right(target);
  const name = nameOf(source);
  if (name === null) {
    return refuse('target', target ?? '', `a file: ${sourceLabel(source)} ends in no usable name`);
  }
  return E.right(target === null ? name : join(target, name));
};

/**
 * What is at a path, links followed. Where the system cannot say nothing is there, as far as TARGET
 * is concerned; whoever creates the file is told why that fails.
 */
export const kindOfPath = (path: string): PathKind => {
  try {
    const stats = statSync(path);
    return stats.isDirectory() ? 'folder' : stats.isFile() ? 'file' : 'other';
  } catch {
    return 'absent';
  }
};

/**
 * What the object is called: the last segment of its key, or of its URL's path. Null when that
 * cannot be the name of a file.
 */
export const nameOf = (source: Source): string | null => {
  const path = source._tag === 'OssSource' ? source.key : new URL(source.url).pathname;
  const last = path.slice(path.lastIndexOf('/') + 1);
  const name = source._tag === 'OssSource' ? last : decoded(last);
  if (name === null || name === '' || name === '.' || name === '..') return null;
  return name.includes('/') || name.includes('\0') || name.includes(sep) ? null : name;
};

/** Null when it is not percent-encoded UTF-8. */
const decoded = (segment: string): string | null => {
  try {
    return decodeURIComponent(segment);
  } catch {
    return null;
  }
};

/** Elsewhere than on Windows a backslash is a letter. */
const posixly = (path: string): string => (sep === '\\' ? path : path.replaceAll('\\', '_'));
