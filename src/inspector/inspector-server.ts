/**
 * The inspector's HTTP server: on 127.0.0.1 only, behind a token, and bounded in everything that
 * somebody could have too much of. Whatever is asked of it, the download does not notice.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Entropy, randomName } from '../effects/clock.ts';
import { E } from '../fp.ts';
import { admitRequest, type Door } from './admit-request.ts';
import { decodePageMessage } from './decode-page-message.ts';
import { openEventStream } from './event-stream.ts';
import { type Reply, sendReply, sentence } from './http-reply.ts';
import { BODY_BYTES_MAX, readBody } from './read-body.ts';
import type { Attendance, Session } from './session.ts';
import type { StaticFiles } from './static-files.ts';
import { setTimer, type TimerClock } from './timer.ts';

export interface InspectorServerOptions {
  readonly session: Session;
  readonly files: StaticFiles;
  /** 0: the system chooses. */
  readonly port: number;
  readonly entropy: Entropy;
  readonly clock: TimerClock;
  /** Keeps the process running until it is closed; else the process ends when its work is done. */
  readonly holdsProcess: boolean;
}

export interface InspectorServer {
  /** `http://127.0.0.1:PORT/TOKEN/`: whoever knows it can watch and command the download. */
  readonly url: string;
  /** Tells the pages the last of it, and stops. */
  readonly close: () => Promise<void>;
}

/** Pages that may be open at once. */
export const STREAMS_MAX = 8;

/** More connections are closed at once. */
export const CONNECTIONS_MAX = 64;

const HOST = '127.0.0.1';

/** So long may it take to tell the pages the last of it; then they are cut off. */
const GRACE_MS = 500;

/** 128 bits. */
const TOKEN_BYTES = 16;

/** Rejects when the port is taken. */
export const startInspectorServer = async (
  options: InspectorServerOptions,
): Promise<InspectorServer> => {
  const token = randomName(options.entropy, TOKEN_BYTES);
  const streams = new Map<string, Attendance>();
  let opened = 0;
  const server = createServer(LIMITS, (request, response) => {
    for (const stream of [request, response]) stream.on('error', () => response.destroy());
    const { port } = server.address() as AddressInfo;
    replyTo(request, response, { port, token })
      .then((reply) => reply !== null && sendReply(response, reply))
      .catch(() => response.destroy()); // A bug here must not end the download.
  });
  server.maxConnections = CONNECTIONS_MAX;

  /** Null: the answer is a stream, and has begun. */
  const replyTo = async (
    request: IncomingMessage,
    response: ServerResponse,
    door: Door,
  ): Promise<Reply | null> => {
    const admission = admitRequest(request, door);
    if (admission._tag === 'Refused') return { status: admission.status };
    const { path, query } = admission;
    if (path === null) return { status: 308, headers: { location: `/${token}/` } };
    const method = path === 'messages' ? 'POST' : 'GET';
    if (request.method !== method) return { status: 405, headers: { allow: method } };
    if (path === 'events') return openStream(response);
    return path === 'messages'
      ? takeMessage(request, query.get('viewer'))
      : replyWithFile(path, options.files);
  };

  const openStream = (response: ServerResponse): Reply | null => {
    if (streams.size >= STREAMS_MAX) return sentence(503, 'Too many pages are open.');
    opened += 1;
    const name = String(opened);
    const stream = openEventStream(response, {
      onReady: () => streams.get(name)?.wake(),
      onClose: () => {
        streams.get(name)?.leave();
        streams.delete(name);
      },
    });
    streams.set(name, options.session.join({ name, ...stream }));
    return null;
  };

  const takeMessage = async (request: IncomingMessage, viewer: string | null): Promise<Reply> => {
    if (!isJson(request.headers['content-type'])) return { status: 415 };
    const body = await readBody(request);
    if (E.isLeft(body)) return TOO_LONG;
    const message = decodePageMessage(body.right);
    if (message === null) return { status: 400 };
    const attendance = viewer === null ? [...streams.values()].at(-1) : streams.get(viewer);
    if (attendance === undefined) return { status: 410 };
    const answer = attendance.ask(message);
    return answer._tag === 'Done' ? { status: 204 } : sentence(409, answer.reason);
  };

  await listen(server, options);
  return {
    url: `http://${HOST}:${(server.address() as AddressInfo).port}/${token}/`,
    close: () =>
      new Promise((resolve) => {
        const cut = setTimer(options.clock, () => server.closeAllConnections(), GRACE_MS);
        server.close(() => {
          options.clock.clearTimeout(cut);
          resolve();
        });
        options.session.close();
        server.closeIdleConnections();
      }),
  };
};

/** Slow requests are ended, so that a flood of them cannot keep the person out for long. */
const LIMITS = {
  maxHeaderSize: 8_192,
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 2_000,
};

const listen = (server: Server, { port, holdsProcess }: InspectorServerOptions): Promise<void> =>
  new Promise((resolve, reject) => {
    if (!holdsProcess) server.on('connection', (socket) => socket.unref());
    server.once('error', reject);
    server.listen(port, HOST, () => {
      server.off('error', reject);
      server.on('error', () => {}); // Such as too many open files: the next one may get in.
      if (!holdsProcess) server.unref();
      resolve();
    });
  });

const replyWithFile = (path: string, { files, missing }: StaticFiles): Reply => {
  if (path === '' && missing.length > 0) {
    return sentence(503, `The page is not built (npm run build): ${missing.join(', ')}`);
  }
  const content = files.get(path);
  return content === undefined ? { status: 404 } : { status: 200, content };
};

const TOO_LONG: Reply = {
  ...sentence(413, `A message has at most ${BODY_BYTES_MAX} bytes.`),
  headers: { connection: 'close' },
};

const isJson = (type: string | undefined): boolean =>
  /^application\/json\s*(;|$)/i.test(type ?? '');
