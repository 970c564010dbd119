/** What the inspector's server answers with, and the headers that every answer has. */
import type { ServerResponse } from 'node:http';
import type { StaticFile } from './static-files.ts';

export interface Reply {
  readonly status: number;
  /** Default: nothing. */
  readonly content?: StaticFile;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Nothing from elsewhere, nothing for elsewhere, and nothing left behind. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'cache-control': 'no-store',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** A sentence for whoever asked. */
export const sentence = (status: number, text: string): Reply => ({
  status,
  content: { type: 'text/plain; charset=utf-8', body: Buffer.from(text) },
});

export const sendReply = (response: ServerResponse, { status, content, headers }: Reply): void => {
  const { type, body } = content ?? NOTHING;
  response.writeHead(status, {
    ...SECURITY_HEADERS,
    ...headers,
    ...(status === 204 ? {} : { 'content-type': type, 'content-length': body.length }),
  });
  response.end(body);
};

const NOTHING: StaticFile = { type: 'text/plain; charset=utf-8', body: Buffer.alloc(0) };
