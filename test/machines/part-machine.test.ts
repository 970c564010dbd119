/** One part's life, with scripted effects and a clock that only tests move. */
import { describe, expect, test } from 'vitest';
import { createActor, fromCallback, SimulatedClock } from 'xstate';
import { type DownloadError, type ErrorOf, INTERRUPTED } from '../../src/domain/errors.ts';
import { backoffMs, jitter, RETRY_DEFAULT } from '../../src/domain/retry.ts';
import { E } from '../../src/fp.ts';
import { fromTaskEither } from '../../src/machines/from-task-either.ts';
import {
  type PartEffectInput,
  type PartInput,
  partMachine,
} from '../../src/machines/part-machine.ts';
import { EXPIRED } from '../access-expired.ts';

const RESET: DownloadError = { _tag: 'NetworkFailed', code: 'ECONNRESET', message: 'reset' };
const CHANGED: DownloadError = {
  _tag: 'ObjectChanged',
  difference: 'etag',
  expected: '"A"',
  actual: '"B"',
  requestId: null,
};
/** The first byte of a request that had to start over. */
const REPEATED = { type: 'bytes.flowing', isRepeated: true } as const;
const STALLED: ErrorOf<'Stalled'> = { _tag: 'Stalled', cause: 'silence', silentMs: 30_000 };
const BUSY: DownloadError = { ...EXPIRED, _tag: 'ServerBusy', status: 503, retryAfterMs: 60_000 };

/** An effect under way, which ends when the test says so. */
interface Call<A> {
  readonly input: PartEffectInput;
  readonly signal: AbortSignal;
  readonly end: (ending: E.Either<DownloadError, A>) => Promise<void>;
}

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

const scripted = <A>() => {
  const calls: Array<Call<A>> = [];
  const logic = fromTaskEither<PartEffectInput, A>((input, signal) => () => {
    return new Promise((resolve) => {
      const end = (ending: E.Either<DownloadError, A>) => {
        resolve(ending);
        return settle();
      };
      calls.push({ input, signal, end });
    });
  });
  return { calls, logic };
};

/** A part that just started, and the reports that its parent got. */
const startPart = (over: Partial<PartInput> = {}) => {
  const reports: Array<{ readonly type: string }> = [];
  const parent = createActor(fromCallback(({ receive }) => receive((it) => reports.push(it))));
  const clock = new SimulatedClock();
  const verify = scripted<boolean>();
  const fetch = scripted<void>();
  const input: PartInput = {
    part: 17,
    workspace: 3,
    hasPrefix: false,
    retry: RETRY_DEFAULT,
    seed: 7,
    accessGeneration: 2,
    parent: parent.start(),
    ...over,
  };
  const actors = { verifyPart: verify.logic, fetchPart: fetch.logic };
  const actor = createActor(partMachine.provide({ actors }), { input, clock }).start();
  const waitMs = (attempts: number, error: DownloadError = RESET) =>
    backoffMs(input.retry, error, attempts, jitter(input.seed, input.part, attempts));
  return {
    actor,
    clock,
    reports,
    verifies: verify.calls,
    fetches: fetch.calls,
    state: () => actor.getSnapshot().value,
    waitMs,
    /** Fails the fetch that is under way, and lets the wait behind it pass. */
    failAndWait: async (error: DownloadError = RESET) => {
      await fetch.calls.at(-1)!.end(E.left(error));
      clock.increment(actor.getSnapshot().context.delayMs);
    },
  };
};

const DONE = E.right(undefined);

describe('partMachine', () => {
  test('a new part is fetched at once, and says so when it is done', async () => {
    const { state, fetches, verifies, reports, actor } = startPart();
    expect(state()).toEqual({ fetching: 'requesting' });
    expect(fetches[0]!.input).toMatchObject({ part: 17, workspace: 3, self: actor });
    fetches[0]!.input.self.send({ type: 'bytes.flowing' });
    expect(state()).toEqual({ fetching: 'flowing' });
    await fetches[0]!.end(DONE);
    expect(state()).toBe('fetched');
    expect(reports).toEqual([{ type: 'part.fetched', part: 17, generation: 2 }]);
    expect([fetches.length, verifies.length]).toEqual([1, 0]);
  });

  test('bytes of a former process are read before any is fetched, believed or not', async () => {
    for (const isIntact of [true, false]) {
      const { state, fetches, verifies } = startPart({ hasPrefix: true });
      expect([state(), fetches.length]).toEqual(['verifying', 0]);
      expect(verifies[0]!.input).toMatchObject({ part: 17, workspace: 3 });
      await verifies[0]!.end(E.right(isIntact));
      expect([state(), fetches.length]).toEqual([{ fetching: 'requesting' }, 1]);
    }
  });

  test('a part whose bytes cannot be read fails, and nothing is fetched', async () => {
    const { state, fetches, verifies, reports } = startPart({ hasPrefix: true });
    const error: DownloadError = { _tag: 'DiskFailed', code: 'EIO', operation: 'read', path: 'a' };
    await verifies[0]!.end(E.left(error));
    expect([state(), fetches.length]).toEqual(['failed', 0]);
    expect(reports).toEqual([{ type: 'part.failed', part: 17, error }]);
  });

  test('its context is JSON apart from the parent', () => {
    const { parent: _, ...context } = startPart().actor.getSnapshot().context;
    expect(JSON.parse(JSON.stringify(context))).toEqual(context);
  });
});

