/**
 * `BreakpointStore` as a folder of journals, `<key>.journal` each. Written against `FileSystem`,
 * so that a simulated disk tests it too.
 */
import { join } from 'node:path';
import { type Bytes, bytes } from '../domain/bytes.ts';
import type { DownloadError } from '../domain/errors.ts';
import type { FileSystem, Folders, OpenFile } from '../effects/file-system.ts';
import { E, pipe, TE } from '../fp.ts';
import { type BreakpointHeader, encodeRecord, foldRecords } from './breakpoint.ts';
import type { BreakpointLog, BreakpointReading, BreakpointStore } from './breakpoint-store.ts';
import { compactRecords } from './compact-breakpoint.ts';
import { type Checksum, encodeFrame, JOURNAL_MAGIC, readJournal } from './journal.ts';

export interface FileStoreOptions {
  /** Absolute path of the folder; it is made when first written to. */
  readonly folder: string;
  readonly files: FileSystem;
  readonly folders: Folders;
  /** CRC-64, loaded on first use. */
  readonly loadChecksum: () => Promise<Checksum>;
}

export const fileBreakpointStore = (options: FileStoreOptions): BreakpointStore => {
  const { files, folders, folder } = options;
  const pathOf = (key: string) => join(folder, `${key}${SUFFIX}`);
  return {
    read: (key) => () => read(options, pathOf(key)),
    begin: (key, header) => () => begin(options, pathOf(key), header),
    reopen: (key) => () => reopen(options, pathOf(key)),
    remove: (key) =>
      pipe(
        files.facts(pathOf(key)),
        TE.flatMap((facts) => (facts === null ? TE.right(undefined) : files.remove(pathOf(key)))),
        TE.flatMap(() => files.remove(draftOf(pathOf(key)))),
      ),
    list: () =>
      pipe(
        folders.list(folder),
        TE.map((names) => names.filter((name) => name.endsWith(SUFFIX))),
        TE.map((names) => names.map((name) => name.slice(0, -SUFFIX.length))),
      ),
  };
};

type Result<A> = Promise<E.Either<DownloadError, A>>;

const SUFFIX = '.journal';

/** A journal that is being rewritten; a killed rewriting leaves one, which says nothing. */
const draftOf = (path: string): string => `${path}.draft`;

/** No journal of ours grows to this length, months of checkpoints included: 2 GiB. */
const JOURNAL_LENGTH_MAX = 2 ** 31;

const read = async (options: FileStoreOptions, path: string): Result<BreakpointReading> => {
  const facts = await options.files.facts(path)();
  if (E.isLeft(facts)) return facts;
  if (facts.right === null) return E.right({ _tag: 'Absent' });
  const { kind, size } = facts.right;
  if (kind !== 'file' || size > JOURNAL_LENGTH_MAX) return E.right({ _tag: 'Foreign' });
  const content = await contentOf(options.files, path);
  // Its owner may have ended it since we looked.
  if (E.isLeft(content)) return isMissing(content.left) ? E.right({ _tag: 'Absent' }) : content;
  const reading = readJournal(content.right, await options.loadChecksum());
  const breakpoint = reading === null ? null : foldRecords(reading.payloads);
  if (reading === null || breakpoint === null) return E.right({ _tag: 'Foreign' });
  const isTorn = reading.validLength < content.right.length;
  return E.right({ _tag: 'Found', breakpoint, tornAt: isTorn ? bytes(reading.validLength) : null });
};

/** Durable in the order: content, then name. A crash between leaves a journal nobody finds. */
const begin = async (
  options: FileStoreOptions,
  path: string,
  header: BreakpointHeader,
): Result<BreakpointLog> => {
  const checksum = await options.loadChecksum();
  const start = [JOURNAL_MAGIC, encodeFrame(encodeRecord({ type: 'header', header }), checksum)];
  const created = await pipe(
    options.folders.make(options.folder),
    TE.flatMap(() => options.files.remove(path)),
    TE.flatMap(() => options.files.create(path)),
  )();
  if (E.isLeft(created)) return created;
  const file = created.right;
  const written = await pipe(
    file.writeAt(start, bytes(0)),
    TE.flatMap(() => file.datasync()),
    TE.flatMap(() => options.folders.sync(options.folder)),
  )();
  if (E.isRight(written)) return E.right(appendTo(file, lengthOfAll(start), checksum));
  await file.close()();
  return written;
};

