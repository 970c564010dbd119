/**
 * One part of a download: fetch it, and go on fetching it while that is worth it.
 *
 *   (recorded bytes?) ─yes─▶ verifying ─┐
 *          └──no────────────────────────┴▶ fetching ──────────────────────▶ fetched ●
 *                                          requesting ─first byte─▶ flowing
 *                                          ▲  ▲   │ refused, cut, stalled, interrupted
 *                                 backoff  │  │   ▼
 *                          backingOff ◀────┼──┼─ judging ──▶ suspended ●, failed ●
 *                          awaitingAccess ◀┘──┘ (access granted)
 *
 * No bytes pass through here: they go from socket to disk inside the `fetchPart` actor. A retry
 * goes on behind the last written byte, or starts over where the source has no ranges.
 *
 * It ends: of `retry.attemptsMax` requests in a row one has to bring the part further than it ever
 * was, and it has an end. That is why bytes that were there before do not give the budget back.
 */
import { type AnyActorRef, assign, enqueueActions, sendTo, setup } from 'xstate';
import { type DownloadError, INTERRUPTED, toDownloadError } from '../domain/errors.ts';
import type { PartNumber } from '../domain/plan.ts';
import { backoffMs, jitter, mayRetry, type RetryPolicy } from '../domain/retry.ts';
import type { PartEvent, PartReport } from './events.ts';
import { unprovided } from './from-task-either.ts';

export interface PartInput {
  readonly part: PartNumber;
  /** Number of the open workspace the bytes go to. */
  readonly workspace: number;
  /** Did a former process write bytes of this part that have to be read first? */
  readonly hasPrefix: boolean;
  readonly retry: RetryPolicy;
  /** Makes the jitter of this download differ from others'. */
  readonly seed: number;
  /** How often access had been refreshed when the part started. */
  readonly accessGeneration: number;
  /** Who is told what becomes of the part: gets `PartReport` events. */
  readonly parent: AnyActorRef;
}

export interface PartContext extends PartInput {
  /** Failures in a row without a new byte in between. */
  readonly attempts: number;
  /** The wait before the next attempt. */
  readonly delayMs: number;
  readonly error: DownloadError | null;
  readonly isSuspending: boolean;
  /** Did a byte, new or not, come since access was granted last? */
  readonly hasFlowed: boolean;
}

/** What the effects of a part are given. */
export interface PartEffectInput {
  readonly part: PartNumber;
  readonly workspace: number;
  /** Gets `bytes.flowing` at the first byte, and at the first new one if that is another. */
  readonly self: AnyActorRef;
}

