/**
 * The network, as this project needs it: one HTTP exchange whose body goes to a sink.
 *
 * Implementation: `http-client.undici.ts`. Every implementation passes
 * `test/conformance/http-client.ts`; the laws below are its titles.
 */
import type { DownloadError } from '../domain/errors.ts';
import type { E, TE } from '../fp.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'HEAD';
  /** Absolute, percent-encoded, sent as it stands. May hold a signature: never shown or logged. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Status and headers of a final answer (never 1xx). Names in lower case, lists joined by `, `. */
export interface HttpHead {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** Takes a body, chunk by chunk. */
export interface BodySink {
  /**
   * Takes the next chunk, which belongs to the sink from now on.
   *
   * @returns Null: go on at once. A promise: send nothing until it is fulfilled. A Left ends the
   *   exchange. This is the only back-pressure there is.
   */
  readonly write: (chunk: Uint8Array) => Promise<E.Either<DownloadError, void>> | null;
}

export interface HttpClient {
  /**
   * Sends a request, shows the head of its answer to `onHead`, and feeds the body to the sink that
   * it picks.
   *
   * 1. Right holds the head, once the sink has taken the whole body, in order.
   * 2. While a `write` is pending the sink gets no further chunk, and the server is slowed down.
   * 3. A Left from `onHead` or `write` ends the exchange, frees the connection and comes back.
   * 4. When `signal` aborts, the exchange ends with Left `signal.reason` if that is a
   *    `DownloadError`, else Left `Interrupted`; no `write` follows.
   * 5. It completes only after the last `write` has: nothing is in flight afterwards.
   * 6. A body shorter than its Content-Length, a reset or a refused connection is a
   *    `NetworkFailed`. It never rejects, follows no redirect and decodes no body. A
   *    request that cannot be sent at all is a `Defect`.
   */
  readonly exchange: (
    request: HttpRequest,
    onHead: (head: HttpHead) => E.Either<DownloadError, BodySink>,
    signal: AbortSignal,
  ) => TE.TaskEither<DownloadError, HttpHead>;
}
