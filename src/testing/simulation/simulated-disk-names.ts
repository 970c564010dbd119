/** Names of files on the simulated disk: which are durable, and which a power cut leaves. */
import { dirname } from 'node:path';

/** Names in the synced folder are what they are now; all others stay as they were durable. */
export const syncedNames = <A>(
  folder: string,
  names: ReadonlyMap<string, A>,
  durable: ReadonlyMap<string, A>,
): Map<string, A> => {
  const synced = new Map<string, A>();
  for (const [path, file] of durable) if (dirname(path) !== folder) synced.set(path, file);
  for (const [path, file] of names) if (dirname(path) === folder) synced.set(path, file);
  return synced;
};

/** After a power cut each unsynced change of a name has happened or not. */
export const survivingNames = <A>(
  names: ReadonlyMap<string, A>,
  durable: ReadonlyMap<string, A>,
  survives: () => boolean,
): Map<string, A> => {
  const result = new Map(durable);
  for (const [path, file] of names) {
    if (durable.get(path) !== file && survives()) {
      // A rename is one change: where the new name is, the old one is not. A link keeps both.
      for (const [other, same] of result) {
        if (same === file && names.get(other) !== file) result.delete(other);
      }
      result.set(path, file);
    }
  }
  const present = new Set(names.values());
  for (const [path, file] of durable) {
    const isElsewhere = [...result].some(([other, same]) => same === file && other !== path);
    const isRemoved = !names.has(path) && (isElsewhere || !present.has(file));
    if (isRemoved && survives()) result.delete(path);
  }
  // What took over the old name of a renamed file came after the rename.
  for (const file of durable.values()) {
    const isLost = ![...result.values()].includes(file);
    const renamed = [...names].find(([, same]) => same === file);
    if (isLost && renamed !== undefined) result.set(...renamed);
  }
  return result;
};

/** Names in a folder, sorted. */
export const namesIn = (folder: string, paths: Iterable<string>): ReadonlyArray<string> => {
  const prefix = folder === '/' ? folder : `${folder}/`;
  const found: Array<string> = [];
  for (const path of paths) {
    if (!path.startsWith(prefix) || path === folder) continue;
    if (!path.includes('/', prefix.length)) found.push(path.slice(prefix.length));
  }
  return found.sort();
};
