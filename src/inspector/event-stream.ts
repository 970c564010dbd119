/**
 * Server-sent events to one page. What it does not read is never piled up: while something waits
 * to be sent, the stream is not ready, and its session keeps nothing for it but the present.
 *
 * Source: HTML, section 9.2 (server-sent events).
 */
import type { ServerResponse } from 'node:http';
import { SECURITY_HEADERS } from './http-reply.ts';

export interface EventStream {
  readonly isReady: () => boolean;
  /** Sends each text, which holds no line break, as an event. */
  readonly send: (texts: ReadonlyArray<string>) => void;
  /** What was sent still arrives where it is being read. */
  readonly end: () => void;
}

export interface EventStreamListener {
  /** Everything was read: ready again. */
  readonly onReady: () => void;
  readonly onClose: () => void;
}

/** Begins the answer. The listener is told of its end exactly once. */
export const openEventStream = (
  response: ServerResponse,
  { onReady, onClose }: EventStreamListener,
): EventStream => {
  response.writeHead(200, {
    ...SECURITY_HEADERS,
    'content-type': 'text/event-stream; charset=utf-8',
    connection: 'close',
  });
  response.flushHeaders();
  response.on('drain', onReady);
  response.once('close', onClose);
  const isReady = (): boolean => !response.writableNeedDrain && !response.destroyed;
  return {
    isReady,
    send: (texts) => {
      if (texts.length === 0 || response.destroyed) return;
      response.write(texts.map((text) => `data: ${text}\n\n`).join(''));
    },
    end: () => void (isReady() ? response.end() : response.destroy()),
  };
};
