/** The part statechart as a graph: its shortest paths say what the real machine has to do. */
import assert from 'node:assert/strict';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import {
  createActor,
  fromCallback,
  getNextSnapshot,
  SimulatedClock,
  type SnapshotFrom,
} from 'xstate';
import { getShortestPaths } from 'xstate/graph';
import { type DownloadError, INTERRUPTED } from '../../src/domain/errors.ts';
import { E } from '../../src/fp.ts';
import type { PartEvent } from '../../src/machines/events.ts';
import { fromTaskEither } from '../../src/machines/from-task-either.ts';
import {
  type PartEffectInput,
  type PartInput,
  partMachine,
} from '../../src/machines/part-machine.ts';
import { EXPIRED } from '../access-expired.ts';
import { ALL_TRANSITIONS, takenTransitions } from './chart-coverage.ts';

const RESET: DownloadError = { _tag: 'NetworkFailed', code: 'ECONNRESET', message: 'reset' };
const FULL: DownloadError = { _tag: 'DiskFull', path: '/data', missing: 1 };
const REPEATED = { type: 'bytes.flowing', isRepeated: true } as const;
const STALLED = { _tag: 'Stalled', cause: 'silence', silentMs: 30_000 } as const;

/** What happens to a part: an event from outside, the end of its effect, or of its wait. */
type Happening =
  | { readonly type: 'xstate.done.actor.effect'; readonly output: undefined }
  | { readonly type: 'xstate.error.actor.effect'; readonly error: DownloadError }
  | { readonly type: 'xstate.after.backoff.part.backingOff' }
  | PartEvent;

const HAPPENINGS: ReadonlyArray<Happening> = [
  { type: 'bytes.flowing' },
  REPEATED,
  { type: 'suspend' },
  { type: 'stall', error: STALLED },
  { type: 'access.granted', generation: 1 },
  { type: 'xstate.done.actor.effect', output: undefined },
  ...[RESET, FULL, EXPIRED, INTERRUPTED].map(
    (error) => ({ type: 'xstate.error.actor.effect', error }) as const,
  ),
  { type: 'xstate.after.backoff.part.backingOff' },
];

const inputOf = (hasPrefix: boolean): PartInput => ({
  part: 1,
  workspace: 1,
  hasPrefix,
  retry: { attemptsMax: 2, delayMsFirst: 100, delayMsMax: 1_000 },
  seed: 1,
  accessGeneration: 0,
  parent: createActor(fromCallback(() => {})).start(),
});

type PartSnapshot = SnapshotFrom<typeof partMachine>;

/** Where a part is, as far as it decides what may happen next. */
const nameOf = ({ value, context }: PartSnapshot): string =>
  JSON.stringify([value, context.isSuspending, context.attempts, context.error?._tag ?? null]);

/** A part whose effects end when they are told to. */
const startPart = (input: PartInput, note: ReturnType<typeof takenTransitions>['note']) => {
  let end: (ending: E.Either<DownloadError, undefined>) => void = () => {};
  const ending = () =>
    new Promise<E.Either<DownloadError, undefined>>((resolve) => {
      end = resolve;
    });
  const clock = new SimulatedClock();
  const machine = partMachine.provide({
    actors: {
      verifyPart: fromTaskEither((_: PartEffectInput) => () => ending().then(E.map(() => true))),
      fetchPart: fromTaskEither<PartEffectInput, void>(() => ending),
    },
  });
  const actor = createActor(machine, { input, clock, inspect: note }).start();
  const happen = async (happening: Happening): Promise<void> => {
    switch (happening.type) {
      case 'xstate.done.actor.effect':
        end(E.right(happening.output));
        break;
      case 'xstate.error.actor.effect':
        end(E.left(happening.error));
        break;
      case 'xstate.after.backoff.part.backingOff':
        clock.increment(actor.getSnapshot().context.delayMs);
        break;
      default:
        actor.send(happening);
    }
    await nextTurn();
  };
  return { actor, happen };
};

const pathsOf = (input: PartInput) =>
  getShortestPaths(partMachine, {
    input,
    events: HAPPENINGS as ReadonlyArray<PartEvent>,
    serializeState: (snapshot) => nameOf(snapshot as PartSnapshot),
    // Each expiry counts as an attempt: without an end there would be no last state.
    stopWhen: (snapshot) => (snapshot as PartSnapshot).context.attempts >= 3,
    limit: 2_000,
  });

describe('the shortest paths of the part statechart, each with one more step', () => {
  test('are what the real machine does, and take all of its transitions', async () => {
    const { note, taken } = takenTransitions();
    let walked = 0;
    for (const hasPrefix of [true, false]) {
      const input = inputOf(hasPrefix);
      for (const { steps, state } of pathsOf(input)) {
        if (state.status === 'done') continue;
        for (const last of HAPPENINGS) {
          const { actor, happen } = startPart(input, note);
          for (const { event } of steps.slice(1)) await happen(event as Happening);
          assert.equal(nameOf(actor.getSnapshot()), nameOf(state as PartSnapshot));
          await happen(last);
          const expected: PartSnapshot = getNextSnapshot(
            partMachine,
            state as PartSnapshot,
            last as PartEvent,
          );
          assert.equal(
            nameOf(actor.getSnapshot()),
            nameOf(expected),
            JSON.stringify([steps, last]),
          );
          actor.stop();
          walked += 1;
        }
      }
    }
    expect(walked).toBeGreaterThan(200);
    const all = ALL_TRANSITIONS.filter((id) => id.startsWith('part.'));
    expect(all.filter((id) => !taken().includes(id))).toEqual([]);
  });
});
