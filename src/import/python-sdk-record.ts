/**
 * What `oss2.resumable_download` (Python SDK V1, 2.19) notes of an unfinished download: how its
 * record file is called, and what it says. Nothing of it is taken for granted.
 *
 * Source: `oss2/resumable.py`; a record that the SDK itself left was read with this.
 */
import { createHash } from 'node:crypto';
import { isAbsolute, normalize, resolve, sep } from 'node:path';
import * as t from 'io-ts';
import { isSameRange } from '../domain/byte-range.ts';
import { type Bytes, bytes } from '../domain/bytes.ts';
import { Crc64 } from '../domain/crc64.ts';
import { PART_COUNT_MAX, type PartNumber, type Plan, rangeOfPart } from '../domain/plan.ts';
import type { OssSource } from '../domain/source.ts';
import { E } from '../fp.ts';
import type { RecordFlaw } from './record-flaw.ts';

/** A record that contradicts neither itself nor what was asked for. */
export interface PythonSdkRecord {
  /** Without quotes, as the SDK keeps it. */
  readonly etag: string;
  /** `Last-Modified`, in seconds since 1970. */
  readonly mtime: number;
  /** What the temporary file is called behind the target's name. */
  readonly tmpSuffix: string;
  /** How the SDK cut the object. */
  readonly plan: Plan & { readonly size: Bytes };
  /** The parts it finished, by number, none twice. */
  readonly parts: ReadonlyArray<PythonSdkPart>;
}

export interface PythonSdkPart {
  readonly part: PartNumber;
  /** Null where the SDK was told to compute none (`enable_crc=False`). */
  readonly crc64: Crc64 | null;
}

/** Which download a record has to be of. */
export interface PythonSdkDownload {
  readonly source: Pick<OssSource, 'bucket' | 'key' | 'versionId'>;
  /** A relative path is one in the current folder. */
  readonly target: string;
}

/**
 * The name of a record in the SDK's folder, which is `~/.py-oss-download` where nobody chose.
 *
 * @example
 * pythonSdkRecordName({ source, target: '/tmp/object.bin' }) // 'd36f…--8b1a…', 66 letters
 */
export const pythonSdkRecordName = ({ source, target }: PythonSdkDownload): string => {
  const { bucket, key, versionId } = source;
  const version = versionId === null ? '' : `?versionid=${versionId}`;
  return `${md5(`oss://${bucket}/${key}${version}`)}--${md5(normalized(resolve(target)))}`;
};

/**
 * Reads a record, or finds its first flaw.
 *
 * The version id is in the record's name only, so that its content cannot contradict it.
 */
export const decodePythonSdkRecord = (
  text: string,
  { source, target }: PythonSdkDownload,
): E.Either<RecordFlaw, PythonSdkRecord> => {
  const shaped = decodeShape(text);
  if (E.isLeft(shaped)) return shaped;
  const record = shaped.right;
  if (record.bucket !== source.bucket || record.key !== source.key) {
    return E.left({ _tag: 'OtherObject', object: `oss://${record.bucket}/${record.key}` });
  }
  const isTarget = normalized(record.file_path) === normalized(resolve(target));
  if (!isAbsolute(record.file_path) || !isTarget) {
    return E.left({ _tag: 'OtherTarget', target: record.file_path });
  }
  const flaw = flawIn(record);
  if (flaw !== null) return E.left(flaw);
  const plan = planOf(record);
  const parts = decodeParts(record, plan);
  if (E.isLeft(parts)) return parts;
  const { etag, mtime, tmp_suffix: tmpSuffix } = record;
  return E.right({ etag, mtime, tmpSuffix, plan, parts: parts.right });
};

/** Text of digits, as `quoteLongNumbers` leaves it, or a number that JSON could hold. */
const PartCrc = new t.Type<Crc64 | null, unknown, unknown>(
  'PartCrc',
  (u): u is Crc64 | null => u === null || Crc64.is(u),
  (u, context) => {
    const crc64 = Number.isSafeInteger(u) ? String(u) : u;
    return crc64 === null || Crc64.is(crc64) ? t.success(crc64) : t.failure(u, context);
  },
  t.identity,
);

const Part = t.strict({ part_number: t.Int, start: t.Int, end: t.Int, part_crc: PartCrc });

