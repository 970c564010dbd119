/** A small download without hardship, for lives in which every effect call has its turn. */
import { type Interruption, usualCalls, type WorldSpec } from './world-spec.ts';

export const SMALL: WorldSpec = {
  seed: 1,
  partCount: 3,
  partSize: 300,
  tail: 0.3,
  lanes: 2,
  chunkLength: 100,
  batchLength: 200,
  checkpointBytes: 250,
  link: { rttMs: 0, bytesPerSecond: null },
  network: [],
  disk: [],
  interruptions: [],
};

/** The same with a request that fails half way. */
export const SMALL_AND_HARD: WorldSpec = {
  ...SMALL,
  network: [{ kind: 'cutAfter', request: 3, times: 1, share: 0.5 }],
};

/** A small world with other interruptions. */
export const interrupted = (...interruptions: ReadonlyArray<Interruption>): WorldSpec => ({
  ...SMALL_AND_HARD,
  interruptions,
});

/** The share of the usual calls that means exactly this effect call. */
export const atCall = (call: number): number => (call - 0.5) / usualCalls(SMALL);
