/**
 * Asking a plain HTTP server what it has and what it can do, with as few bytes as it lets us.
 *
 * Source: RFC 9110 §9.3.2 (HEAD), §14.3 (Accept-Ranges), §15.5.17 (416).
 */
import { parseContentRange } from '../domain/byte-range.ts';
import { bytes } from '../domain/bytes.ts';
import type { DownloadError } from '../domain/errors.ts';
import { E } from '../fp.ts';
import { contentLengthOf, ENOUGH, NOTHING, versionOf } from './http-answer.ts';
import type { BodySink, HttpHead } from './http-client.ts';
import { type Converse, refusalOf } from './http-redirect.ts';
import type { Probe } from './object-storage.ts';

/**
 * Asks for version and abilities: by HEAD, by a GET of one byte where that tells too little, and by
 * a GET that is cut off at its head where not even one byte can be asked for.
 *
 * @param mayHead False for a URL that is signed for GET: a HEAD would be refused, or hide why.
 */
export const probeObject = async (
  converse: Converse,
  mayHead: boolean,
  signal: AbortSignal,
): Promise<E.Either<DownloadError, Probe>> => {
  const byHead = mayHead ? await probeByHead(converse, signal) : null;
  return byHead ?? (await probeByGet(converse, 'bytes=0-0', signal));
};

/** Null: it told too little, and a GET has to be tried. Some servers hang up on every HEAD. */
const probeByHead = async (
  converse: Converse,
  signal: AbortSignal,
): Promise<E.Either<DownloadError, Probe> | null> => {
  const headers = { 'accept-encoding': 'identity' };
  const accept = () => E.right(NOTHING);
  const question = { method: 'HEAD', headers, accept, request: null } as const;
  const arrival = await converse(question, signal);
  if (E.isLeft(arrival)) return arrival.left._tag === 'NetworkFailed' ? null : arrival;
  const { answer } = arrival.right;
  if (answer._tag === 'Accepted') return probeOfHead(answer.head);
  const isOverloaded = answer.head.status === 429 || answer.head.status === 503;
  return isOverloaded ? E.left(refusalOf(arrival.right, null)) : null;
};

/** @param range Null: the whole is asked for, which is all that an empty object lets one ask. */
const probeByGet = async (
  converse: Converse,
  range: 'bytes=0-0' | null,
  signal: AbortSignal,
): Promise<E.Either<DownloadError, Probe>> => {
  const seen: { head: HttpHead | null } = { head: null };
  const accept = (head: HttpHead) => {
    seen.head = head;
    return head.status === 206 ? E.right(oneByte()) : E.left(ENOUGH);
  };
  const headers = { ...(range === null ? {} : { range }), 'accept-encoding': 'identity' };
  const question = { method: 'GET', headers, accept, request: null } as const;
  const arrival = await converse(question, signal);
  if (seen.head !== null && !signal.aborted) return E.right(probeOfByte(seen.head));
  if (E.isLeft(arrival)) return arrival;
  const { head } = arrival.right.answer;
  if (head.status !== 416 || range === null) return E.left(refusalOf(arrival.right, null));
  const isEmpty = /^bytes \*\/0$/i.test(head.headers['content-range'] ?? '');
  // S3 refuses the first byte of an empty object without telling its size.
  return isEmpty ? E.right(emptyObject(head)) : probeByGet(converse, null, signal);
};

/**
 * Null where the server keeps silent about ranges or about the size. A size of 0 is not believed:
 * servers that generate their answers often send it with every HEAD.
 */
const probeOfHead = ({ status, headers }: HttpHead): E.Either<never, Probe> | null => {
  const accepts = headers['accept-ranges']?.trim().toLowerCase();
  const size = contentLengthOf(headers);
  if (status !== 200 || size === null || size === 0) return null;
  if (accepts !== 'bytes' && accepts !== 'none') return null;
  return E.right({ version: versionOf(headers, size), acceptsRanges: accepts === 'bytes' });
};

/** The answer to `bytes=0-0`: one byte of so many, or the beginning of the whole object. */
const probeOfByte = ({ status, headers }: HttpHead): Probe => {
  if (status === 200) {
    return { version: versionOf(headers, contentLengthOf(headers)), acceptsRanges: false };
  }
  const sent = parseContentRange(headers['content-range'] ?? '');
  if (E.isLeft(sent)) return { version: versionOf(headers, null), acceptsRanges: false };
  const { range, size } = sent.right;
  const isAsAsked = range.start === 0 && range.end === 1;
  return { version: versionOf(headers, size), acceptsRanges: size !== null && isAsAsked };
};

const emptyObject = ({ headers }: HttpHead): Probe => ({
  version: versionOf(headers, bytes(0)),
  acceptsRanges: false,
});

/** Lets one byte pass into nowhere; a server that sends more is cut off. */
const oneByte = (): BodySink => {
  let received = 0;
  return {
    write: (chunk) => {
      received += chunk.byteLength;
      return received > 1 ? Promise.resolve(E.left(ENOUGH)) : null;
    },
  };
};
