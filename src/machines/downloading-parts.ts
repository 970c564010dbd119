/**
 * The state of `download-machine.ts` in which bytes move: four regions side by side.
 *
 *   transfer       a bounded pool of part actors, each stopped when it has ended
 *   verification   verifying ─▶ verified: what former processes wrote is read back
 *   durability     idle ⇄ checkpointing: one checkpoint at a time, downloads go on
 *   access         granted ⇄ refreshing: one refresh serves all parts
 */
import { downloadSetup } from './download-setup.ts';
import { workspaceInput } from './effect-inputs.ts';

export const downloadingParts = downloadSetup.createStateConfig({
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
});