describe('partMachine, when a fetch fails', () => {
  test('waits, tells how long, and asks again exactly then', async () => {
    const { state, clock, fetches, reports, waitMs } = startPart();
    await fetches[0]!.end(E.left(RESET));
    const delayMs = waitMs(1);
    expect(state()).toBe('backingOff');
    expect(reports).toEqual([
      { type: 'part.retrying', part: 17, attempt: 1, error: RESET, delayMs },
    ]);
    clock.increment(delayMs - 1);
    expect(state()).toBe('backingOff');
    clock.increment(1);
    expect([state(), fetches.length]).toEqual([{ fetching: 'requesting' }, 2]);
    await fetches[1]!.end(DONE);
    expect(reports.at(-1)).toEqual({ type: 'part.fetched', part: 17, generation: 2 });
  });

  test('waits longer each time, as the policy says', async () => {
    const { failAndWait, reports, waitMs } = startPart();
    for (let i = 0; i < 4; i++) await failAndWait();
    const expected = [1, 2, 3, 4].map((attempt) => ({ attempt, delayMs: waitMs(attempt) }));
    expect(reports).toMatchObject(expected);
  });

  test('waits as long as the server asks', async () => {
    const { fetches, reports } = startPart();
    await fetches[0]!.end(E.left(BUSY));
    expect(reports).toMatchObject([{ type: 'part.retrying', delayMs: 60_000 }]);
  });

  test('gives up after attemptsMax failures in a row, with the last error', async () => {
    const { state, fetches, reports, failAndWait } = startPart({
      retry: { ...RETRY_DEFAULT, attemptsMax: 3 },
    });
    await failAndWait();
    await failAndWait();
    await failAndWait(BUSY);
    expect([state(), fetches.length]).toEqual(['failed', 3]);
    expect(reports.map(({ type }) => type)).toEqual([
      'part.retrying',
      'part.retrying',
      'part.failed',
    ]);
    expect(reports.at(-1)).toEqual({ type: 'part.failed', part: 17, error: BUSY });
  });

  test('a byte in between gives the whole budget back', async () => {
    const { actor, state, fetches, reports, failAndWait } = startPart({
      retry: { ...RETRY_DEFAULT, attemptsMax: 2 },
    });
    for (let i = 0; i < 5; i++) {
      await failAndWait();
      expect(state()).toEqual({ fetching: 'requesting' });
      actor.send({ type: 'bytes.flowing' });
    }
    expect(actor.getSnapshot().context).toMatchObject({ attempts: 0, error: null });
    await failAndWait();
    await failAndWait();
    expect([state(), fetches.length]).toEqual(['failed', 7]);
    expect(reports).toMatchObject([
      ...Array.from({ length: 6 }, () => ({ type: 'part.retrying', attempt: 1 })),
      { type: 'part.failed' },
    ]);
  });

  test('bytes that were there before give nothing back, and wait as long as silence', async () => {
    const { actor, state, fetches, reports, failAndWait, waitMs } = startPart({
      retry: { ...RETRY_DEFAULT, attemptsMax: 3 },
    });
    for (let i = 0; i < 3; i++) {
      actor.send(REPEATED);
      expect(state()).toEqual({ fetching: 'flowing' });
      expect(actor.getSnapshot().context).toMatchObject({ attempts: i, hasFlowed: true });
      await failAndWait();
    }
    expect([state(), fetches.length]).toEqual(['failed', 3]);
    expect(reports).toMatchObject([
      { type: 'part.retrying', attempt: 1, delayMs: waitMs(1) },
      { type: 'part.retrying', attempt: 2, delayMs: waitMs(2) },
      { type: 'part.failed', error: RESET },
    ]);
  });

  test('the first new byte behind them gives the whole budget back', async () => {
    const { actor, state, failAndWait, fetches } = startPart({
      retry: { ...RETRY_DEFAULT, attemptsMax: 2 },
    });
    await failAndWait();
    actor.send(REPEATED);
    actor.send({ type: 'bytes.flowing' });
    expect(state()).toEqual({ fetching: 'flowing' });
    expect(actor.getSnapshot().context).toMatchObject({ attempts: 0, error: null });
    await failAndWait();
    expect([state(), fetches.length]).toEqual([{ fetching: 'requesting' }, 3]);
  });

  test('what asking again would not help is not asked again', async () => {
    const { state, fetches, reports } = startPart();
    await fetches[0]!.end(E.left(CHANGED));
    expect([state(), fetches.length]).toEqual(['failed', 1]);
    expect(reports).toEqual([{ type: 'part.failed', part: 17, error: CHANGED }]);
  });

  test('an exception nobody modelled is a Defect, and is not retried', async () => {
    const reports: Array<unknown> = [];
    const parent = createActor(fromCallback(({ receive }) => receive((it) => reports.push(it))));
    const bug = () => () => Promise.reject(new TypeError('boom'));
    const actor = createActor(partMachine.provide({ actors: { fetchPart: fromTaskEither(bug) } }), {
      input: { ...startPart().actor.getSnapshot().context, parent: parent.start() },
    }).start();
    await settle();
    expect(actor.getSnapshot().value).toBe('failed');
    expect(reports).toMatchObject([
      { type: 'part.failed', error: { _tag: 'Defect', message: 'TypeError: boom' } },
    ]);
  });

  test('an effect that nobody provided is a Defect, too', async () => {
    const input = startPart().actor.getSnapshot().context;
    const actor = createActor(partMachine, { input }).start();
    await settle();
    expect(actor.getSnapshot()).toMatchObject({
      value: 'failed',
      context: { error: { _tag: 'Defect', message: expect.stringContaining('fetchPart') } },
    });
  });
});

