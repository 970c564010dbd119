/**
 * URLs as sources: which are presigned, when they run out, and what of them may be shown.
 *
 * A URL is a secret where it holds user info, a signature or a token. Labels and identities are
 * made here, so that no other module has to know which parameters those are.
 */
import { E } from '../fp.ts';
import { type ErrorOf, usageError } from './errors.ts';
import { decodeHttpUrl, piecesOf } from './http-url.ts';
import type { HttpSource } from './source.ts';

/**
 * A URL and headers as a source, checked: an absolute http or https URL, headers that can be sent
 * and that are not ours to set.
 *
 * @param url     Spaces and other characters that a URL cannot hold are percent-encoded; what is
 *   encoded already stays as it is, and so do `.` and `..`, which can be part of a key. A fragment
 *   is dropped.
 * @param headers Sent with each request. Names in any case.
 * Errors: `UsageError` for `source` or `--header`; it shows neither secrets nor header values.
 *
 * @example
 * decodeHttpSource('https://example.com/big.iso')
 */
export const decodeHttpSource = (
  url: string,
  headers: Readonly<Record<string, string>> = {},
): E.Either<ErrorOf<'UsageError'>, HttpSource> => {
  const decodedUrl = decodeHttpUrl(url);
  if (decodedUrl === null) {
    return E.left(usageError('source', withoutSecrets(url), 'an absolute http:// or https:// URL'));
  }
  const decoded: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const allowed = allowedHeader(name, value);
    if (allowed !== null) return E.left(usageError('headers', name, allowed));
    decoded[name.toLowerCase()] = value.trim();
  }
  return E.right({ _tag: 'HttpSource', url: decodedUrl, headers: decoded });
};

/** Does the URL carry a signature of OSS, S3, Google, Azure, CloudFront or Alibaba's CDN? */
export const isPresigned = (url: string): boolean => schemesOf(namesIn(url)).length > 0;

/**
 * When a presigned URL says that it runs out, in milliseconds since 1970; null when it does not
 * say so.
 */
export const expiryOf = (url: string): number | null => {
  if (!isPresigned(url)) return null;
  const value = (name: string) => parametersOf(url).find((it) => it.name === name)?.value ?? '';
  for (const prefix of ['x-oss-', 'x-amz-', 'x-goog-']) {
    const signedAt = parseCompactDate(value(`${prefix}date`));
    if (signedAt !== null) return finite(signedAt + secondsIn(value(`${prefix}expires`)));
  }
  if (value('expires') !== '') return finite(secondsIn(value('expires')));
  return finite(Date.parse(value('se')));
};

/** A parameter or header that, by its name, holds something secret. */
export const isSecretName = (name: string): boolean =>
  /token|secret|passw|pwd|signature|^sign?$|cookie|credential|session|jwt/i.test(name) ||
  /(^|[-_]|api|access)key([-_]|id|$)|auth(?!ors?([-_]|$))/i.test(name);

/**
 * What may be shown of a URL: no user info, no fragment; of a presigned one no query; else
 * no parameter whose name or value looks secret.
 */
export const urlLabel = (url: string): string => {
  if (isPresigned(url)) return withQuery(url, []);
  const looksOpaque = (value: string) => /[\w+/=.~-]{32,}/.test(value);
  return withQuery(
    url,
    parametersOf(url).filter(({ name, value }) => !isSecretName(name) && !looksOpaque(value)),
  );
};

/**
 * What names the object behind a URL, however often the URL is signed again: no user info, no
 * fragment, no signing parameter, nothing that is secret by its name.
 *
 * Two objects can share an identity where they differ in a secret parameter only. It finds a
 * breakpoint; whether that is of the same object, its version decides.
 */
export const urlIdentity = (url: string): string => {
  const schemes = schemesOf(namesIn(url));
  const changesWithSigning = (name: string) => schemes.some((it) => it.parameters.test(name));
  return withQuery(
    url,
    parametersOf(url).filter(({ name }) => !changesWithSigning(name) && !isSecretName(name)),
  );
};

