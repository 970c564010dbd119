/** Sends bodies over a socket: with back-pressure, at a pace, and cut short where they say so. */
import type { ServerResponse } from 'node:http';
import { createGzip } from 'node:zlib';
import { type Clock, liveClock } from '../../effects/clock.ts';
import { type Body, endingOf, piecesOf } from './reply-body.ts';

/**
 * Sends a body after its head and ends the answer as the body says. Fulfilled then, or when the
 * client is gone. Content that turns out too short closes the connection.
 */
export const sendBody = async (response: ServerResponse, body: Body): Promise<void> => {
  const output = body.isGzip ? createGzip() : response;
  if (output !== response) output.pipe(response);
  const start = liveClock.now();
  let sent = 0;
  body.onSent(sent);
  for await (const piece of piecesOf(body, pieceMaxOf(body))) {
    if (body.bytesPerSecond !== null) {
      const dueMs = start + ((sent + piece.length) / body.bytesPerSecond) * 1000;
      await pause(dueMs - liveClock.now(), response);
    }
    if (response.destroyed) return;
    const isRoomy = output.write(piece);
    sent += piece.length;
    body.onSent(sent);
    if (!isRoomy) await eventOf(output, 'drain', response);
  }
  const ending = endingOf(body, sent);
  if (ending === 'end') {
    output.end();
    return body.isGzip ? eventOf(response, 'close', response) : undefined;
  }
  await flushed(response);
  if (ending === 'stall') await eventOf(response, 'close', response);
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

const pieceMaxOf = ({ bytesPerSecond }: Body): number =>
  Math.max(1, Math.floor((bytesPerSecond ?? Number.MAX_SAFE_INTEGER) / PIECES_PER_SECOND));

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
