/** When a process ends by itself, and when somebody asks its download for something. */
import type { Download } from '../../src/start-download.ts';
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
  const asked = Math.max(2, call); // The first is made before anybody has the download in hand.
  return {
    onCall: (now) => {
      if (now === asked) command(world, job(), interruption);
      else if (now > asked && interruption.kind === 'cancelAndRegret') regret(job());
    },
  };
};

const command = (world: SpecWorld, job: Download, { kind }: Command): void => {
  if (kind === 'accessExpires') world.expireAccess();
  else if (kind === 'accessRevoked') world.revokeAccess();
  else {
    world.say(`Somebody asks: ${kind}.`);
    ask(job, kind);
  }
};

const ask = (job: Download, kind: Command['kind']): void => {
  if (kind === 'cancel' || kind === 'cancelAndRegret') job.cancel();
  else if (kind === 'cancelKeepingAll') job.cancel({ keep: true });
  else job.pause();
  // What follows on another pause, once the download is at rest, is up to who drives it.
  if (kind === 'pauseAndResumeAtOnce') job.resume();
};

/** Only where it is too late: earlier another wish is another wish. */
const regret = ({ actor, pause, resume, cancel }: Download): void => {
  const snapshot = actor.getSnapshot();
  const isDiscarding = snapshot.matches({ settling: 'discarding' });
  if (!isDiscarding && !snapshot.matches({ settling: 'closing' })) return;
  pause();
  resume();
  if (isDiscarding) cancel();
};
