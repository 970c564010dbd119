/** The live HTTP client, against a real server on loopback. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Agent } from 'undici';
import { describe, expect, test } from 'vitest';
import type { HttpRequest } from '../../src/effects/http-client.ts';
import { undiciHttpClient } from '../../src/effects/http-client.undici.ts';
import { E } from '../../src/fp.ts';
import {
  describeHttpClient,
  type FarAnswer,
  type FarEnd,
  farAnswer,
  type HttpWorld,
} from '../conformance/http-client.ts';
import { KEY, SELF_SIGNED } from './self-signed.ts';

/** The live client and a server of `node:http`. */
const openWorld = async (
  agentOptions: Agent.Options = {},
): Promise<HttpWorld & { readonly connectionCount: () => number }> => {
  const seen: Array<HttpRequest> = [];
  const sent = new Map<string, number>();
  const busy = new Set<ServerResponse>();
  let onIdle = () => {};
  let farEnd: FarEnd = () => null;
  const server = createServer((incoming, response) => {
    busy.add(response);
    response.on('close', () => {
      busy.delete(response);
      if (busy.size === 0) onIdle();
    });
    const path = incoming.url!;
    seen.push(toRequest(incoming, `${origin}${path}`));
    const answer = farEnd(seen.at(-1)!);
    const count = (length: number) => sent.set(path, (sent.get(path) ?? 0) + length);
    if (answer !== null) void perform(answer, response, count);
  });
  let connectionCount = 0;
  server.on('connection', () => {
    connectionCount += 1;
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const agent = new Agent(agentOptions);
  return {
    client: undiciHttpClient(agent),
    origin,
    deadOrigin: 'http://127.0.0.1:1', // Nobody but root could listen there.
    play: (next) => {
      farEnd = next;
    },
    seen,
    connectionCount: () => connectionCount,
    sentTo: (path) => sent.get(path) ?? 0,
    idle: async () => {
      if (busy.size === 0) return;
      await new Promise<void>((resolve) => {
        onIdle = resolve;
      });
    },
    close: async () => {
      await agent.destroy();
      server.closeAllConnections();
      server.close();
    },
  };
};

const toRequest = ({ method, headers }: IncomingMessage, url: string): HttpRequest => ({
  method: method === 'HEAD' ? 'HEAD' : 'GET',
  url,
  headers: Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, String(value)]),
  ),
});

const perform = async (
  { status, headers, interim, body, ending }: FarAnswer,
  response: ServerResponse,
  count: (length: number) => void,
): Promise<void> => {
  for (const early of interim) {
    if (early === 102) response.writeProcessing();
    else response.writeEarlyHints({ link: '</style.css>; rel=preload' });
  }
  response.writeHead(status, Object.entries(headers).flat() as Array<string | Array<string>>);
  response.flushHeaders();
  const closed = once(response, 'close');
  for (const chunk of body) {
    if (response.req.method === 'HEAD') break;
    const taken = new Promise((resolve) => response.write(chunk, resolve));
    await Promise.race([taken, closed]);
    if (response.destroyed) return;
    count(chunk.length);
  }
  if (ending === 'end') response.end();
  if (ending === 'cut') response.socket?.end();
  if (ending === 'reset') response.socket?.resetAndDestroy();
};

/** One exchange whose body is thrown away. */
const ask = (
  { client, origin }: Pick<HttpWorld, 'client' | 'origin'>,
  path: string,
  signal = NEVER,
) =>
  client.exchange(
    { method: 'GET', url: `${origin}${path}`, headers: {} },
    () => E.right({ write: () => null }),
    signal,
  )();

const NEVER = new AbortController().signal;

describeHttpClient('undiciHttpClient', () => openWorld());

describe('undiciHttpClient', () => {
  test('an aborted exchange that waits for a connection ends, and is never sent', async () => {
    const world = await openWorld({ connections: 1 });
    const [first, second] = [new AbortController(), new AbortController()];
    world.play(() => {
      second.abort();
      return world.seen.length === 1 ? null : farAnswer();
    });
    const blocking = ask(world, '/first', first.signal);
    expect(await ask(world, '/second', second.signal)).toEqual(E.left({ _tag: 'Interrupted' }));
    first.abort();
    expect(await blocking).toEqual(E.left({ _tag: 'Interrupted' }));
    expect(await ask(world, '/third')).toMatchObject({ right: { status: 200 } });
    const paths = world.seen.map(({ url }) => url.slice(world.origin.length));
    expect(paths).toEqual(['/first', '/third']);
    await world.close();
  });

  test('finished exchanges give their connections to later ones', async () => {
    const world = await openWorld();
    world.play(() => farAnswer({ body: [Buffer.from('ok')] }));
    for (let i = 0; i < 20; i++) {
      expect(await ask(world, `/${i}`)).toMatchObject({ right: { status: 200 } });
    }
    expect(world.seen).toHaveLength(20);
    // Two, since undici lets a connection rest for a turn of the event loop.
    expect(world.connectionCount()).toBeLessThanOrEqual(2);
    await world.close();
  });

  test('a certificate that nobody trusts is told, with what to do about it', async () => {
    const server = createTlsServer({ key: KEY, cert: SELF_SIGNED }, (_, response) => {
      response.end();
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const agent = new Agent();
    const origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect(await ask({ client: undiciHttpClient(agent), origin }, '/o')).toEqual(
      E.left({
        _tag: 'NetworkFailed',
        code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
        message: expect.stringMatching(/^self-signed certificate; .*NODE_EXTRA_CA_CERTS$/),
      }),
    );
    await agent.destroy();
    server.close();
  });

  test("a server that never answers is a NetworkFailed with undici's code", async () => {
    const world = await openWorld({ headersTimeout: 1 });
    world.play(() => null);
    expect(await ask(world, '/o')).toMatchObject({
      left: { _tag: 'NetworkFailed', code: 'UND_ERR_HEADERS_TIMEOUT' },
    });
    await world.close();
  });
});
