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
 */
import { startContext } from './download-context.ts';
import { downloadSetup } from './download-setup.ts';
import { downloadingParts } from './downloading-parts.ts';
import { openingInput, surveyInput, workspaceInput } from './effect-inputs.ts';

export const downloadMachine = downloadSetup.createMachine({
  id: 'download',
  description: 'Downloads one object to one file; any interruption resumes to the same bytes.',
  context: ({ input }) => startContext(input),
  initial: 'planning',
  on: {
    pause: { actions: 'recordCommand' },
    resume: { actions: 'recordCommand' },
    cancel: { actions: 'recordCommand' },
    'part.damaged': { actions: 'recordDamage' },
  },
  states: {
    planning: {
      description: 'Asks what the object is, and decides how to cut it.',
      initial: 'surveying',
      on: {
        pause: { actions: 'recordCommand', target: 'paused' },
        cancel: { actions: 'recordCommand', target: 'cancelled' },
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
            onError: { actions: 'recordFailure', target: '#download.failed' },
          },
        },
      },
    },
    validatingBreakpoint: {
      description: 'Reads what a former run left, and judges whether it may go on from there.',
      initial: 'opening',
      states: {
        opening: {
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
          entry: ['tellPlanned', 'tellVerdict', 'tellProgress'],
          always: [
            { guard: 'isWanted', target: '#download.downloadingParts' },
            { target: '#download.settling' },
          ],
        },
      },
    },
    downloadingParts,
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
          invoke: {
            src: 'saveCheckpoint',
            input: workspaceInput,
            onDone: { actions: ['recordSample', 'tellProgress'], target: 'judging' },
            onError: { actions: 'recordFailure', target: 'judging' },
          },
        },
        judging: {
          always: [
            { guard: 'isPauseWanted', target: '#download.paused' },
            { guard: 'isWanted', target: '#download.downloadingParts' },
            { target: 'closing' },
          ],
        },
        closing: {
          invoke: {
            src: 'closeWorkspace',
            input: workspaceInput,
            onDone: { actions: 'forgetWorkspace', target: 'closed' },
            onError: { actions: ['recordFailure', 'forgetWorkspace'], target: 'closed' },
          },
        },
        discarding: {
          description: 'Nothing is open: what is left of a download that is given up goes.',
          always: { guard: 'isKeptAnyway', target: 'closed' },
          invoke: {
            src: 'discardBreakpoint',
            input: surveyInput,
            onDone: 'closed',
            onError: { actions: 'recordFailure', target: 'closed' },
          },
        },
        closed: {
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
            actions: ['recordCommand', 'tellResumed'],
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
          actions: [{ type: 'recordRepair', params: ({ event }) => event.output }, 'tellRepairing'],
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
          invoke: {
            src: 'saveCheckpoint',
            input: workspaceInput,
            onDone: { actions: ['recordSample', 'tellProgress'], target: 'checking' },
            onError: { actions: 'recordFailure', target: '#download.settling.closing' },
          },
        },
        checking: {
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
    renamed: { type: 'final', entry: 'tellRenamed', description: 'The file is in place.' },
    failed: { type: 'final', entry: 'tellFailed', description: 'Ended with a typed error.' },
    cancelled: { type: 'final', entry: 'tellCancelled', description: 'Ended on request.' },
  },
});
