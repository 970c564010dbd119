/** A disk whose writes are left to the kernel: for people who would rather lose a download. */
import { pipe, TE } from '../fp.ts';
import type { FileSystem, Folders, OpenFile } from './file-system.ts';

/** The same files; syncing one does nothing. */
export const withoutSync = (files: FileSystem): FileSystem => {
  const lazy = (file: OpenFile): OpenFile => ({ ...file, datasync: () => TE.right(undefined) });
  return {
    ...files,
    create: (path) => pipe(files.create(path), TE.map(lazy)),
    open: (path) => pipe(files.open(path), TE.map(lazy)),
  };
};

/** The same folders; syncing one does nothing. */
export const withoutFolderSync = (folders: Folders): Folders => ({
  ...folders,
  sync: () => TE.right(undefined),
});
