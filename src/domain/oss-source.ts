/**
 * Objects of Alibaba Cloud OSS as sources: what people may ask for, checked before any request,
 * and what a source is called where it is shown or recorded.
 */
import { absurd, E } from '../fp.ts';
import { type ErrorOf, usageError } from './errors.ts';
import { urlIdentity, urlLabel, withoutSecrets } from './http-source.ts';
import { parseHttpUrl } from './http-url.ts';
import type { OssSource, Source } from './source.ts';

type UsageError = ErrorOf<'UsageError'>;

/** What `ossObject` takes. Undefined is the same as left out. */
export interface OssObjectOptions {
  /** 3 to 63 lower-case letters, digits and hyphens. */
  readonly bucket: string;
  /** 1 to 1023 bytes of UTF-8, kept as it is: nothing is decoded, no slash is special. */
  readonly key: string;
  /** Such as `cn-hangzhou` or `oss-cn-hangzhou`. Default: the one the endpoint names. */
  readonly region?: string | undefined;
  /**
   * Host or URL without the bucket, such as `oss-cn-hangzhou.aliyuncs.com`; https where it names
   * no scheme. Default: that of region and network. An IP address or localhost implies `pathStyle`.
   */
  readonly endpoint?: string | undefined;
  /** Which of the region's endpoints. Default: `public`. */
  readonly network?: OssSource['network'] | undefined;
  /** `host/bucket/key` instead of `bucket.host/key`. Default: false. */
  readonly pathStyle?: boolean | undefined;
  /** The endpoint is a domain of the bucket's own: `host/key`. Default: false. */
  readonly cname?: boolean | undefined;
  /** A version of a versioned bucket. Default: the current one. */
  readonly versionId?: string | undefined;
  /** Whoever asks pays. Default: false. */
  readonly requestPayer?: boolean | undefined;
  /** Bits per second and connection, 819 200 to 838 860 800. Default: no limit. */
  readonly trafficLimit?: number | undefined;
}

/**
 * An object of OSS as a source, or the first mistake in its description.
 *
 * Errors: `UsageError`, whose `option` is the name of the field, or `source`.
 * Source: OSS documentation, "Bucket naming", "Object naming" and "Regions and endpoints".
 *
 * @example
 * decodeOssSource({ bucket: 'examplebucket', key: 'a/b.bin', region: 'cn-hangzhou' })
 */
export const decodeOssSource = (options: OssObjectOptions): E.Either<UsageError, OssSource> => {
  const mistake = mistakeIn(options);
  if (mistake !== null) return E.left(mistake);
  const endpoint = decodeEndpoint(options);
  if (E.isLeft(endpoint)) return endpoint;
  const region = decodeRegion(options.region, endpoint.right);
  if (E.isLeft(region)) return region;
  const url = endpoint.right;
  return E.right({
    _tag: 'OssSource',
    bucket: options.bucket,
    key: options.key,
    endpoint: url === null ? null : `${url.protocol}//${url.host}`,
    region: region.right,
    network: options.network ?? 'public',
    addressing: addressingOf(options, url),
    versionId: options.versionId ?? null,
    requestPayer: options.requestPayer ?? false,
    trafficLimit: options.trafficLimit ?? null,
  });
};

/**
 * Bucket and key of an `oss://BUCKET/KEY`. The key is what follows the first slash after the
 * bucket, as it stands: nothing is decoded.
 *
 * @example
 * decodeOssUri('oss://examplebucket/a b/c+d%20') // key 'a b/c+d%20'
 */
export const decodeOssUri = (
  text: string,
): E.Either<UsageError, { readonly bucket: string; readonly key: string }> => {
  const [, bucket, key] = /^oss:\/\/([^/]+)\/(.+)$/is.exec(text) ?? [];
  return bucket === undefined || key === undefined
    ? E.left(usageError('source', text, 'oss://BUCKET/KEY'))
    : E.right({ bucket, key });
};

/** The origin that an OSS source's requests go to, without the bucket: `https://host[:port]`. */
export const endpointOf = (source: OssSource): string => {
  if (source.endpoint !== null) return source.endpoint;
  switch (source.network) {
    case 'public':
      return `https://oss-${source.region}.aliyuncs.com`;
    case 'internal':
      return `https://oss-${source.region}-internal.aliyuncs.com`;
    case 'accelerate':
      return 'https://oss-accelerate.aliyuncs.com';
    default:
      return absurd(source.network);
  }
};

/** What may be shown of a source: no user info, no signature, no parameter that looks secret. */
export const sourceLabel = (source: Source): string =>
  source._tag === 'OssSource' ? `oss://${source.bucket}/${source.key}` : urlLabel(source.url);

/**
 * What names a source for good, to find its breakpoint by. Free of secrets; the same for a URL
 * that was signed again.
 */
