/** Heads and error bodies as OSS writes them. Pure. */
import { lengthOf } from '../../domain/byte-range.ts';
import type { Served } from './oss-server-decide.ts';
import type { OssRefusal } from './oss-server-refusals.ts';
import type { StoredObject } from './stored-object.ts';

/** Status and headers, names in lower case. */
export interface AnswerHead {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** What every answer says: who answers, when, and as which request. */
export const commonHeaders = (options: {
  readonly sequence: number;
  readonly now: number;
  readonly tookMs: number;
}): Readonly<Record<string, string>> => ({
  server: 'AliyunOSS',
  date: new Date(options.now).toUTCString(),
  'x-oss-request-id': requestIdOf(options.sequence),
  'x-oss-server-time': String(Math.max(0, Math.round(options.tookMs))),
});

/** 24 hexadecimal digits that tell the request's place in the log. */
export const requestIdOf = (sequence: number): string =>
  sequence.toString(16).toUpperCase().padStart(24, '0');

/** What is said of an object in 200, 206 and 304. `Content-Length` is of the range. */
export const objectHeaders = (object: StoredObject): Readonly<Record<string, string>> => ({
  'accept-ranges': 'bytes',
  'content-type': object.contentType,
  etag: `"${object.etag}"`,
  'last-modified': new Date(object.lastModified).toUTCString(),
  'x-oss-object-type': object.type,
  'x-oss-storage-class': object.storageClass,
  ...(object.contentEncoding === null ? {} : { 'content-encoding': object.contentEncoding }),
  ...(object.crc64 === null ? {} : { 'x-oss-hash-crc64ecma': object.crc64 }),
  ...(object.versionId === null ? {} : { 'x-oss-version-id': object.versionId }),
  ...(object.restore === null ? {} : { 'x-oss-restore': object.restore }),
  ...object.headers,
});

/** The head of an object or a range of it. */
export const servedHead = ({ object, range, isPart }: Served): AnswerHead => ({
  status: isPart ? 206 : 200,
  headers: {
    ...objectHeaders(object),
    'content-length': String(lengthOf(range)),
    ...(isPart ? { 'content-range': `bytes ${range.start}-${range.end - 1}/${object.size}` } : {}),
  },
});

/**
 * A refusal: XML in the body, or in base64 as `x-oss-err` where HEAD has no body; there without
 * dumps of bytes, which clients' limits for headers do not bear.
 */
export const refusedAnswer = (
  refusal: OssRefusal,
  options: { readonly method: string; readonly host: string; readonly sequence: number },
): AnswerHead & { readonly body: string } => {
  const isHead = options.method === 'HEAD';
  const details = refusal.details.filter(([name]) => !isHead || !/Bytes$/.test(name));
  const xml = errorXml({ ...refusal, details }, options.host, requestIdOf(options.sequence));
  return {
    status: refusal.status,
    headers: {
      'content-type': 'application/xml',
      'content-length': String(isHead ? 0 : Buffer.byteLength(xml)),
      ...(refusal.ec === null ? {} : { 'x-oss-ec': refusal.ec }),
      ...(isHead ? { 'x-oss-err': Buffer.from(xml).toString('base64') } : {}),
      ...refusal.headers,
    },
    body: isHead ? '' : xml,
  };
};

const errorXml = (refusal: OssRefusal, host: string, requestId: string): string => {
  const elements: ReadonlyArray<readonly [string, string]> = [
    ['Code', refusal.code],
    ['Message', refusal.message],
    ['RequestId', requestId],
    ['HostId', host],
    ...refusal.details,
    ...(refusal.ec === null ? [] : [['EC', refusal.ec] as const]),
  ];
  const lines = elements.map(([name, value]) => `  <${name}>${escapeXml(value)}</${name}>\n`);
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Error>\n${lines.join('')}</Error>\n`;
};

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Control characters, which XML 1.0 cannot hold, become U+FFFD. */
const escapeXml = (text: string): string =>
  text
    .replace(/[&<>"']/g, (char) => ENTITIES[char]!)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '\ufffd');
