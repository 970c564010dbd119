/**
 * `oss2.resumable_download` of the reference Python SDK, for people who come from it: the same
 * parameters with their *documented* defaults, and without its losses.
 */
import { usageError } from './domain/errors.ts';
import type { OssObjectOptions } from './domain/oss-source.ts';
import { download } from './download.ts';
import { DownloadFailed } from './download-failed.ts';
import type { CredentialsProvider } from './effects/credentials.ts';
import { ossObject } from './sources.ts';
import type { Download, DownloadOutcome } from './start-download.ts';
import type { BreakpointStore } from './store/breakpoint-store.ts';

/** Where the bucket is and who asks: what the reference SDK keeps in its `Bucket`. */
export interface Bucket
  extends Pick<OssObjectOptions, 'region' | 'endpoint' | 'network' | 'pathStyle' | 'cname'> {
  readonly name: string;
  /** Default: from the environment. */
  readonly credentials?: CredentialsProvider | undefined;
}

export interface ResumableDownloadOptions {
  /** Folder for breakpoints, or a store. Default: `PARTWISE_STORE`, or `~/.partwise`. */
  readonly store?: string | BreakpointStore | undefined;
  /** Objects of at least so many bytes are downloaded in parts. Default: 10 MiB. */
  readonly multigetThreshold?: number | undefined;
  /** Bytes of one part. Default: 100 KiB, which is slow: 8 MiB suits today's networks. */
  readonly partSize?: number | undefined;
  /** Parts in flight. Default: 1. */
  readonly numThreads?: number | undefined;
  /**
   * Told how many bytes have been received, of how many; null when the server does not say.
   * Strictly increasing, last `(size, size)`. When it throws, the download ends with everything
   * kept, and rejects with what was thrown.
   */
  readonly progressCallback?: ((consumed: number, total: number | null) => void) | undefined;
  /** Query parameters: `versionId`. Others would change what the server sends and are refused. */
  readonly params?: { readonly versionId?: string | undefined } | undefined;
  /** Only `x-oss-request-payer` and `x-oss-traffic-limit`, as in the reference. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Downloads `key` of `bucket` to `filename`, resumably. Rejects with `DownloadFailed`,
 * or with what `progressCallback` throws.
 *
 * Default values are those of the reference's documentation, so that moving here changes no
 * behaviour unasked; `download` has better ones.
 *
 * @example
 * const bucket = { name: 'examplebucket', region: 'cn-hangzhou' };
 * await resumableDownload(bucket, 'exampledir/object.bin', './object.bin', { numThreads: 4 });
 */
export const resumableDownload = async (
  bucket: Bucket,
  key: string,
  filename: string,
  options: ResumableDownloadOptions = {},
): Promise<DownloadOutcome> => {
  const { name, credentials, ...place } = bucket;
  const { versionId, ...otherParams } = options.params ?? {};
  const { requestPayer, trafficLimit } = decodeHeaders(options.headers ?? {});
  const stray = Object.keys(otherParams)[0];
  if (stray !== undefined) throw refuse('params', stray, 'versionId');
  const source = ossObject({ ...place, bucket: name, key, versionId, requestPayer, trafficLimit });
  const job = inTheirWords(() =>
    download({
      source,
      target: filename,
      credentials,
      store: options.store,
      signal: options.signal,
      threshold: options.multigetThreshold ?? 10 * 2 ** 20,
      partSize: options.partSize ?? 100 * 2 ** 10,
      concurrency: options.numThreads ?? 1,
    }),
  );
  const { rethrow } = tellProgress(job, options.progressCallback);
  return job.done.finally(rethrow);
};

/** Tells the callback, until it throws: then the download ends, with everything kept. */
const tellProgress = (
  job: Download,
  callback: ResumableDownloadOptions['progressCallback'] = () => {},
): { readonly rethrow: () => void } => {
  let told = -1;
  let failure: { readonly thrown: unknown } | null = null;
  job.on('progress', ({ progress: { received, total } }) => {
    if (received <= told || failure !== null) return;
    told = received;
    try {
      callback(received, total);
    } catch (thrown) {
      failure = { thrown };
      job.cancel({ keep: true });
    }
  });
  return {
    rethrow: () => {
      if (failure !== null) throw failure.thrown;
    },
  };
};

/** A mistake is called by the name of the parameter that has it. */
const inTheirWords = <A>(run: () => A): A => {
  try {
    return run();
  } catch (thrown) {
    const error = thrown instanceof DownloadFailed ? thrown.error : null;
    if (error?._tag !== 'UsageError') throw thrown;
    throw refuse(THEIR_NAMES[error.option] ?? error.option, error.value, error.allowed);
  }
};

const THEIR_NAMES: Readonly<Record<string, string>> = {
  threshold: 'multigetThreshold',
  concurrency: 'numThreads',
  target: 'filename',
};

const decodeHeaders = (
  headers: Readonly<Record<string, string>>,
): { readonly requestPayer: boolean; readonly trafficLimit: number | undefined } => {
  const known: Record<string, string> = {};
  for (const [header, value] of Object.entries(headers)) {
    const name = header.toLowerCase();
    if (name !== PAYER && name !== LIMIT) throw refuse('headers', header, `${PAYER}, ${LIMIT}`);
    known[name] = value;
  }
  const payer = known[PAYER];
  if (payer !== undefined && payer !== 'requester') throw refuse(PAYER, payer, 'requester');
  const limit = known[LIMIT];
  if (limit !== undefined && !/^\d+$/.test(limit)) {
    throw refuse(LIMIT, limit, '819200 to 838860800 bits per second');
  }
  return {
    requestPayer: payer !== undefined,
    trafficLimit: limit === undefined ? undefined : Number(limit),
  };
};

const PAYER = 'x-oss-request-payer';
const LIMIT = 'x-oss-traffic-limit';

const refuse = (option: string, value: string, allowed: string): DownloadFailed =>
  new DownloadFailed(usageError(option, value, allowed), false);
