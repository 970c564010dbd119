/** The content of one simulated file: what the kernel has, and what survives a power cut. */
import type { Seeded } from './seeded.ts';
import {
  applyChange,
  type Change,
  type Content,
  cutPower,
  PAGE_LENGTH,
} from './simulated-file-change.ts';
import {
  clearExtents,
  coveredLength,
  type Extents,
  extentsOf,
  extentsWithin,
  putExtent,
  readExtents,
} from './simulated-file-extents.ts';

export interface SimulatedFile {
  readonly identity: string;
  readonly size: () => number;
  /** Bytes of the pages that were ever written to. */
  readonly allocated: () => number;
  readonly write: (chunks: ReadonlyArray<Uint8Array>, at: number) => void;
  /** How many of so many bytes can be written when the disk has so much room left, in bytes. */
  readonly lengthThatFits: (at: number, length: number, room: number) => number;
  readonly read: (buffer: Uint8Array, at: number) => number;
  readonly resize: (size: number) => void;
  /** Everything changed before the call survives a power cut. */
  readonly sync: () => void;
  /**
   * A sync fails. As Linux does, the kernel forgets that there was something to write: it can be
   * read, a later sync succeeds without writing it, and a power cut may take it. A page that is
   * written to again is written whole.
   */
  readonly failSync: () => void;
  /** The kernel forgets pages that it has no need to write, and reads them from the disk again. */
  readonly evict: () => void;
  /** A power cut. See `cutPower`. */
  readonly cutPower: (draw: Seeded, exposesStale: boolean) => void;
  /**
   * Inverts a bit of the disk; it shows unless the kernel has a copy that differs from the disk.
   * False: no durable byte is there.
   */
  readonly rot: (at: number, bit: number) => boolean;
  /** A copy of what the kernel has. */
  readonly content: () => Uint8Array;
}

export const simulatedFile = (identity: string): SimulatedFile => {
  let volatile: Content = { size: 0, extents: [] };
  const durable: Content = { size: 0, extents: [] };
  /** Pages with room on the disk, as extents of zeros. */
  let pages: Extents = [];
  let allocated = 0;
  /** Of the kernel's content, not of the disk's. */
  let unsynced: Array<Change> = [];
  /** Covered by a sync that failed. */
  let failed: ReadonlyArray<Change> = [];

  const change = (made: Change): void => {
    unsynced.push(made);
    applyChange(volatile, made);
  };
  const countPages = (): void => {
    pages = [];
    for (const { start, end } of volatile.extents) putExtent(pages, pagesOf(start, end));
    allocated = pages.reduce((sum, { start, end }) => sum + end - start, 0);
  };
  const takeRoom = (start: number, end: number): void => {
    const taken = pagesOf(start, end);
    const added = taken.end - taken.start - coveredLength(pages, taken.start, taken.end);
    if (added === 0) return;
    putExtent(pages, taken);
    allocated += added;
  };
  const differs = (at: number): boolean =>
    [...failed, ...unsynced].some(
      (made) => made._tag === 'Resize' || coveredLength(made.extents, at, at + 1) > 0,
    );
  /** A sync that succeeds after one that failed: whole pages, and the size. */
  const syncPages = (): void => {
    const sizes = [...failed, ...unsynced].flatMap((made) =>
      made._tag === 'Resize' ? [made.size] : [],
    );
    const written = pagesIn(unsynced);
    for (const size of sizes) clearExtents(durable.extents, size, Infinity);
    for (const { start, end } of written) copyRange(volatile, durable, start, end);
    durable.size = volatile.size;
    const gone = { start: Math.min(...sizes, Infinity), end: Infinity };
    failed = failed
      .filter((made) => made._tag === 'Write')
      .flatMap((made) => without(made, [...written, gone]));
  };

  return {
    identity,
    size: () => volatile.size,
    allocated: () => allocated,
    write: (chunks, at) => {
      const extents = extentsOf(chunks, at);
      if (extents.length === 0) return;
      change({ _tag: 'Write', extents });
      takeRoom(at, extents.at(-1)!.end);
    },
    lengthThatFits: (at, length, room) => {
      const { start, end } = pagesOf(at, at + length);
      if (end - start - coveredLength(pages, start, end) <= room) return length;
      let left = room;
      for (let page = start; page < end; page += PAGE_LENGTH) {
        if (coveredLength(pages, page, page + PAGE_LENGTH) > 0) continue;
        if (left < PAGE_LENGTH) return Math.max(0, page - at);
        left -= PAGE_LENGTH;
      }
      return length;
    },
    read: (buffer, at) => {
      const length = Math.max(0, Math.min(buffer.length, volatile.size - at));
      readExtents(volatile.extents, buffer, at, length);
      return length;
    },
    resize: (size) => {
      const isShorter = size < volatile.size;
      change({ _tag: 'Resize', size });
      if (isShorter) countPages();
    },
    sync: () => {
      if (failed.length > 0) syncPages();
      else for (const made of unsynced) applyChange(durable, made);
      unsynced = [];
    },
    failSync: () => {
      failed = [...failed, ...unsynced];
      unsynced = [];
    },
    evict: () => {
      const dirty = pagesIn(unsynced);
      const clean = pagesIn(failed.flatMap((made) => without(made, dirty)));
      for (const { start, end } of clean) copyRange(durable, volatile, start, end);
      for (const made of unsynced) applyChange(volatile, made);
      failed = failed.flatMap((made) => without(made, clean));
    },
    cutPower: (draw, exposesStale) => {
      cutPower(durable, [...failed, ...unsynced], draw, exposesStale);
      volatile = { size: durable.size, extents: [...durable.extents] };
      failed = [];
      unsynced = [];
      countPages();
    },
    rot: (at, bit) => {
      if (coveredLength(durable.extents, at, at + 1) === 0) return false;
      invert(durable.extents, at, bit);
      if (!differs(at)) invert(volatile.extents, at, bit);
      return true;
    },
    content: () => {
      const all = new Uint8Array(volatile.size);
      readExtents(volatile.extents, all, 0, all.length);
      return all;
    },
  };
};

const pagesOf = (start: number, end: number) => ({
  start: Math.floor(start / PAGE_LENGTH) * PAGE_LENGTH,
  end: Math.ceil(end / PAGE_LENGTH) * PAGE_LENGTH,
  content: null,
});

/** The pages that changes have written to. */
const pagesIn = (changes: ReadonlyArray<Change>): Extents => {
  const pages: Extents = [];
  for (const change of changes) {
    const extents = change._tag === 'Write' ? change.extents : [];
    for (const { start, end } of extents) putExtent(pages, pagesOf(start, end));
  }
  return pages;
};

const copyRange = (from: Content, to: Content, start: number, end: number): void => {
  clearExtents(to.extents, start, end);
  for (const extent of extentsWithin(from.extents, start, end)) putExtent(to.extents, extent);
};

interface Range {
  readonly start: number;
  readonly end: number;
}

/** What of a change lies outside some ranges; a `Resize` does. */
const without = (change: Change, ranges: ReadonlyArray<Range>): ReadonlyArray<Change> => {
  if (change._tag === 'Resize') return [change];
  const extents = [...change.extents];
  for (const { start, end } of ranges) clearExtents(extents, start, end);
  return extents.length === 0 ? [] : [{ _tag: 'Write', extents }];
};

const invert = (extents: Extents, at: number, bit: number): void => {
  const byte = new Uint8Array(1);
  readExtents(extents, byte, at, 1);
  byte[0]! ^= 1 << bit;
  putExtent(extents, { start: at, end: at + 1, content: byte });
};
