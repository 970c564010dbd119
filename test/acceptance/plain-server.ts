/** An HTTP server that is not OSS, and that lacks what a scenario says. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface PlainServerOptions {
  readonly content: Uint8Array;
  /** Default: true. */
  readonly hasRanges?: boolean;
  /** Default: true. Without it bodies are chunked. */
  readonly hasLength?: boolean;
  /** Default: `"v1"`; null: none. */
  readonly etag?: string | null;
  /** Default: none. */
  readonly lastModified?: string | null;
}

export interface PlainServer {
  readonly url: string;
  /** `METHOD range`, in order of arrival. */
  readonly asked: () => ReadonlyArray<string>;
  /**
   * The next body of more than one byte ends with a reset after so many, once `moment` has come;
   * a further call is for the body after that.
   */
  readonly cutNextAfter: (count: number, moment?: Promise<void>) => void;
}

export const startPlainServer = async (options: PlainServerOptions): Promise<PlainServer> => {
  const { content, hasRanges = true } = options;
  const asked: Array<string> = [];
  const cuts: Array<{ readonly count: number; readonly moment: Promise<void> }> = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.headers.range ?? 'whole'}`);
    const range = hasRanges ? rangeOf(request, content.length) : null;
    const { start, end } = range ?? { start: 0, end: content.length };
    const body = content.subarray(start, end);
    response.writeHead(range === null ? 200 : 206, {
      ...headersOf(options, body.length),
      ...(range === null ? {} : { 'content-range': `bytes ${start}-${end - 1}/${content.length}` }),
    });
    const isCut = request.method === 'GET' && body.length > 1;
    const cut = isCut ? cuts.shift() : undefined;
    if (cut === undefined) return void response.end(request.method === 'HEAD' ? '' : body);
    response.write(body.subarray(0, cut.count), () => {
      void cut.moment.then(() => setImmediate(() => response.destroy()));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/files/object.bin`,
    asked: () => asked,
    cutNextAfter: (count, moment = Promise.resolve()) => void cuts.push({ count, moment }),
  };
};

const headersOf = (options: PlainServerOptions, length: number): Record<string, string> => {
  const { hasRanges = true, hasLength = true, etag = '"v1"', lastModified = null } = options;
  return {
    ...(hasLength ? { 'content-length': String(length) } : {}),
    ...(hasRanges ? { 'accept-ranges': 'bytes' } : {}),
    ...(etag === null ? {} : { etag }),
    ...(lastModified === null ? {} : { 'last-modified': lastModified }),
  };
};

const rangeOf = ({ headers }: IncomingMessage, size: number) => {
  const match = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '');
  if (match === null) return null;
  return { start: Number(match[1]), end: Math.min(Number(match[2]) + 1, size) };
};
