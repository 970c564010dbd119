/** The record of the Python SDK: its name, its 64-bit numbers, and every flaw it may have. */
import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { E } from '../../src/fp.ts';
import { decodePythonSdkRecord, pythonSdkRecordName } from '../../src/import/python-sdk-record.ts';
import { describeRecordFlaw, type RecordFlaw } from '../../src/import/record-flaw.ts';
import { pythonJson, recordOf } from './python-sdk-leftover.ts';

const TARGET = '/data/object.bin';
const SOURCE = { bucket: 'examplebucket', key: 'exampledir/object.bin', versionId: null };
const CONTENT = Uint8Array.from({ length: 1_000 }, (_, at) => 1 + (at % 251));
const RECORD = recordOf({ content: CONTENT, partSize: 300, done: [2, 1, 4], target: TARGET });
const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

const decode = (text: string, source = SOURCE) =>
  decodePythonSdkRecord(text, { source, target: TARGET });
const decodeWith = (changes: object) => decode(pythonJson({ ...RECORD, ...changes }));

describe('pythonSdkRecordName', () => {
  const name = (versionId: string | null, target = TARGET) =>
    pythonSdkRecordName({ source: { bucket: 'bucket', key: 'key', versionId }, target });

  test('is made of the object and of the path, as the SDK makes it', () => {
    expect(name(null)).toBe(`d36fc07f5d963b319b1b48e20a9b8ae9--${md5(TARGET)}`);
    expect(name('id')).toBe(`4e2a333cadc7d4d0f6de5b1fd62de2ce--${md5(TARGET)}`);
  });

  test('is that of the record which the SDK itself left', () => {
    const source = { bucket: 'held-bucket', key: 'exampledir/例 object.bin', versionId: null };
    expect(pythonSdkRecordName({ source, target: '/tmp/python-sdk/target.bin' })).toBe(
      '52a6fe3b67940b25ac8cc33cd70cff3b--bdf9b918c3e42e235f889dffde7e2649',
    );
  });

  test('is the same for each way to write a path', () => {
    expect(name(null, '/data/./x/..//object.bin')).toBe(name(null));
    expect(name(null, 'a/../object.bin')).toBe(name(null, resolve('object.bin')));
  });
});

