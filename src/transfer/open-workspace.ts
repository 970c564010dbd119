/** Opening a workspace: read the breakpoint, judge it, and continue or start over. */
import { dirname } from 'node:path';
import { bytes } from '../domain/bytes.ts';
import type { DownloadError } from '../domain/errors.ts';
import type { ObjectVersion } from '../domain/object-version.ts';
import type { Plan } from '../domain/plan.ts';
import type { Verdict } from '../domain/verdict.ts';
import type { FileFacts, OpenFile } from '../effects/file-system.ts';
import { E, pipe, TE } from '../fp.ts';
import type { BreakpointHeader, PartFact } from '../store/breakpoint.ts';
import { breakpointKey } from '../store/breakpoint-key.ts';
import type { BreakpointLog, BreakpointReading } from '../store/breakpoint-store.ts';
import type { Claim } from '../store/claims.ts';
import { judgeBreakpoint } from '../store/judge-breakpoint.ts';
import { checkpointer } from './checkpointer.ts';
import { claimGuard } from './claim-guard.ts';
import { paceMeter } from './pace-meter.ts';
import { partLedger } from './part-ledger.ts';
import type { Workspace, WorkspaceEffects } from './workspace.ts';

export interface OpeningRequest {
  /** Which object, for naming the breakpoint: no secrets. */
  readonly identity: string;
  /** The object as people may see it. */
  readonly label: string;
  /** Absolute path. */
  readonly target: string;
  readonly version: ObjectVersion;
  readonly plan: Plan;
}

export interface Opening {
  readonly workspace: Workspace;
  readonly verdict: Verdict;
}

type Result<A> = Promise<E.Either<DownloadError, A>>;

/**
 * Opens the workspace of a download. The caller ends it with `commit` or `close`.
 *
 * Errors: `Busy` when another process has it open; `DiskFailed`.
 */
export const openWorkspace = async (
  effects: WorkspaceEffects,
  request: OpeningRequest,
): Result<Opening> => {
  const key = breakpointKey(request.identity, request.target);
  const claim = await effects.claims.acquire(key)();
  if (E.isLeft(claim)) return claim;
  const opened = await openClaimed(effects, { ...request, key, claim: claim.right });
  if (E.isLeft(opened)) await claim.right.release()();
  return opened;
};

interface Claimed extends OpeningRequest {
  readonly key: string;
  readonly claim: Claim;
}

const openClaimed = async (effects: WorkspaceEffects, request: Claimed): Result<Opening> => {
  const { version, plan, target, key } = request;
  const reading = await effects.breakpoints.read(key)();
  if (E.isLeft(reading)) return reading;
  const recorded = partFilePathOf(reading.right, target);
  const located = await locatePartFile(effects, reading.right, recorded, target);
  if (E.isLeft(located)) return located;

  const partFile = located.right?.facts ?? null;
  const verdict = judgeBreakpoint({ reading: reading.right, partFile, version, plan });
  if (verdict._tag === 'Resumed' && reading.right._tag === 'Found' && located.right !== null) {
    const { header, facts } = reading.right.breakpoint;
    const found = { filePath: located.right.path, header, facts: facts.values() };
    return continueWorkspace(effects, { ...request, verdict, ...found });
  }
  if (recorded !== null) {
    const removed = await effects.files.remove(recorded)();
    if (E.isLeft(removed)) return removed;
  }
  return startWorkspace(effects, { ...request, verdict });
};

/**
 * Where the recorded part file is; null when there is none, or when the path is not one that we
 * would have made for this target: a record must never make us remove a stranger's file.
 */
const partFilePathOf = (reading: BreakpointReading, target: string): string | null => {
  if (reading._tag !== 'Found') return null;
  const { path } = reading.breakpoint.header.partFile;
  const suffix = path.startsWith(target) ? path.slice(target.length) : '';
  return /^\.[0-9a-f]{8}\.part$/.test(suffix) ? path : null;
};

interface Located {
  readonly path: string;
  readonly facts: FileFacts;
}

/**
 * Where the bytes are: in the recorded part file, or already under the target's name, when a run
 * ended between the rename and the end of its breakpoint. Then they are read back in place.
 */
