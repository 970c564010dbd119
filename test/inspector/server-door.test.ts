/** Who gets in, and what too much of something does: the download goes on and ends right. */
import { once } from 'node:events';
import type { RequestOptions } from 'node:http';
import { connect, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { CONNECTIONS_MAX, STREAMS_MAX } from '../../src/inspector/inspector-server.ts';
import { expectDone } from '../acceptance/scene.ts';
import { ask, post, type Watched, watch, watchDownload } from './watched-download.ts';

/** Lets the download go on, and looks at what came of it. */
const expectUnharmed = async ({ job, scene, release }: Watched): Promise<void> => {
  release();
  const paused = new Promise((resolve) => job.on('paused', resolve));
  job.pause(); // While it is planned, it pauses before this returns.
  await paused;
  job.resume();
  await expectDone(scene, { error: null, outcome: await job.done });
};

const JSON_TYPE = { 'content-type': 'application/json' };

describe('the address', () => {
  test('is of this computer only, and cannot be guessed', async () => {
    const [first, second] = [await watchDownload(), await watchDownload()];
    const form = /^http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{32}\/$/;
    expect(first.inspector.url).toMatch(form);
    expect(new URL(first.inspector.url).pathname).not.toBe(new URL(second.inspector.url).pathname);
  });

  test('leads to the page when its last slash is lost', async () => {
    const { inspector } = await watchDownload();
    const { pathname } = new URL(inspector.url);
    const { status, headers } = await ask(inspector.url, { path: pathname.slice(0, -1) });
    expect([status, headers.location]).toEqual([308, pathname]);
  });
});

describe('a request', () => {
  type Refusal = readonly [string, (path: string, port: string) => RequestOptions, number];
  const refusals: ReadonlyArray<Refusal> = [
    ['without a token', () => ({ path: '/' }), 404],
    ['for the events without a token', () => ({ path: '/events' }), 404],
    ['with a wrong token', (path) => ({ path: path.replace(/[0-9a-f]/, turned) }), 404],
    ['with a part of the token', (path) => ({ path: `${path.slice(0, 20)}/` }), 404],
    ['with a longer token', (path) => ({ path: `${path.slice(0, -1)}0/` }), 404],
    ['to a name that points here', (_, port) => ({ headers: { host: `evil.test:${port}` } }), 403],
    ['to another port', () => ({ headers: { host: '127.0.0.1:1' } }), 403],
    ['to no port', () => ({ headers: { host: '127.0.0.1' } }), 403],
    ['from another site', () => ({ headers: { origin: 'https://evil.test' } }), 403],
    ['from no site', () => ({ headers: { origin: 'null' } }), 403],
    ['from another port', () => ({ headers: { origin: 'http://127.0.0.1:1' } }), 403],
    ['out of the folder', (path) => ({ path: `${path}../../package.json` }), 404],
    ['out, encoded', (path) => ({ path: `${path}%2e%2e/%2e%2e/package.json` }), 404],
    ['out, all encoded', (path) => ({ path: `${path}..%2f..%2fpackage.json` }), 404],
    ['out, of the page', (path) => ({ path: `${path}page/../../../package.json` }), 404],
    ['out, by a backslash', (path) => ({ path: `${path}..\\..\\package.json` }), 404],
    ['for a file by its path', (path) => ({ path: `${path}/etc/passwd` }), 404],
    ['with a whole URL', (path, port) => ({ path: `http://127.0.0.1:${port}${path}` }), 404],
    ['that would change something', (path) => ({ path, method: 'PUT' }), 405],
    ['that reads a message', (path) => ({ path: `${path}messages` }), 405],
    ['that writes events', (path) => ({ path: `${path}events`, method: 'POST' }), 405],
    ['with a form', (path) => ({ path: `${path}messages`, method: 'POST' }), 415],
  ];
  const turned = (digit: string) => (digit === '0' ? '1' : '0');

  test('is refused with nothing said, and the download ends right', async () => {
    const watched = await watchDownload();
    const { pathname, port } = new URL(watched.inspector.url);
    for (const [what, toOptions, status] of refusals) {
      const answer = await ask(watched.inspector.url, toOptions(pathname, port));
      expect([what, answer.status, answer.text]).toEqual([what, status, '']);
    }
    await expectUnharmed(watched);
  });

  test('from the page itself is taken', async () => {
    const { inspector } = await watchDownload();
    const { origin, port } = new URL(inspector.url);
    const own = await ask(`${inspector.url}uplot.js`, { headers: { origin } });
    const local = { host: `localhost:${port}`, origin: `http://localhost:${port}` };
    const named = await ask(`${inspector.url}uplot.js`, { headers: local });
    expect([own.status, named.status]).toEqual([200, 200]);
    expect(own.text).toContain('export { uPlot as default }');
  });

  test('gets headers that let nothing in and nothing out, whatever the answer', async () => {
    const { inspector } = await watchDownload();
    for (const path of ['uplot.js', 'nothing']) {
      const { headers } = await ask(`${inspector.url}${path}`);
      expect(headers).toMatchObject({
        'content-security-policy': expect.stringContaining("default-src 'none'"),
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-store',
        'cross-origin-resource-policy': 'same-origin',
      });
      expect(headers).not.toHaveProperty('access-control-allow-origin');
    }
  });
});

describe('a message', () => {
  const send = (url: string, body: string, headers = JSON_TYPE) =>
    ask(`${url}messages`, { method: 'POST', headers, body });

  test('that is too long, or none, is refused, and the download ends right', async () => {
    const watched = await watchDownload();
    const { url } = watched.inspector;
    await watch(url);
    const long = await send(
      url,
      JSON.stringify({ type: 'seek', atMs: 1, more: 'x'.repeat(4_096) }),
    );
    expect(long.status).toBe(413);
    for (const text of ['', '{', 'null', '[]', '{"type":"command","command":"exit"}']) {
      expect([text, (await send(url, text)).status]).toEqual([text, 400]);
    }
    await expectUnharmed(watched);
  });

  test('of a page that is gone is told so', async () => {
    const { inspector } = await watchDownload();
    const message = { type: 'context', isWatched: true } as const;
    expect((await post(inspector.url, message)).status).toBe(410);
    expect((await post(inspector.url, message, '7')).status).toBe(410);
  });
});

describe('a flood', () => {
  test('of pages is refused beyond a few, and one that goes makes room', async () => {
    const watched = await watchDownload();
    const { url } = watched.inspector;
    const pages = [];
    for (let count = 0; count < STREAMS_MAX; count++) pages.push(await watch(url));
    const { status } = await ask(`${url}events`);
    expect(status).toBe(503);
    pages[0]?.close();
    let next = null;
    while (next === null) next = await watch(url).catch(() => null); // The server hears of it soon.
    await expectUnharmed(watched);
  });

  test('of connections is cut off, and the download ends right', async () => {
    const watched = await watchDownload();
    const { port } = new URL(watched.inspector.url);
    const sockets: Array<Socket> = [];
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy();
    });
    let isCut = (): void => {};
    const mostAreCut = new Promise<void>((resolve) => {
      let left = 2 * CONNECTIONS_MAX;
      isCut = () => {
        left -= 1;
        if (left === 0) resolve();
      };
    });
    for (let count = 0; count < 3 * CONNECTIONS_MAX; count++) {
      const socket = connect(Number(port), '127.0.0.1');
      sockets.push(socket);
      socket.on('error', () => {});
      socket.once('close', isCut);
      await once(socket, 'connect');
      socket.write('GET / HTTP/1.1\r\n'); // And never any more.
    }
    await mostAreCut;
    await expectUnharmed(watched);
  });

  test('of headers is cut off', async () => {
    const { inspector } = await watchDownload();
    const { status } = await ask(inspector.url, { headers: { 'x-long': 'x'.repeat(10_000) } });
    expect(status).toBe(431);
  });
});
