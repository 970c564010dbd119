/** What faults do to a right answer. Pure. */
import { type ByteRange, lengthOf } from '../../domain/byte-range.ts';
import { bytes } from '../../domain/bytes.ts';
import type { Fault } from './faults.ts';
import type { Served } from './oss-server-decide.ts';
import { type OssRefusal, refusals } from './oss-server-refusals.ts';
import type { Body } from './reply-body.ts';

type Headers = Readonly<Record<string, string>>;

/** The refusal that a fault asks for. */
export const refusalOf = (fault: Extract<Fault, { _tag: 'Refuse' }>): OssRefusal =>
  refusals.any(fault.status, fault.code, fault.message ?? 'A fault rule said so.', {
    headers: {
      ...(fault.retryAfter === undefined ? {} : { 'retry-after': fault.retryAfter }),
      ...fault.headers,
    },
  });

/** The answer to a range, unless the fault wants another one or all. */
export const withOtherRange = (answer: Served, fault: Fault | null): Served => {
  switch (fault?._tag) {
    case 'WrongRange':
      return { ...answer, range: shifted(answer, fault.shift) };
    case 'IgnoreRange':
      return { ...answer, range: { start: bytes(0), end: answer.object.size }, isPart: false };
    default:
      return answer;
  }
};

/** The headers that answer a HEAD. */
export const headWithFault = (headers: Headers, fault: Fault | null): Headers => {
  switch (fault?._tag) {
    case 'WrongTotal':
      return { ...headers, 'content-length': String(fault.total) };
    case 'WrongEtag':
      return { ...headers, etag: `"${fault.etag}"` };
    default:
      return headers;
  }
};

/** The headers before a body. */
export const bodyHeaders = (headers: Headers, fault: Fault | null, isGzip: boolean): Headers => {
  const contentRange = headers['content-range'];
  if (isGzip) return { ...without('content-length', headers), 'content-encoding': 'gzip' };
  switch (fault?._tag) {
    case 'WrongEtag':
      return headWithFault(headers, fault);
    case 'WrongTotal':
      return contentRange === undefined
        ? headers
        : { ...headers, 'content-range': contentRange.replace(/\d+$/, String(fault.total)) };
    case 'EndEarly': {
      const length = Math.min(fault.bytes, Number(headers['content-length']));
      return fault.framing === 'chunked'
        ? without('content-length', headers)
        : { ...headers, 'content-length': String(length) };
    }
    default:
      return headers;
  }
};

/** The body and how it goes out. */
export const bodyOf = (
  { object, range, trafficLimit }: Served,
  options: Pick<Body, 'isGzip' | 'onSent'> & { readonly fault: Fault | null },
): Body => {
  const { fault, isGzip, onSent } = options;
  const limits = [
    ...(trafficLimit === null ? [] : [trafficLimit / 8]),
    ...(fault?._tag === 'Slow' ? [fault.bytesPerSecond] : []),
  ];
  const isCut =
    fault?._tag === 'CutAfter' || fault?._tag === 'EndEarly' || fault?._tag === 'StallAfter';
  const flipAt = fault?._tag === 'FlipByte' ? fault.offset - range.start : -1;
  return {
    chunks: object.chunks(range),
    length: lengthOf(range),
    sendMax: isCut ? fault.bytes : lengthOf(range),
    ending: fault?._tag === 'CutAfter' ? 'close' : fault?._tag === 'StallAfter' ? 'stall' : 'end',
    bytesPerSecond: limits.length === 0 ? null : Math.min(...limits),
    flipAt: flipAt < 0 ? null : flipAt,
    mark: fault?._tag === 'ChangeObject' ? (fault.afterBytes ?? null) : null,
    isGzip,
    onSent,
  };
};

/** Another range of the same length; in the other direction where the object ends. */
const shifted = ({ range, object }: Served, shift: number): ByteRange => {
  const startMax = object.size - lengthOf(range);
  const moved = [range.start + shift, range.start - shift, 0, startMax].find(
    (start) => start >= 0 && start <= startMax && start !== range.start,
  );
  const start = moved ?? range.start;
  return { start: bytes(start), end: bytes(start + lengthOf(range)) };
};

const without = (name: string, headers: Headers): Headers =>
  Object.fromEntries(Object.entries(headers).filter(([known]) => known !== name));
