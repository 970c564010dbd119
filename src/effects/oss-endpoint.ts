/** Where an OSS object is, in the form that is sent and in the form that is signed. */
import { endpointOf } from '../domain/oss-source.ts';
import type { OssSource } from '../domain/source.ts';
import { absurd } from '../fp.ts';

export interface OssAddress {
  /** Absolute and without query; its path is encoded exactly as `canonicalUri`. */
  readonly url: string;
  /** What goes into `Host`: with the port unless it is the scheme's own. */
  readonly host: string;
  /** `/bucket/key`, encoded: what V4 signs, whichever way the bucket is addressed. */
  readonly canonicalUri: string;
}

/**
 * The address of a source's object.
 *
 * The path must be sent as it stands: a client that resolves `..` or merges slashes asks for
 * another object than the one that is signed.
 *
 * @example
 * ossAddress(source).url // 'https://examplebucket.oss-cn-hangzhou.aliyuncs.com/a%20b/c'
 */
export const ossAddress = (source: OssSource): OssAddress => {
  const { protocol, host } = new URL(endpointOf(source));
  const key = encodePath(source.key);
  const canonicalUri = `/${source.bucket}/${key}`;
  switch (source.addressing) {
    case 'path':
      return { url: `${protocol}//${host}${canonicalUri}`, host, canonicalUri };
    case 'customDomain':
      return { url: `${protocol}//${host}/${key}`, host, canonicalUri };
    case 'virtualHost': {
      const bucketHost = `${source.bucket}.${host}`;
      return { url: `${protocol}//${bucketHost}/${key}`, host: bucketHost, canonicalUri };
    }
    default:
      return absurd(source.addressing);
  }
};

/** Percent-encodes all of UTF-8 but `A-Z a-z 0-9 - _ . ~`, with upper-case hex, as V4 asks. */
export const percentEncode = (text: string): string =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );

/** As `percentEncode`, but slashes stay. */
export const encodePath = (text: string): string => percentEncode(text).replaceAll('%2F', '/');
