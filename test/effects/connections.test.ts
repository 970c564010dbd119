/** Direct connections, and those through a proxy that counts them. */
import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { bytes } from '../../src/domain/bytes.ts';
import { describeError } from '../../src/domain/describe-error.ts';
import { decodeHttpSource } from '../../src/domain/http-source.ts';
import { openConnections } from '../../src/effects/connections.ts';
import { E } from '../../src/fp.ts';
import { liveEffects } from '../../src/live-effects.ts';
import { KEY, SELF_SIGNED } from './self-signed.ts';

const never = new AbortController().signal;
const closers: Array<() => Promise<void>> = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  for (const close of closers.splice(0)) await close();
});

const listen = async (server: Server): Promise<number> => {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  closers.push(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
};

const serveHttp = (listener: RequestListener) => listen(createHttpServer(listener));

/** A proxy whose whole world is one server, whatever name it is asked for. */
const startProxy = async (farPort: number, isOpen: (authorization: string) => boolean) => {
  const asked: Array<string> = [];
  const server = createHttpServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const isIn = isOpen(request.headers['proxy-authorization'] ?? '');
    const body = isIn && request.url?.endsWith('/mib') ? Buffer.alloc(2 ** 20, 7) : '';
    response.writeHead(isIn ? 200 : 407, { 'content-length': body.length });
    response.end(body);
  });
  server.on('connect', (request, socket) => {
    asked.push(`CONNECT ${request.url}`);
    if (!isOpen(request.headers['proxy-authorization'] ?? '')) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
      return;
    }
    const far = connect(farPort, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      far.pipe(socket).pipe(far);
    });
    far.on('error', () => {});
    socket.on('error', () => {});
  });
  return { port: await listen(server), asked };
};

const openTo = (env: Readonly<Record<string, string>>) => {
  const { http, close } = openConnections(10_000, env);
  closers.push(close);
  return (url: string) =>
    http.exchange(
      { method: 'GET', url, headers: {} },
      () => E.right({ write: () => null }),
      never,
    )();
};

const anyone = () => true;
const BASIC = `Basic ${Buffer.from('me:hush').toString('base64')}`;

describe('a head of 60 KB', () => {
  test('is read, as OSS explains a wrong signature in one', async () => {
    const explanation = 'e'.repeat(60_000);
    const port = await serveHttp((_, response) => {
      response.writeHead(200, { 'x-oss-err': explanation, 'content-length': 0 }).end();
    });
    const answer = await openTo({})(`http://127.0.0.1:${port}/`);
    expect(answer).toMatchObject({ right: { headers: { 'x-oss-err': explanation } } });
  });
});

