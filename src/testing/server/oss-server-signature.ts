/** The claim that a V4 signature makes, and the text it has to be made of. Pure. */
import { createHash, createHmac } from 'node:crypto';
import { E } from '../../fp.ts';
import { parameter, type Query } from './oss-server-address.ts';
import { type OssRefusal, refusals } from './oss-server-refusals.ts';

/** What a signature is made of. */
export interface SignedRequest {
  readonly method: string;
  readonly bucket: string;
  readonly key: string;
  readonly query: Query;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

/** What a request says of its signature. */
export interface Claim {
  readonly scheme: 'header' | 'presigned';
  readonly accessKeyId: string;
  /** `DATE/REGION/PRODUCT/aliyun_v4_request`, taken apart. */
  readonly scope: readonly [day: string, region: string, product: string, terminator: string];
  readonly date: string;
  readonly time: number;
  /** Presigned: seconds from `time`. */
  readonly expires: number;
  readonly additional: ReadonlyArray<string>;
  readonly signature: string;
  readonly token: string | null;
}

const ALGORITHM = 'OSS4-HMAC-SHA256';
const EXPIRES_MAX = 604_800;

/** The claim of an `Authorization` header. */
export const readHeader = ({ headers }: SignedRequest): E.Either<OssRefusal, Claim> => {
  const [, algorithm, rest = ''] = /^(\S+)\s+(.*)$/.exec(headers['authorization'] ?? '') ?? [];
  const fields = new Map<string, string>();
  for (const field of rest.split(',')) {
    const [, name = '', value = ''] = /^\s*([^=]+)=(.*?)\s*$/.exec(field) ?? [];
    fields.set(name, value);
  }
  return toClaim(algorithm, {
    scheme: 'header',
    credential: fields.get('Credential') ?? '',
    date: headers['x-oss-date'] ?? headers['date'] ?? '',
    expires: 0,
    additional: fields.get('AdditionalHeaders') ?? '',
    signature: fields.get('Signature') ?? '',
    token: headers['x-oss-security-token'] ?? null,
  });
};

/** The claim of a presigned URL. */
export const readPresigned = ({ query }: SignedRequest): E.Either<OssRefusal, Claim> =>
  toClaim(parameter(query, 'x-oss-signature-version') ?? '', {
    scheme: 'presigned',
    credential: parameter(query, 'x-oss-credential') ?? '',
    date: parameter(query, 'x-oss-date') ?? '',
    expires: Number(parameter(query, 'x-oss-expires') ?? Number.NaN),
    additional: parameter(query, 'x-oss-additional-headers') ?? '',
    signature: parameter(query, 'x-oss-signature') ?? '',
    token: parameter(query, 'x-oss-security-token'),
  });

const toClaim = (
  algorithm: string | undefined,
  said: Pick<Claim, 'scheme' | 'date' | 'expires' | 'signature' | 'token'> & {
    readonly credential: string;
    readonly additional: string;
  },
): E.Either<OssRefusal, Claim> => {
  const { credential, additional, ...rest } = said;
  const wrong = (name: string, value: string) =>
    E.left(refusals.invalidArgument(name, value, `The ${name} of the signature is not valid.`));
  if (algorithm !== ALGORITHM) return wrong('signature version', algorithm ?? '');
  const parts = /^([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/(aliyun_v4_request)$/.exec(credential);
  if (parts === null) return wrong('credential', credential);
  const time = timeOf(said.date);
  if (time === null || !said.date.startsWith(parts[2]!)) return wrong('x-oss-date', said.date);
  const isPresigned = said.scheme === 'presigned';
  if (isPresigned && !(said.expires >= 1 && said.expires <= EXPIRES_MAX)) {
    return wrong('x-oss-expires', String(said.expires));
  }
  return E.right({
    ...rest,
    accessKeyId: parts[1]!,
    scope: [parts[2]!, parts[3]!, parts[4]!, parts[5]!],
    time,
    additional: additional.split(';').filter((name) => name !== ''),
  });
};

/** `20240102T030405Z` in milliseconds since 1970, or null. */
const timeOf = (date: string): number | null => {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date);
  if (match === null) return null;
  const [year, month, day, hour, minute, second] = match.slice(1).map(Number) as Six;
  return Date.UTC(year, month - 1, day, hour, minute, second);
};
type Six = [number, number, number, number, number, number];

/** The signature as it has to be, and the texts it is made from. */
export const signatureFor = (
  request: SignedRequest,
  claim: Claim,
  secret: string,
): { readonly signature: string; readonly toSign: string; readonly canonical: string } => {
  const canonical = canonicalRequest(request, claim);
  const toSign = [ALGORITHM, claim.date, claim.scope.join('/'), sha256(canonical)].join('\n');
  return { signature: hmac(keyFor(claim, secret), toSign).toString('hex'), toSign, canonical };
};

const KEYS_KEPT_MAX = 100;
const keys = new Map<string, Buffer>();

/** The key of a day, region and product: four hashes the first time. */
const keyFor = ({ scope }: Claim, secret: string): Buffer => {
  const name = [secret, ...scope].join('/');
  const known = keys.get(name);
  if (known !== undefined) return known;
  const key = scope.reduce(hmac, Buffer.from(`aliyun_v4${secret}`));
  if (keys.size >= KEYS_KEPT_MAX) keys.clear();
  keys.set(name, key);
  return key;
};

const canonicalRequest = (request: SignedRequest, claim: Claim): string => {
  const { method, bucket, key, headers } = request;
  const path = bucket === '' ? '/' : `/${bucket}/${key}`;
  const query = request.query
    .filter(([name]) => !(claim.scheme === 'presigned' && name === 'x-oss-signature'))
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, value]) => (value === '' ? name : `${name}=${value}`));
  const signed = Object.keys(headers)
    .filter((name) => isAlwaysSigned(name) || claim.additional.includes(name))
    .sort();
  return [
    method,
    encode(path).replaceAll('%2F', '/'),
    query.join('&'),
    signed.map((name) => `${name}:${headers[name]!.trim()}\n`).join(''),
    claim.additional.join(';'),
    headers['x-oss-content-sha256'] ?? 'UNSIGNED-PAYLOAD',
  ].join('\n');
};

const isAlwaysSigned = (name: string): boolean =>
  name === 'content-type' || name === 'content-md5' || name.startsWith('x-oss-');

const encode = (text: string): string =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );

const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