/** Any text, perhaps a broken URL, without user info, query and fragment. */
export const withoutSecrets = (text: string): string =>
  text.replace(/^([a-z][a-z0-9+.-]*:\/\/)?.*@/is, '$1').replace(/[?#].*$/s, '');

interface SigningScheme {
  /** A URL that has all of these is signed this way. Lower case. */
  readonly marks: ReadonlyArray<string>;
  /** The parameters that change with each signing, in lower case. */
  readonly parameters: RegExp;
}

const SCHEMES: ReadonlyArray<SigningScheme> = [
  {
    // OSS V4. Not all of `x-oss-`: `x-oss-process` tells which bytes are asked for.
    marks: ['x-oss-signature'],
    parameters:
      /^x-oss-(signature(-version)?|credential|date|expires|security-token|additional-headers)$/,
  },
  {
    // OSS V1.
    marks: ['ossaccesskeyid', 'signature'],
    parameters: /^(ossaccesskeyid|expires|signature|security-token)$/,
  },
  { marks: ['x-amz-signature'], parameters: /^x-amz-/ },
  {
    // AWS V2.
    marks: ['awsaccesskeyid', 'signature'],
    parameters: /^(awsaccesskeyid|expires|signature|x-amz-security-token)$/,
  },
  { marks: ['x-goog-signature'], parameters: /^x-goog-/ },
  {
    // Google V2.
    marks: ['googleaccessid', 'signature'],
    parameters: /^(googleaccessid|expires|signature)$/,
  },
  {
    // Azure: service, account and user delegation SAS.
    marks: ['sig', 'sv'],
    parameters: /^(s[vepr]|sig|st|spr|sip|sdd|ss|srt|si|ses|skoid|sktid|sk[tesv]|s[au]oid|scid)$/,
  },
  {
    // CloudFront.
    marks: ['signature', 'key-pair-id'],
    parameters: /^(policy|signature|key-pair-id|expires|hash-algorithm)$/,
  },
  // Alibaba Cloud CDN, authentication type A.
  { marks: ['auth_key'], parameters: /^auth_key$/ },
];

const schemesOf = (names: ReadonlySet<string>): ReadonlyArray<SigningScheme> =>
  SCHEMES.filter(({ marks }) => marks.every((mark) => names.has(mark)));

interface Parameter {
  /** As it stands in the URL. */
  readonly raw: string;
  /** Decoded, in lower case. */
  readonly name: string;
  /** Decoded. */
  readonly value: string;
}

const parametersOf = (url: string): ReadonlyArray<Parameter> =>
  piecesOf(url)
    .query.slice(1)
    .split('&')
    .filter((raw) => raw !== '')
    .map((raw) => {
      const [[name, value] = ['', '']] = new URLSearchParams(raw);
      return { raw, name: name.toLowerCase(), value };
    });

const namesIn = (url: string): ReadonlySet<string> =>
  new Set(parametersOf(url).map(({ name }) => name));

const withQuery = (url: string, parameters: ReadonlyArray<Parameter>): string => {
  const { origin, path } = piecesOf(url);
  const query = parameters.map(({ raw }) => raw).join('&');
  return `${origin}${path}${query === '' ? '' : `?${query}`}`;
};

/** Headers that say which bytes are asked for, or belong to the connection. */
const isOurs = (name: string): boolean =>
  /^(range|if-.*|accept-encoding|host|connection|keep-alive|content-length)$/i.test(name) ||
  /^(transfer-encoding|te|trailer|upgrade|expect)$/i.test(name);

/** What a header would have to be, or null when it is fine. */
const allowedHeader = (name: string, value: string): string | null => {
  if (!/^[!#$%&'*+.^_`|~\w-]+$/.test(name)) return 'a header name of RFC 9110, such as user-agent';
  if (isOurs(name)) return 'a header that Partwise does not set itself';
  return /^[\t -~\u0080-\u00ff]*$/.test(value) ? null : 'a value without control characters';
};

/** `20240102T030405Z` in milliseconds since 1970. */
const parseCompactDate = (text: string): number | null => {
  const iso = text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z');
  return iso === text ? null : finite(Date.parse(iso));
};

/** In milliseconds; NaN when there are none. */
const secondsIn = (text: string): number => (/^\d+$/.test(text) ? Number(text) * 1000 : Number.NaN);

const finite = (n: number): number | null => (Number.isFinite(n) ? n : null);
