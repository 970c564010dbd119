/**
 * Answers checked against their requests before the first byte, and bytes counted against the
 * answer: what the storages of OSS and of plain HTTP have in common.
 *
 * Source: RFC 9110 §13.1 (preconditions), §14.4 (Content-Range), §15.3.7 (206).
 */
import { isSameRange, lengthOf, parseContentRange, toRangeHeader } from '../domain/byte-range.ts';
import { Bytes, bytes } from '../domain/bytes.ts';
import { Crc64 } from '../domain/crc64.ts';
import { type DownloadError, INTERRUPTED } from '../domain/errors.ts';
import { differenceBetween, isStrongEtag, type ObjectVersion } from '../domain/object-version.ts';
import { E } from '../fp.ts';
import type { BodySink, HttpClient, HttpHead, HttpRequest } from './http-client.ts';
import type { RangeRequest } from './object-storage.ts';
import { requestIdOf } from './oss-answer.ts';

type Headers = HttpHead['headers'];

/** An answer that was read to its end: the object's bytes went to a sink, or it was refused. */
export type Answer =
  | { readonly _tag: 'Accepted'; readonly head: HttpHead }
  | { readonly _tag: 'Refused'; readonly head: HttpHead; readonly body: Uint8Array };

type Accept = (head: HttpHead) => E.Either<DownloadError, BodySink>;

/** Of a refusal's body this much is read, in bytes; the rest is left. */
const REFUSAL_BYTES_MAX = 64 * 1024;

/**
 * One exchange. A 200 or 206 goes to `accept`; the body of any other answer is collected, as far
 * as it comes: a refusal whose body is cut is still a refusal.
 */
export const ask = async (
  http: HttpClient,
  request: HttpRequest,
  accept: Accept,
  signal: AbortSignal,
): Promise<E.Either<DownloadError, Answer>> => {
  const refused: { head: HttpHead | null } = { head: null };
  const chunks: Array<Uint8Array> = [];
  let collected = 0;
  const collector: BodySink = {
    write: (chunk) => {
      collected += chunk.byteLength;
      chunks.push(chunk);
      return collected < REFUSAL_BYTES_MAX ? null : Promise.resolve(E.left(ENOUGH));
    },
  };
  const onHead: Accept = (head) => {
    if (head.status === 200 || head.status === 206) return accept(head);
    refused.head = head;
    return E.right(collector);
  };
  const result = await http.exchange(request, onHead, signal)();
  if (refused.head === null) return E.isLeft(result) ? result : accepted(result.right);
  if (E.isLeft(result) && signal.aborted) return result;
  return E.right({ _tag: 'Refused', head: refused.head, body: Buffer.concat(chunks) });
};

/** Ends an exchange of which enough is known. */
export const ENOUGH: DownloadError = INTERRUPTED;

/** Takes a body that nobody wants, such as none. */
export const NOTHING: BodySink = { write: () => null };

/** What a range of no bytes gives: there is no way to ask for it, and no need. */
export const NO_BYTES: E.Either<never, Bytes> = E.right(bytes(0));

/** The headers by which the server itself makes sure that it is still the same version. */
export const preconditionsFor = ({ etag, lastModified }: ObjectVersion): Headers => {
  if (etag !== null && isStrongEtag(etag)) return { 'if-match': etag };
  return lastModified === null ? {} : { 'if-unmodified-since': lastModified };
};

/** The headers that choose the bytes: exactly those that are stored, of one version. */
export const rangeHeaders = ({ range, version, isWhole }: RangeRequest): Headers => ({
  ...(isWhole ? {} : { range: toRangeHeader(range) }),
  ...preconditionsFor(version),
  'accept-encoding': 'identity',
});

/**
 * The version that an answer describes.
 *
 * @param size Of the whole object, in bytes; null: not known.
 */
export const versionOf = (headers: Headers, size: Bytes | null): ObjectVersion => {
  // A symlink's checksum may be that of the link, while size and ETag are its target's.
  const isSymlink = headers['x-oss-object-type'] === 'Symlink';
  const crc64 = headers['x-oss-hash-crc64ecma'];
  return {
    size,
    etag: headers['etag'] ?? null,
    lastModified: headers['last-modified'] ?? null,
    crc64: !isSymlink && Crc64.is(crc64) ? crc64 : null,
    versionId: headers['x-oss-version-id'] ?? null,
  };
};

/** `Content-Length`, in bytes; null where there is none or it is not a number. */
export const contentLengthOf = (headers: Headers): Bytes | null => {
  const text = headers['content-length'] ?? '';
  const length = Number(text);
  return /^\d+$/.test(text) && Bytes.is(length) ? length : null;
};