export const sourceIdentity = (source: Source): string => {
  if (source._tag === 'HttpSource') return urlIdentity(source.url);
  const { host } = new URL(endpointOf(source));
  const version = source.versionId === null ? '' : `?versionId=${encode(source.versionId)}`;
  return `oss://${host}/${source.bucket}/${encode(source.key)}${version}`;
};

/** The first mistake in what does not depend on the endpoint. */
const mistakeIn = (options: OssObjectOptions): UsageError | null => {
  const { bucket, key, versionId, trafficLimit, network } = options;
  if (!isText(bucket) || !/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(bucket)) {
    return usageError('source', bucket, BUCKET_ALLOWED);
  }
  if (!isKey(key)) return usageError('source', key, 'a key of 1 to 1023 bytes of UTF-8');
  if (versionId === '') return usageError('versionId', '', 'an id that is not empty');
  if (network !== undefined && !['public', 'internal', 'accelerate'].includes(network)) {
    return usageError('network', network, 'public, internal or accelerate');
  }
  const isLimit = (n: number) => Number.isInteger(n) && n >= 819_200 && n <= 838_860_800;
  return trafficLimit === undefined || isLimit(trafficLimit)
    ? null
    : usageError('trafficLimit', trafficLimit, '819200 to 838860800 bits per second');
};

const BUCKET_ALLOWED =
  'a bucket of 3 to 63 lower-case letters, digits and hyphens, no hyphen first or last';

const isText = (value: unknown): value is string => typeof value === 'string';

/** A lone surrogate has no UTF-8, so no request could name such a key. */
const isKey = (key: unknown): key is string =>
  isText(key) &&
  key !== '' &&
  new TextEncoder().encode(key).length <= 1023 &&
  !/\p{Surrogate}/u.test(key);

const decodeEndpoint = (options: OssObjectOptions): E.Either<UsageError, URL | null> => {
  const { endpoint, bucket, network = 'public', pathStyle = false, cname = false } = options;
  if (cname && pathStyle) {
    return E.left(usageError('cname', 'true', 'not together with pathStyle'));
  }
  if (endpoint === undefined) {
    const allowed = 'with an endpoint, the domain that stands for the bucket';
    return cname ? E.left(usageError('cname', 'true', allowed)) : E.right(null);
  }
  if (network !== 'public') {
    return E.left(usageError('network', network, 'without an endpoint, which decides it'));
  }
  const url = parseHttpUrl(/^[a-z]+:\/\//i.test(endpoint) ? endpoint : `https://${endpoint}`);
  const rest = url === null ? '' : `${url.username}${url.password}${url.pathname}${url.search}`;
  if (url === null || rest !== '/') {
    return E.left(usageError('endpoint', withoutSecrets(endpoint), ENDPOINT_ALLOWED));
  }
  const namesBucket = url.host.startsWith(`${bucket}.`) && url.host.endsWith('.aliyuncs.com');
  return namesBucket && !cname && regionOf(url.hostname) === null
    ? E.left(usageError('endpoint', endpoint, 'the host without the bucket, or with cname'))
    : E.right(url);
};

const ENDPOINT_ALLOWED =
  'a host or an http(s) URL without path, such as oss-cn-hangzhou.aliyuncs.com';

const decodeRegion = (
  region: string | undefined,
  endpoint: URL | null,
): E.Either<UsageError, string> => {
  const name = region?.replace(/^oss-/, '') ?? impliedRegion(endpoint);
  return name !== null && /^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)
    ? E.right(name)
    : E.left(usageError('region', region ?? '', 'the name of a region, such as cn-hangzhou'));
};

/** A server of one's own has no region; signatures need some name, and this is as good as any. */
const impliedRegion = (endpoint: URL | null): string | null => {
  if (endpoint === null) return null;
  return isLocal(endpoint.hostname) ? 'cn-hangzhou' : regionOf(endpoint.hostname);
};

/** The region in the name of one of OSS's own endpoints: public, internal or dual-stack. */
const regionOf = (host: string): string | null => {
  const match =
    /^oss-(?!accelerate)([a-z0-9-]+?)(?:-internal)?\.aliyuncs\.com$/.exec(host) ??
    /^([a-z0-9-]+)\.oss\.aliyuncs\.com$/.exec(host);
  return match?.[1] ?? null;
};

const addressingOf = (options: OssObjectOptions, url: URL | null): OssSource['addressing'] => {
  if (options.cname === true) return 'customDomain';
  const isPathStyle = options.pathStyle === true || (url !== null && isLocal(url.hostname));
  return isPathStyle ? 'path' : 'virtualHost';
};

/** An IP address or a name of this host: no bucket can be put in front of it. */
const isLocal = (host: string): boolean =>
  /^\d+\.\d+\.\d+\.\d+$/.test(host) || host.startsWith('[') || /(^|\.)localhost$/.test(host);

/** Injective, so that no two sources share an identity. */
const encode = (text: string): string => encodeURIComponent(text);
