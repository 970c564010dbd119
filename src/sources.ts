/** What can be downloaded, described and checked. */
import { usageError } from './domain/errors.ts';
import { decodeHttpSource } from './domain/http-source.ts';
import { decodeOssSource, decodeOssUri, type OssObjectOptions } from './domain/oss-source.ts';
import type { HttpSource, OssSource } from './domain/source.ts';
import { DownloadFailed, orThrow } from './download-failed.ts';

/**
 * An object of Alibaba Cloud OSS as a source. Throws `DownloadFailed` with a `UsageError` when
 * the options cannot be.
 *
 * @example
 * ossObject({ region: 'cn-hangzhou', bucket: 'examplebucket', key: 'exampledir/object.bin' })
 */
export const ossObject = (options: OssObjectOptions): OssSource =>
  orThrow(decodeOssSource(options));

/** An HTTP(S) URL as a source, with extra headers. Throws like `ossObject`. */
export const httpUrl = (
  url: string | URL,
  headers: Readonly<Record<string, string>> = {},
): HttpSource => orThrow(decodeHttpSource(String(url), headers));

/**
 * Bucket and key of an `oss://BUCKET/KEY`. The key is what follows the slash after the bucket, as
 * it stands: nothing is decoded. Throws like `ossObject`; credentials in it are not repeated.
 *
 * @example
 * ossObject({ ...parseOssUri('oss://examplebucket/a b.bin'), region: 'cn-hangzhou' })
 */
export const parseOssUri = (uri: string): { readonly bucket: string; readonly key: string } => {
  if (/^oss:\/\/[^/]*[@:]/i.test(uri)) throw new DownloadFailed(WITH_CREDENTIALS, false);
  return orThrow(decodeOssUri(uri));
};

const WITH_CREDENTIALS = usageError(
  'source',
  '(not shown)',
  'oss://BUCKET/KEY; credentials do not belong in it',
);
