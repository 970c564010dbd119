/** Any HTTP server as the far end of a simulated network: one resource, with or without ranges. */
import { lengthOf } from '../../domain/byte-range.ts';
import { bytes } from '../../domain/bytes.ts';
import type { Crc64Of } from '../../effects/crc64.ts';
import type { HttpRequest } from '../../effects/http-client.ts';
import { absurd } from '../../fp.ts';
import { decideConditions, decideRange } from '../server/oss-server-range.ts';
import { type ObjectContent, type StoredObject, toStoredObject } from '../server/stored-object.ts';
import { type FarAnswer, type FarEnd, farAnswer, inMemory } from './simulated-network-far-end.ts';

export interface PlainServerOptions {
  /** Ranges are answered with 206. Default: true; else `Range` is passed over. */
  readonly ranges?: boolean;
  /** A strong `ETag` is told. Default: true. */
  readonly etag?: boolean;
  /** `Content-Length` is told, to HEAD too. Default: true; else bodies are chunked. */
  readonly length?: boolean;
  /** Told as `Last-Modified`, in milliseconds since 1970. Default: null, not told. */
  readonly lastModified?: number | null;
}

export interface SimulatedPlainServer {
  readonly farEnd: FarEnd;
  /** Replaces the resource, and with it its ETag. */
  readonly replace: (content: ObjectContent) => void;
  /** What was asked so far, in order of arrival. */
  readonly requests: () => ReadonlyArray<HttpRequest>;
}

/** A server that has one resource at every path. It is of no service and signs nothing. */
export const simulatedPlainServer = (
  content: ObjectContent,
  options: PlainServerOptions,
  { crc64Of }: { readonly crc64Of: Crc64Of },
): SimulatedPlainServer => {
  const asked: Array<HttpRequest> = [];
  const store = (next: ObjectContent) =>
    toStoredObject(next, {}, { crc64Of, now: options.lastModified ?? 0 });
  let resource = store(content);
  return {
    farEnd: {
      answer: async (request) => {
        asked.push(request);
        return answerOf(request, resource, options);
      },
    },
    replace: (next) => {
      resource = store(next);
    },
    requests: () => asked,
  };
};

/** RFC 9110: conditions (§13.2.2) before the range, which counts for GET only (§14.2). */
const answerOf = (
  { method, headers }: HttpRequest,
  resource: StoredObject,
  options: PlainServerOptions,
): FarAnswer => {
  const { ranges = true, length = true } = options;
  const common = describing(resource, options);
  const condition = decideConditions(headers, resource);
  if (condition._tag === 'NotModified') return farAnswer({ status: 304, headers: common });
  if (condition._tag === 'Failed') return farAnswer({ status: 412 });

  const serve = (status: number, range: Parameters<StoredObject['chunks']>[0], more = {}) =>
    farAnswer({
      status,
      headers: {
        ...common,
        ...(length ? { 'content-length': String(lengthOf(range)) } : {}),
        ...more,
      },
      body: inMemory(resource.chunks(range)),
    });
  const asked = ranges && method === 'GET' ? headers['range'] : undefined;
  const decision = decideRange(asked, resource.size, true);
  const { size } = resource;
  switch (decision._tag) {
    case 'Whole':
      return serve(200, { start: bytes(0), end: size });
    case 'OutOfBounds':
      return farAnswer({ status: 416, headers: { 'content-range': `bytes */${size}` } });
    case 'Part': {
      const { start, end } = decision.range;
      return serve(206, decision.range, { 'content-range': `bytes ${start}-${end - 1}/${size}` });
    }
    default:
      return absurd(decision);
  }
};

const describing = (
  { etag, lastModified }: StoredObject,
  options: PlainServerOptions,
): Readonly<Record<string, string>> => ({
  ...((options.ranges ?? true) ? { 'accept-ranges': 'bytes' } : {}),
  ...((options.etag ?? true) ? { etag: `"${etag}"` } : {}),
  ...((options.lastModified ?? null) === null
    ? {}
    : { 'last-modified': new Date(lastModified).toUTCString() }),
});
