/** The body of a reply and how it goes out, whatever carries it. Pure. */

/** A body and how it goes out. */
export interface Body {
  readonly chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
  /** How many bytes the chunks hold. */
  readonly length: number;
  /** Only so many of them are sent. */
  readonly sendMax: number;
  /** Then the answer ends, or the connection is closed, or nothing happens any more. */
  readonly ending: BodyEnding;
  /** Null: as fast as the client takes it. */
  readonly bytesPerSecond: number | null;
  /** Which byte has its bits inverted, counted from the first sent; null: none. */
  readonly flipAt: number | null;
  /** A piece ends when exactly so many bytes are sent; null: wherever it comes. */
  readonly mark: number | null;
  readonly isGzip: boolean;
  /** Told 0 after the head, then the bytes so far after each piece; before compression. */
  readonly onSent: (sent: number) => void;
}

export type BodyEnding = 'end' | 'close' | 'stall';

/** A body in memory that goes out as it is. */
export const plainBody = (text: string, onSent: Body['onSent']): Body => {
  const content = Buffer.from(text);
  return {
    chunks: content.length === 0 ? [] : [content],
    length: content.length,
    sendMax: content.length,
    ending: 'end',
    bytesPerSecond: null,
    flipAt: null,
    mark: null,
    isGzip: false,
    onSent,
  };
};

/**
 * The bytes to send, split where something happens; none of the pieces is empty. From content in
 * memory they come without a wait.
 *
 * @param pieceMax Bytes of one piece, at least 1.
 */
export const piecesOf = (
  body: Body,
  pieceMax: number,
): Iterable<Uint8Array> | AsyncIterable<Uint8Array> => {
  const cutter = cutterOf(body, pieceMax);
  const { chunks } = body;
  return Symbol.iterator in chunks ? cutNow(chunks, cutter) : cutLater(chunks, cutter);
};

/** How a body ends of which so many bytes were sent: content that was too short ends in a close. */
export const endingOf = ({ ending, sendMax, length }: Body, sent: number): BodyEnding =>
  sent < Math.min(sendMax, length) ? 'close' : ending;

interface Cutter {
  readonly cut: (chunk: Uint8Array) => Iterable<Uint8Array>;
  /** Is all cut off that is to be sent? */
  readonly isDone: () => boolean;
}

const cutterOf = ({ flipAt, sendMax, mark }: Body, pieceMax: number): Cutter => {
  let sent = 0;
  function* cut(chunk: Uint8Array): Iterable<Uint8Array> {
    let rest = flipAt === null ? chunk : flipped(chunk, flipAt - sent);
    while (rest.length > 0 && sent < sendMax) {
      const toMark = mark !== null && sent < mark ? mark - sent : Number.MAX_SAFE_INTEGER;
      const length = Math.min(rest.length, pieceMax, sendMax - sent, toMark);
      sent += length;
      yield rest.subarray(0, length);
      rest = rest.subarray(length);
    }
  }
  return { cut, isDone: () => sent >= sendMax };
};

function* cutNow(chunks: Iterable<Uint8Array>, { cut, isDone }: Cutter): Iterable<Uint8Array> {
  for (const chunk of chunks) {
    yield* cut(chunk);
    if (isDone()) return;
  }
}

async function* cutLater(
  chunks: AsyncIterable<Uint8Array>,
  { cut, isDone }: Cutter,
): AsyncIterable<Uint8Array> {
  for await (const chunk of chunks) {
    yield* cut(chunk);
    if (isDone()) return;
  }
}

const flipped = (chunk: Uint8Array, at: number): Uint8Array => {
  if (at < 0 || at >= chunk.length) return chunk;
  const copy = Uint8Array.from(chunk);
  copy[at] = copy[at]! ^ 0xff;
  return copy;
};
