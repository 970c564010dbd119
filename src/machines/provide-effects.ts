/** Effects become the actors that the statecharts name: the only place where the two meet. */
import type { AnyActorRef } from 'xstate';
import type { DownloadError } from '../domain/errors.ts';
import { pickParts } from '../domain/part-runs.ts';
import type { ObjectStorage } from '../effects/object-storage.ts';
import { E, TE } from '../fp.ts';
import { checkIntegrity } from '../transfer/check-integrity.ts';
import { discardBreakpoint } from '../transfer/discard-breakpoint.ts';
import { asDiskFull } from '../transfer/disk-full.ts';
import { close, commit } from '../transfer/end-workspace.ts';
import { fetchPart } from '../transfer/fetch-part.ts';
import { openWorkspace } from '../transfer/open-workspace.ts';
import { repair } from '../transfer/repair.ts';
import { surveyTarget } from '../transfer/survey-target.ts';
import { verifyPart } from '../transfer/verify-part.ts';
import {
  missingParts,
  sampleProgress,
  unconfirmedParts,
  type Workspace,
  type WorkspaceEffects,
} from '../transfer/workspace.ts';
import { downloadMachine } from './download-machine.ts';
import type { OpeningReport } from './download-steps.ts';
import { fromTaskEither } from './from-task-either.ts';
import { partMachine } from './part-machine.ts';
import { verifyParts } from './verify-parts.ts';
import { CHECKPOINT_BYTES, watchTransfer } from './watch-transfer.ts';

/** Everything a download touches of the outside. */
export interface DownloadEffects extends WorkspaceEffects {
  /** The object, and the right to read it. */
  readonly storage: ObjectStorage;
  /** A checkpoint is due after so many written bytes; default 8 MiB. */
  readonly checkpointBytes?: number;
}

/**
 * The download statechart with its effects: logic for `createActor`, `spawn` or `invoke`.
 *
 * One value serves any number of downloads of the same object, and the same effects give the same
 * value: it takes a millisecond to make. Open workspaces are kept with it, by number, since a
 * context holds only what JSON can.
 */
export const provideEffects = (effects: DownloadEffects): typeof downloadMachine => {
  const known = provided.get(effects);
  if (known !== undefined) return known;
  const logic = provideTo(effects);
  provided.set(effects, logic);
  return logic;
};

const provided = new WeakMap<DownloadEffects, typeof downloadMachine>();

const provideTo = (effects: DownloadEffects): typeof downloadMachine => {
  const workspaces = workspaceTable();
  const flowing = (self: AnyActorRef) => (isRepeated: boolean) =>
    self.send({ type: 'bytes.flowing', ...(isRepeated ? { isRepeated } : {}) });

  const part = partMachine.provide({
    actors: {
      verifyPart: fromTaskEither(
        (input, signal) => () => verifyPart(workspaces.get(input.workspace), input.part, signal),
      ),
      fetchPart: fromTaskEither(
        ({ workspace, part, self }, signal) =>
          () =>
            fetchPart(workspaces.get(workspace), effects.storage, part, flowing(self), signal),
      ),
    },
  });
  return downloadMachine.provide({
    actors: {
      surveyTarget: fromTaskEither((request) => () => surveyTarget(effects, request)),
      probeObject: fromTaskEither((_, signal) => effects.storage.probe(signal)),
      refreshAccess: fromTaskEither((_, signal) => effects.storage.refreshAccess(signal)),
      openWorkspace: fromTaskEither((request) => async () => {
        const opened = await openWorkspace(effects, request);
        if (E.isLeft(opened)) return opened;
        const { workspace, verdict } = opened.right;
        return E.right({ ...describe(workspace), workspace: workspaces.add(workspace), verdict });
      }),
      watchTransfer: fromTaskEither(({ workspace, self, silenceMsMax }, signal) => {
        const { checkpointBytes = CHECKPOINT_BYTES } = effects;
        const limits = { silenceMsMax, checkpointBytes };
        return TE.fromTask(() => watchTransfer(workspaces.get(workspace), self, limits, signal));
      }),
      verifyParts: fromTaskEither(
        ({ workspace, self }, signal) =>
          () =>
            verifyParts(workspaces.get(workspace), self, signal),
      ),
      saveCheckpoint: fromTaskEither(({ workspace }) => saveCheckpoint(workspaces.get(workspace))),
      repairParts: fromTaskEither(
        ({ workspace, repaired }, signal) =>
          () =>
            repair(workspaces.get(workspace), repaired, signal),
      ),
      checkIntegrity: fromTaskEither(
        ({ workspace, verify }, signal) =>
          () =>
            checkIntegrity(workspaces.get(workspace), verify, signal),
      ),
      commitTarget: fromTaskEither(({ workspace }) => commit(workspaces.get(workspace))),
      discardBreakpoint: fromTaskEither((request) => () => discardBreakpoint(effects, request)),
      closeWorkspace: fromTaskEither(
        ({ workspace, keep }) =>
          () =>
            close(workspaces.take(workspace), keep),
      ),
      part,
    },
  });
};

const saveCheckpoint =
  (workspace: Workspace): TE.TaskEither<DownloadError, ReturnType<typeof sampleProgress>> =>
  async () =>
    E.bimap(
      (error: DownloadError) => asDiskFull(workspace, error),
      () => sampleProgress(workspace),
    )(await workspace.checkpointer.checkpoint());

const describe = (workspace: Workspace): Omit<OpeningReport, 'workspace' | 'verdict'> => {
  const { plan, ledger } = workspace;
  const hasPrefix = (part: number) => !ledger.isConfirmed(part) && ledger.factOf(part).length > 0;
  return {
    plan,
    pending: missingParts(workspace),
    prefixed: pickParts(plan.partCount, hasPrefix),
    isVerified: unconfirmedParts(workspace).length === 0,
    sample: sampleProgress(workspace),
  };
};

/** Numbers for open workspaces, never used twice. */
const workspaceTable = () => {
  const open = new Map<number, Workspace>();
  let count = 0;
  const get = (number: number): Workspace => {
    const workspace = open.get(number);
    if (workspace === undefined) throw new RangeError(`workspace ${number} is not open`);
    return workspace;
  };
  return {
    get,
    add: (workspace: Workspace): number => {
      count += 1;
      open.set(count, workspace);
      return count;
    },
    take: (number: number): Workspace => {
      const workspace = get(number);
      open.delete(number);
      return workspace;
    },
  };
};