describe('partMachine, when it is suspended', () => {
  /** Is suspended once its effect has ended with `ending`, and not before. */
  const comesToRest = async (
    part: ReturnType<typeof startPart>,
    call: Call<never> | Call<boolean> | Call<void>,
    ending: E.Either<DownloadError, never>,
  ) => {
    const before = part.state();
    part.actor.send({ type: 'suspend' });
    expect([call.signal.aborted, call.signal.reason]).toEqual([true, INTERRUPTED]);
    await settle();
    expect(part.state()).toEqual(before);
    await call.end(ending);
    expect(part.state()).toBe('suspended');
    expect(part.reports.at(-1)).toEqual({ type: 'part.suspended', part: 17 });
    part.clock.increment(1e9);
    await settle();
    expect(part.state()).toBe('suspended');
  };

  test('while verifying: it rests once the reading has ended', async () => {
    const part = startPart({ hasPrefix: true });
    await comesToRest(part, part.verifies[0]!, E.left(INTERRUPTED));
    expect(part.fetches).toEqual([]);
  });

  test('while verifying, and the reading ends well all the same: nothing is fetched', async () => {
    const part = startPart({ hasPrefix: true });
    part.actor.send({ type: 'suspend' });
    await part.verifies[0]!.end(E.right(true));
    expect([part.state(), part.fetches.length]).toEqual(['suspended', 0]);
  });

  test('while requesting, and while bytes flow: it rests once the request has ended', async () => {
    for (const isFlowing of [false, true]) {
      const part = startPart();
      if (isFlowing) part.actor.send({ type: 'bytes.flowing' });
      await comesToRest(part, part.fetches[0]!, E.left(INTERRUPTED));
      expect(part.fetches).toHaveLength(1);
    }
  });

  test.each([RESET, CHANGED, EXPIRED])(
    'and the request ends with %j instead: it rests without complaint',
    async (error) => {
      const part = startPart();
      await comesToRest(part, part.fetches[0]!, E.left(error));
      expect(part.reports).toEqual([{ type: 'part.suspended', part: 17 }]);
    },
  );

  test('and the request ends well all the same: it is fetched', async () => {
    const { actor, fetches, state, reports } = startPart();
    actor.send({ type: 'suspend' });
    await fetches[0]!.end(DONE);
    expect(state()).toBe('fetched');
    expect(reports).toEqual([{ type: 'part.fetched', part: 17, generation: 2 }]);
  });

  test('while backing off: it rests at once, and the wait is over', async () => {
    const { actor, clock, fetches, state, reports } = startPart();
    await fetches[0]!.end(E.left(RESET));
    actor.send({ type: 'suspend' });
    expect(state()).toBe('suspended');
    clock.increment(1e9);
    await settle();
    expect(fetches).toHaveLength(1);
    expect(reports.map(({ type }) => type)).toEqual(['part.retrying', 'part.suspended']);
  });

  test('while awaiting access: it rests at once, and nobody is asked', async () => {
    const { actor, fetches, state, reports } = startPart();
    await fetches[0]!.end(E.left(EXPIRED));
    actor.send({ type: 'suspend' });
    expect([state(), fetches.length]).toEqual(['suspended', 1]);
    expect(reports.map(({ type }) => type)).toEqual(['access.expired', 'part.suspended']);
  });

  test('twice, or while it stalls: it rests once', async () => {
    const part = startPart();
    part.actor.send({ type: 'stall', error: STALLED });
    part.actor.send({ type: 'suspend' });
    part.actor.send({ type: 'suspend' });
    expect(part.fetches[0]!.signal.reason).toEqual(STALLED);
    await part.fetches[0]!.end(E.left(STALLED));
    expect(part.state()).toBe('suspended');
    expect(part.reports).toEqual([{ type: 'part.suspended', part: 17 }]);
  });
});

