/** SOURCE and the options that say where it is: from words of a command line to a `Source`. */
import { decodeHttpSource, withoutSecrets } from '../domain/http-source.ts';
import { decodeOssSource } from '../domain/oss-source.ts';
import { E } from '../fp.ts';
import {
  type DownloadError,
  type ErrorOf,
  type OssObjectOptions,
  parseOssUri,
  type Source,
} from '../index.ts';
import { attempt } from './failure.ts';
import { decodeWhole, refuse } from './refuse.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** The options of `get` that speak of the source, as they were typed. */
export interface SourceFlags {
  readonly endpoint?: string;
  readonly region?: string;
  readonly internal?: true;
  readonly accelerate?: true;
  readonly pathStyle?: true;
  readonly cname?: true;
  readonly anonymous?: true;
  readonly versionId?: string;
  readonly requestPayer?: true;
  readonly trafficLimit?: string;
  /** `NAME:VALUE` each. */
  readonly header: ReadonlyArray<string>;
}

/**
 * The source that was named, or the first mistake. No mistake shows a secret.
 *
 * @param env `OSS_ENDPOINT` and `OSS_REGION` stand in for options that are absent.
 */
export const decodeSource = (
  text: string,
  flags: SourceFlags,
  env: Env,
): E.Either<DownloadError, Source> => {
  if (/^oss:\/\//i.test(text)) return decodeOss(text, flags, env);
  if (/^https?:\/\//i.test(text)) return decodeHttp(text, flags);
  return refuse('source', withoutSecrets(text), 'oss://BUCKET/KEY, or an http:// or https:// URL');
};

const decodeOss = (text: string, flags: SourceFlags, env: Env): E.Either<DownloadError, Source> => {
  const address = attempt(() => parseOssUri(text));
  if (E.isLeft(address)) return address;
  if (flags.header.length > 0) return refuse('--header', HIDDEN, 'only with http(s) sources');
  const network = decodeNetwork(flags);
  if (E.isLeft(network)) return network;
  const limit = decodeWhole('--traffic-limit', flags.trafficLimit, 'bits per second');
  if (E.isLeft(limit)) return limit;
  const options: OssObjectOptions = {
    ...address.right,
    endpoint:
      flags.endpoint ?? (network.right === 'public' ? filled(env['OSS_ENDPOINT']) : undefined),
    region: flags.region,
    network: network.right,
    pathStyle: flags.pathStyle,
    cname: flags.cname,
    versionId: flags.versionId,
    requestPayer: flags.requestPayer,
    trafficLimit: limit.right,
  };
  const decoded = decodeWithRegion(options, filled(env['OSS_REGION']), flags.endpoint);
  return E.mapLeft((error: DownloadError) => asGiven(error, flags, env))(decoded);
};

/** A mistake in a variable is called by the variable's name, and a number is as it was typed. */
const asGiven = (error: DownloadError, flags: SourceFlags, env: Env): DownloadError => {
  if (error._tag !== 'UsageError' || error.value === '') return error;
  const isOf = (name: 'endpoint' | 'region', variable: string): boolean =>
    error.option === name && flags[name] === undefined && filled(env[variable]) !== undefined;
  if (error.option === 'trafficLimit') return { ...error, value: flags.trafficLimit ?? '' };
  if (isOf('endpoint', 'OSS_ENDPOINT')) return { ...error, option: 'OSS_ENDPOINT' };
  return isOf('region', 'OSS_REGION') ? { ...error, option: 'OSS_REGION' } : error;
};

/** The environment's region counts where neither `--region` nor `--endpoint` names one. */
const decodeWithRegion = (
  options: OssObjectOptions,
  fallback: string | undefined,
  endpoint: string | undefined,
): E.Either<DownloadError, Source> => {
  if (options.region !== undefined || fallback === undefined) return decodeOssSource(options);
  const named = decodeOssSource(options);
  const isNamed = E.isRight(named) && /\.aliyuncs\.com(:\d+)?\/?$/i.test(endpoint ?? '');
  return isNamed ? named : decodeOssSource({ ...options, region: fallback });
};

const decodeNetwork = ({
  internal,
  accelerate,
  endpoint,
}: SourceFlags): E.Either<ErrorOf<'UsageError'>, NonNullable<OssObjectOptions['network']>> => {
  if (internal && accelerate) {
    return refuse('--internal', 'true', 'either --internal or --accelerate');
  }
  const network = internal ? 'internal' : accelerate ? 'accelerate' : 'public';
  return network !== 'public' && endpoint !== undefined
    ? refuse(`--${network}`, 'true', 'without --endpoint, which decides it')
    : E.right(network);
};

const decodeHttp = (text: string, flags: SourceFlags): E.Either<DownloadError, Source> => {
  const stray = OSS_ONLY.find(([name]) => flags[name] !== undefined);
  if (stray !== undefined) {
    const value = flags[stray[0]];
    return refuse(stray[1], String(value), 'only with oss:// sources');
  }
  const headers = decodeHeaders(flags.header);
  return E.isLeft(headers) ? headers : decodeHttpSource(text, headers.right);
};

const OSS_ONLY: ReadonlyArray<readonly [keyof SourceFlags, string]> = [
  ['endpoint', '--endpoint'],
  ['region', '--region'],
  ['internal', '--internal'],
  ['accelerate', '--accelerate'],
  ['pathStyle', '--path-style'],
  ['cname', '--cname'],
  ['anonymous', '--anonymous'],
  ['versionId', '--version-id'],
  ['requestPayer', '--request-payer'],
  ['trafficLimit', '--traffic-limit'],
];

/** A header may be a secret wherever its colon is missing or misplaced. */
const HIDDEN = '(not shown)';

const decodeHeaders = (
  given: ReadonlyArray<string>,
): E.Either<ErrorOf<'UsageError'>, Readonly<Record<string, string>>> => {
  const headers = new Map<string, readonly [name: string, value: string]>();
  for (const text of given) {
    const [, name, value] = /^([!#$%&'*+.^_`|~\w-]+):(.*)$/s.exec(text) ?? [];
    if (name === undefined || value === undefined) return refuse('--header', HIDDEN, 'NAME:VALUE');
    if (headers.has(name.toLowerCase())) return refuse('--header', name, 'each name once');
    headers.set(name.toLowerCase(), [name, value.trim()]);
  }
  return E.right(Object.fromEntries(headers.values()));
};

/** An empty variable is a missing one. */
const filled = (text: string | undefined): string | undefined => text?.trim() || undefined;
