/**
 * OSS as the far end of a simulated network: the objects, answers, accounts, faults and log of the
 * embedded server, in virtual time and without a socket.
 */
import { gzipSync } from 'node:zlib';
import type { Clock } from '../../effects/clock.ts';
import type { Crc64Of } from '../../effects/crc64.ts';
import type { HttpRequest } from '../../effects/http-client.ts';
import { crc64WithHollow } from '../server/hollow.ts';
import { type Arrival, beginExchange, type Reply } from '../server/oss-server-respond.ts';
import { type OssControls, type OssServiceOptions, ossService } from '../server/oss-service.ts';
import { type Body, piecesOf } from '../server/reply-body.ts';
import { type FarEnd, type FarReply, inMemory } from './simulated-network-far-end.ts';

export interface SimulatedOss extends OssControls {
  readonly farEnd: FarEnd;
}

/**
 * An OSS in memory. It answers at any host that names a bucket, as the embedded server does:
 * `https://BUCKET.oss-cn-hangzhou.aliyuncs.com` or `http://localhost` in path style.
 *
 * Throws `RangeError` for an initial object whose bucket or key cannot be.
 *
 * @example
 * const oss = simulatedOss({ anonymousRead: true }, { clock, crc64Of });
 * oss.put('photos', 'cat.jpg', syntheticObject({ seed: 7, size: 1e6 }));
 * const http = simulatedNetwork({ clock, farEndAt: () => oss.farEnd });
 */
export const simulatedOss = (
  options: OssServiceOptions,
  { clock, crc64Of }: { readonly clock: Clock; readonly crc64Of: Crc64Of },
): SimulatedOss => {
  const { parts, controls } = ossService(options, {
    crc64Of: crc64WithHollow(crc64Of),
    folder: null,
    wallTime: clock.wallTime,
    now: clock.now,
  });
  const farEnd: FarEnd = {
    answer: async (request, { pause, onEnd }) => {
      const exchange = beginExchange(parts, toArrival(request));
      onEnd(exchange.end);
      return toFarReply(await exchange.reply(pause));
    },
  };
  return { ...controls, farEnd };
};

const toArrival = ({ method, url, headers }: HttpRequest): Arrival => {
  const hostAt = url.indexOf('//') + 2;
  const pathAt = url.indexOf('/', hostAt);
  const target = url.slice(pathAt).replace(/#.*$/, '');
  return { method, target, headers: { host: url.slice(hostAt, pathAt), ...headers } };
};

const toFarReply = (reply: Reply): FarReply => {
  if (reply._tag === 'Reset') return 'reset';
  const { head, body } = reply;
  const common = { ...head, ending: body.ending, bytesPerSecond: body.bytesPerSecond };
  if (!body.isGzip) return { ...common, body: piecesNow(body), onSent: body.onSent };
  const onSent = (sent: number) => (sent === 0 ? body.onSent(0) : undefined);
  return { ...common, body: gzipped(body), onSent };
};

const piecesNow = (body: Body): Iterable<Uint8Array> =>
  inMemory(piecesOf(body, Number.MAX_SAFE_INTEGER));

/** Level 0: the same bytes from every zlib. What was sent counts before compression. */
function* gzipped(body: Body): Iterable<Uint8Array> {
  const pieces: Array<Uint8Array> = [];
  let sent = 0;
  for (const piece of piecesNow(body)) {
    pieces.push(piece);
    sent += piece.length;
    body.onSent(sent);
  }
  yield gzipSync(Buffer.concat(pieces), { level: 0 });
}
