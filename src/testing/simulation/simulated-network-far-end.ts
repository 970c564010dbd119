/** The other side of a simulated network: what takes requests and gives answers. */
import type { HttpRequest } from '../../effects/http-client.ts';

/** A server, as the network sees it. */
export interface FarEnd {
  /** Called when a request has arrived. The network does not wait for it after an abort. */
  readonly answer: (request: HttpRequest, visit: Visit) => Promise<FarReply>;
}

/** A request's stay at the far end. */
export interface Visit {
  /** Lets virtual time pass, but no longer than the client is there. */
  readonly pause: (delayMs: number) => Promise<void>;
  /** Calls back once, when the answer is complete or its connection gone. */
  readonly onEnd: (callback: () => void) => void;
}

/** An answer, a connection reset without one, or nothing at all. */
export type FarReply = FarAnswer | 'reset' | 'silence';

export interface FarAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | ReadonlyArray<string>>>;
  /** Read as the client takes it, never ahead. The network copies what is not hollow. */
  readonly body: Iterable<Uint8Array>;
  /** After the body: an orderly end, a connection closed too early, a reset, or silence. */
  readonly ending: 'end' | 'close' | 'reset' | 'stall';
  /** The server's own pace; null: as fast as the network goes. */
  readonly bytesPerSecond: number | null;
  /** Told 0 after the head, then the bytes so far whenever some were sent. */
  readonly onSent: (sent: number) => void;
}

/** An answer in memory; what is not given is a plain 200 without a body. */
export const farAnswer = (over: Partial<FarAnswer> = {}): FarAnswer => ({
  status: 200,
  headers: {},
  body: [],
  ending: 'end',
  bytesPerSecond: null,
  onSent: () => {},
  ...over,
});

/** Content that comes without a wait. Only files have another, and no simulated server has those. */
export const inMemory = (
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Iterable<Uint8Array> => {
  if (Symbol.iterator in chunks) return chunks;
  throw new RangeError('a simulated server has no files');
};
