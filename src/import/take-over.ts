/** Hands the Python SDK's temporary file over to a breakpoint of ours. */
import { dirname } from 'node:path';
import type { DownloadError } from '../domain/errors.ts';
import { sourceIdentity, sourceLabel } from '../domain/oss-source.ts';
import type { OpenFile } from '../effects/file-system.ts';
import { E, pipe, TE } from '../fp.ts';
import type { BreakpointHeader, PartFact } from '../store/breakpoint.ts';
import { namesOfClaim } from '../store/claim-content.ts';
import { inRecords } from '../store/compact-breakpoint.ts';
import type { Leftover } from './find-leftover.ts';
import type { ClaimedImport, ImportEffects, ImportRequest } from './import-request.ts';
import type { PythonSdkRecord } from './python-sdk-record.ts';

type Result<A> = Promise<E.Either<DownloadError, A>>;

/** The temporary file, and which parts in it are right. */
export interface Proven {
  readonly file: OpenFile;
  readonly facts: ReadonlyArray<PartFact>;
}

/** Steps 2 to 5 of `import-breakpoint.ts`. Closes the temporary file. */
export const takeOver = async (
  effects: ImportEffects,
  request: ClaimedImport,
  leftover: Leftover,
  proven: Proven,
): Result<void> => {
  const { files, folders } = effects;
  const partPath = await freePath(effects, request);
  const prepared = E.isLeft(partPath)
    ? partPath
    : await prepare(effects, request, leftover, proven, partPath.right)();
  const closed = await proven.file.close()(); // Some systems rename no open file.
  if (E.isLeft(partPath)) return partPath;
  const ready = E.isLeft(prepared) ? prepared : closed;
  const done = E.isLeft(ready)
    ? ready
    : await pipe(
        files.rename(leftover.temporaryPath, partPath.right),
        TE.flatMap(() => folders.sync(dirname(request.target))),
      )();
  if (E.isLeft(done)) await forgetUseless(effects, request, partPath.right);
  // Everything is ours: a record that cannot be removed speaks of a file that is gone.
  else await files.remove(leftover.recordPath)();
  return done;
};

/** All that the rename needs, made durable. */
const prepare = (
  effects: ImportEffects,
  request: ClaimedImport,
  { record }: Leftover,
  { file, facts }: Proven,
  partPath: string,
): TE.TaskEither<DownloadError, void> =>
  pipe(
    file.resize(record.plan.size),
    TE.flatMap(() => file.datasync()),
    TE.flatMap(() => request.claim.confirm()),
    TE.flatMap(() => file.facts()),
    TE.flatMap(({ identity }) => {
      const header = headerOf(effects, request, record, { path: partPath, identity });
      return () => writeJournal(effects, request.key, header, facts);
    }),
  );

/** A rename replaces what is there, so the name has to be free. Nobody else makes such names. */
const freePath = async (
  { files }: ImportEffects,
  { target, claim }: ClaimedImport,
): Result<string> => {
  const path = namesOfClaim(target, claim.nonce).partFile;
  const facts = await files.facts(path)();
  if (E.isLeft(facts)) return facts;
  if (facts.right === null) return E.right(path);
  return E.left({ _tag: 'DiskFailed', code: 'EEXIST', operation: 'create', path });
};

/**
 * What the record says of the object is what a resume compares with the server: another ETag, date
 * or size there, and it starts over. The facts are of no boot, so that `afterBoot` reads them back.
 */
const headerOf = (
  { clock }: ImportEffects,
  { source, target }: ImportRequest,
  { plan, etag, mtime }: PythonSdkRecord,
  partFile: BreakpointHeader['partFile'],
): BreakpointHeader => ({
  format: 1,
  identity: sourceIdentity(source),
  label: sourceLabel(source),
  target,
  partFile,
  version: {
    size: plan.size,
    etag: `"${etag}"`,
    lastModified: new Date(mtime * 1000).toUTCString(),
    crc64: null,
    versionId: source.versionId,
  },
  plan,
  createdAtMs: clock.wallTime(),
  bootId: null,
});

const writeJournal = async (
  { breakpoints }: ImportEffects,
  key: string,
  header: BreakpointHeader,
  facts: ReadonlyArray<PartFact>,
): Result<void> => {
  const log = await breakpoints.begin(key, header)();
  if (E.isLeft(log)) return log;
  let appended: E.Either<DownloadError, void> = E.right(undefined);
  for (const record of inRecords(facts)) {
    if (E.isRight(appended)) appended = await log.right.append(record)();
  }
  const closed = await log.right.close()();
  return E.isLeft(appended) ? appended : closed;
};

/** Before the rename the journal names no file that is there: it would be of no use to anybody. */
const forgetUseless = async (
  { files, breakpoints }: ImportEffects,
  { claim, key }: ClaimedImport,
  partPath: string,
): Promise<void> => {
  const facts = await files.facts(partPath)();
  const isUseless = E.isRight(facts) && facts.right === null;
  if (isUseless && E.isRight(await claim.confirm()())) await breakpoints.remove(key)();
};
