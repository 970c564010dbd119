/**
 * The disk, as this project needs it: files written at positions, folders whose names can be made
 * durable.
 *
 * Implementation: `file-system.node.ts`. Every implementation passes
 * `test/conformance/file-system.ts`; the laws below are its titles. Every failure is a Left
 * `DiskFailed` that names the operation and the path; nothing rejects.
 */
import type { Bytes } from '../domain/bytes.ts';
import type { ErrorOf } from '../domain/errors.ts';
import type { TE } from '../fp.ts';

export type DiskEffect<A> = TE.TaskEither<ErrorOf<'DiskFailed'>, A>;

export interface FileFacts {
  /** `link`: a symbolic link that leads nowhere. */
  readonly kind: 'file' | 'folder' | 'link' | 'other';
  readonly size: Bytes;
  /** What it takes of the disk: less than `size` where it is sparse. */
  readonly allocated: Bytes;
  /** When its content changed last, in milliseconds since 1970. */
  readonly modifiedAtMs: number;
  /**
   * Tells that another file stands under the same name: the inode and, since file systems give the
   * number of a removed file to the next one, when it was made. To be compared by `isSameFile`.
   */
  readonly identity: string;
}

/**
 * Are two identities those of one file, as far as both tell? When a file was made is not known on
 * every file system, nor in every sandbox.
 */
export const isSameFile = (a: string, b: string): boolean => {
  const [[inode, madeAt], [otherInode, otherMadeAt]] = [a.split(':'), b.split(':')];
  const isSameTime = madeAt === undefined || otherMadeAt === undefined || madeAt === otherMadeAt;
  return inode === otherInode && isSameTime;
};

export interface FileStamp {
  /** Permission bits, such as 0o644. */
  readonly mode: number | null;
  /** Milliseconds since 1970. */
  readonly modifiedAtMs: number | null;
}

/** A file that is open for reading and writing; whoever opened it closes it. */
export interface OpenFile {
  /**
   * Writes all chunks, one after the other, from `position` on.
   *
   * 1. Right: every byte was taken by the kernel; short writes were continued.
   * 2. Writing beyond the end makes the file longer; a gap reads as zeros.
   */
  readonly writeAt: (chunks: ReadonlyArray<Uint8Array>, position: Bytes) => DiskEffect<void>;
  /** 3. Fills `buffer` from `position` on; Right holds fewer bytes only at the end of the file. */
  readonly readAt: (buffer: Uint8Array, position: Bytes) => DiskEffect<Bytes>;
  /** 4. Right: what was written before the call survives a power cut. */
  readonly datasync: () => DiskEffect<void>;
  /** 5. Cuts or lengthens the file; what is added reads as zeros. */
  readonly resize: (size: Bytes) => DiskEffect<void>;
  readonly facts: () => DiskEffect<FileFacts>;
  /** Sets permissions and date; what is null stays. */
  readonly stamp: (stamp: FileStamp) => DiskEffect<void>;
  /** 6. Waits for operations under way. */
  readonly close: () => DiskEffect<void>;
}

export interface FileSystem {
  /** 7. Creates an empty file; Left `EEXIST` when the name is taken, and the file is untouched. */
  readonly create: (path: string) => DiskEffect<OpenFile>;
  /** Opens an existing file. */
  readonly open: (path: string) => DiskEffect<OpenFile>;
  /** 15. Opens a file that may be read only, or is on a disk that is; writing to it is a Left. */
  readonly openToRead: (path: string) => DiskEffect<OpenFile>;
  /**
   * 8. Facts of what the path leads to; Right null when nothing is there. A symbolic link that
   *    leads nowhere is something.
   */
  readonly facts: (path: string) => DiskEffect<FileFacts | null>;
  /** 9. Replaces `to` atomically: a reader sees the old file or the new one. */
  readonly rename: (from: string, to: string) => DiskEffect<void>;
  /** 14. Gives the file a second name; Left `EEXIST` when it is taken, decided atomically. */
  readonly link: (from: string, to: string) => DiskEffect<void>;
  /** 10. Removes a file; nothing there is fine. */
  readonly remove: (path: string) => DiskEffect<void>;
}

export interface Folders {
  /** 11. Makes a folder and those above it; one that is there is fine. */
  readonly make: (path: string) => DiskEffect<void>;
  /** 12. Names in a folder, sorted; a folder that is not there is empty. */
  readonly list: (path: string) => DiskEffect<ReadonlyArray<string>>;
  /** 13. Makes created, renamed and removed names of the folder survive a power cut. */
  readonly sync: (path: string) => DiskEffect<void>;
  /** Bytes of the disk that an ordinary user may still fill. */
  readonly freeBytes: (path: string) => DiskEffect<Bytes>;
  /** 16. Where the folder is when no name on the way is a symbolic link; Left `ENOENT`: nowhere. */
  readonly realPath: (path: string) => DiskEffect<string>;
  /** Left when no file could be created in the folder. */
  readonly checkWritable: (path: string) => DiskEffect<void>;
}
