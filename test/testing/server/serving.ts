/** Embedded servers for tests: each is closed when its test ends. */
import { createHash } from 'node:crypto';
import { onTestFinished } from 'vitest';
import {
  type OssServer,
  type OssServerOptions,
  type PutOptions,
  startOssServer,
} from '../../../src/testing/index.ts';
import { type Asking, ask } from './ask.ts';

export const CONTENT = Buffer.from('0123456789');
export const md5 = (content: Uint8Array) =>
  createHash('md5').update(content).digest('hex').toUpperCase();

export const start = async (options: OssServerOptions = {}): Promise<OssServer> => {
  const server = await startOssServer({ anonymousRead: true, ...options });
  onTestFinished(server.close);
  return server;
};

/** A server with `photos/cat.jpg`. */
export const startWith = async (putOptions: PutOptions = {}, options: OssServerOptions = {}) => {
  const object = { bucket: 'photos', key: 'cat.jpg', content: CONTENT, options: putOptions };
  return start({ ...options, objects: [object] });
};

export const CAT = '/photos/cat.jpg';
export const get = (server: OssServer, headers: Asking['headers'] = {}, path = CAT) =>
  ask(server, { path, headers });
export const codeOf = (body: Buffer) => /<Code>(.*)<\/Code>/.exec(body.toString())?.[1];
