/** Downloads in one request that fail, and questions that nobody answers: all of them end. */

import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { DownloadError } from '../../src/domain/errors.ts';
import type { Source } from '../../src/domain/source.ts';
import { liveEffects } from '../../src/live-effects.ts';
import { httpUrl } from '../../src/sources.ts';
import { type Download, startDownload } from '../../src/start-download.ts';
import { inputFor, SETTINGS } from '../input-for.ts';
import { type PlainServerOptions, startPlainServer } from './plain-server.ts';
import {
  collect,
  demoCredentials,
  eventsOf,
  expectDone,
  expectNothing,
  leftovers,
  type Run,
  run,
  type Scene,
  setScene,
} from './scene.ts';

const GET_WHOLE = 'GET whole';

/** From a plain server, whose bodies are cut after so many bytes, one after the other. */
const runCut = async (
  options: Omit<PlainServerOptions, 'content'>,
  cuts: ReadonlyArray<number>,
  attemptsMax: number,
): Promise<{ scene: Scene; ended: Run; fetches: number }> => {
  const scene = await setScene();
  const server = await startPlainServer({ content: scene.content, ...options });
  const begun = (job: Download) => {
    const seen = (fetched: number) =>
      new Promise<void>((resolve) => {
        job.on('progress', ({ progress }) => progress.fetched === fetched && resolve());
      });
    job.on('planned', () => {
      let fetched = 0;
      for (const cut of cuts) {
        fetched += cut;
        server.cutNextAfter(cut, seen(fetched));
      }
    });
  };
  const ended = await run(scene, { source: httpUrl(server.url), attemptsMax, begun });
  return { scene, ended, fetches: server.asked().filter((it) => it === GET_WHOLE).length };
};

const attemptsIn = (ended: Run) => eventsOf(ended, 'retry').map(({ attempt }) => attempt);

describe.each([
  ['without ranges', { hasRanges: false }],
  ['of unknown length', { hasRanges: false, hasLength: false }],
] as const)('DEMAND 6 an object %s', (_, options) => {
  test('whose body is always cut in half fails once the budget is used up', async () => {
    const cuts = [5_000, 5_000, 5_000, 5_000];
    const { scene, ended, fetches } = await runCut(options, cuts, 3);
    expect(ended.error?._tag).toMatch(/NetworkFailed|AnswerCut/);
    expect(fetches).toBe(3);
    expect(attemptsIn(ended)).toEqual([1, 2]);
    expect(ended.resumable).toBe(false);
    await expectNothing(scene, ended);
  });

  test('whose body comes further each time is downloaded in the end', async () => {
    const cuts = [2_000, 1_000, 4_000, 3_000, 6_000, 2_000];
    const { scene, ended, fetches } = await runCut(options, cuts, 3);
    await expectDone(scene, ended);
    expect(fetches).toBe(7);
    expect(attemptsIn(ended)).toEqual([1, 2, 1, 2, 1, 2]);
  });
});

/** A server that answers as it likes. `asked`: the first words of each request. */
const rawServer = async (answer: (request: string, socket: Socket) => void) => {
  const asked: Array<string> = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('data', (data) => {
      const [line = ''] = data.toString('latin1').split('\r\n');
      asked.push(line.split(' ')[0] ?? '');
      answer(line, socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  });
  const { port } = server.address() as AddressInfo;
  return { source: httpUrl(`http://127.0.0.1:${port}/object.bin`), asked };
};

const SILENCE_MS = 250;

/** One attempt and one more. The HTTP client itself would wait for ten minutes. */
const runImpatiently = async (
  source: Source,
  credentials = demoCredentials,
): Promise<{ error: DownloadError | null; attempts: ReadonlyArray<number> }> => {
  const { target, store } = await setScene();
  const live = liveEffects({ source, credentials, store, silenceMsMax: 600_000 });
  const retry = { ...SETTINGS.retry, attemptsMax: 2 };
  const input = inputFor({ source, target }, { retry, silenceMsMax: SILENCE_MS });
  const ended = await collect(startDownload(live, input));
  await live.close();
  expect(await leftovers({ target, store })).toEqual([]);
  return { error: ended.error, attempts: eventsOf(ended, 'retry').map(({ attempt }) => attempt) };
};

const SILENT = {
  error: { _tag: 'Stalled', cause: 'silence', silentMs: SILENCE_MS },
  attempts: [1],
};

const NO_HEAD = 'HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n';
const REFUSED = 'HTTP/1.1 403 Forbidden\r\nContent-Length: 500\r\n\r\n<Error>';
const ONE_BYTE = 'HTTP/1.1 206 P\r\nContent-Length: 1\r\nContent-Range: bytes 0-0/9\r\n\r\n';
const HINT = 'HTTP/1.1 103 Early Hints\r\n\r\n';

describe('DEMAND 3 the question for the object', () => {
  test('that nobody answers is given up, and asked once more', async () => {
    const { source, asked } = await rawServer(() => {});
    expect(await runImpatiently(source)).toEqual(SILENT);
    expect(asked).toEqual(['HEAD', 'HEAD']);
  });

  test.each([
    ['whose refusal never ends', REFUSED],
    ['whose only byte never comes', ONE_BYTE],
  ])('%s is given up, too', async (_, answer) => {
    const { source, asked } = await rawServer((request, socket) => {
      socket.write(request.startsWith('HEAD') ? NO_HEAD : answer);
    });
    const ended = await runImpatiently(source);
    expect(asked).toContain('GET');
    expect(ended).toEqual(SILENT);
  });

  test('that is answered with hints for ever is given up, too', async () => {
    const { source } = await rawServer((_, socket) => {
      const timer = setInterval(() => socket.write(HINT), 5);
      socket.on('close', () => clearInterval(timer));
    });
    expect(await runImpatiently(source)).toEqual(SILENT);
  });

  test('for which nobody gives credentials is never asked, and given up', async () => {
    const scene = await setScene();
    const asked: Array<string> = [];
    const ended = await runImpatiently(scene.source, (reason) => {
      asked.push(reason);
      return new Promise(() => {});
    });
    expect(ended).toEqual(SILENT);
    expect(asked).toEqual(['request', 'request']);
    expect(scene.server.requests()).toEqual([]);
  });
});
