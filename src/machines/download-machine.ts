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
import { openingInput, targetInput, workspaceInput } from './effect-inputs.ts';

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
      initial: 'checkingTarget',
      on: {
        pause: { actions: 'recordCommand', target: 'paused' },
        cancel: { actions: 'recordCommand', target: 'cancelled' },
      },
      states: {
        checkingTarget: {
          description: 'Could the file be created at all?',
          invoke: {
            src: 'checkTarget',
            input: targetInput,
            onDone: 'probing',
            onError: { actions: 'recordFailure', target: 'judging' },
          },
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
            onError: { actions: 'recordFailure', target: '#download.failed' },
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
    downloadingParts: {
      description: 'Fetches missing parts, reads back recorded ones, makes them durable.',
      type: 'parallel',
      entry: 'fillLanes',
      invoke: {
        src: 'watchTransfer',
        input: workspaceInput,
        onError: { actions: 'recordFailure', target: 'settling' },
      },
      always: { guard: 'isComplete', target: 'finalizing' },
      on: {
        pause: { actions: 'recordCommand', target: 'settling' },
        cancel: { actions: 'recordCommand', target: 'settling' },
        'progress.sampled': { actions: ['recordSample', 'tellProgress'] },
      },
      states: {
        transfer: {
          description: 'A bounded pool of part actors.',
          on: {
            'part.fetched': { actions: ['releaseLane', 'fillLanes'] },
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
            verified: {},
          },
        },
        durability: {
          description: 'One checkpoint at a time; downloads go on meanwhile.',
          initial: 'idle',
          states: {
            idle: {
              after: { checkpointInterval: 'checkpointing' },
              on: { 'checkpoint.due': 'checkpointing' },
            },
            checkpointing: {
              invoke: {
                src: 'saveCheckpoint',
                input: workspaceInput,
                onDone: { actions: 'recordSample', target: 'idle' },
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
              invoke: {
                src: 'refreshAccess',
                onDone: {
                  actions: ['recordRefresh', 'tellAccessRefreshed', 'grantAccess'],
                  target: 'granted',
                },
                onError: { actions: 'recordRefreshFailure', target: '#download.settling' },
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
        closed: {
          always: [
            { guard: 'isCancelled', target: '#download.cancelled' },
            { target: '#download.failed' },
          ],
        },
      },
    },
    paused: {
      description: 'At rest, everything recorded; goes on when asked.',
      entry: 'tellPaused',
      exit: 'tellResumed',
      on: {
        resume: [
          { guard: 'isOpen', actions: 'recordCommand', target: 'downloadingParts' },
          { actions: 'recordCommand', target: 'planning' },
        ],
        cancel: [
          { guard: 'isOpen', actions: 'recordCommand', target: 'settling.closing' },
          { actions: 'recordCommand', target: 'cancelled' },
        ],
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
            onError: { actions: 'recordFailure', target: '#download.settling.closing' },
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
