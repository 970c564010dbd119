/** The content of one simulated file: what the kernel has, and what survives a power cut. */

/** A change that no sync has covered yet. */
type Change =
  | { readonly _tag: 'Write'; readonly at: number; readonly content: Uint8Array }
  | { readonly _tag: 'Resize'; readonly size: number };

export interface SimulatedFile {
  readonly identity: string;
  readonly size: () => number;
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

export const simulatedFile = (identity: string): SimulatedFile => {
  let volatile = new Uint8Array(0);
  let durable = new Uint8Array(0);
  let changes: Array<Change> = [];

  const change = (made: Change): void => {
    changes.push(made);
    volatile = applied(volatile, made);
  };
  return {
    identity,
    size: () => volatile.length,
    write: (content, at) => change({ _tag: 'Write', at, content: content.slice() }),
    read: (buffer, at) => {
      const piece = volatile.subarray(Math.min(at, volatile.length), at + buffer.length);
      buffer.set(piece);
      return piece.length;
    },
    resize: (size) => change({ _tag: 'Resize', size }),
    sync: () => {
      durable = volatile.slice();
      changes = [];
    },
    cutPower: (survives) => {
      for (const made of changes) if (survives()) durable = applied(durable, made);
      volatile = durable.slice();
      changes = [];
    },
    content: () => volatile.slice(),
  };
};

/** The content after a change; in place where it fits. */
const applied = (content: Uint8Array<ArrayBuffer>, change: Change): Uint8Array<ArrayBuffer> => {
  if (change._tag === 'Resize') return resized(content, change.size);
  const end = change.at + change.content.length;
  const grown = end > content.length ? resized(content, end) : content;
  grown.set(change.content, change.at);
  return grown;
};

const resized = (content: Uint8Array, size: number): Uint8Array<ArrayBuffer> => {
  const other = new Uint8Array(size);
  other.set(content.subarray(0, size));
  return other;
};