describe('partMachine, when it stalls', () => {
  test('its request is interrupted with that error, and tried again', async () => {
    const { actor, fetches, state, reports } = startPart();
    actor.send({ type: 'bytes.flowing' });
    actor.send({ type: 'stall', error: STALLED });
    expect(fetches[0]!.signal.reason).toEqual(STALLED);
    expect(state()).toEqual({ fetching: 'flowing' });
    await fetches[0]!.end(E.left(STALLED));
    expect(state()).toBe('backingOff');
    expect(reports).toMatchObject([{ type: 'part.retrying', error: STALLED }]);
  });

  test('a stall of a request that is over is ignored', async () => {
    const { actor, clock, fetches, waitMs } = startPart();
    await fetches[0]!.end(E.left(RESET));
    actor.send({ type: 'stall', error: STALLED });
    clock.increment(waitMs(1));
    expect(fetches[1]!.signal.aborted).toBe(false);
  });
});

describe('partMachine, when access has expired', () => {
  test('it tells which access it had, waits for another without a clock, and goes on', async () => {
    const { actor, clock, fetches, state, reports } = startPart();
    await fetches[0]!.end(E.left(EXPIRED));
    expect(state()).toBe('awaitingAccess');
    expect(reports).toEqual([
      { type: 'access.expired', part: 17, error: EXPIRED, generation: 2, hasFlowed: false },
    ]);
    clock.increment(1e9);
    expect([state(), fetches.length]).toEqual(['awaitingAccess', 1]);
    actor.send({ type: 'access.granted', generation: 3 });
    expect([state(), fetches.length]).toEqual([{ fetching: 'requesting' }, 2]);
    await fetches[1]!.end(E.left(EXPIRED));
    expect(reports.at(-1)).toMatchObject({ type: 'access.expired', generation: 3 });
  });

  test('it tells whether a byte came since access was granted last', async () => {
    const { actor, fetches, reports } = startPart();
    actor.send({ type: 'bytes.flowing' });
    await fetches[0]!.end(E.left(EXPIRED));
    actor.send({ type: 'access.granted', generation: 3 });
    await fetches[1]!.end(E.left(EXPIRED));
    expect(reports).toMatchObject([
      { type: 'access.expired', generation: 2, hasFlowed: true },
      { type: 'access.expired', generation: 3, hasFlowed: false },
    ]);
    actor.send({ type: 'access.granted', generation: 4 });
    await fetches[2]!.end(DONE);
    expect(reports.at(-1)).toEqual({ type: 'part.fetched', part: 17, generation: 4 });
  });

  test('access that is granted while a request is under way does not disturb it', async () => {
    const { actor, fetches, state } = startPart();
    actor.send({ type: 'access.granted', generation: 3 });
    expect([state(), fetches[0]!.signal.aborted]).toEqual([{ fetching: 'requesting' }, false]);
  });
});

describe('partMachine, when it is stopped', () => {
  test('its effect is aborted, and nobody is told', async () => {
    const { actor, fetches, reports } = startPart();
    actor.stop();
    expect(fetches[0]!.signal.reason).toEqual(INTERRUPTED);
    await fetches[0]!.end(E.left(INTERRUPTED));
    expect(reports).toEqual([]);
  });
});
