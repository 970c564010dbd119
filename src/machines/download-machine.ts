/**
 * A whole download, from the question for the object's version to the renamed file.
 *
 *   planning ─▶ validatingBreakpoint ─▶ downloadingParts ─▶ finalizing ─▶ renamed ●
 *      │  ▲              │                 │  ▲     (all parts whole)  │
 *      ▼  │              ▼           pause │  │ resume                 │ checksum differs,
 *     paused ◀────────────────────────  settling ◀─────────────────────┘ disk failed
 *                                          │
 *                                          └─▶ failed ●, cancelled ●
 *
 * `settling` is where everything comes to rest, whatever the reason: parts are asked to end, what
 * they wrote is recorded, and only then the download is paused, failed or cancelled.
 *
 * In `downloadingParts` bytes move, in four regions side by side:
 *
 *   transfer       a bounded pool of part actors, each stopped when it has ended
 *   verification   verifying ─▶ verified: what former processes wrote is read back
 *   durability     idle ⇄ checkpointing: one checkpoint at a time, downloads go on
 *   access         granted ⇄ refreshing: one refresh serves all parts
 *
 * Meanings stand in `setup`, the story in `createMachine`: one literal, as statechart editors open
 * it. Actors are effects that `provide-effects.ts` gives; guards and recording actions are pure
 * functions of context and event.
 */
import { assign, emit, enqueueActions, setup } from 'xstate';
import type { ProgressSample } from '../domain/progress.ts';
import type { Probe } from '../effects/object-storage.ts';
import type { Committed } from '../transfer/end-workspace.ts';
import type { OpeningRequest } from '../transfer/opening-request.ts';
import type { Repair } from '../transfer/repair.ts';
import type { SurveyRequest } from '../transfer/survey-target.ts';
import { type DownloadContext, startContext } from './download-context.ts';
import * as guards from './download-guards.ts';
import type { DownloadInput } from './download-input.ts';
import * as tell from './download-reports.ts';
import * as steps from './download-steps.ts';
import {
  openingInput,
  partId,
  partInput,
  surveyInput,
  type WorkspaceInput,
  workspaceInput,
} from './effect-inputs.ts';
import type { DownloadEmitted, DownloadEnding } from './emitted.ts';
import type { DownloadEvent } from './events.ts';
import { unprovided } from './from-task-either.ts';
import { partMachine } from './part-machine.ts';

