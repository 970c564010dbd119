/**
 * A server as a function from request to answer, and two ways to talk to it: in memory, for exact
 * assertions, and over a real socket on 127.0.0.1.
 */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent } from 'undici';
import { type DownloadError, toDownloadError } from '../../src/domain/errors.ts';
import type { HttpClient, HttpRequest } from '../../src/effects/http-client.ts';
import { undiciHttpClient } from '../../src/effects/http-client.undici.ts';
import { E } from '../../src/fp.ts';

/** An answer. Its headers are sent as they are: no length is added. */
export interface ScriptedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: ReadonlyArray<Uint8Array>;
  /** After the body: the end of the answer, a dead connection, or silence. */
  readonly ending: 'end' | 'reset' | 'silence';
}

export type Script = (request: HttpRequest) => ScriptedAnswer;

/** A client, where its server is, and what it was asked. `close` ends the server. */
export interface Wire {
  readonly http: HttpClient;
  readonly origin: string;
  readonly seen: ReadonlyArray<HttpRequest>;
  readonly close: () => Promise<void>;
}

export const answer = (
  status: number,
  headers: Readonly<Record<string, string>> = {},
  body: string | Uint8Array = '',
): ScriptedAnswer => ({ status, headers, body: [Buffer.from(body)], ending: 'end' });

/** An `HttpClient` that asks a function. It obeys all laws but the one about Content-Length. */
export const inMemory = async (script: Script): Promise<Wire> => {
  const seen: Array<HttpRequest> = [];
  const http: HttpClient = {
    exchange: (request, onHead, signal) => async () => {
      if (signal.aborted) return E.left(reasonOf(signal));
      seen.push(request);
      const { status, headers, body, ending } = script(request);
      const sink = onHead({ status, headers });
      if (E.isLeft(sink)) return sink;
      for (const chunk of request.method === 'HEAD' ? [] : body) {
        if (signal.aborted) return E.left(reasonOf(signal));
        const written = await sink.right.write(chunk);
        if (written !== null && E.isLeft(written)) return written;
      }
      if (ending === 'silence') await untilAborted(signal);
      if (signal.aborted) return E.left(reasonOf(signal));
      return ending === 'end' ? E.right({ status, headers }) : E.left(RESET);
    },
  };
  return { http, seen, origin: 'http://127.0.0.1:1', close: async () => {} };
};

/** The live `HttpClient`, talking to a real server on loopback. */
export const overLoopback = async (script: Script): Promise<Wire> => {
  const seen: Array<HttpRequest> = [];
  let origin = '';
  const server = createServer((incoming, response) => {
    const headers = Object.fromEntries(
      Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]),
    );
    const method = incoming.method === 'HEAD' ? 'HEAD' : 'GET';
    const request: HttpRequest = { method, url: `${origin}${incoming.url}`, headers };
    seen.push(request);
    void perform(script(request), response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const dispatcher = new Agent();
  const close = async () => {
    await dispatcher.destroy();
    server.closeAllConnections();
    server.close();
  };
  return { http: undiciHttpClient(dispatcher), seen, origin, close };
};

const perform = async (
  { status, headers, body, ending }: ScriptedAnswer,
  response: ServerResponse,
): Promise<void> => {
  response.sendDate = headers['date'] === undefined;
  response.writeHead(status, headers);
  response.flushHeaders();
  for (const chunk of body) {
    if (chunk.byteLength > 0 && !response.write(chunk)) await once(response, 'drain');
  }
  if (ending === 'end') response.end();
  if (ending === 'reset') setImmediate(() => response.destroy());
};

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });

const reasonOf = (signal: AbortSignal): DownloadError => {
  const reason = toDownloadError(signal.reason);
  return reason._tag === 'Defect' ? { _tag: 'Interrupted' } : reason;
};

const RESET: DownloadError = { _tag: 'NetworkFailed', code: 'ECONNRESET', message: 'reset' };
