/** A download whose effects do nothing but end at once: what is left is the statecharts' own work. */
import type { PromiseActorLogic } from 'xstate';
import { bytes } from '../../src/domain/bytes.ts';
import type { Crc64 } from '../../src/domain/crc64.ts';
import type { DownloadError } from '../../src/domain/errors.ts';
import { allParts } from '../../src/domain/part-runs.ts';
import type { PartNumber, Plan } from '../../src/domain/plan.ts';
import type { ProgressSample } from '../../src/domain/progress.ts';
import type { Probe } from '../../src/effects/object-storage.ts';
import { E } from '../../src/fp.ts';
import type { DownloadInput } from '../../src/machines/download-input.ts';
import { downloadMachine } from '../../src/machines/download-machine.ts';
import type { OpeningReport } from '../../src/machines/download-steps.ts';
import type { WorkspaceInput } from '../../src/machines/effect-inputs.ts';
import { fromTaskEither } from '../../src/machines/from-task-either.ts';
import { type PartEffectInput, partMachine } from '../../src/machines/part-machine.ts';
import type { Committed } from '../../src/transfer/end-workspace.ts';
import type { OpeningRequest } from '../../src/transfer/opening-request.ts';
import type { Repair } from '../../src/transfer/repair.ts';
import type { SurveyRequest } from '../../src/transfer/survey-target.ts';
import { SETTINGS } from '../input-for.ts';

export interface Script {
  readonly partCount: number;
  /** What becomes of a request; null: it is fulfilled. Default: all are. */
  readonly failureOf?: (part: PartNumber, attempt: number) => DownloadError | null;
  readonly label?: string;
  readonly probeFailure?: DownloadError | null;
}

const PART_SIZE = 100;

export const scriptedInput = ({ label = 'scripted' }: Partial<Script> = {}): DownloadInput => ({
  identity: 'scripted',
  label,
  target: '/data/object.bin',
  settings: {
    ...SETTINGS,
    wishes: { partSize: bytes(PART_SIZE), threshold: bytes(0) },
    lanes: 8,
    retry: { attemptsMax: 5, delayMsFirst: 1, delayMsMax: 2 },
  },
});

export const scriptedMachine = (script: Script): typeof downloadMachine => {
  const { partCount, failureOf = () => null, probeFailure = null } = script;
  const size = bytes(partCount * PART_SIZE);
  const version: Probe['version'] = {
    size,
    etag: '"A"',
    lastModified: null,
    crc64: null,
    versionId: null,
  };
  const plan: Plan = {
    size,
    partSize: bytes(PART_SIZE),
    partCount: bytes(partCount),
    strategy: 'parts',
    acceptsRanges: true,
  };
  const all = bytes(partCount * PART_SIZE);
  const sample: ProgressSample = {
    atMs: 0,
    received: all,
    written: all,
    durable: all,
    fetched: all,
  };
  const none = bytes(0);
  const nothing = { ...sample, received: none, written: none, durable: none };
  const attempts = new Map<PartNumber, number>();
  const right = <Input, A>(value: A): PromiseActorLogic<A, Input> =>
    fromTaskEither(() => async () => E.right(value));
  const part = partMachine.provide({
    actors: {
      verifyPart: right<PartEffectInput, boolean>(true),
      fetchPart: fromTaskEither(({ part: number, self }) => async () => {
        const attempt = (attempts.get(number) ?? 0) + 1;
        attempts.set(number, attempt);
        const failure = failureOf(number, attempt);
        if (failure === null) self.send({ type: 'bytes.flowing' });
        return failure === null ? E.right(undefined) : E.left(failure);
      }),
    },
  });
  return downloadMachine.provide({
    actors: {
      surveyTarget: right<SurveyRequest, Probe | null>(null),
      probeObject: fromTaskEither(
        () => async () =>
          probeFailure === null ? E.right({ version, acceptsRanges: true }) : E.left(probeFailure),
      ),
      refreshAccess: right<void, void>(undefined),
      openWorkspace: right<OpeningRequest, OpeningReport>({
        workspace: 1,
        verdict: { _tag: 'Fresh' },
        plan,
        pending: allParts(partCount),
        prefixed: [],
        isVerified: true,
        sample: nothing,
      }),
      watchTransfer: fromTaskEither<WorkspaceInput, void>(
        (_, signal) => () =>
          new Promise((resolve) => {
            signal.addEventListener('abort', () => resolve(E.right(undefined)), { once: true });
          }),
      ),
      verifyParts: right<WorkspaceInput, void>(undefined),
      saveCheckpoint: right(sample),
      repairParts: right<WorkspaceInput, Repair>({ scope: 'all', pending: [] }),
      checkIntegrity: right<WorkspaceInput, void>(undefined),
      commitTarget: right<WorkspaceInput, Committed>({ size, crc64: '0' as Crc64 }),
      discardBreakpoint: right<SurveyRequest, void>(undefined),
      closeWorkspace: right<WorkspaceInput, void>(undefined),
      part,
    },
  });
};