describe('decodePythonSdkRecord', () => {
  test('reads a record: its parts by number, their checksums to the last digit', () => {
    const decoded = decode(pythonJson(RECORD));
    const crc64 = (index: number) => String(RECORD.parts[index]?.part_crc);
    expect(decoded).toEqual(
      E.right({
        etag: RECORD.etag,
        mtime: 1_704_164_645,
        tmpSuffix: '.tmp-sxxhtcunudke',
        plan: {
          ...{ strategy: 'parts', size: 1_000, partSize: 300, partCount: 4, acceptsRanges: true },
        },
        parts: [
          { part: 1, crc64: crc64(1) },
          { part: 2, crc64: crc64(0) },
          { part: 4, crc64: crc64(2) },
        ],
      }),
    );
    expect(crc64(0).length).toBeGreaterThan(16);
  });

  test.each([0n, 1n, 2n ** 53n, 2n ** 53n + 1n, 2n ** 63n, 2n ** 64n - 1n])(
    'keeps the checksum %s',
    (part_crc) => {
      const decoded = decodeWith({ parts: [{ part_number: 1, start: 0, end: 300, part_crc }] });
      expect(E.isRight(decoded) && decoded.right.parts[0]?.crc64).toBe(String(part_crc));
    },
  );

  test('knows of parts without a checksum', () => {
    const part = { part_number: 1, start: 0, end: 300, part_crc: null };
    const decoded = decodeWith({ parts: [part] });
    expect(E.isRight(decoded) && decoded.right.parts).toEqual([{ part: 1, crc64: null }]);
  });

  test.each([
    '例 object.bin',
    '😀.bin',
    'a "12345678901234567890" \\b',
    'size": 12345678901234567890, "x',
    '\\',
    '"',
    'tab\tand\nline',
  ])('changes nothing in the key %j', (key) => {
    const text = pythonJson({ ...RECORD, key });
    expect(text).toMatch(/^[\x20-\x7e]+$/);
    expect(E.isRight(decode(text, { ...SOURCE, key }))).toBe(true);
  });

  const part = { part_number: 1, start: 0, end: 300, part_crc: 1n };
  test.each<[RecordFlaw, object]>([
    [{ _tag: 'WrongShape', field: 'op_type' }, { op_type: undefined }],
    [{ _tag: 'OtherOperation', operation: 'ResumableUpload' }, { op_type: 'ResumableUpload' }],
    [{ _tag: 'OtherObject', object: 'oss://other/exampledir/object.bin' }, { bucket: 'other' }],
    [{ _tag: 'OtherObject', object: 'oss://examplebucket/other' }, { key: 'other' }],
    [{ _tag: 'OtherTarget', target: '/etc/passwd' }, { file_path: '/etc/passwd' }],
    [{ _tag: 'OtherTarget', target: 'object.bin' }, { file_path: 'object.bin' }],
    [{ _tag: 'SizeImpossible', size: 0 }, { size: 0 }],
    [{ _tag: 'SizeImpossible', size: -1 }, { size: -1 }],
    [{ _tag: 'WrongShape', field: 'size' }, { size: 10n ** 17n }],
    [{ _tag: 'WrongShape', field: 'size' }, { size: '1000' }],
    [{ _tag: 'WrongShape', field: 'size' }, { size: 0.5 }],
    [{ _tag: 'WrongShape', field: 'mtime' }, { mtime: undefined }],
    [{ _tag: 'DateImpossible', mtime: -1 }, { mtime: -1 }],
    [{ _tag: 'DateImpossible', mtime: 253_402_300_800 }, { mtime: 253_402_300_800 }],
    [{ _tag: 'WrongShape', field: 'etag' }, { etag: null }],
    [{ _tag: 'EtagImpossible', etag: '' }, { etag: '' }],
    [{ _tag: 'EtagImpossible', etag: 'a"b' }, { etag: 'a"b' }],
    [{ _tag: 'PartSizeImpossible', partSize: 0 }, { part_size: 0 }],
    [
      { _tag: 'PartSizeImpossible', partSize: 1 },
      { part_size: 1, size: 100_001 },
    ],
    [{ _tag: 'SuffixImpossible', suffix: '.tmp-abc' }, { tmp_suffix: '.tmp-abc' }],
    [{ _tag: 'SuffixImpossible', suffix: '/../../x' }, { tmp_suffix: '/../../x' }],
    [
      { _tag: 'SuffixImpossible', suffix: '.tmp-sxxhtcunudke\n' },
      { tmp_suffix: '.tmp-sxxhtcunudke\n' },
    ],
    [{ _tag: 'WrongShape', field: 'parts' }, { parts: {} }],
    [{ _tag: 'WrongShape', field: 'parts.1' }, { parts: [part, null] }],
    [
      { _tag: 'WrongShape', field: 'parts.0.part_crc' },
      { parts: [{ ...part, part_crc: undefined }] },
    ],
    [
      { _tag: 'WrongShape', field: 'parts.0.part_crc' },
      { parts: [{ ...part, part_crc: 2n ** 64n }] },
    ],
    [{ _tag: 'WrongShape', field: 'parts.0.part_crc' }, { parts: [{ ...part, part_crc: -1 }] }],
    [{ _tag: 'PartOutside', part: 0 }, { parts: [{ ...part, part_number: 0 }] }],
    [{ _tag: 'PartOutside', part: 5 }, { parts: [{ ...part, part_number: 5 }] }],
    [{ _tag: 'PartOutside', part: 1 }, { parts: [{ ...part, end: 1_001 }] }],
    [{ _tag: 'PartOutside', part: 1 }, { parts: [{ ...part, start: -1 }] }],
    [{ _tag: 'PartOutside', part: 1 }, { parts: [{ ...part, end: 0 }] }],
    [{ _tag: 'PartMisplaced', part: 1 }, { parts: [{ ...part, end: 299 }] }],
    [{ _tag: 'PartMisplaced', part: 2 }, { parts: [{ ...part, part_number: 2 }] }],
    [{ _tag: 'PartTwice', part: 1 }, { parts: [part, part] }],
  ])('finds the flaw %j', (flaw, changes) => {
    expect(decodeWith(changes)).toEqual(E.left(flaw));
    expect(describeRecordFlaw(flaw)).toMatch(/^(is|has|tells|names|puts) .*[^.]$/s);
  });

  test.each([
    ['', 'NotJson'],
    [pythonJson(RECORD).slice(0, -1), 'NotJson'],
    ['{"op_type": NaN}', 'NotJson'],
    ['"ResumableDownload"', 'WrongShape'],
    ['null', 'WrongShape'],
    ['[]', 'WrongShape'],
  ])('finds the flaw of the text %j', (text, _tag) => {
    expect(decode(text)).toMatchObject(E.left({ _tag }));
  });

  test('reads a record of a hundred thousand parts', () => {
    const content = new Uint8Array(200_000);
    const done = Array.from({ length: 100_000 }, (_, index) => index + 1);
    const text = pythonJson(recordOf({ content, partSize: 2, done, target: TARGET }));
    expect(E.isRight(decode(text))).toBe(true);
  });
});
