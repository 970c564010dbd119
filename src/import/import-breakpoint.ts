/**
 * Goes on from what the Python SDK left: its record and its temporary file become a breakpoint and
 * a part file of ours.
 *
 * The rename of the temporary file is the one step that hands over. Before it, record and
 * temporary file are the SDK's and whole: it could go on with them, and so can another import.
 * After it, everything is ours and whole. So all that the rename needs comes first, made durable:
 *
 * 1. Every part on record is read and hashed; only those that are right become facts.
 * 2. The temporary file gets the object's size and is synced: facts may speak only of bytes that
 *    survive a power cut. To the SDK a longer file is no other one.
 * 3. The journal is written, facts included. It names a part file that is not there yet: a
 *    download that finds it so starts over, and touches nothing of the SDK's.
 * 4. The temporary file is renamed to that part file, which keeps its inode, and the folder synced.
 * 5. The SDK's record is removed. Not earlier: a power cut could undo the rename.
 *
 * The other order, rename before journal, would leave a file that nobody knows when it is
 * interrupted between the two, and the bytes in it would be lost to both.
 */
import { lengthOf } from '../domain/byte-range.ts';
import { bytes } from '../domain/bytes.ts';
import type { DownloadError } from '../domain/errors.ts';
import { sourceIdentity } from '../domain/oss-source.ts';
import { rangeOfPart } from '../domain/plan.ts';
import type { OpenFile } from '../effects/file-system.ts';
import { E } from '../fp.ts';
import type { PartFact } from '../store/breakpoint.ts';
import { breakpointKey } from '../store/breakpoint-key.ts';
import { locatePartFile } from '../transfer/locate-part-file.ts';
import { rehash } from '../transfer/rehash.ts';
import { findLeftover } from './find-leftover.ts';
import type { ImportOutcome, ImportRefusal } from './import-outcome.ts';
import type { ClaimedImport, ImportEffects, ImportRequest } from './import-request.ts';
import type { PythonSdkRecord } from './python-sdk-record.ts';
import { takeOver } from './take-over.ts';

/**
 * Makes a breakpoint of ours from the Python SDK's, or says why not; then nothing was touched.
 *
 * The SDK must not be running: it takes no lock, so nobody could tell. Cost: reads every byte that
 * is on record.
 *
 * Errors: `Busy` when another process has the target; `DiskFailed`; `Interrupted` once
 * `signal` aborts. Never rejects.
 */
export const importBreakpoint = async (
  effects: ImportEffects,
  request: ImportRequest,
  signal: AbortSignal,
): Result<ImportOutcome> => {
  const key = breakpointKey(sourceIdentity(request.source), request.target);
  const claim = await effects.claims.acquire(request.target)();
  if (E.isLeft(claim)) return claim;
  try {
    return await importClaimed(effects, { ...request, key, claim: claim.right }, signal);
  } finally {
    await claim.right.release()();
  }
};

type Result<A> = Promise<E.Either<DownloadError, A>>;

const importClaimed = async (
  effects: ImportEffects,
  request: ClaimedImport,
  signal: AbortSignal,
): Result<ImportOutcome> => {
  const isStarted = await hasOwnBreakpoint(effects, request);
  if (E.isLeft(isStarted)) return isStarted;
  if (isStarted.right) return refused({ _tag: 'AlreadyStarted' });
  const findings = await findLeftover(effects.files, request, request.from);
  if (E.isLeft(findings)) return findings;
  if ('refusal' in findings.right) return refused(findings.right.refusal);
  const { found } = findings.right;

  const file = await effects.files.open(found.temporaryPath)();
  if (E.isLeft(file)) return file;
  const proven = await proveParts(effects, file.right, found.record, signal);
  const damaged = E.isLeft(proven) ? 0 : found.record.parts.length - proven.right.length;
  if (E.isLeft(proven) || proven.right.length === 0) {
    await file.right.close()();
    return E.isLeft(proven) ? proven : refused({ _tag: 'NothingIntact', damaged });
  }
  const taken = await takeOver(effects, request, found, { file: file.right, facts: proven.right });
  if (E.isLeft(taken)) return taken;
  const sum = proven.right.reduce((total, { length }) => total + length, 0);
  return E.right({ _tag: 'Imported', parts: proven.right.length, bytes: bytes(sum), damaged });
};

const refused = (because: ImportRefusal): E.Either<never, ImportOutcome> =>
  E.right({ _tag: 'NotImported', because });

/** A breakpoint without its file is none: a download starts over, and an import may replace it. */
const hasOwnBreakpoint = async (
  { breakpoints, files }: ImportEffects,
  { key, target }: ClaimedImport,
): Result<boolean> => {
  const reading = await breakpoints.read(key)();
  if (E.isLeft(reading)) return reading;
  return E.map((located) => located !== null)(await locatePartFile(files, reading.right, target));
};

/** The parts whose bytes are in the file and have the CRC-64 on record. Only reads. */
const proveParts = async (
  { loadCrc64 }: ImportEffects,
  file: OpenFile,
  { plan, parts }: PythonSdkRecord,
  signal: AbortSignal,
): Result<ReadonlyArray<PartFact>> => {
  const crc64Of = await loadCrc64();
  const now = await file.facts()();
  if (E.isLeft(now)) return now;
  const facts: Array<PartFact> = [];
  for (const { part, crc64 } of parts) {
    const range = rangeOfPart(plan, part);
    if (crc64 === null || range.end > now.right.size) continue;
    const length = lengthOf(range);
    const actual = await rehash(file, range.start, length, crc64Of, signal);
    if (E.isLeft(actual)) return actual;
    if (actual.right === crc64) facts.push({ part, length, crc64 });
  }
  return E.right(facts);
};
