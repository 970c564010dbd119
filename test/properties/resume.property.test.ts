import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Interruption,
  overlaps,
  type Run,
  smallWorld,
  TARGET,
  type World,
} from './small-world.ts';

/** The number of parts is drawn first: with free-form sizes nearly no run stops half way. */
const worlds: fc.Arbitrary<World> = fc
  .record({
    partCount: fc.integer({ min: 2, max: 14 }),
    partSize: fc.integer({ min: 8, max: 600 }),
    tail: fc.double({ min: 0, max: 0.99, noNaN: true }),
    lanes: fc.integer({ min: 1, max: 4 }),
    chunkLength: fc.integer({ min: 1, max: 300 }),
    batchLength: fc.integer({ min: 1, max: 400 }),
    checkpointBytes: fc.integer({ min: 1, max: 500 }),
    faultEvery: fc.integer({ min: 0, max: 6 }).map((n) => (n === 1 ? 0 : n)),
  })
  .map(({ partCount, tail, ...rest }) => ({
    ...rest,
    chunkLength: Math.max(rest.chunkLength, Math.ceil(rest.partSize / 8)),
    size: partCount * rest.partSize - Math.floor(tail * rest.partSize),
  }));

const interruptions: fc.Arbitrary<ReadonlyArray<Interruption>> = fc.array(
  fc.record({
    fraction: fc.double({ min: 0.2, max: 0.95, noNaN: true }),
    isDone: fc.boolean(),
    crash: fc.constantFrom('killed' as const, 'powerLost' as const),
    seed: fc.integer({ min: 0, max: 2 ** 31 }),
  }),
  { minLength: 1, maxLength: 3 },
);

const wholeCalls = async (world: World): Promise<number> => (await smallWorld(world).run()).calls;

const assertHonest = ({ events, asked, recorded }: Run): void => {
  for (const range of asked) {
    assert.ok(!recorded.some((known) => overlaps(known, range)), 'recorded bytes fetched again');
  }
  let received = 0;
  for (const event of events) {
    if (event.type !== 'progress') continue;
    const { progress } = event;
    assert.ok(progress.received >= progress.written && progress.written >= progress.durable);
    assert.ok(progress.received >= received && progress.received <= (progress.total ?? Infinity));
    received = progress.received;
  }
};

/** What a run told to be durable is on record after whatever ended it. */
const assertKept = (before: Run, after: Run): void => {
  const told = before.events.flatMap((event) =>
    event.type === 'progress' ? [event.progress.durable] : [],
  );
  const kept = after.recorded.reduce((sum, { start, end }) => sum + end - start, 0);
  assert.ok(
    after.wasInPlace || kept >= Math.max(0, ...told),
    `${kept} of ${Math.max(0, ...told)} kept`,
  );
};

describe('a download that is interrupted', () => {
  test('for every world and every interruption, ends byte-identical when run again', async () => {
    const seen = { runs: 0, resumedHalfWay: 0 };
    await fc.assert(
      fc.asyncProperty(worlds, interruptions, async (world, ends) => {
        const { run, crash, content, disk } = smallWorld(world);
        const calls = await wholeCalls(world);
        let latest: Run | null = null;
        for (const { fraction, isDone, crash: kind, seed } of ends) {
          const before: Run | null = latest;
          latest = await run(Math.ceil(calls * fraction), isDone);
          assertHonest(latest);
          if (before !== null) assertKept(before, latest);
          if (latest.outcome !== null) break;
          crash(kind, seed);
        }
        if (latest?.outcome === null) {
          const before: Run = latest;
          latest = await run();
          assertKept(before, latest);
        }
        assert.ok(latest !== null);
        assertHonest(latest);
        assert.deepEqual(disk.contentOf(TARGET), content);
        assert.deepEqual(
          disk.paths().filter((path) => path.endsWith('.journal')),
          [],
        );
        crash('powerLost', calls); // What was called done stays done.
        assert.deepEqual(disk.contentOf(TARGET), content);
        seen.runs += 1;
        if (latest.recorded.length > 0 && latest.asked.length > 0) seen.resumedHalfWay += 1;
      }),
      { numRuns: 250, interruptAfterTimeLimit: 50_000, markInterruptAsFailure: true },
    );
    expect(seen.runs).toBe(250);
    expect(seen.resumedHalfWay).toBeGreaterThan(seen.runs / 5);
  }, 60_000);
});

const SMALL: World = {
  size: 1_000,
  partSize: 300,
  lanes: 2,
  chunkLength: 100,
  batchLength: 200,
  checkpointBytes: 250,
  faultEvery: 3,
};

describe('a breakpoint whose name was not durable when its first run was killed', () => {
  test('is durable once a second run goes on with it', async () => {
    const world = { ...SMALL, lanes: 1, faultEvery: 0 };
    const calls = await wholeCalls(world);
    for (let limit = 1; limit <= calls / 2; limit++) {
      for (const seed of [0, 1, 2, 3]) {
        const { run, crash } = smallWorld(world);
        await run(limit, true);
        crash('killed', seed);
        const second = await run(Math.ceil(calls * 0.8));
        crash('powerLost', seed);
        assertKept(second, await run());
      }
    }
  });
});

describe('a small download that crashes at every single effect call', () => {
  for (const crash of ['killed', 'powerLost'] as const) {
    test(`ends byte-identical after ${crash === 'killed' ? 'a kill' : 'a power cut'}`, async () => {
      const calls = await wholeCalls(SMALL);
      for (let limit = 1; limit <= calls; limit++) {
        for (const isDone of [false, true]) {
          const { run, crash: end, content, disk } = smallWorld(SMALL);
          const first = await run(limit, isDone);
          assert.equal(first.outcome, null);
          end(crash, limit);
          const second = await run();
          assertHonest(second);
          assertKept(first, second);
          end('powerLost', limit);
          assert.deepEqual(disk.contentOf(TARGET), content, `limit ${limit}, isDone ${isDone}`);
        }
      }
      expect(calls).toBeGreaterThan(40);
    });
  }
});
