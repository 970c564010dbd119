/** One exchange over a simulated network, from the connection to the last byte. */
import { type DownloadError, toDownloadError } from '../../domain/errors.ts';
import type { Clock } from '../../effects/clock.ts';
import { contentLengthOf } from '../../effects/http-answer.ts';
import type { BodySink, HttpHead, HttpRequest } from '../../effects/http-client.ts';
import { E } from '../../fp.ts';
import { isHollow } from '../server/hollow.ts';
import type { FarAnswer, FarEnd, FarReply } from './simulated-network-far-end.ts';
import { cutOf, insteadOfAnswer, type NetworkFault } from './simulated-network-fault.ts';
import type { Life } from './simulated-network-life.ts';
import type { Link } from './simulated-network-link.ts';

export interface ExchangeParts {
  readonly request: HttpRequest;
  readonly onHead: (head: HttpHead) => E.Either<DownloadError, BodySink>;
  /** Null: nobody listens there. */
  readonly farEnd: FarEnd | null;
  readonly fault: NetworkFault | null;
  /** Round trips before a request can be sent; 0: a connection is open. */
  readonly openingTrips: number;
  readonly link: Link;
  readonly clock: Clock;
  readonly life: Life;
  /** Told of each chunk that arrived. */
  readonly onArrival: (length: number) => void;
}

/** Carries an exchange to its end. The first thing that goes wrong is what comes back. */
export const carryExchange = async (
  parts: ExchangeParts,
): Promise<E.Either<DownloadError, HttpHead>> => {
  const { life } = parts;
  const endings: Array<() => void> = [];
  const head = await converse(parts, (callback) => endings.push(callback)).catch((thrown) => {
    life.fail(toDownloadError(thrown));
    return null;
  });
  for (const callback of endings) callback();
  life.close();
  const failure = life.failure();
  if (failure !== null) return E.left(failure);
  if (head === null) throw new RangeError('an exchange ended without head and failure');
  return E.right(head);
};

/** The head, once all has gone well; null: the life ended. */
const converse = async (
  parts: ExchangeParts,
  onEnd: (callback: () => void) => void,
): Promise<HttpHead | null> => {
  const { request, life, link, clock, farEnd, fault } = parts;
  if (parts.openingTrips > 0) {
    await life.until(link.hopsAt(clock.now(), 2 * parts.openingTrips));
  }
  if (life.failure() !== null) return null;
  const isRefused = parts.openingTrips > 0 && link.isRefusing(clock.now());
  if (farEnd === null || isRefused || fault?._tag === 'Refused') return ended(life, REFUSED);

  await life.until(link.hopsAt(clock.now(), 1));
  if (life.failure() !== null) return null;
  const instead = insteadOfAnswer(fault);
  const pause = (delayMs: number) => life.until(clock.now() + delayMs);
  const reply: FarReply | null =
    instead ?? (await life.orEnd(farEnd.answer(request, { pause, onEnd })));
  if (reply === null) return null;
  await life.until(reply === 'silence' ? Infinity : link.hopsAt(clock.now(), 1));
  if (life.failure() !== null) return null;
  if (reply === 'reset') return ended(life, RESET);
  return reply === 'silence' ? null : receive(reply, parts);
};

const receive = async (answer: FarAnswer, parts: ExchangeParts): Promise<HttpHead | null> => {
  const { request, onHead, life } = parts;
  answer.onSent(0);
  const head = { status: answer.status, headers: flatten(answer.headers) };
  const picked = onHead(head);
  if (E.isLeft(picked)) return ended(life, picked.left);
  const hasNoBody = request.method === 'HEAD' || head.status === 204 || head.status === 304;
  if (hasNoBody || (await hasReceivedBody(answer, head, picked.right, parts))) return head;
  return null;
};

/** Feeds a body to a sink. False: the life ended. */
const hasReceivedBody = async (
  answer: FarAnswer,
  { headers }: HttpHead,
  sink: BodySink,
  { fault, link, clock, life, onArrival }: ExchangeParts,
): Promise<boolean> => {
  const promised = contentLengthOf(headers);
  const cut = cutOf(fault);
  const lengthMax = Math.min(cut?.after ?? Infinity, promised ?? Infinity);
  const trickle = fault?._tag === 'Trickle' ? fault.bytesPerSecond : Infinity;
  const pace = Math.min(answer.bytesPerSecond ?? Infinity, trickle);
  let received = 0;
  for (const piece of answer.body) {
    for (let from = 0; from < piece.length && received < lengthMax; ) {
      const length = Math.min(piece.length - from, link.chunkMax(pace), lengthMax - received);
      const chunk = piece.subarray(from, from + length);
      from += length;
      received += length;
      answer.onSent(received);
      await life.until(link.chunkAt(clock.now(), length, pace));
      if (life.failure() !== null) return false;
      onArrival(length);
      await taken(sink, isHollow(chunk) ? chunk : new Uint8Array(chunk), life);
      if (life.failure() !== null) return false;
    }
    if (received >= lengthMax) break;
  }
  // With its last byte a body is there, whatever becomes of the connection.
  if (received === promised) return true;
  return hasEnded(received === cut?.after ? cut.ending : answer.ending, promised, life);
};

/** The sink has taken a chunk, however long that took: nothing is in flight afterwards. */
const taken = async (sink: BodySink, chunk: Uint8Array, life: Life): Promise<void> => {
  const writing = sink.write(chunk);
  if (writing === null) return;
  const written = await writing;
  if (E.isLeft(written)) life.fail(written.left);
};

/** A body without a length is chunked: it has a mark at its end, and is cut where that lacks. */
const hasEnded = async (
  ending: FarAnswer['ending'],
  promised: number | null,
  life: Life,
): Promise<boolean> => {
  if (ending === 'stall') await life.until(Infinity);
  if (ending === 'reset') life.fail(RESET);
  if (ending === 'close' || promised !== null) life.fail(CLOSED);
  return life.failure() === null;
};

const ended = (life: Life, error: DownloadError): null => {
  life.fail(error);
  return null;
};

const networkFailed = (code: string, message: string): DownloadError => ({
  _tag: 'NetworkFailed',
  code,
  message,
});

// In the words of the live client.
const REFUSED = networkFailed('ECONNREFUSED', 'connect ECONNREFUSED');
const RESET = networkFailed('ECONNRESET', 'read ECONNRESET');
const CLOSED = networkFailed('UND_ERR_SOCKET', 'other side closed');

const flatten = (headers: FarAnswer['headers']): HttpHead['headers'] => {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    flat[name.toLowerCase()] = typeof value === 'string' ? value : value.join(', ');
  }
  return flat;
};
