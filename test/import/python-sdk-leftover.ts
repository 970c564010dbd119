/** Records in the exact shape in which `oss2.resumable_download` 2.19 writes them. */
import { createHash } from 'node:crypto';
import { loadCrc64 } from '../../src/effects/crc64.ts';

export const crc64Of = await loadCrc64();

/** A value as Python's `json.dump` writes it: ASCII only, 64-bit numbers as they are. */
export const pythonJson = (value: unknown): string => {
  if (typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).filter(([, field]) => field !== undefined);
    return `{${fields.map(([name, it]) => `${pythonJson(name)}: ${pythonJson(it)}`).join(', ')}}`;
  }
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
};

export interface LeftoverOptions {
  readonly content: Uint8Array;
  readonly partSize: number;
  /** Numbers of the finished parts, in the order in which they were finished. */
  readonly done: ReadonlyArray<number>;
  readonly target: string;
  readonly bucket?: string;
  readonly key?: string;
  readonly etag?: string;
  readonly mtime?: number;
}

export const TMP_SUFFIX = '.tmp-sxxhtcunudke';

/** Fields of a record, for a test to change before `pythonJson` writes them. */
export const recordOf = (options: LeftoverOptions) => {
  const { content, partSize, done, target } = options;
  return {
    op_type: 'ResumableDownload',
    bucket: options.bucket ?? 'examplebucket',
    key: options.key ?? 'exampledir/object.bin',
    size: content.length,
    mtime: options.mtime ?? 1_704_164_645,
    etag: options.etag ?? createHash('md5').update(content).digest('hex').toUpperCase(),
    part_size: partSize,
    file_path: target,
    tmp_suffix: TMP_SUFFIX,
    parts: done.map((part) => {
      const start = (part - 1) * partSize;
      const end = Math.min(start + partSize, content.length);
      const crc = BigInt(crc64Of(content.subarray(start, end)));
      return { part_number: part, start, end, part_crc: crc };
    }),
  };
};

/** The temporary file: as long as the last finished part reaches, zeros where nothing came yet. */
export const temporaryOf = ({ content, partSize, done }: LeftoverOptions): Uint8Array => {
  const written = new Uint8Array(Math.min(content.length, Math.max(0, ...done) * partSize));
  for (const part of done) {
    const start = (part - 1) * partSize;
    written.set(content.subarray(start, start + partSize), start);
  }
  return written;
};
