/** A real download from the embedded server, with an inspector that watches it. */
import { get, type IncomingMessage, type RequestOptions, request } from 'node:http';
import { onTestFinished } from 'vitest';
import { download } from '../../src/download.ts';
import { createInspector, type Inspector } from '../../src/inspector/index.ts';
import type { PageMessage, ServerMessage } from '../../src/inspector/protocol.ts';
import type { Download } from '../../src/start-download.ts';
import { type FaultOrRule, fault, forMethod } from '../../src/testing/index.ts';
import { contentOf, demoCredentials, KEY, type Scene, setScene } from '../acceptance/scene.ts';

/** Parts are as small as may be: one tenth of the object. */
export const SIZE = 1_000_000;

export interface Watched {
  readonly scene: Scene;
  readonly job: Download;
  readonly inspector: Inspector;
  /** The server's faults are over: the download can end. */
  readonly release: () => void;
}

/** So slow that it does not end by itself within a test. */
export const CRAWLING = forMethod('GET', fault.slow(20_000));

export const watchDownload = async (
  faults: ReadonlyArray<FaultOrRule> = [CRAWLING],
  { key = KEY, secrets = [] }: { readonly key?: string; readonly secrets?: string[] } = {},
): Promise<Watched> => {
  const scene = await setScene({ content: contentOf(SIZE), key, server: { faults } });
  const inspector = await createInspector({ secrets });
  onTestFinished(inspector.close);
  const job = download({
    source: scene.source,
    target: scene.target,
    store: scene.store,
    credentials: demoCredentials,
    partSize: 100_000,
    threshold: 0,
    concurrency: 2,
    inspect: inspector,
  });
  onTestFinished(async () => {
    if (job.actor.getSnapshot().status === 'active') job.cancel();
    await job.done.catch(() => {});
  });
  return { scene, job, inspector, release: () => scene.server.setFaults([]) };
};

export interface Answered {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

/** One request, exactly as it is written: no client tidies up the path or the headers. */
export const ask = (url: string, options: RequestOptions & { readonly body?: string } = {}) =>
  new Promise<Answered>((resolve, reject) => {
    const { hostname, port, pathname } = new URL(url);
    const { body, ...rest } = options;
    const sent = request({ hostname, port, path: pathname, agent: false, ...rest }, (response) => {
      const chunks: Array<Buffer> = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.once('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString(),
        }),
      );
      response.once('error', reject);
    });
    sent.once('error', reject);
    sent.end(body);
  });

/** What a page does with a message. */
export const post = (url: string, message: PageMessage, viewer?: string): Promise<Answered> =>
  ask(`${url}messages`, {
    path: `${new URL(url).pathname}messages${viewer === undefined ? '' : `?viewer=${viewer}`}`,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(message),
  });

export type MessageOf<Type extends ServerMessage['type']> = Extract<ServerMessage, { type: Type }>;

export interface Watching {
  /** The viewer's name. */
  readonly name: string;
  readonly messages: () => ReadonlyArray<ServerMessage>;
  /** Resolves with the first message of the type, old or new, that passes. */
  readonly until: <Type extends ServerMessage['type']>(
    type: Type,
    passes?: (message: MessageOf<Type>) => boolean,
  ) => Promise<MessageOf<Type>>;
  readonly close: () => void;
  /** Resolves when the server has ended the stream. */
  readonly ended: Promise<void>;
}

/** Opens the stream of events, as a page does. */
export const watch = async (url: string): Promise<Watching> => {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(`${url}events`, { agent: false }, resolve).once('error', reject);
  });
  if (response.statusCode !== 200) throw new Error(`refused: ${response.statusCode}`);
  const messages: Array<ServerMessage> = [];
  let rest = '';
  response.setEncoding('utf8').on('data', (text: string) => {
    const events = (rest + text).split('\n\n');
    rest = events.pop() ?? '';
    for (const event of events) messages.push(JSON.parse(event.replace('data: ', '')));
    response.emit('told');
  });
  const ended = new Promise<void>((resolve) => response.once('close', () => resolve()));
  response.on('error', () => {}); // Cut off: `ended` tells.
  onTestFinished(() => void response.destroy());
  const until: Watching['until'] = (type, passes = () => true) =>
    new Promise((resolve, reject) => {
      let read = 0;
      const look = (): void => {
        for (; read < messages.length; read++) {
          const message = messages[read]!;
          if (isOf(message, type) && passes(message)) resolve(message);
        }
      };
      response.on('told', look);
      look();
      void ended.then(() => reject(new Error(`the stream ended before a ${type} came`)));
    });
  const { viewer } = await until('hello');
  const close = () => void response.destroy();
  return { name: viewer, messages: () => messages, until, close, ended };
};

const isOf = <Type extends ServerMessage['type']>(
  message: ServerMessage,
  type: Type,
): message is MessageOf<Type> => message.type === type;
