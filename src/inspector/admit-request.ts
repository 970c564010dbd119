/**
 * Who gets in: only what this computer's browser asks of the address that was printed, token and
 * all. Neither another site (its `Origin`), nor a name that was made to point here (its `Host`, as
 * in DNS rebinding), nor anybody who has to guess.
 */
import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** What the server is called, and the word that opens it. */
export interface Door {
  readonly port: number;
  /** Of the URL's path; hex digits. */
  readonly token: string;
}

export type Admission =
  | {
      readonly _tag: 'Admitted';
      /** Behind the token and its slash; null: the slash itself is missing. */
      readonly path: string | null;
      readonly query: URLSearchParams;
    }
  | { readonly _tag: 'Refused'; readonly status: 403 | 404 };

/** The path is only ever looked up in a table, so nothing in it is decoded or resolved. */
export const admitRequest = (
  { url = '', headers }: Pick<IncomingMessage, 'url' | 'headers'>,
  { port, token }: Door,
): Admission => {
  const names = [`127.0.0.1:${port}`, `localhost:${port}`];
  const { host, origin } = headers;
  if (host === undefined || !names.includes(host.toLowerCase())) return FORBIDDEN;
  if (origin !== undefined && origin !== `http://${host}`) return FORBIDDEN;
  const [path = '', query = ''] = cut(url, '?');
  const [given = '', rest] = cut(path.slice(1), '/');
  if (!path.startsWith('/') || !isSame(given, token)) return UNKNOWN;
  return { _tag: 'Admitted', path: rest ?? null, query: new URLSearchParams(query) };
};

const FORBIDDEN: Admission = { _tag: 'Refused', status: 403 };
const UNKNOWN: Admission = { _tag: 'Refused', status: 404 };

/** The text before the first mark, and that behind it if there is one. */
const cut = (text: string, mark: string): ReadonlyArray<string> => {
  const at = text.indexOf(mark);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
};

/** Takes as long whatever is wrong, so that a token cannot be guessed digit by digit. */
const isSame = (given: string, token: string): boolean => {
  const [a, b] = [Buffer.from(given), Buffer.from(token)];
  return a.length === b.length && timingSafeEqual(a, b);
};
