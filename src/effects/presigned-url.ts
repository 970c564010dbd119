/** URLs by which somebody without a key may download one object of OSS. */
import type { OssSource } from '../domain/source.ts';
import type { AccessKey } from './credentials.ts';
import { ossAddress } from './oss-endpoint.ts';
import { presignOssUrl } from './request-signer.oss-v4.ts';

export interface Presigning {
  readonly accessKey: AccessKey;
  /** When it is signed, in milliseconds since 1970. */
  readonly timeMs: number;
  /** How long it may be used, in seconds: 1 to 604 800, seven days. */
  readonly expiresSeconds: number;
}

/**
 * A presigned URL of an object, for whoever has no credentials: as a source, or as what
 * `refreshUrl` gives. It names the source's version; who pays and how fast are not part of it.
 *
 * Throws a `RangeError` when it would live too long or not at all.
 *
 * @example
 * presignedUrl(source, { accessKey, timeMs: Date.now(), expiresSeconds: 3600 })
 */
export const presignedUrl = (
  source: OssSource,
  { accessKey, timeMs, expiresSeconds }: Presigning,
): string => {
  const { url, canonicalUri } = ossAddress(source);
  const query: Readonly<Record<string, string>> =
    source.versionId === null ? {} : { versionId: source.versionId };
  const request = { method: 'GET', canonicalUri, query, headers: {} } as const;
  return presignOssUrl(url, request, { accessKey, timeMs, region: source.region }, expiresSeconds);
};
