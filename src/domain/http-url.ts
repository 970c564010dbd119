/**
 * The text of HTTP(S) URLs. A URL is text here, since a `URL` resolves dot segments: then another
 * object is asked for where they are part of a key, and no signature holds.
 */

/** An absolute HTTP(S) URL without fragment, or null. */
export const parseHttpUrl = (text: string, base?: string): URL | null => {
  if (!URL.canParse(text, base)) return null;
  const url = new URL(text, base);
  url.hash = '';
  return url.protocol === 'http:' || url.protocol === 'https:' ? url : null;
};

/**
 * An absolute HTTP(S) URL as text: as `URL` writes it, but with the dot segments that it was given
 * with. Null when it is none.
 *
 * @example
 * decodeHttpUrl('HTTPS://Example.com/a b/../c#d') // 'https://example.com/a%20b/../c'
 */
export const decodeHttpUrl = (text: string): string | null => {
  const url = parseHttpUrl(text);
  if (url === null) return null;
  const start = url.href.indexOf('/', `${url.protocol}//`.length);
  const path = pathIn(text);
  if (!path.split('/').some(isDotSegment)) return url.href;
  const query = url.href.slice(start + url.pathname.length);
  return `${url.href.slice(0, start)}${path.split('/').map(encodeSegment).join('/')}${query}`;
};

/**
 * What comes before the path of a URL that `decodeHttpUrl` gave, the path, and the query with its
 * question mark, user info left out.
 */
export const piecesOf = (
  url: string,
): { readonly origin: string; readonly path: string; readonly query: string } => {
  const { origin, search } = new URL(url);
  return { origin, path: pathIn(url) || '/', query: search };
};

/** The path as it stands in a text. What a URL parser drops anywhere is dropped. */
const pathIn = (text: string): string =>
  /^[\0- ]*[a-z]+:\/\/[^/?#\\]*([^?#]*)/i.exec(text.replace(/[\t\n\r]/g, ''))?.[1] ?? '';

const isDotSegment = (segment: string): boolean => /^(\.|%2e){1,2}$/i.test(segment);

/** The slash behind it keeps blanks at its end. */
const encodeSegment = (segment: string): string =>
  isDotSegment(segment) ? segment : new URL(`http://h/${segment}/`).pathname.slice(1, -1);
