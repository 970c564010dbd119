/** What can go wrong with an answer of the embedded server, as plain data. */
import type { ObjectContent } from './stored-object.ts';

/**
 * One thing that goes wrong with one answer.
 *
 * Faults of the body (`CutAfter`, `EndEarly`, `StallAfter`, `Slow`, `WrongRange`, `IgnoreRange`,
 * `FlipByte`, `Gzip`) leave answers without a body as they are: to HEAD, 304 and refusals.
 */
export type Fault =
  /** The connection is reset before the head. */
  | { readonly _tag: 'Reset' }
  /** The connection is closed after so many bytes of the body; 0: right after the head. */
  | { readonly _tag: 'CutAfter'; readonly bytes: number }
  /** A body of so many bytes that ends cleanly under a `Content-Range` that promised more. */
  | { readonly _tag: 'EndEarly'; readonly bytes: number; readonly framing: 'length' | 'chunked' }
  /** So many bytes of the body, then silence on an open connection. */
  | { readonly _tag: 'StallAfter'; readonly bytes: number }
  | { readonly _tag: 'Slow'; readonly bytesPerSecond: number }
  /** `retryAfter` is the header's text: seconds or a date. */
  | {
      readonly _tag: 'Refuse';
      readonly status: number;
      readonly code: string;
      readonly message?: string;
      readonly retryAfter?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /**
   * The object is overwritten before it is looked up, or when `afterBytes` of the old body are
   * sent: as in OSS, an answer that has begun goes on with the old content.
   */
  | {
      readonly _tag: 'ChangeObject';
      readonly content: ObjectContent;
      readonly afterBytes?: number;
    }
  /** A range of the right length `shift` bytes away, honestly labelled; it stays in the object. */
  | { readonly _tag: 'WrongRange'; readonly shift: number }
  /** 200 and the whole object. */
  | { readonly _tag: 'IgnoreRange' }
  /** The byte at this offset of the object has all its bits inverted, when it is in the answer. */
  | { readonly _tag: 'FlipByte'; readonly offset: number }
  /** Another size: in `Content-Range`, or in the `Content-Length` that answers a HEAD. */
  | { readonly _tag: 'WrongTotal'; readonly total: number }
  /** Another `ETag`, without quotes; conditions are still judged by the real one. */
  | { readonly _tag: 'WrongEtag'; readonly etag: string }
  /** The answer begins so much later. */
  | { readonly _tag: 'DelayHead'; readonly ms: number }
  /** Gzipped on the fly, without length, for clients that accept it; `force`: for all. */
  | { readonly _tag: 'Gzip'; readonly force?: boolean };

/** What a rule sees of a request. */
export interface FaultRequest {
  readonly method: string;
  /** Empty when the request named none. */
  readonly bucket: string;
  /** Decoded; empty when the request named none. */
  readonly key: string;
  /** The bytes asked for, `end` exclusive and cut at the object's end; null: no range asked. */
  readonly range: { readonly start: number; readonly end: number } | null;
  /** How often this method asked for these bytes of this key, this time included. */
  readonly attempt: number;
  /** The how-manieth request to the server this is, from 1. */
  readonly sequence: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Decides what goes wrong with an answer; null: nothing. Asked once per request. */
export type FaultRule = (request: FaultRequest) => Fault | null;

/** The faults that take no thought to write, by name. */
export const fault = {
  reset: { _tag: 'Reset' },
  ignoreRange: { _tag: 'IgnoreRange' },
  gzip: { _tag: 'Gzip' },
  cutAfter: (bytes: number): Fault => ({ _tag: 'CutAfter', bytes }),
  endEarly: (bytes: number, framing: 'length' | 'chunked' = 'length'): Fault => ({
    _tag: 'EndEarly',
    bytes,
    framing,
  }),
  stallAfter: (bytes: number): Fault => ({ _tag: 'StallAfter', bytes }),
  slow: (bytesPerSecond: number): Fault => ({ _tag: 'Slow', bytesPerSecond }),
  refuse: (status: number, code: string, retryAfter?: string): Fault => ({
    _tag: 'Refuse',
    status,
    code,
    ...(retryAfter === undefined ? {} : { retryAfter }),
  }),
  changeObject: (content: ObjectContent, afterBytes?: number): Fault => ({
    _tag: 'ChangeObject',
    content,
    ...(afterBytes === undefined ? {} : { afterBytes }),
  }),
  wrongRange: (shift: number): Fault => ({ _tag: 'WrongRange', shift }),
  flipByte: (offset: number): Fault => ({ _tag: 'FlipByte', offset }),
  wrongTotal: (total: number): Fault => ({ _tag: 'WrongTotal', total }),
  wrongEtag: (etag: string): Fault => ({ _tag: 'WrongEtag', etag }),
  delayHead: (ms: number): Fault => ({ _tag: 'DelayHead', ms }),
} as const satisfies Readonly<Record<string, Fault | ((...args: never) => Fault)>>;
