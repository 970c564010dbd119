/**
 * Signatures of OSS, version 4: in a header, or in a URL that somebody else may use.
 *
 * Pure: the time and the credentials are arguments.
 * Source: OSS documentation, "Include a V4 signature" in the header and in the URL.
 */
import { createHash, createHmac } from 'node:crypto';
import type { AccessKey } from './credentials.ts';
import { percentEncode } from './oss-endpoint.ts';

export interface OssRequest {
  readonly method: 'GET' | 'HEAD' | 'PUT';
  /** `/bucket/key`, as of `ossAddress`. */
  readonly canonicalUri: string;
  /** Not encoded. All of it is signed; an empty value is a name alone. */
  readonly query: Readonly<Record<string, string>>;
  /** Signed are `content-type`, `content-md5`, all `x-oss-…` and those of `additionalHeaders`. */
  readonly headers: Readonly<Record<string, string>>;
  /** Further headers to sign, such as `host`. Those that the request lacks are ignored. */
  readonly additionalHeaders?: ReadonlyArray<string>;
}

export interface Signing {
  readonly accessKey: AccessKey;
  /** Milliseconds since 1970, by the server's clock within 15 minutes. */
  readonly timeMs: number;
  readonly region: string;
  /** `oss-cloudbox` signs for a cloud box, whose id is the region. */
  readonly product?: 'oss' | 'oss-cloudbox';
}

/**
 * The headers of a request with its signature: those given, the date, the token and
 * `authorization`. Names in lower case.
 */
export const signOssRequest = (
  request: OssRequest,
  signing: Signing,
): Readonly<Record<string, string>> => {
  const { accessKeyId, securityToken } = signing.accessKey;
  const headers = {
    ...lowerCased(request.headers),
    'x-oss-date': timestampOf(signing.timeMs),
    'x-oss-content-sha256': 'UNSIGNED-PAYLOAD',
    ...(securityToken === null ? {} : { 'x-oss-security-token': securityToken }),
  };
  const signed = { ...request, headers };
  const additional = additionalHeadersOf(signed);
  const claims = [
    `Credential=${accessKeyId}/${scopeOf(signing)}`,
    ...(additional === '' ? [] : [`AdditionalHeaders=${additional}`]),
    `Signature=${signatureOf(signed, signing)}`,
  ];
  return { ...headers, authorization: `OSS4-HMAC-SHA256 ${claims.join(',')}` };
};

/**
 * A URL that anybody may use until it expires. `x-oss-…` and content headers of the request have
 * to be sent with it exactly as given here, and no others.
 *
 * @param url            Where `request.canonicalUri` is, without query.
 * @param expiresSeconds 1 to 604 800, seven days. Anything else is a `RangeError`.
 *
 * @example
 * const request = { method: 'GET', canonicalUri, query: {}, headers: {} };
 * presignOssUrl(address.url, request, signing, 3600)
 */
export const presignOssUrl = (
  url: string,
  request: OssRequest,
  signing: Signing,
  expiresSeconds: number,
): string => {
  if (!Number.isInteger(expiresSeconds) || expiresSeconds < 1 || expiresSeconds > 604_800) {
    throw new RangeError(`a presigned URL lives 1 to 604800 seconds, not ${expiresSeconds}`);
  }
  const { accessKeyId, securityToken } = signing.accessKey;
  const additional = additionalHeadersOf(request);
  const query = {
    ...request.query,
    'x-oss-signature-version': 'OSS4-HMAC-SHA256',
    'x-oss-credential': `${accessKeyId}/${scopeOf(signing)}`,
    'x-oss-date': timestampOf(signing.timeMs),
    'x-oss-expires': String(expiresSeconds),
    ...(additional === '' ? {} : { 'x-oss-additional-headers': additional }),
    ...(securityToken === null ? {} : { 'x-oss-security-token': securityToken }),
  };
  const signature = signatureOf({ ...request, query }, signing);
  return `${url}?${canonicalQuery(query)}&x-oss-signature=${signature}`;
};

/** The query as it is signed and as it has to be sent, without `?`: encoded, sorted by name. */
export const canonicalQuery = (query: Readonly<Record<string, string>>): string =>
  Object.entries(query)
    .map(([name, value]) => [percentEncode(name), percentEncode(value)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => (value === '' ? name : `${name}=${value}`))
    .join('&');

/** The text whose hash is signed. Each header line ends in a newline, so a blank one follows. */
export const canonicalRequest = (request: OssRequest): string => {
  const headers = lowerCased(request.headers);
  const additional = additionalHeadersOf(request);
  const isSigned = (name: string) => isSignedAnyway(name) || additional.split(';').includes(name);
  const lines = Object.entries(headers)
    .filter(([name]) => isSigned(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}:${value.trim()}\n`);
  return [
    request.method,
    request.canonicalUri,
    canonicalQuery(request.query),
    lines.join(''),
    additional,
    headers['x-oss-content-sha256'] ?? 'UNSIGNED-PAYLOAD',
  ].join('\n');
};

/**
 * The key that signs all requests of a day, region and product. Kept for later calls, the latest
 * 32 of them, since it costs four hashes.
 */
export const signingKey = (signing: Signing): Buffer => {
  const { accessKeySecret } = signing.accessKey;
  const parts = [dayOf(signing.timeMs), signing.region, signing.product ?? 'oss'];
  const name = [accessKeySecret, ...parts].join('\n');
  const known = signingKeys.get(name);
  if (known !== undefined) return known;
  const seed: Buffer = Buffer.from(`aliyun_v4${accessKeySecret}`);
  const key = [...parts, 'aliyun_v4_request'].reduce(hmac, seed);
  const oldest = signingKeys.keys().next();
  if (signingKeys.size >= 32 && oldest.done !== true) signingKeys.delete(oldest.value);
  signingKeys.set(name, key);
  return key;
};

const signingKeys = new Map<string, Buffer>();

const signatureOf = (request: OssRequest, signing: Signing): string => {
  const hash = createHash('sha256').update(canonicalRequest(request)).digest('hex');
  const toSign = ['OSS4-HMAC-SHA256', timestampOf(signing.timeMs), scopeOf(signing), hash];
  return hmac(signingKey(signing), toSign.join('\n')).toString('hex');
};

const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

const isSignedAnyway = (name: string): boolean =>
  name === 'content-type' || name === 'content-md5' || name.startsWith('x-oss-');

const additionalHeadersOf = ({ headers, additionalHeaders = [] }: OssRequest): string => {
  const present = new Set(Object.keys(lowerCased(headers)));
  const names = new Set(additionalHeaders.map((name) => name.toLowerCase()));
  return [...names]
    .filter((name) => present.has(name) && !isSignedAnyway(name))
    .sort()
    .join(';');
};

const scopeOf = ({ timeMs, region, product = 'oss' }: Signing): string =>
  `${dayOf(timeMs)}/${region}/${product}/aliyun_v4_request`;

/** Such as `20240102T030405Z`. */
const timestampOf = (timeMs: number): string =>
  new Date(timeMs).toISOString().replace(/[-:]|\.\d{3}/g, '');

const dayOf = (timeMs: number): string => timestampOf(timeMs).slice(0, 8);

const lowerCased = (headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
