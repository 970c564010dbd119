/** A host whose processes start, end and are booted away as a test says. */
import type { Host, ProcessIdentity } from '../../effects/host.ts';

export interface SimulatedHost {
  /** Starts a process: its view of the host. */
  readonly start: () => Host;
  /** Ends a process. */
  readonly end: (process: Host) => void;
  /** Ends all processes, and begins another boot. */
  readonly reboot: () => void;
}

export const simulatedHost = (name = 'simulated'): SimulatedHost => {
  let boot = 1;
  let pid = 0;
  const alive = new Set<string>();
  const nameOf = (process: ProcessIdentity): string => `${process.bootId}/${process.pid}`;

  return {
    start: () => {
      pid += 1;
      const self = { host: name, pid, startedAt: String(pid), bootId: String(boot) };
      alive.add(nameOf(self));
      return {
        self: () => self,
        isGone: (other) => other.host === name && !alive.has(nameOf(other)),
      };
    },
    end: (process) => void alive.delete(nameOf(process.self())),
    reboot: () => {
      alive.clear();
      boot += 1;
    },
  };
};