const reopen = async (options: FileStoreOptions, path: string): Result<BreakpointLog> => {
  const checksum = await options.loadChecksum();
  const compacted = await compact(options, path, checksum);
  if (E.isLeft(compacted)) return compacted;
  // Whoever began it may have been killed before its name was durable.
  const named = await options.folders.sync(options.folder)();
  if (E.isLeft(named)) return named;
  const opened = await options.files.open(path)();
  if (E.isLeft(opened)) return opened;
  const file = opened.right;
  const cut = await pipe(
    () => cutTornTail(file, checksum),
    // Whoever wrote it may have been killed before it was durable.
    TE.flatMap((length) => TE.map(() => length)(file.datasync())),
  )();
  if (E.isRight(cut)) return E.right(appendTo(file, cut.right, checksum));
  await file.close()();
  return cut;
};

/** Below this length a journal is not worth rewriting: 256 KiB. */
const COMPACT_FROM = 2 ** 18;

/**
 * Rewrites a journal that has grown to more than twice of what it says: only here, so that writing
 * one stays linear. The old one stands until the new one is durable.
 */
const compact = async (
  options: FileStoreOptions,
  path: string,
  checksum: Checksum,
): Result<void> => {
  const { files, folders, folder } = options;
  const content = await contentOf(files, path);
  if (E.isLeft(content)) return content;
  const reading = readJournal(content.right, checksum);
  const breakpoint = reading === null ? null : foldRecords(reading.payloads);
  if (breakpoint === null || content.right.length < COMPACT_FROM) return E.right(undefined);
  const frames = compactRecords(breakpoint).map((it) => encodeFrame(encodeRecord(it), checksum));
  const chunks = [JOURNAL_MAGIC, ...frames];
  if (lengthOfAll(chunks) * 2 > content.right.length) return E.right(undefined);
  const draft = draftOf(path);
  return pipe(
    files.remove(draft) as TE.TaskEither<DownloadError, void>,
    TE.flatMap(() => files.create(draft)),
    TE.flatMap((file) => writeWhole(file, chunks)),
    TE.flatMap(() => files.rename(draft, path)),
    TE.flatMap(() => folders.sync(folder)),
  )();
};

/** Closes the file, whatever happens. */
const writeWhole =
  (file: OpenFile, chunks: ReadonlyArray<Uint8Array>): TE.TaskEither<DownloadError, void> =>
  async () => {
    const written = await pipe(
      file.writeAt(chunks, bytes(0)),
      TE.flatMap(() => file.datasync()),
    )();
    const closed = await file.close()();
    return E.isLeft(written) ? written : closed;
  };

const cutTornTail = async (file: OpenFile, checksum: Checksum): Result<Bytes> => {
  const content = await readContent(file);
  if (E.isLeft(content)) return content;
  const length = bytes(readJournal(content.right, checksum)?.validLength ?? 0);
  if (length === content.right.length) return E.right(length);
  const cut = await file.resize(length)();
  return E.isLeft(cut) ? cut : E.right(length);
};

/** Appends at a position of its own: after a failed append the next one overwrites what it left. */
const appendTo = (file: OpenFile, length: Bytes, checksum: Checksum): BreakpointLog => {
  let end = length;
  return {
    append: (record) => async () => {
      const frame = encodeFrame(encodeRecord(record), checksum);
      const written = await pipe(
        file.writeAt([frame], end),
        TE.flatMap(() => file.datasync()),
      )();
      if (E.isRight(written)) end = bytes(end + frame.length);
      return written;
    },
    close: () => file.close(),
  };
};

const contentOf = async (files: FileSystem, path: string): Result<Uint8Array> => {
  const opened = await files.openToRead(path)();
  if (E.isLeft(opened)) return opened;
  const content = await readContent(opened.right);
  await opened.right.close()();
  return content;
};

const readContent = async (file: OpenFile): Result<Uint8Array> => {
  const facts = await file.facts()();
  if (E.isLeft(facts)) return facts;
  const content = new Uint8Array(facts.right.size);
  const count = await file.readAt(content, bytes(0))();
  return E.isLeft(count) ? count : E.right(content.subarray(0, count.right));
};

const lengthOfAll = (chunks: ReadonlyArray<Uint8Array>): Bytes =>
  bytes(chunks.reduce((sum, chunk) => sum + chunk.length, 0));

const isMissing = (error: DownloadError): boolean =>
  error._tag === 'DiskFailed' && error.code === 'ENOENT';
