/**
 * The content of one simulated file: what the kernel has, and what survives a power cut. Kept in
 * pages, so that a sparse file of any size takes no more memory than what was written to it.
 */

/** A change that no sync has covered yet. */
type Change =
  | { readonly _tag: 'Write'; readonly at: number; readonly content: Uint8Array }
  | { readonly _tag: 'Resize'; readonly size: number };

export interface SimulatedFile {
  readonly identity: string;
  readonly size: () => number;
  /** Bytes of the pages that were ever written to. */
  readonly allocated: () => number;
  readonly write: (content: Uint8Array, at: number) => void;
  readonly read: (buffer: Uint8Array, at: number) => number;
  readonly resize: (size: number) => void;
  /** Everything changed before the call survives a power cut. */
  readonly sync: () => void;
  /** A power cut: of the changes since the last sync those that `survives` picks remain. */
  readonly cutPower: (survives: () => boolean) => void;
  /** A copy of what the kernel has. */
  readonly content: () => Uint8Array;
}

interface Content {
  size: number;
  /** By number; a page is replaced, never changed, so that copies of the content may share it. */
  readonly pages: Map<number, Uint8Array>;
}

const PAGE_LENGTH = 4096;

export const simulatedFile = (identity: string): SimulatedFile => {
  let volatile: Content = { size: 0, pages: new Map() };
  let durable: Content = { size: 0, pages: new Map() };
  let changes: Array<Change> = [];

  const change = (made: Change): void => {
    changes.push(made);
    apply(volatile, made);
  };
  return {
    identity,
    size: () => volatile.size,
    allocated: () => volatile.pages.size * PAGE_LENGTH,
    write: (content, at) => change({ _tag: 'Write', at, content: new Uint8Array(content) }),
    read: (buffer, at) => read(volatile, buffer, at),
    resize: (size) => change({ _tag: 'Resize', size }),
    sync: () => {
      durable = copyOf(volatile);
      changes = [];
    },
    cutPower: (survives) => {
      for (const made of changes) if (survives()) apply(durable, made);
      volatile = copyOf(durable);
      changes = [];
    },
    content: () => {
      const all = new Uint8Array(volatile.size);
      read(volatile, all, 0);
      return all;
    },
  };
};

const copyOf = ({ size, pages }: Content): Content => ({ size, pages: new Map(pages) });

const apply = (content: Content, change: Change): void => {
  if (change._tag === 'Resize') resize(content, change.size);
  else write(content, change.content, change.at);
};

const write = (content: Content, written: Uint8Array, at: number): void => {
  for (let done = 0; done < written.length; ) {
    const offset = (at + done) % PAGE_LENGTH;
    const index = (at + done - offset) / PAGE_LENGTH;
    const page = content.pages.get(index)?.slice() ?? new Uint8Array(PAGE_LENGTH);
    const piece = written.subarray(done, done + PAGE_LENGTH - offset);
    page.set(piece, offset);
    content.pages.set(index, page);
    done += piece.length;
  }
  if (written.length > 0) content.size = Math.max(content.size, at + written.length);
};

const read = ({ size, pages }: Content, buffer: Uint8Array, at: number): number => {
  const length = Math.max(0, Math.min(buffer.length, size - at));
  for (let done = 0; done < length; ) {
    const offset = (at + done) % PAGE_LENGTH;
    const count = Math.min(PAGE_LENGTH - offset, length - done);
    const page = pages.get((at + done - offset) / PAGE_LENGTH);
    if (page === undefined) buffer.fill(0, done, done + count);
    else buffer.set(page.subarray(offset, offset + count), done);
    done += count;
  }
  return length;
};

/** What was cut off reads as zeros when the file becomes longer again. */
const resize = (content: Content, size: number): void => {
  const { pages } = content;
  const offset = size % PAGE_LENGTH;
  const last = (size - offset) / PAGE_LENGTH;
  if (size < content.size) {
    for (const index of [...pages.keys()]) if (index > last) pages.delete(index);
    const cut = pages.get(last)?.slice().fill(0, offset);
    if (cut !== undefined) pages.set(last, cut);
    if (offset === 0) pages.delete(last);
  }
  content.size = size;
};
