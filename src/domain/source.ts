/** Where an object is and how to ask for it. Plain data; secrets only where the name says so. */
import type { Bytes } from './bytes.ts';

/** An object of Alibaba Cloud OSS. Made by `ossObject`, which checks it. */
export interface OssSource {
  readonly _tag: 'OssSource';
  readonly bucket: string;
  readonly key: string;
  /** `https://host[:port]` the requests go to, without bucket; null: from region and network. */
  readonly endpoint: string | null;
  /** What signatures are scoped to, such as `cn-hangzhou`. */
  readonly region: string;
  /** Which of a region's endpoints: public, `-internal` (inside Alibaba Cloud), or accelerate. */
  readonly network: 'public' | 'internal' | 'accelerate';
  /** `bucket.host/key`, `host/bucket/key`, or `host/key` (the endpoint is the bucket's CNAME). */
  readonly addressing: 'virtualHost' | 'path' | 'customDomain';
  /** Null: the current version at the time of the probe, pinned from then on. */
  readonly versionId: string | null;
  /** Sends `x-oss-request-payer: requester`. */
  readonly requestPayer: boolean;
  /** Bits per second and connection, 819 200 to 838 860 800; null: no limit. */
  readonly trafficLimit: number | null;
}

/** An object behind an HTTP(S) URL, perhaps a presigned one. */
export interface HttpSource {
  readonly _tag: 'HttpSource';
  /** The whole URL. Its query and user info may be secret: never shown, see `sourceLabel`. */
  readonly url: string;
  /** Extra headers, names in lower case. Their values may be secret. */
  readonly headers: Readonly<Record<string, string>>;
}

export type Source = OssSource | HttpSource;

/** Smaller objects are downloaded in one request where nobody chose a threshold: 8 MiB. */
export const THRESHOLD_AUTO = (8 * 2 ** 20) as Bytes;