export const partMachine = setup({
  types: {
    context: {} as PartContext,
    input: {} as PartInput,
    events: {} as PartEvent,
  },
  actors: {
    verifyPart: unprovided<PartEffectInput, boolean>('verifyPart'),
    fetchPart: unprovided<PartEffectInput, void>('fetchPart'),
  },
  guards: {
    hasPrefix: ({ context }) => context.hasPrefix,
    isSuspending: ({ context }) => context.isSuspending,
    isAccessExpired: ({ context }) => context.error?._tag === 'AccessExpired',
    isWorthRetrying: ({ context: { retry, error, attempts } }) =>
      error !== null && mayRetry(retry, error, attempts),
  },
  actions: {
    recordFailure: assign(({ context }, error: DownloadError) => {
      const attempts = context.attempts + 1;
      const random = jitter(context.seed, context.part, attempts);
      const delayMs = backoffMs(context.retry, error, attempts, random);
      return { attempts, error, delayMs };
    }),
    recordFlow: assign(({ event }) =>
      isRepetition(event) ? { hasFlowed: true } : { attempts: 0, error: null, hasFlowed: true },
    ),
    recordSuspension: assign((_) => ({ isSuspending: true })),
    recordAccess: assign((_, accessGeneration: number) => ({ accessGeneration, hasFlowed: false })),
    interrupt: sendTo('effect', (_, error: DownloadError) => ({ type: 'interrupt', error })),
    reportDamage: enqueueActions(({ context: { parent, part }, event, enqueue }) => {
      const isDamaged = 'output' in event && event.output === false;
      if (isDamaged) enqueue.sendTo(parent, { type: 'part.damaged', part });
    }),
    report: enqueueActions(({ context, enqueue }, type: PartReport['type']) => {
      enqueue.sendTo(context.parent, toReport(context, type));
    }),
  },
  delays: {
    backoff: ({ context }) => context.delayMs,
  },
}).createMachine({
  id: 'part',
  description: 'One part of the object: a contiguous range, fetched by one actor.',
  context: ({ input }) => ({
    ...input,
    attempts: 0,
    delayMs: 0,
    error: null,
    isSuspending: false,
    hasFlowed: false,
  }),
  initial: 'starting',
  states: {
    starting: {
      description: 'Are there bytes of a former process to read first?',
      always: [{ guard: 'hasPrefix', target: 'verifying' }, { target: 'fetching' }],
    },
    verifying: {
      description: 'Reads back what a former process wrote of this part.',
      invoke: {
        id: 'effect',
        src: 'verifyPart',
        input: ({ context, self }) => ({ ...context, self }),
        onDone: [
          { guard: 'isSuspending', actions: 'reportDamage', target: 'suspended' },
          { actions: 'reportDamage', target: 'fetching' },
        ],
        onError: {
          actions: { type: 'recordFailure', params: ({ event }) => toDownloadError(event.error) },
          target: 'judging',
        },
      },
      on: {
        suspend: {
          actions: ['recordSuspension', { type: 'interrupt', params: INTERRUPTED }],
        },
      },
    },
    fetching: {
      description: 'A request is under way; its bytes go straight to the part file.',
      initial: 'requesting',
      invoke: {
        id: 'effect',
        src: 'fetchPart',
        input: ({ context, self }) => ({ ...context, self }),
        onDone: 'fetched',
        onError: {
          actions: { type: 'recordFailure', params: ({ event }) => toDownloadError(event.error) },
          target: 'judging',
        },
      },
      states: {
        requesting: {
          description: 'Waits for a connection and the first byte of a good answer.',
          on: { 'bytes.flowing': { actions: 'recordFlow', target: 'flowing' } },
        },
        flowing: {
          description: 'Bytes arrive and are written; new ones give the whole budget back.',
          on: { 'bytes.flowing': { actions: 'recordFlow' } },
        },
      },
      on: {
        suspend: {
          actions: ['recordSuspension', { type: 'interrupt', params: INTERRUPTED }],
        },
        stall: { actions: { type: 'interrupt', params: ({ event }) => event.error } },
      },
    },
    judging: {
      description: 'Decides what a failure means.',
      always: [
        { guard: 'isSuspending', target: 'suspended' },
        { guard: 'isAccessExpired', target: 'awaitingAccess' },
        { guard: 'isWorthRetrying', target: 'backingOff' },
        { target: 'failed' },
      ],
    },
    backingOff: {
      description: 'Waits before the next attempt.',
      entry: { type: 'report', params: 'part.retrying' },
      after: { backoff: 'fetching' },
      on: { suspend: 'suspended' },
    },
    awaitingAccess: {
      description: 'Credentials or the signed URL ran out; one refresh serves all parts.',
      entry: { type: 'report', params: 'access.expired' },
      on: {
        'access.granted': {
          actions: { type: 'recordAccess', params: ({ event }) => event.generation },
          target: 'fetching',
        },
        suspend: 'suspended',
      },
    },
    fetched: {
      description: 'All bytes are written; the lane is free.',
      type: 'final',
      entry: { type: 'report', params: 'part.fetched' },
    },
    suspended: {
      description: 'At rest: nothing is in flight any more.',
      type: 'final',
      entry: { type: 'report', params: 'part.suspended' },
    },
    failed: {
      description: 'Given up, with the last error.',
      type: 'final',
      entry: { type: 'report', params: 'part.failed' },
    },
  },
});

/** Bytes that were there before: the request had to start over. */
const isRepetition = (event: PartEvent): boolean =>
  event.type === 'bytes.flowing' && event.isRepeated === true;

const toReport = (context: PartContext, type: PartReport['type']): PartReport => {
  const { part, attempts, delayMs, accessGeneration: generation, hasFlowed } = context;
  const error = context.error ?? INTERRUPTED;
  switch (type) {
    case 'part.fetched':
      return { type, part, generation };
    case 'part.suspended':
      return { type, part };
    case 'part.failed':
      return { type, part, error };
    case 'part.retrying':
      return { type, part, attempt: attempts, error, delayMs };
    case 'access.expired':
      return { type, part, error, generation, hasFlowed };
  }
};
