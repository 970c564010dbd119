/** Effects as actors: how they end, and how they are asked to. */
import { describe, expect, test } from 'vitest';
import { createActor, toPromise } from 'xstate';
import { type DownloadError, INTERRUPTED } from '../../src/domain/errors.ts';
import { E, TE } from '../../src/fp.ts';
import { fromTaskEither, unprovided } from '../../src/machines/from-task-either.ts';

const STALLED: DownloadError = { _tag: 'Stalled', cause: 'silence', silentMs: 1 };
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

/** An effect that waits for its abort, and ends when the test says so. */
const patientEffect = () => {
  const seen: { signal: AbortSignal | null; input: number | null } = { signal: null, input: null };
  let end: (ending: E.Either<DownloadError, string>) => void = () => {};
  const logic = fromTaskEither<number, string>((input, signal) => () => {
    Object.assign(seen, { input, signal });
    return new Promise((resolve) => {
      end = resolve;
    });
  });
  return { seen, logic, end: (ending: E.Either<DownloadError, string>) => end(ending) };
};

/** An actor and the errors that reached whoever watches it. */
const start = (logic: ReturnType<typeof patientEffect>['logic'], input = 1) => {
  const errors: Array<unknown> = [];
  const actor = createActor(logic, { input });
  actor.subscribe({ error: (error) => errors.push(error) });
  return { actor: actor.start(), errors };
};
const interrupt = (error: DownloadError) => ({ type: 'interrupt', error }) as never;

describe('fromTaskEither', () => {
  test('Right becomes the output', async () => {
    const logic = fromTaskEither((input: number) => TE.right(input + 1));
    expect(await toPromise(createActor(logic, { input: 41 }).start())).toBe(42);
  });

  test('Left becomes the error, as it is', async () => {
    const logic = fromTaskEither<number, string>(() => TE.left(STALLED));
    const { actor, errors } = start(logic);
    await settle();
    expect(actor.getSnapshot().status).toBe('error');
    expect(errors).toEqual([STALLED]);
    expect(errors[0]).toBe(STALLED);
  });

  test('an exception, thrown at once or later, is an error of the actor', async () => {
    const bug = new TypeError('boom');
    const effects = [
      () => () => Promise.reject(bug),
      () => () => {
        throw bug;
      },
      () => {
        throw bug;
      },
    ];
    for (const effect of effects) {
      const { actor, errors } = start(fromTaskEither<number, string>(effect));
      await settle();
      expect([actor.getSnapshot().status, errors]).toEqual(['error', [bug]]);
    }
  });

  test('an interrupt aborts with its error, and the end is still reported', async () => {
    const { logic, seen, end } = patientEffect();
    const { actor, errors } = start(logic);
    expect([seen.input, seen.signal?.aborted]).toEqual([1, false]);
    actor.send(interrupt(STALLED));
    expect(seen.signal?.reason).toBe(STALLED);
    await settle();
    expect(actor.getSnapshot().status).toBe('active');
    end(E.left(STALLED));
    await settle();
    expect([actor.getSnapshot().status, errors]).toEqual(['error', [STALLED]]);
  });

  test('an effect that succeeds in spite of an interrupt has succeeded', async () => {
    const { logic, end } = patientEffect();
    const { actor } = start(logic);
    actor.send(interrupt(INTERRUPTED));
    end(E.right('all the same'));
    expect(await toPromise(actor)).toBe('all the same');
  });

  test('the first of two interrupts is the reason', () => {
    const { logic, seen } = patientEffect();
    const { actor } = start(logic);
    actor.send(interrupt(STALLED));
    actor.send(interrupt(INTERRUPTED));
    expect(seen.signal?.reason).toBe(STALLED);
  });

  test('stopping the actor aborts the effect, and its end is not heard', async () => {
    const { logic, seen, end } = patientEffect();
    const { actor, errors } = start(logic);
    actor.stop();
    expect(seen.signal?.reason).toEqual(INTERRUPTED);
    end(E.left(STALLED));
    await settle();
    expect([actor.getSnapshot().status, errors]).toEqual(['stopped', []]);
  });

  test('two actors of one logic are interrupted each for itself', () => {
    const signals: Array<AbortSignal> = [];
    const logic = fromTaskEither<number, string>((_, signal) => () => {
      signals.push(signal);
      return new Promise(() => {});
    });
    const [first] = [start(logic), start(logic)];
    first!.actor.send(interrupt(STALLED));
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
  });
});

describe('unprovided', () => {
  test('names the actor that nobody provided', async () => {
    const actor = createActor(unprovided<undefined, void>('fetchPart'));
    const ended = toPromise(actor);
    actor.start();
    await expect(ended).rejects.toThrow('"fetchPart"');
  });
});
