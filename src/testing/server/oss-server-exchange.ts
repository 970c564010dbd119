/** Carries one exchange over a socket of `node:http`. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pause, sendBody } from './oss-server-body.ts';
import { type Arrival, beginExchange, type ServerParts } from './oss-server-respond.ts';

/** Answers one request. Never rejects for what a client does. */
export const answerRequest = async (
  server: ServerParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const exchange = beginExchange(server, toArrival(request));
  response.once('close', exchange.end);
  const reply = await exchange.reply((delayMs) => pause(delayMs, response));
  if (reply._tag === 'Reset') return void request.socket.resetAndDestroy();
  if (response.destroyed) return;
  response.writeHead(reply.head.status, { ...reply.head.headers });
  return sendBody(response, reply.body);
};

const toArrival = ({ method, url, headers }: IncomingMessage): Arrival => ({
  method: method ?? 'GET',
  target: url ?? '/',
  headers: Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, [value ?? ''].flat().join(', ')]),
  ),
});