const locatePartFile = async (
  { files }: WorkspaceEffects,
  reading: BreakpointReading,
  recorded: string | null,
  target: string,
): Result<Located | null> => {
  if (reading._tag !== 'Found' || recorded === null) return E.right(null);
  const facts = await files.facts(recorded)();
  if (E.isLeft(facts)) return facts;
  if (facts.right !== null) return E.right({ path: recorded, facts: facts.right });
  const renamed = await files.facts(target)();
  if (E.isLeft(renamed)) return renamed;
  const { plan, partFile } = reading.breakpoint.header;
  const isOurs = renamed.right?.identity === partFile.identity && renamed.right.size === plan.size;
  return E.right(isOurs && renamed.right !== null ? { path: target, facts: renamed.right } : null);
};

interface Decided extends Claimed {
  readonly verdict: Verdict;
}

interface Continuation extends Decided {
  readonly filePath: string;
  readonly header: BreakpointHeader;
  readonly facts: Iterable<PartFact>;
}

const continueWorkspace = async (
  effects: WorkspaceEffects,
  found: Continuation,
): Result<Opening> => {
  const { header, filePath, key, verdict } = found;
  const opened = await effects.files.open(filePath)();
  if (E.isLeft(opened)) return opened;
  const file = opened.right;
  const log = await pipe(
    file.resize(header.plan.size ?? bytes(0)), // What stands behind the object's end is garbage.
    TE.flatMap(() => effects.breakpoints.reopen(key)),
  )();
  if (E.isLeft(log)) {
    await file.close()();
    return log;
  }
  const { plan } = header;
  const parts = { file, filePath, log: log.right, facts: found.facts };
  return E.right({ workspace: await assemble(effects, { ...found, plan }, parts), verdict });
};

const startWorkspace = async (effects: WorkspaceEffects, decided: Decided): Result<Opening> => {
  const { target, plan, verdict } = decided;
  const filePath = `${target}.${randomSuffix(effects)}.part`;
  const created = await effects.files.create(filePath)();
  if (E.isLeft(created)) return created;
  const file = created.right;
  const log = await pipe(
    file.resize(plan.size ?? bytes(0)),
    TE.flatMap(() => file.datasync()),
    TE.flatMap(() => effects.folders.sync(dirname(target))),
    TE.flatMap(() => beginLog(effects, decided, file, filePath)),
  )();
  if (E.isRight(log)) {
    const parts = { file, filePath, log: log.right, facts: [] };
    return E.right({ workspace: await assemble(effects, decided, parts), verdict });
  }
  await file.close()();
  await effects.files.remove(filePath)();
  return log;
};

/** A download in one request is not recorded: there would be nothing to continue. */
const beginLog = (
  { breakpoints, clock }: WorkspaceEffects,
  { key, identity, label, target, version, plan }: Decided,
  file: OpenFile,
  filePath: string,
): TE.TaskEither<DownloadError, BreakpointLog> => {
  if (plan.strategy === 'single') {
    return pipe(
      breakpoints.remove(key),
      TE.map(() => NO_LOG),
    );
  }
  return pipe(
    file.facts(),
    TE.flatMap((facts) => {
      const partFile = { path: filePath, identity: facts.identity };
      const createdAtMs = clock.wallTime();
      const what = { identity, label, target, partFile, version, plan, createdAtMs };
      return breakpoints.begin(key, { format: 1, ...what });
    }),
  );
};

const NO_LOG: BreakpointLog = {
  append: () => TE.right(undefined),
  close: () => TE.right(undefined),
};

const assemble = async (
  effects: WorkspaceEffects,
  { key, target, version, plan, claim }: Decided,
  parts: Pick<Workspace, 'file' | 'filePath' | 'log'> & { readonly facts: Iterable<PartFact> },
): Promise<Workspace> => {
  const { file, filePath, log } = parts;
  const ledger = partLedger(parts.facts);
  const mayWrite = claimGuard(claim, effects.clock);
  return {
    effects,
    key,
    target,
    version,
    plan,
    file,
    filePath,
    log,
    claim,
    mayWrite,
    ledger,
    pace: paceMeter(),
    checkpointer: checkpointer(file, log, ledger, mayWrite),
    crc64Of: await effects.loadCrc64(),
    written: { notify: () => {} },
  };
};

const randomSuffix = ({ entropy }: WorkspaceEffects): string =>
  [...entropy.randomBytes(4)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