const Shape = t.strict({
  bucket: t.string,
  key: t.string,
  size: t.Int,
  mtime: t.Int,
  etag: t.string,
  part_size: t.Int,
  file_path: t.string,
  tmp_suffix: t.string,
  parts: t.array(Part),
});
interface Shape extends t.TypeOf<typeof Shape> {}

const decodeShape = (text: string): E.Either<RecordFlaw, Shape> => {
  const json = parseJson(text);
  if (E.isLeft(json)) return json;
  const operation = t.strict({ op_type: t.string }).decode(json.right);
  if (E.isLeft(operation)) return E.left(wrongShape(operation.left));
  const { op_type: found } = operation.right; // First: a record of an upload has other fields.
  if (found !== 'ResumableDownload') return E.left({ _tag: 'OtherOperation', operation: found });
  const shape = Shape.decode(json.right);
  return E.isLeft(shape) ? E.left(wrongShape(shape.left)) : shape;
};

const parseJson = (text: string): E.Either<RecordFlaw, unknown> => {
  try {
    return E.right(JSON.parse(quoteLongNumbers(text)));
  } catch {
    return E.left({ _tag: 'NotJson' });
  }
};

/**
 * Puts whole numbers of 16 digits and more into quotes: Python writes 64-bit numbers as they are,
 * and `JSON.parse` would round them. Strings are matched whole, so that nothing in them changes.
 *
 * A size that long becomes text, too, and is refused as such: no object is that large.
 */
const quoteLongNumbers = (json: string): string =>
  json.replace(/"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/gs, (token) =>
    /^\d{16,}$/.test(token) ? `"${token}"` : token,
  );

/** Names the first field that is missing or of another type, such as `parts.0.part_crc`. */
const wrongShape = (errors: t.Errors): RecordFlaw => {
  const names = errors[0]?.context.map(({ key }) => key).filter((key) => key !== '') ?? [];
  return { _tag: 'WrongShape', field: names.join('.') };
};

const flawIn = ({ size, part_size: partSize, ...record }: Shape): RecordFlaw | null => {
  if (!Number.isSafeInteger(size) || size < 1) return { _tag: 'SizeImpossible', size };
  const isPart = Number.isSafeInteger(partSize) && partSize >= 1;
  if (!isPart || Math.ceil(size / partSize) > PART_COUNT_MAX) {
    return { _tag: 'PartSizeImpossible', partSize };
  }
  const { mtime, etag, tmp_suffix: suffix } = record;
  if (mtime < 0 || mtime > MTIME_MAX) return { _tag: 'DateImpossible', mtime };
  if (!/^[!#-~]+$/.test(etag)) return { _tag: 'EtagImpossible', etag };
  return /^\.tmp-[A-Za-z]{12}$/.test(suffix) ? null : { _tag: 'SuffixImpossible', suffix };
};

/** The end of the year 9999: HTTP dates have four digits for the year. */
const MTIME_MAX = 253_402_300_799;

const planOf = ({ size, part_size: partSize }: Shape): PythonSdkRecord['plan'] => ({
  strategy: 'parts',
  size: bytes(size),
  partSize: bytes(partSize),
  partCount: bytes(Math.ceil(size / partSize)),
  acceptsRanges: true,
});

/** Parts that stand where their numbers say, none twice, overlap nowhere. */
const decodeParts = (
  { parts, size }: Shape,
  plan: Plan,
): E.Either<RecordFlaw, PythonSdkRecord['parts']> => {
  const decoded = new Map<PartNumber, PythonSdkPart>();
  for (const { part_number: part, start, end, part_crc: crc64 } of parts) {
    if (part < 1 || part > plan.partCount || start < 0 || start >= end || end > size) {
      return E.left({ _tag: 'PartOutside', part });
    }
    const range = { start: bytes(start), end: bytes(end) };
    if (!isSameRange(range, rangeOfPart(plan, part))) {
      return E.left({ _tag: 'PartMisplaced', part });
    }
    if (decoded.has(part)) return E.left({ _tag: 'PartTwice', part });
    decoded.set(part, { part, crc64 });
  }
  return E.right([...decoded.values()].sort((a, b) => a.part - b.part));
};

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

/** As Python's `normpath(normcase(path))`: on Windows, case does not matter. */
const normalized = (path: string): string =>
  sep === '\\' ? normalize(path).toLowerCase() : normalize(path);
