/** What goes wrong in a simulation, as whoever owns it says; the log has every time it does. */
import { always, type FaultOrRule } from '../server/fault-rules.ts';
import { type DiskFaultOrRule, diskRules } from './disk-faults.ts';
import type { TemporaryCredentials } from './simulate-credentials.ts';
import {
  notingDiskFaults,
  notingFaults,
  notingNetworkFaults,
  notingRequests,
  type SimulationLog,
} from './simulate-log.ts';
import type { SimulationOptions } from './simulate-options.ts';
import type { SimulatedWorld } from './simulated-world.ts';

export interface HardshipControls {
  /** From here on nothing goes wrong: no faults, room on the disk, credentials when asked. */
  readonly heal: () => void;
  /** Replaces what goes wrong with answers of the server. */
  readonly setFaults: (faults: ReadonlyArray<FaultOrRule>) => void;
  /** Replaces what goes wrong with calls to the disk. */
  readonly setDiskFaults: (faults: ReadonlyArray<DiskFaultOrRule>) => void;
  /** The credentials that were given end now. Throws `RangeError` where the object is public. */
  readonly expireCredentials: () => void;
}

/**
 * Lets go wrong what the options say, and gives control over it.
 *
 * @param access Null: the object is public.
 */
export const hardshipControls = (
  { oss, disk, network }: SimulatedWorld,
  access: TemporaryCredentials | null,
  log: SimulationLog,
  options: Pick<SimulationOptions, 'faults' | 'network' | 'disk'>,
): HardshipControls => {
  const setFaults: HardshipControls['setFaults'] = (faults) => {
    const noting = faults.map((given) => notingFaults(log, always(given)));
    oss.setFaults([notingRequests(log), ...noting]);
  };
  const setDiskFaults: HardshipControls['setDiskFaults'] = (faults) =>
    disk.setFaults(faults.map((given) => notingDiskFaults(log, diskRules.always(given))));
  setFaults(options.faults ?? []);
  setDiskFaults(options.disk?.faults ?? []);
  if (options.network !== undefined) {
    network.setFaults(notingNetworkFaults(log, options.network));
  }
  return {
    setFaults,
    setDiskFaults,
    heal: () => {
      log.note('control', 'heal');
      setFaults([]);
      setDiskFaults([]);
      network.setFaults(() => null);
      disk.setCapacity(Infinity);
      access?.heal();
    },
    expireCredentials: () => {
      if (access === null) throw new RangeError('the object is public: nothing can expire');
      log.note('control', 'credentials expire');
      access.expire();
    },
  };
};
