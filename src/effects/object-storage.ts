/**
 * One remote object, as statecharts see it: ask for its version, fetch ranges of that version,
 * refresh the right to do so.
 *
 * Implementations: `object-storage.oss.ts` (Alibaba Cloud OSS) and `object-storage.http.ts` (any
 * HTTP(S) URL), both over `HttpClient` and bound to one object. The laws are the titles of
 * `test/conformance/object-storage.ts`.
 */
import type { ByteRange } from '../domain/byte-range.ts';
import type { Bytes } from '../domain/bytes.ts';
import type { DownloadError } from '../domain/errors.ts';
import type { ObjectVersion } from '../domain/object-version.ts';
import type { TE } from '../fp.ts';
import type { BodySink } from './http-client.ts';

/** What one question to the server told. */
export interface Probe {
  readonly version: ObjectVersion;
  readonly acceptsRanges: boolean;
}

export interface RangeRequest {
  readonly range: ByteRange;
  /** The version that was planned: an answer of another one is `ObjectChanged`. */
  readonly version: ObjectVersion;
  /** Ask without a `Range` header: `range` is the whole object, perhaps of unknown length. */
  readonly isWhole: boolean;
}

export interface ObjectStorage {
  /** Asks for version and abilities. Transfers no more than one byte of the object. */
  readonly probe: (signal: AbortSignal) => TE.TaskEither<DownloadError, Probe>;

  /**
   * Fetches one range of one version and feeds it to `sink`, in order.
   *
   * 1. Nothing reaches `sink` unless status, Content-Range, total size, length and ETag of the
   *    answer are those of the request.
   * 2. Right holds the number of bytes delivered: the length of the range, or, where the object's
   *    size is unknown, what the answer held.
   * 3. A body that ends early or runs over is an `AnswerCut`; no byte beyond the range reaches
   *    `sink`.
   * 4. Another version on the server is an `ObjectChanged`, however the server says so.
   * 5. After `signal` aborts nothing more reaches `sink`; nothing is in flight on completion.
   * 6. No secret is in any error. It never rejects.
   */
  readonly fetchRange: (
    request: RangeRequest,
    sink: BodySink,
    signal: AbortSignal,
  ) => TE.TaskEither<DownloadError, Bytes>;

  /**
   * Gets fresh credentials, or a fresh URL, from whoever gave the first ones. Requests sent after
   * it completes use them. Left (the provider's failure, as `ServerRefused` with code
   * `CredentialsUnavailable`) when there is nobody to ask.
   */
  readonly refreshAccess: (signal: AbortSignal) => TE.TaskEither<DownloadError, void>;
}