export const downloadMachine = setup({
  types: {
    context: {} as DownloadContext,
    input: {} as DownloadInput,
    events: {} as DownloadEvent,
    emitted: {} as DownloadEmitted,
    output: {} as DownloadEnding,
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
    recordSilence: assign(steps.recordSilence),
    recordSilentRefresh: assign(steps.recordSilentRefresh),
    recordRest: assign(steps.recordRest),
    recordDamage: assign(steps.recordDamage),
    recordVerified: assign((_) => ({ isVerified: true })),
    recordDue: assign((_) => ({ isCheckpointDue: true })),
    recordGoodAccess: assign(steps.recordGoodAccess),
    recordExpiry: assign(steps.recordExpiry),
    recordRefresh: assign(steps.recordRefresh),
    recordRefreshFailure: assign(steps.recordRefreshFailure),
    recordCommit: assign(steps.recordCommit),
    forgetPlan: assign(steps.forgetPlan),
    forgetFailure: assign(steps.forgetFailure),
    forgetWorkspace: assign(steps.forgetWorkspace),
    forgetDue: assign((_) => ({ isCheckpointDue: false })),
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
    tellSilentRefresh: emit(({ context }) => {
      const { attempts: attempt } = context;
      const error = steps.silenceOf(context);
      return { type: 'retry', part: null, attempt, delayMs: 0, error } as const;
    }),
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
    /**
     * How long an answer may take as a whole where no byte of the object is asked for. It is a
     * plain deadline, and needs no look at what arrives: however slow such an exchange is, it is a
     * head and a few bytes, or what a provider of credentials answers.
     */
    silence: ({ context }) => context.settings.silenceMsMax,
    checkpointInterval: 1_000,
  },
}).createMachine({
  id: 'download',
  description: 'Downloads one object to one file; any interruption resumes to the same bytes.',
  context: ({ input }) => startContext(input),
  initial: 'planning',
  on: {
    pause: { actions: 'recordCommand' },
    resume: { actions: 'recordCommand' },
    cancel: { actions: 'recordCommand' },
    'part.damaged': { actions: ['recordDamage', 'tellDamaged'] },
  },
  states: {
    planning: {
      description: 'Asks what the object is, and decides how to cut it.',
      initial: 'surveying',
      on: {
        pause: { actions: ['recordCommand', 'forgetFailure'], target: 'paused' },
        cancel: { actions: ['recordCommand', 'forgetFailure'], target: 'settling.discarding' },
      },
      states: {
        surveying: {
          description: 'Could the file be created? Was everything there already?',
          entry: 'forgetPlan',
          invoke: {
            src: 'surveyTarget',
            input: surveyInput,
            onDone: {
              actions: { type: 'recordRecall', params: ({ event }) => event.output },
              target: 'recalling',
            },
            onError: { actions: 'recordFailure', target: 'judging' },
          },
        },
        recalling: {
          description: 'What was proven needs no server.',
          always: [
            { guard: 'isRecalled', target: '#download.validatingBreakpoint' },
            { target: 'probing' },
          ],
        },
        probing: {
          description: 'Asks the server for version and abilities.',
          entry: 'forgetFailure',
          invoke: {
            src: 'probeObject',
            onDone: {
              actions: { type: 'recordProbe', params: ({ event }) => event.output },
              target: '#download.validatingBreakpoint',
            },
            onError: { actions: 'recordFailure', target: 'judging' },
          },
          after: { silence: { actions: 'recordSilence', target: 'judging' } },
        },
        judging: {
          description: 'Decides what a failure means.',
          always: [
            { guard: 'isRefreshable', target: 'refreshingAccess' },
            { guard: 'isWorthRetrying', target: 'backingOff' },
            { target: '#download.failed' },
          ],
        },
        backingOff: {
          description: 'Waits before asking again.',
          entry: 'tellRetry',
          after: { backoff: 'probing' },
        },
        refreshingAccess: {
          description: 'Gets fresh credentials, or a fresh URL.',
          invoke: {
            src: 'refreshAccess',
            onDone: { actions: ['recordRefresh', 'tellAccessRefreshed'], target: 'probing' },
            onError: { actions: 'recordRefreshFailure', target: '#download.failed' },
          },
          after: { silence: { actions: 'recordSilence', target: 'judging' } },
        },
      },
    },
    validatingBreakpoint: {
      description: 'Reads what a former run left, and judges whether it may go on from there.',
      initial: 'opening',
      states: {
        opening: {
          description:
            'Claims the breakpoint, reads it, and compares it with the object and the disk.',
          invoke: {
            src: 'openWorkspace',
            input: openingInput,
            onDone: {
              actions: { type: 'recordOpening', params: ({ event }) => event.output },
              target: 'judging',
            },
            onError: [
              {
                guard: 'isOwned',
                actions: ['recordOwner', 'tellVerdict', 'recordFailure'],
                target: '#download.failed',
              },
              { actions: 'recordFailure', target: '#download.settling.closed' },
            ],
          },
        },
        judging: {
          description: 'Tells plan and verdict; goes on unless asked not to meanwhile.',
          entry: ['tellPlanned', 'tellVerdict', 'tellProgress'],
          always: [
            { guard: 'isWanted', target: '#download.downloadingParts' },
            { target: '#download.settling' },
          ],
        },
      },
    },
    downloadingParts: {
      description: 'Fetches missing parts, reads back recorded ones, makes them durable.',
      type: 'parallel',
      entry: 'fillLanes',
      invoke: {
        src: 'watchTransfer',
        input: workspaceInput,
        onError: { actions: 'recordFailure', target: '#download.settling' },
      },
      always: [
        { guard: 'isUnwanted', target: '#download.settling' },
        { guard: 'isComplete', target: '#download.finalizing' },
      ],
      on: {
        pause: { actions: 'recordCommand', target: '#download.settling' },
        cancel: { actions: 'recordCommand', target: '#download.settling' },
        'progress.sampled': { actions: ['recordSample', 'tellProgress'] },
      },
      states: {
        transfer: {
          description: 'A bounded pool of part actors.',
          on: {
            'part.fetched': { actions: ['recordGoodAccess', 'releaseLane', 'fillLanes'] },
            'part.failed': {
              actions: ['releaseLane', 'recordFailure'],
              target: '#download.settling',
            },
            'part.retrying': { actions: 'tellRetry' },
            'part.stalled': { actions: 'stallPart' },
          },
        },
        verification: {
          description: 'Reads back what former processes wrote, while parts are being fetched.',
          initial: 'verifying',
          states: {
            verifying: {
              description:
                'Reads recorded parts, one after the other; a damaged one is fetched again.',
              always: { guard: 'isVerified', target: 'verified' },
              invoke: {
                src: 'verifyParts',
                input: workspaceInput,
                onDone: { actions: 'recordVerified', target: 'verified' },
                onError: { actions: 'recordFailure', target: '#download.settling' },
              },
              on: {
                'part.damaged': { actions: ['recordDamage', 'tellDamaged', 'fillLanes'] },
              },
            },
            verified: { description: 'All that was recorded is on disk as recorded.' },
          },
        },
        durability: {
          description: 'One checkpoint at a time; downloads go on meanwhile.',
          initial: 'idle',
          states: {
            idle: {
              description: 'Waits for enough new bytes, or for the next checkpoint to be due.',
              after: { checkpointInterval: 'checkpointing' },
              on: { 'checkpoint.due': 'checkpointing' },
            },
            checkpointing: {
              description: 'Makes written bytes durable, then records them.',
              entry: 'forgetDue',
              on: { 'checkpoint.due': { actions: 'recordDue' } },
              invoke: {
                src: 'saveCheckpoint',
                input: workspaceInput,
                onDone: [
                  {
                    guard: 'isCheckpointDue',
                    actions: 'recordSample',
                    target: 'checkpointing',
                    reenter: true,
                  },
                  { actions: 'recordSample', target: 'idle' },
                ],
                onError: { actions: 'recordFailure', target: '#download.settling' },
              },
            },
          },
        },
        access: {
          description: 'One refresh serves all parts whose access ran out.',
          initial: 'granted',
          states: {
            granted: {
              description: 'Requests may be signed; parts are fetched.',
              on: {
                'access.expired': [
                  {
                    guard: { type: 'isRefreshedSince', params: ({ event }) => event.generation },
                    actions: 'grantAccess',
                  },
                  { guard: 'mayRefreshAccess', actions: 'recordExpiry', target: 'refreshing' },
                  { actions: 'recordFailure', target: '#download.settling' },
                ],
              },
            },
            refreshing: {
              description: 'Gets fresh credentials, or a fresh URL; parts that need them wait.',
              invoke: {
                src: 'refreshAccess',
                onDone: {
                  actions: ['recordRefresh', 'tellAccessRefreshed', 'grantAccess'],
                  target: 'granted',
                },
                onError: { actions: 'recordRefreshFailure', target: '#download.settling' },
              },
              after: {
                silence: [
                  {
                    guard: 'isRefreshWorthRetrying',
                    actions: ['recordSilentRefresh', 'tellSilentRefresh'],
                    target: 'refreshing',
                    reenter: true,
                  },
                  { actions: 'recordSilence', target: '#download.settling' },
                ],
              },
            },
          },
        },
      },
    },
    settling: {
      description: 'Everything comes to rest and is recorded, before a pause or an end.',
      initial: 'resting',
      states: {
        resting: {
          description: 'Waits until no part has anything in flight.',
          entry: 'suspendParts',
          always: { guard: 'isAtRest', target: 'checkpointing' },
          on: {
            'part.fetched': { actions: 'releaseLane' },
            'part.suspended': { actions: 'releaseLane' },
            'part.failed': { actions: 'releaseLane' },
          },
        },
        checkpointing: {
          description: 'Makes durable and records what the parts wrote.',
          invoke: {
            src: 'saveCheckpoint',
            input: workspaceInput,
            onDone: { actions: ['recordSample', 'tellProgress'], target: 'judging' },
            onError: { actions: 'recordFailure', target: 'judging' },
          },
        },
        judging: {
          description: 'Decides whether to rest, to go on, or to end.',
          always: [
            { guard: 'isPauseWanted', target: '#download.paused' },
            { guard: 'isWanted', target: '#download.downloadingParts' },
            { target: 'closing' },
          ],
        },
        closing: {
          description: 'Closes the files and gives up the claim; keeps what can be resumed.',
          on: { pause: {}, resume: {}, cancel: {} }, // Too late for another wish.
          invoke: {
            src: 'closeWorkspace',
            input: workspaceInput,
            onDone: { actions: 'forgetWorkspace', target: 'closed' },
            onError: { actions: ['recordFailure', 'forgetWorkspace'], target: 'closed' },
          },
        },
        discarding: {
          description: 'Nothing is open: what is left of a download that is given up goes.',
          on: { pause: {}, resume: {}, cancel: {} },
          always: { guard: 'isKeptAnyway', target: 'closed' },
          invoke: {
            src: 'discardBreakpoint',
            input: surveyInput,
            onDone: 'closed',
            onError: { actions: 'recordFailure', target: 'closed' },
          },
        },
        closed: {
          description: 'Nothing is open; decides which end it is.',
          always: [
            { guard: 'isCancelled', target: '#download.cancelled' },
            { guard: 'isDiskFull', target: '#download.paused' },
            { target: '#download.failed' },
          ],
        },
      },
    },
    paused: {
      description: 'At rest, everything recorded; goes on when asked.',
      entry: 'tellPaused',
      on: {
        resume: [
          {
            guard: 'isOpen',
            actions: ['recordCommand', 'recordRest', 'tellResumed'],
            target: 'downloadingParts',
          },
          { actions: ['recordCommand', 'tellResumed'], target: 'planning' },
        ],
        cancel: [
          { guard: 'isOpen', actions: 'recordCommand', target: 'settling.closing' },
          { actions: ['recordCommand', 'forgetFailure'], target: 'settling.discarding' },
        ],
      },
    },
    repairing: {
      description: 'The whole is wrong: reads all parts back, and fetches those that differ.',
      invoke: {
        src: 'repairParts',
        input: workspaceInput,
        onDone: {
          actions: [
            { type: 'recordRepair', params: ({ event }) => event.output },
            'recordRest',
            'tellRepairing',
          ],
          target: 'downloadingParts',
        },
        onError: { actions: 'recordFailure', target: 'settling' },
      },
    },
    finalizing: {
      description: 'Proves the bytes, and puts the file in place.',
      initial: 'checkpointing',
      states: {
        checkpointing: {
          description: 'Makes the last bytes durable and records them.',
          invoke: {
            src: 'saveCheckpoint',
            input: workspaceInput,
            onDone: { actions: ['recordSample', 'tellProgress'], target: 'checking' },
            onError: { actions: 'recordFailure', target: '#download.settling.closing' },
          },
        },
        checking: {
          description: 'Compares the checksum of the whole with the one that is expected.',
          invoke: {
            src: 'checkIntegrity',
            input: workspaceInput,
            onDone: 'renaming',
            onError: [
              { guard: 'isRepairable', target: '#download.repairing' },
              { actions: 'recordFailure', target: '#download.settling.closing' },
            ],
          },
        },
        renaming: {
          description: 'Gives the file its name, and the breakpoint ends.',
          invoke: {
            src: 'commitTarget',
            input: workspaceInput,
            onDone: {
              actions: { type: 'recordCommit', params: ({ event }) => event.output },
              target: '#download.renamed',
            },
            onError: { actions: 'recordFailure', target: '#download.settling.closing' },
          },
        },
      },
    },
    renamed: {
      description: 'The file is in place.',
      type: 'final',
      entry: 'tellRenamed',
      output: tell.renamed,
    },
    failed: {
      description: 'Ended with a typed error.',
      type: 'final',
      entry: 'tellFailed',
      output: tell.failed,
    },
    cancelled: {
      description: 'Ended on request.',
      type: 'final',
      entry: 'tellCancelled',
      output: tell.cancelled,
    },
  },
  output: ({ event }) => event.output as DownloadEnding,
});
