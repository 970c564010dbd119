/** `ObjectStorage` over bytes in memory, with a log of what was asked for. */
import type { ByteRange } from '../../domain/byte-range.ts';
import { bytes } from '../../domain/bytes.ts';
import type { DownloadError } from '../../domain/errors.ts';
import type { ObjectVersion } from '../../domain/object-version.ts';
import type { Crc64Of } from '../../effects/crc64.ts';
import type { BodySink } from '../../effects/http-client.ts';
import type { ObjectStorage, RangeRequest } from '../../effects/object-storage.ts';
import { E } from '../../fp.ts';

export interface SimulatedStorageOptions {
  readonly content: Uint8Array;
  readonly crc64Of: Crc64Of;
  /** Bytes of one chunk, at least 1. */
  readonly chunkLength: number;
  /**
   * What becomes of the how-manieth request, from 1: an error after so many bytes, or null. The
   * error ends the request; the bytes before it have been delivered.
   */
  readonly faultOf?: (
    request: number,
  ) => { readonly after: number; readonly error: DownloadError } | null;
}

export interface SimulatedStorage extends ObjectStorage {
  /** The ranges that were asked for, in order. */
  readonly asked: () => ReadonlyArray<ByteRange>;
}

export const simulatedStorage = (options: SimulatedStorageOptions): SimulatedStorage => {
  const { content, crc64Of } = options;
  const asked: Array<ByteRange> = [];
  const version: ObjectVersion = {
    size: bytes(content.length),
    etag: `"${crc64Of(content)}"`,
    lastModified: null,
    crc64: crc64Of(content),
    versionId: null,
  };
  return {
    asked: () => asked,
    probe: () => async () => E.right({ version, acceptsRanges: true }),
    fetchRange: (request, sink, signal) => () => {
      asked.push(request.range);
      const fault = options.faultOf?.(asked.length) ?? null;
      return deliver(options, request, sink, signal, fault);
    },
    refreshAccess: () => async () => E.right(undefined),
  };
};

const deliver = async (
  { content, chunkLength }: SimulatedStorageOptions,
  { range }: RangeRequest,
  sink: BodySink,
  signal: AbortSignal,
  fault: { readonly after: number; readonly error: DownloadError } | null,
): Promise<E.Either<DownloadError, ReturnType<typeof bytes>>> => {
  const end = fault === null ? range.end : Math.min(range.end, range.start + fault.after);
  for (let at: number = range.start; at < end; at += chunkLength) {
    if (signal.aborted) return E.left(signal.reason as DownloadError);
    const chunk = new Uint8Array(content.subarray(at, Math.min(end, at + chunkLength)));
    const written = await (sink.write(chunk) ?? E.right(undefined));
    if (E.isLeft(written)) return written;
  }
  return fault === null ? E.right(bytes(end - range.start)) : E.left(fault.error);
};
