/** One raw HTTP request to the embedded server, and everything that came back. */
import {
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
} from 'node:http';

export interface Asking {
  readonly method?: string;
  /** As it goes into the request line. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Came {
  /** 0: no head came. */
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Node's code when the connection broke; null: the answer was complete. */
  readonly broken: string | null;
}

/** Asks on a connection of its own. Never rejects. */
export const ask = (server: { readonly port: number }, asking: Asking): Promise<Came> =>
  new Promise((resolve) => {
    const chunks: Array<Buffer> = [];
    let head: Pick<Came, 'status' | 'headers'> = { status: 0, headers: {} };
    const finish = (broken: string | null) =>
      resolve({ ...head, body: Buffer.concat(chunks), broken });
    open(server, asking, (response) => {
      head = { status: response.statusCode ?? 0, headers: response.headers };
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => finish(null));
      response.on('error', (error: NodeJS.ErrnoException) => finish(error.code ?? error.message));
    }).on('error', (error: NodeJS.ErrnoException) => finish(error.code ?? error.message));
  });

/** Sends a request and leaves its answer to the caller. */
export const open = (
  server: { readonly port: number },
  { method = 'GET', path, headers = {} }: Asking,
  onResponse: (response: IncomingMessage) => void,
): ClientRequest =>
  request(
    { host: '127.0.0.1', port: server.port, method, path, headers, agent: false },
    onResponse,
  ).end();
