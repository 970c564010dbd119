/** Sends bodies: with back-pressure, at a pace, and cut short where a fault says so. */
import type { ServerResponse } from 'node:http';
import { createGzip } from 'node:zlib';
import { type Clock, liveClock } from '../../effects/clock.ts';

/** A body and how it goes out. */
export interface Body {
  readonly chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
  /** How many bytes the chunks hold. */
  readonly length: number;
  /** Only so many of them are sent. */
  readonly sendMax: number;
  /** Then the answer ends, or the connection is closed, or nothing happens any more. */
  readonly ending: 'end' | 'close' | 'stall';
  /** Null: as fast as the client takes it. */
  readonly bytesPerSecond: number | null;
  /** Which byte has its bits inverted, counted from the first sent; null: none. */
  readonly flipAt: number | null;
  /** Something to do when exactly so many bytes are sent. */
  readonly milestone: { readonly at: number; readonly reach: () => void } | null;
  readonly isGzip: boolean;
}

/**
 * Sends a body after its head and ends the answer as the body says. Fulfilled then, or when the
 * client is gone. Content that turns out too short closes the connection.
 *
 * @param onSent  Told the bytes so far after each write; of a gzipped body, before compression.
 */
export const sendBody = async (
  response: ServerResponse,
  body: Body,
  onSent: (sent: number) => void,
): Promise<void> => {
  const output = body.isGzip ? createGzip() : response;
  if (output !== response) output.pipe(response);
  const start = liveClock.now();
  let sent = 0;
  if (body.milestone?.at === 0) body.milestone.reach();
  for await (const piece of piecesOf(body)) {
    if (body.bytesPerSecond !== null) {
      const dueMs = start + ((sent + piece.length) / body.bytesPerSecond) * 1000;
      await pause(dueMs - liveClock.now(), response);
    }
    if (response.destroyed) return;
    const isRoomy = output.write(piece);
    sent += piece.length;
    onSent(sent);
    if (body.milestone?.at === sent) body.milestone.reach();
    if (!isRoomy) await eventOf(output, 'drain', response);
  }
  const isShort = sent < Math.min(body.sendMax, body.length);
  if (body.ending === 'end' && !isShort) {
    output.end();
    return body.isGzip ? eventOf(response, 'close', response) : undefined;
  }
  await flushed(response);
  if (body.ending === 'stall' && !isShort) await eventOf(response, 'close', response);
  response.destroy();
};

/** Waits, but no longer than the client is there. */
export const pause = (
  delayMs: number,
  response: ServerResponse,
  clock: Pick<Clock, 'setTimeout' | 'clearTimeout'> = liveClock,
): Promise<void> => {
  if (delayMs <= 0 || response.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const finish = () => {
      clock.clearTimeout(timer);
      response.off('close', finish);
      resolve();
    };
    const timer = clock.setTimeout(finish, delayMs);
    response.once('close', finish);
  });
};

/** Pieces of a paced body last about 20 ms, so that the pace is even. */
const PIECES_PER_SECOND = 50;

/** The bytes to send, split where something happens. */
async function* piecesOf(body: Body): AsyncIterable<Uint8Array> {
  const pieceMax = Math.max(
    1,
    Math.floor((body.bytesPerSecond ?? Number.MAX_SAFE_INTEGER) / PIECES_PER_SECOND),
  );
  const mark = body.milestone?.at ?? 0;
  let sent = 0;
  for await (const chunk of body.chunks) {
    let rest = flipped(chunk, body.flipAt === null ? -1 : body.flipAt - sent);
    while (rest.length > 0 && sent < body.sendMax) {
      const toMark = sent < mark ? mark - sent : Number.MAX_SAFE_INTEGER;
      const length = Math.min(rest.length, pieceMax, body.sendMax - sent, toMark);
      sent += length;
      yield rest.subarray(0, length);
      rest = rest.subarray(length);
    }
    if (sent >= body.sendMax) return;
  }
}

const flipped = (chunk: Uint8Array, at: number): Uint8Array => {
  if (at < 0 || at >= chunk.length) return chunk;
  const copy = Uint8Array.from(chunk);
  copy[at] = copy[at]! ^ 0xff;
  return copy;
};

/** Fulfilled by the event, or when the client is gone. */
const eventOf = (
  emitter: NodeJS.EventEmitter,
  name: 'drain' | 'close',
  response: ServerResponse,
): Promise<void> => {
  if (response.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const finish = () => {
      emitter.off(name, finish);
      response.off('close', finish);
      resolve();
    };
    emitter.once(name, finish);
    response.once('close', finish);
  });
};

/** Fulfilled when the kernel has everything that was written, head included. */
const flushed = (response: ServerResponse): Promise<void> => {
  response.flushHeaders();
  const { socket } = response;
  if (socket === null || socket.destroyed) return Promise.resolve();
  return new Promise((resolve) => socket.write('', () => resolve()));
};
