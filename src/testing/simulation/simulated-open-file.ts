/** An open file of the simulated disk. */
import { bytes } from '../../domain/bytes.ts';
import type { ErrorOf } from '../../domain/errors.ts';
import type { DiskEffect, FileFacts, OpenFile } from '../../effects/file-system.ts';
import { E } from '../../fp.ts';
import type { DiskFault, DiskOperation } from './disk-faults.ts';
import { type DiskCalls, raise } from './simulated-disk-calls.ts';
import type { SimulatedFile } from './simulated-file.ts';

/** A file, and what its disk knows of it. */
export interface Inode {
  readonly content: SimulatedFile;
  modifiedAtMs: number;
  /** How many open files lead here: its room is free once nothing does. */
  opened: number;
}

/** What an open file needs of its disk. */
export interface OpenFileDisk {
  readonly calls: DiskCalls;
  readonly wallTime: () => number;
  /** Bytes that are free; `Infinity`: nobody counts. */
  readonly room: () => number;
  /** Called once, when a file that a crash has not ended is closed. */
  readonly closed: (inode: Inode) => void;
}

export const openFile = (
  disk: OpenFileDisk,
  inode: Inode,
  path: string,
  isReadOnly = false,
): OpenFile => {
  const { calls } = disk;
  const { content } = inode;
  const openedIn = calls.generation();
  const underWay = new Set<Promise<unknown>>();
  let isClosed = false;

  const use = <A>(
    operation: DiskOperation,
    run: (fault: DiskFault | null) => A,
    place: { readonly position?: number; readonly length?: number } = {},
    onFail?: () => void,
  ): DiskEffect<A> => {
    const effect = calls.call({ operation, path, ...place }, run, onFail);
    return () => {
      if (isClosed || calls.generation() !== openedIn) return closed(operation, path);
      const answer = effect();
      if (calls.mayWait()) {
        underWay.add(answer);
        void answer.finally(() => underWay.delete(answer));
      }
      return answer;
    };
  };
  const write = (chunks: ReadonlyArray<Uint8Array>, at: number, fault: DiskFault | null): void => {
    if (isReadOnly) raise('EBADF');
    const length = lengthOf(chunks);
    const isShort = fault?._tag === 'WriteShort' && fault.bytes < length;
    const asked = isShort ? fault.bytes : length;
    const room = disk.room();
    const taken = room === Infinity ? asked : content.lengthThatFits(at, asked, room);
    content.write(taken < length ? firstOf(chunks, taken) : chunks, at);
    if (length > 0) inode.modifiedAtMs = disk.wallTime();
    if (taken < asked) raise('ENOSPC');
    if (isShort) raise(fault.code);
  };
  return {
    writeAt: (chunks, position) =>
      use('write', (fault) => write(chunks, position, fault), {
        position,
        length: lengthOf(chunks),
      }),
    readAt: (buffer, position) =>
      use(
        'read',
        (fault) => {
          const isShort = fault?._tag === 'ReadShort' && fault.bytes < buffer.length;
          const asked = isShort ? buffer.subarray(0, fault.bytes) : buffer;
          return bytes(content.read(asked, position));
        },
        { position, length: buffer.length },
      ),
    datasync: () =>
      use(
        'sync',
        (fault) => {
          if (fault?._tag !== 'Lie') content.sync();
        },
        {},
        content.failSync,
      ),
    resize: (size) =>
      use('resize', () => {
        if (isReadOnly) raise('EINVAL');
        content.resize(size);
        inode.modifiedAtMs = disk.wallTime();
      }),
    facts: () => use('inspect', () => factsOf(inode)),
    stamp: ({ modifiedAtMs }) =>
      use('stamp', () => {
        inode.modifiedAtMs = modifiedAtMs ?? inode.modifiedAtMs;
      }),
    close: () => {
      const close = calls.call({ operation: 'close', path }, () => undefined);
      return async () => {
        const isOpen = !isClosed && calls.generation() === openedIn;
        isClosed = true;
        if (underWay.size > 0) await Promise.all(underWay);
        if (isOpen) disk.closed(inode);
        return close();
      };
    },
  };
};

export const factsOf = ({ content, modifiedAtMs }: Inode): FileFacts => ({
  kind: 'file',
  size: bytes(content.size()),
  allocated: bytes(content.allocated()),
  modifiedAtMs,
  identity: content.identity,
});

const closed = async (operation: string, path: string) =>
  E.left({ _tag: 'DiskFailed', code: 'EBADF', operation, path } as ErrorOf<'DiskFailed'>);

const lengthOf = (chunks: ReadonlyArray<Uint8Array>): number => {
  let length = 0;
  for (const chunk of chunks) length += chunk.length;
  return length;
};

const firstOf = (chunks: ReadonlyArray<Uint8Array>, length: number): ReadonlyArray<Uint8Array> => {
  const taken: Array<Uint8Array> = [];
  let left = length;
  for (const chunk of chunks) {
    if (left <= 0) break;
    taken.push(chunk.subarray(0, left));
    left -= chunk.length;
  }
  return taken;
};
