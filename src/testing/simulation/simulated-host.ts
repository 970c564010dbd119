/** A host whose processes start, end and are booted away as a test says. */
import { type Host, type ProcessIdentity, whereIs } from '../../effects/host.ts';

export interface SimulatedHost {
  /**
   * Starts a process, beside those that run: its view of the host.
   *
   * @param pid Default: the next number. One that was used before is given again, as a host does
   *   that has come round. Throws `RangeError` where it belongs to a process that runs.
   */
  readonly start: (pid?: number) => Host;
  /** Ends a process. */
  readonly end: (process: Host) => void;
  /** Ends all processes, and begins another boot; numbers begin anew. */
  readonly reboot: () => void;
  /** Processes that run, in the order in which they started. */
  readonly running: () => ReadonlyArray<ProcessIdentity>;
}

/** What tells a host from others of the same name. */
export type SimulatedPlace = Partial<Pick<ProcessIdentity, 'machineId' | 'pidNamespace'>>;

/** @param place Default: the machine id is the name, and no process has a namespace of its own. */
export const simulatedHost = (name = 'simulated', place: SimulatedPlace = {}): SimulatedHost => {
  const { machineId = name, pidNamespace = null } = place;
  const at = { host: name, machineId, pidNamespace };
  let boot = 1;
  let pidLast = 0;
  let started = 0;
  const alive = new Map<number, ProcessIdentity>();

  const isRunning = ({ pid, startedAt, bootId }: ProcessIdentity): boolean => {
    const running = alive.get(pid);
    return running?.startedAt === startedAt && running.bootId === bootId;
  };
  return {
    start: (pid = pidLast + 1) => {
      if (alive.has(pid)) throw new RangeError(`process ${pid} runs`);
      pidLast = Math.max(pidLast, pid);
      started += 1;
      const bootId = `${machineId}-${pidNamespace}-${boot}`;
      const instance = `${bootId}-${started}`;
      const self = { ...at, pid, startedAt: String(started), bootId, instance };
      alive.set(pid, self);
      return {
        self: () => self,
        standingOf: (other) => {
          const where = whereIs(other, self);
          if (where === 'elsewhere') return 'unknown';
          return where === 'here' && isRunning(other) ? 'alive' : 'gone';
        },
      };
    },
    end: (process) => {
      const self = process.self();
      if (isRunning(self)) alive.delete(self.pid);
    },
    reboot: () => {
      alive.clear();
      pidLast = 0;
      boot += 1;
    },
    running: () => [...alive.values()],
  };
};