describe('openConnections', () => {
  test('without variables asks directly', async () => {
    const port = await serveHttp((_, response) => response.end());
    const { port: proxyPort, asked } = await startProxy(port, anyone);
    const ask = openTo({ NO_PROXY: 'x', ALL: `http://127.0.0.1:${proxyPort}`, HTTP_PROXY: ' ' });
    expect(await ask(`http://127.0.0.1:${port}/o`)).toMatchObject({ right: { status: 200 } });
    expect(asked).toEqual([]);
  });

  test.each(['HTTP_PROXY', 'http_proxy'])(
    '%s is asked for http, with the path as it stands',
    async (name) => {
      const { port, asked } = await startProxy(1, anyone);
      const ask = openTo({ [name]: `http://127.0.0.1:${port}` });
      expect(await ask('http://far.example/a/../b?c')).toMatchObject({ right: { status: 200 } });
      expect(asked).toEqual(['GET http://far.example/a/../b?c']);
    },
  );

  test.each(['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY'])(
    'through %s https goes as it is, and the server is checked as ever',
    async (name) => {
      const farPort = await listen(
        createTlsServer({ key: KEY, cert: SELF_SIGNED }, (_, response) => {
          response.end();
        }) as unknown as Server,
      );
      const { port, asked } = await startProxy(farPort, anyone);
      const ask = openTo({ [name]: `127.0.0.1:${port}` });
      expect(await ask('https://far.example/o')).toMatchObject({
        left: { _tag: 'NetworkFailed', code: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
      });
      expect(asked).toEqual(['CONNECT far.example:443']);
    },
  );

  test('a body comes through a proxy whole, as fast as its sink takes it', async () => {
    const { port } = await startProxy(1, anyone);
    const { http, close } = openConnections(10_000, { HTTP_PROXY: `127.0.0.1:${port}` });
    closers.push(close);
    const counted = { received: 0, pending: 0, pendingMax: 0 };
    const write = async (chunk: Uint8Array) => {
      counted.pending += 1;
      counted.pendingMax = Math.max(counted.pendingMax, counted.pending);
      await new Promise(setImmediate);
      counted.received += chunk.filter((byte) => byte === 7).length;
      counted.pending -= 1;
      return E.right(undefined);
    };
    const request = { method: 'GET', url: 'http://far.example/mib', headers: {} } as const;
    const ended = await http.exchange(request, () => E.right({ write }), never)();
    expect(ended).toMatchObject({ right: { status: 200 } });
    expect(counted).toEqual({ received: 2 ** 20, pending: 0, pendingMax: 1 });
  });

  test('names in lower case go before those in upper case', async () => {
    const { port, asked } = await startProxy(1, anyone);
    const ask = openTo({ http_proxy: `127.0.0.1:${port}`, HTTP_PROXY: 'http://127.0.0.1:1' });
    await ask('http://far.example/o');
    expect(asked).toHaveLength(1);
  });

  // 0.0.0.0 is this computer as well, under a name that nobody takes for it.
  test.each<[string, string, string, boolean]>([
    ['NO_PROXY', '', '127.0.0.1', true],
    ['NO_PROXY', '', '0.0.0.0', false],
    ['NO_PROXY', 'example.com,0.0.0.0', '0.0.0.0', true],
    ['no_proxy', '0.0.0.0', '0.0.0.0', true],
    ['NO_PROXY', '.0.0', '0.0.0.0', true],
    ['NO_PROXY', '*', '0.0.0.0', true],
    ['NO_PROXY', '0.0.0.0:1', '0.0.0.0', false],
  ])('with %s=%s, %s is asked directly: %s', async (name, value, host, isDirect) => {
    const { port, asked } = await startProxy(1, anyone);
    const farPort = await serveHttp((_, response) => response.writeHead(204).end());
    const ask = openTo({ HTTP_PROXY: `http://127.0.0.1:${port}`, [name]: value });
    const result = await ask(`http://${host}:${farPort}/o`);
    expect(result).toMatchObject({ right: { status: isDirect ? 204 : 200 } });
    expect(asked).toHaveLength(isDirect ? 0 : 1);
  });

  test('a password goes to the proxy, and into no error', async () => {
    const { port, asked } = await startProxy(1, (authorization) => authorization === BASIC);
    const good = openTo({ HTTP_PROXY: `http://me:hush@127.0.0.1:${port}` });
    expect(await good('http://far.example/o')).toMatchObject({ right: { status: 200 } });
    const proxies = [`http://me:hush2@127.0.0.1:${port}`, 'http://me:hush@127.0.0.1:1'];
    for (const proxy of proxies) {
      const ask = openTo({ HTTP_PROXY: proxy, HTTPS_PROXY: proxy });
      const results = [await ask('http://far.example/o'), await ask('https://far.example/o')];
      expect(JSON.stringify(results)).not.toMatch(/hush|bWU6/);
    }
    expect(asked).toHaveLength(3);
  });

  test.each(['http://me:hush@', 'ftp://me:hush@h', 'http://%:hush@h', 'socks5://me:hush@h:1'])(
    'a variable that is %s is told, without password, before anything is asked',
    async (proxy) => {
      const result = await openTo({ HTTPS_PROXY: proxy })('https://far.example/o');
      expect(result).toMatchObject({
        left: {
          _tag: 'UsageError',
          option: 'HTTPS_PROXY',
          allowed: expect.stringContaining('proxy'),
        },
      });
      const told = E.isLeft(result) ? describeError(result.left) : '';
      expect(`${JSON.stringify(result)} ${told}`).not.toContain('hush');
    },
  );
});

test('a download goes through the proxy of its environment, without a warning', async () => {
  const warned = vi.spyOn(process, 'emitWarning');
  const { port, asked } = await startProxy(1, anyone);
  vi.stubEnv('HTTP_PROXY', `http://127.0.0.1:${port}`);
  const source = decodeHttpSource('http://far.example/o');
  if (E.isLeft(source)) throw new RangeError('a URL');
  const { storage, close } = liveEffects({ source: source.right, silenceMsMax: 10_000 });
  closers.push(close);
  expect(await storage.probe(never)()).toMatchObject({ right: { version: { size: bytes(0) } } });
  expect(asked).toEqual(['HEAD http://far.example/o', 'GET http://far.example/o']);
  expect(warned).not.toHaveBeenCalled();
});
