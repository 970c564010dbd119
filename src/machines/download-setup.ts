/**
 * The words of `download-machine.ts` and what they mean: its actors, guards, actions and delays.
 *
 * Actors are effects that `provide-effects.ts` gives; guards and recording actions are pure
 * functions of context and event.
 */
import { assign, emit, enqueueActions, setup } from 'xstate';
import type { ProgressSample } from '../domain/progress.ts';
import type { Probe } from '../effects/object-storage.ts';
import type { Committed } from '../transfer/end-workspace.ts';
import type { OpeningRequest } from '../transfer/opening-request.ts';
import type { Repair } from '../transfer/repair.ts';
import type { SurveyRequest } from '../transfer/survey-target.ts';
import type { DownloadContext, DownloadInput } from './download-context.ts';
import * as guards from './download-guards.ts';
import * as tell from './download-reports.ts';
import * as steps from './download-steps.ts';
import { partId, partInput, type WorkspaceInput } from './effect-inputs.ts';
import type { DownloadEmitted } from './emitted.ts';
import type { DownloadEvent } from './events.ts';
import { unprovided } from './from-task-either.ts';
import { partMachine } from './part-machine.ts';

export const downloadSetup = setup({
  types: {
    context: {} as DownloadContext,
    input: {} as DownloadInput,
    events: {} as DownloadEvent,
    emitted: {} as DownloadEmitted,
  },
  actors: {
    surveyTarget: unprovided<SurveyRequest, Probe | null>('surveyTarget'),
    probeObject: unprovided<void, Probe>('probeObject'),
    refreshAccess: unprovided<void, void>('refreshAccess'),
    openWorkspace: unprovided<OpeningRequest, steps.OpeningReport>('openWorkspace'),
    watchTransfer: unprovided<WorkspaceInput, void>('watchTransfer'),
    verifyParts: unprovided<WorkspaceInput, void>('verifyParts'),
    saveCheckpoint: unprovided<WorkspaceInput, ProgressSample>('saveCheckpoint'),
    checkIntegrity: unprovided<WorkspaceInput, void>('checkIntegrity'),
    repairParts: unprovided<WorkspaceInput, Repair>('repairParts'),
    commitTarget: unprovided<WorkspaceInput, Committed>('commitTarget'),
    closeWorkspace: unprovided<WorkspaceInput, void>('closeWorkspace'),
    discardBreakpoint: unprovided<SurveyRequest, void>('discardBreakpoint'),
    part: partMachine,
  },
  guards: { ...guards },
  actions: {
    recordCommand: assign(steps.recordCommand),
    recordProbe: assign(steps.recordProbe),
    recordOwner: assign(steps.recordOwner),
    recordRecall: assign(steps.recordRecall),
    recordRepair: assign(steps.recordRepair),
    recordOpening: assign(steps.recordOpening),
    recordSample: assign(steps.recordSample),
    recordFailure: assign(steps.recordFailure),
    recordDamage: assign(steps.recordDamage),
    recordVerified: assign((_) => ({ isVerified: true })),
    recordGoodAccess: assign(steps.recordGoodAccess),
    recordExpiry: assign(steps.recordExpiry),
    recordRefresh: assign(steps.recordRefresh),
    recordRefreshFailure: assign(steps.recordRefreshFailure),
    recordCommit: assign(steps.recordCommit),
    forgetPlan: assign(steps.forgetPlan),
    forgetFailure: assign(steps.forgetFailure),
    forgetWorkspace: assign(steps.forgetWorkspace),
    fillLanes: enqueueActions(({ context, enqueue, self }) => {
      const { patch, started } = steps.fillLanes(context);
      for (const part of started) {
        enqueue.spawnChild('part', { id: partId(part), input: partInput(context, part, self) });
      }
      enqueue.assign(patch);
    }),
    releaseLane: enqueueActions(({ context, event, enqueue }) => {
      if (!('part' in event)) return;
      enqueue.stopChild(partId(event.part));
      enqueue.assign(steps.releaseLane(context, event.part, event.type === 'part.fetched'));
    }),
    suspendParts: enqueueActions(({ context, enqueue }) => {
      for (const part of context.active) enqueue.sendTo(partId(part), { type: 'suspend' });
    }),
    grantAccess: enqueueActions(({ context: { active, accessGeneration }, enqueue }) => {
      const granted = { type: 'access.granted', generation: accessGeneration } as const;
      for (const part of active) enqueue.sendTo(partId(part), granted);
    }),
    stallPart: enqueueActions(({ event, enqueue }) => {
      if (event.type !== 'part.stalled') return;
      enqueue.sendTo(partId(event.part), { type: 'stall', error: event.error });
    }),
    tellPlanned: emit(tell.planned),
    tellVerdict: emit(tell.verdict),
    tellProgress: emit(tell.progress),
    tellRetry: emit(tell.retry),
    tellDamaged: emit(tell.damaged),
    tellAccessRefreshed: emit((_) => ({ type: 'accessRefreshed' }) as const),
    tellRepairing: emit(tell.repairing),
    tellPaused: emit(tell.paused),
    tellResumed: emit((_) => ({ type: 'resumed' }) as const),
    tellRenamed: emit(tell.renamed),
    tellFailed: emit(tell.failed),
    tellCancelled: emit(tell.cancelled),
  },
  delays: {
    backoff: ({ context }) => context.delayMs,
    checkpointInterval: 1_000,
  },
});