/**
 * Is the answer the one that was asked for? Decided on status and headers alone.
 *
 * An encoded body (`Content-Encoding`) passes only where its length is given and is the planned
 * one: then the object is stored encoded, and the bytes are the object's. One that is encoded on
 * its way has no length, or another.
 *
 * @returns How many bytes the body has to have; null: as many as come.
 * Errors: `ObjectChanged` when it is of another version, `RangeIgnored` when of other bytes.
 */
export const checkAnswer = (
  request: RangeRequest,
  head: HttpHead,
): E.Either<DownloadError, Bytes | null> => {
  const ignored = (answered: string) => E.left(rangeIgnored(request, answered, head.headers));
  if (head.status !== (request.isWhole ? 200 : 206)) return ignored(String(head.status));
  const encoding = head.headers['content-encoding'] ?? 'identity';
  const length = contentLengthOf(head.headers);
  if (encoding !== 'identity' && (length === null || request.version.size === null)) {
    return ignored(`content-encoding: ${encoding}`);
  }
  return request.isWhole ? checkWhole(request, head.headers) : checkRange(request, head.headers);
};

const checkWhole = (
  { version }: RangeRequest,
  headers: Headers,
): E.Either<DownloadError, Bytes | null> => {
  const size = contentLengthOf(headers);
  const changed = changeIn(version, headers, size ?? version.size);
  return changed === null ? E.right(version.size ?? size) : E.left(changed);
};

const checkRange = (request: RangeRequest, headers: Headers): E.Either<DownloadError, Bytes> => {
  const { range, version } = request;
  const answered = headers['content-range'] ?? '';
  const ignored = (what: string) => E.left(rangeIgnored(request, what, headers));
  const sent = parseContentRange(answered);
  if (E.isLeft(sent) || sent.right.size === null) return ignored(answered);
  if (version.etag !== null && headers['etag'] === undefined) return ignored('no ETag');
  const changed = changeIn(version, headers, sent.right.size);
  if (changed !== null) return E.left(changed);
  if (!isSameRange(sent.right.range, range)) return ignored(answered);
  const length = contentLengthOf(headers);
  return length === null || length === lengthOf(range)
    ? E.right(lengthOf(range))
    : ignored(`content-length: ${length}`);
};

/** The change that an answer betrays. */
const changeIn = (
  planned: ObjectVersion,
  headers: Headers,
  size: Bytes | null,
): DownloadError | null => {
  const now = versionOf(headers, size);
  const difference = differenceBetween(planned, now);
  if (difference === null) return null;
  return {
    _tag: 'ObjectChanged',
    difference,
    expected: String(planned[difference]),
    actual: String(now[difference]),
    requestId: requestIdOf(headers),
  };
};

const rangeIgnored = (
  request: RangeRequest,
  answered: string,
  headers: Headers,
): DownloadError => ({
  _tag: 'RangeIgnored',
  asked: request.isWhole ? 'the whole object' : toRangeHeader(request.range),
  answered,
  requestId: requestIdOf(headers),
});

/** A sink in front of another one that lets through what was promised, and no more. */
export interface CountingSink extends BodySink {
  /** The number of bytes, once the body has ended; Left `AnswerCut` when it is not the promised. */
  readonly ending: () => E.Either<DownloadError, Bytes>;
}

/**
 * Counts a body on its way to `sink`. Of a chunk that runs over, nothing gets through.
 *
 * @param promised How many bytes the body has to have; null: as many as come.
 */
export const countingSink = (
  sink: BodySink,
  promised: Bytes | null,
  headers: Headers,
): CountingSink => {
  let received = 0;
  const cut = (): E.Either<DownloadError, never> =>
    E.left({
      _tag: 'AnswerCut',
      expected: promised ?? received,
      received,
      requestId: requestIdOf(headers),
    });
  return {
    write: (chunk) => {
      received += chunk.byteLength;
      const isOver = promised !== null && received > promised;
      return isOver ? Promise.resolve(cut()) : sink.write(chunk);
    },
    ending: () =>
      (promised === null || received === promised) && Bytes.is(received)
        ? E.right(received)
        : cut(),
  };
};

/**
 * The `accept` of a range request: checks the head, counts the body.
 */
export const acceptRange = (request: RangeRequest, sink: BodySink) => {
  let counting: CountingSink | null = null;
  const accept: Accept = (head) => {
    const promised = checkAnswer(request, head);
    if (E.isLeft(promised)) return promised;
    counting = countingSink(sink, promised.right, head.headers);
    return E.right(counting);
  };
  const ending = (): E.Either<DownloadError, Bytes> => {
    if (counting === null) throw new RangeError('no answer was accepted');
    return counting.ending();
  };
  return { accept, ending };
};

const accepted = (head: HttpHead): E.Either<never, Answer> => E.right({ _tag: 'Accepted', head });
