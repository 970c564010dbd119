/** Looks for what the Python SDK left of one download: its record and its temporary file. */
import { join } from 'node:path';
import { bytes } from '../domain/bytes.ts';
import type { DownloadError } from '../domain/errors.ts';
import type { FileSystem } from '../effects/file-system.ts';
import { E } from '../fp.ts';
import type { ImportRefusal } from './import-outcome.ts';
import {
  decodePythonSdkRecord,
  type PythonSdkDownload,
  type PythonSdkRecord,
  pythonSdkRecordName,
} from './python-sdk-record.ts';

/** What the SDK left, found and understood. */
export interface Leftover {
  readonly recordPath: string;
  readonly record: PythonSdkRecord;
  readonly temporaryPath: string;
}

type Found<A> = E.Either<
  DownloadError,
  { readonly found: A } | { readonly refusal: ImportRefusal }
>;

/** @param from Absolute path of the folder of the SDK's records. */
export const findLeftover = async (
  files: FileSystem,
  download: PythonSdkDownload,
  from: string,
): Promise<Found<Leftover>> => {
  const recordPath = join(from, pythonSdkRecordName(download));
  const text = await readText(files, recordPath);
  if (E.isLeft(text)) return text;
  if ('refusal' in text.right) return cannot(text.right.refusal);
  const record = decodePythonSdkRecord(text.right.found, download);
  if (E.isLeft(record)) {
    return cannot({ _tag: 'RecordFlawed', path: recordPath, flaw: record.left });
  }
  const temporaryPath = download.target + record.right.tmpSuffix;
  const facts = await files.facts(temporaryPath)();
  if (E.isLeft(facts)) return facts;
  if (facts.right === null) return cannot({ _tag: 'TemporaryFileMissing', path: temporaryPath });
  return facts.right.kind === 'file'
    ? E.right({ found: { recordPath, record: record.right, temporaryPath } })
    : cannot({ _tag: 'TemporaryFileUnfit', path: temporaryPath });
};

/** 100 000 parts take 10 MB. */
const RECORD_LENGTH_MAX = 64 * 2 ** 20;

const readText = async (files: FileSystem, path: string): Promise<Found<string>> => {
  const facts = await files.facts(path)();
  if (E.isLeft(facts)) return facts;
  if (facts.right === null) return cannot({ _tag: 'NoRecord', path });
  if (facts.right.kind !== 'file' || facts.right.size > RECORD_LENGTH_MAX) {
    return cannot({ _tag: 'NotARecord', path });
  }
  const opened = await files.openToRead(path)();
  if (E.isLeft(opened)) return opened;
  const buffer = new Uint8Array(facts.right.size);
  const length = await opened.right.readAt(buffer, bytes(0))();
  await opened.right.close()();
  if (E.isLeft(length)) return length;
  return E.right({ found: new TextDecoder().decode(buffer.subarray(0, length.right)) });
};

const cannot = (refusal: ImportRefusal): Found<never> => E.right({ refusal });
