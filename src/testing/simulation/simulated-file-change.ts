/** Changes of a file that no sync has covered yet, and what a power cut makes of them. */
import type { Seeded } from './seeded.ts';
import {
  clearExtents,
  cut,
  type Extent,
  type Extents,
  extentsWithin,
  putExtent,
} from './simulated-file-extents.ts';

export type Change =
  | { readonly _tag: 'Write'; readonly extents: ReadonlyArray<Extent> }
  | { readonly _tag: 'Resize'; readonly size: number };

export interface Content {
  size: number;
  readonly extents: Extents;
}

/** A disk writes so many bytes whole or not at all. */
export const SECTOR_LENGTH = 512;
/** The kernel keeps, and the file system gives out, so many bytes at a time. */
export const PAGE_LENGTH = 4096;

export const applyChange = (content: Content, change: Change): void => {
  if (change._tag === 'Resize') {
    if (change.size < content.size) clearExtents(content.extents, change.size, Infinity);
    content.size = change.size;
    return;
  }
  for (const extent of change.extents) {
    putExtent(content.extents, extent);
    content.size = Math.max(content.size, extent.end);
  }
};

/**
 * A power cut: makes of the durable content what is found afterwards.
 *
 * Each sector that was changed is as it was durably, or as it was after any one of its changes,
 * whatever became of its neighbours: the kernel writes sectors back when it likes and in any order.
 * The size is one that the file has had, independently of the bytes: what it gained may be zeros,
 * and what was written may be cut off. Bytes that a `Resize` has cut off come back with the old
 * size only.
 *
 * @param exposesStale Does the file system show what was on the disk before, where a file has room
 *   but its bytes have not come? Those that order their writes give zeros.
 */
export const cutPower = (
  durable: Content,
  changes: ReadonlyArray<Change>,
  draw: Seeded,
  exposesStale: boolean,
): void => {
  if (changes.length === 0) return;
  const moments = sizesOf(durable.size, changes);
  const { size, index: resized } = draw.pick(moments);
  const reached = reachedSectors(changes, draw);
  const before = exposesStale ? [...durable.extents] : [];
  for (const [index, change] of changes.entries()) {
    if (change._tag === 'Write') {
      for (const extent of change.extents) putSectors(durable.extents, extent, index, reached);
    } else if (index <= resized) clearExtents(durable.extents, change.size, Infinity);
    else clearReached(durable.extents, change.size, index, reached);
  }
  if (exposesStale) exposeStale(durable.extents, before, changes, draw);
  clearExtents(durable.extents, size, Infinity);
  durable.size = size;
};

/** The sizes that the file has had, each with the last change that it had seen. */
const sizesOf = (durableSize: number, changes: ReadonlyArray<Change>) => {
  const moments = [{ size: durableSize, index: -1 }];
  for (const [index, change] of changes.entries()) {
    const last = moments.at(-1)!.size;
    const end = change._tag === 'Resize' ? change.size : (change.extents.at(-1)?.end ?? 0);
    if (change._tag === 'Resize') moments.push({ size: end, index });
    else if (end > last) moments.push({ size: end, index });
  }
  return moments;
};

/** For each sector, the change up to which it has reached the disk; one that is not in: none. */
const reachedSectors = (
  changes: ReadonlyArray<Change>,
  draw: Seeded,
): ReadonlyMap<number, number> => {
  const reached = new Map<number, number>();
  // Sectors alone would never be all lost, all kept or in order, once there are many of them.
  const manner = draw.pick(['lost', 'kept', 'inOrder', 'torn'] as const);
  if (manner === 'lost') return reached;
  const last = manner === 'inOrder' ? draw.integer(changes.length) : changes.length;
  const seen = new Map<number, number>();
  const touch = (sector: number, index: number): void => {
    const count = (seen.get(sector) ?? 1) + 1;
    seen.set(sector, count);
    // Every version is as likely as any other: the n-th wins one time in n.
    if (manner !== 'torn' || draw.integer(count) === 0) reached.set(sector, index);
  };
  for (const [index, change] of changes.entries()) {
    if (index > last) break;
    for (const sector of sectorsOf(change)) touch(sector, index);
  }
  return reached;
};

/** Each once, though chunks of one write may share a sector. */
function* sectorsOf(change: Change): Iterable<number> {
  if (change._tag === 'Resize') {
    if (change.size % SECTOR_LENGTH !== 0) yield sectorAt(change.size);
    return;
  }
  let next = -1;
  for (const { start, end } of change.extents) {
    for (next = Math.max(next, sectorAt(start)); next * SECTOR_LENGTH < end; next++) yield next;
  }
}

/** Puts those sectors of an extent that have reached the disk with this change or a later one. */
const putSectors = (
  extents: Extents,
  extent: Extent,
  index: number,
  reached: ReadonlyMap<number, number>,
): void => {
  const has = (sector: number) => (reached.get(sector) ?? -1) >= index;
  const end = sectorAt(extent.end - 1) + 1;
  for (let sector = sectorAt(extent.start); sector < end; sector++) {
    if (!has(sector)) continue;
    const first = sector;
    while (sector < end && has(sector)) sector += 1;
    putExtent(extents, cut(extent, first * SECTOR_LENGTH, sector * SECTOR_LENGTH));
  }
};

/** Cuts bytes off those sectors that have reached the disk after the cut. */
const clearReached = (
  extents: Extents,
  size: number,
  index: number,
  reached: ReadonlyMap<number, number>,
): void => {
  for (const [sector, latest] of reached) {
    const [start, end] = [sector * SECTOR_LENGTH, (sector + 1) * SECTOR_LENGTH];
    if (latest >= index && end > size) clearExtents(extents, Math.max(size, start), end);
  }
};

/** Room that was given but not filled shows what some other file has left there. */
const exposeStale = (
  extents: Extents,
  before: ReadonlyArray<Extent>,
  changes: ReadonlyArray<Change>,
  draw: Seeded,
): void => {
  for (const change of changes) {
    for (const sector of change._tag === 'Write' ? sectorsOf(change) : []) {
      const [start, end] = [sector * SECTOR_LENGTH, (sector + 1) * SECTOR_LENGTH];
      const isFilled = extentsWithin(extents, start, end).length > 0;
      if (isFilled || extentsWithin(before, start, end).length > 0 || draw.chance(0.5)) continue;
      const content = Uint8Array.from({ length: SECTOR_LENGTH }, () => draw.integer(256));
      putExtent(extents, { start, end, content });
    }
  }
};

export const sectorAt = (position: number): number => Math.floor(position / SECTOR_LENGTH);
