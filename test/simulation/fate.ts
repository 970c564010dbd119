/** When a process ends by itself, and when somebody asks its download for something. */
import type { Download } from '../../src/download.ts';
import type { Fate } from '../../src/testing/simulation/simulated-process.ts';
import type { SpecWorld } from './spec-world.ts';
import { type Command, type Interruption, isCrash, usualCalls } from './world-spec.ts';

/** @param job The download, once it has been started. */
export const fateOf = (
  world: SpecWorld,
  interruption: Interruption | null,
  job: () => Download,
): Fate => {
  if (interruption === null) return {};
  const call = Math.ceil(interruption.at * usualCalls(world.spec));
  if (isCrash(interruption)) return { lastCall: call, isLastDone: interruption.isDone };
  return {
    onCall: (now) => {
      if (now === call) command(world, job(), interruption);
      else if (now > call && interruption.kind === 'cancelAndRegret') regret(job(), now);
    },
  };
};

const command = (world: SpecWorld, job: Download, { kind }: Command): void => {
  if (kind === 'accessExpires') return world.expireAccess();
  if (kind === 'accessRevoked') return world.revokeAccess();
  world.say(`Somebody asks: ${kind}.`);
  switch (kind) {
    case 'pauseAndResume':
    case 'pauseAndCancel':
      return job.pause(); // What follows once it is at rest is up to who drives it.
    case 'pauseAndResumeAtOnce':
      job.pause();
      return job.resume();
    case 'cancel':
    case 'cancelAndRegret':
      return job.cancel();
    case 'cancelKeepingAll':
      return job.cancel({ keep: true });
  }
};

const regret = (job: Download, call: number): void => {
  if (call % 2 === 0) job.pause();
  else job.resume();
};
