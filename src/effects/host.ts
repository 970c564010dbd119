/** Which process this is, and whether another one is still alive. */
import { randomUUID } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * A process, told apart from every other one that has or had its number. Null is what its system
 * does not tell.
 */
export interface ProcessIdentity {
  readonly host: string;
  /** Tells computers of one name apart. Linux: `/etc/machine-id`. */
  readonly machineId: string | null;
  /** Within which the number counts: containers have their own. Linux: `/proc/self/ns/pid`. */
  readonly pidNamespace: string | null;
  /** Above 0. */
  readonly pid: number;
  /** When it started, in the host's own terms. */
  readonly startedAt: string | null;
  /** Which boot of the host it belongs to. */
  readonly bootId: string | null;
  /** Random, drawn once in the life of a process. */
  readonly instance: string;
}

/** What is known of a process. */
export type Standing = 'alive' | 'gone' | 'unknown';

export interface Host {
  /** This process. */
  readonly self: () => ProcessIdentity;
  /**
   * Is the process alive? Answered for those of the same place only, where one number means one
   * process: there it is gone when it ended, when its number was given to another one, or when the
   * computer was booted since. All others are `unknown`.
   */
  readonly standingOf: (other: ProcessIdentity) => Standing;
}

/**
 * Where another process is, as seen from this one: `here`, where numbers mean the same processes;
 * in a `past` boot of this place; or `elsewhere`, in another container or on another computer.
 *
 * One boot id is one running kernel, whatever its host is called meanwhile. Another one tells of a
 * reboot only where the machine id says that it is the same computer.
 */
export const whereIs = (
  other: ProcessIdentity,
  self: ProcessIdentity,
): 'here' | 'past' | 'elsewhere' => {
  if (other.pidNamespace !== self.pidNamespace) return 'elsewhere';
  const isNamedAlike = other.host === self.host && other.machineId === self.machineId;
  if (self.bootId === null || other.bootId === null) return isNamedAlike ? 'here' : 'elsewhere';
  if (self.bootId === other.bootId) {
    return isNamedAlike || self.pidNamespace !== null ? 'here' : 'elsewhere';
  }
  return isNamedAlike && self.machineId !== null ? 'past' : 'elsewhere';
};

const INSTANCE = randomUUID();

export const liveHost: Host = {
  self: () => ({
    host: hostname(),
    machineId: contentOf('/etc/machine-id')?.trim() || null,
    pidNamespace: pidNamespace(),
    pid: process.pid,
    startedAt: statOf(process.pid)?.startedAt ?? null,
    bootId: contentOf('/proc/sys/kernel/random/boot_id')?.trim() ?? null,
    instance: INSTANCE,
  }),
  standingOf: (other) => {
    const where = whereIs(other, liveHost.self());
    if (where === 'elsewhere') return 'unknown';
    return where === 'here' && isRunning(other) ? 'alive' : 'gone';
  },
};

const isRunning = ({ pid, startedAt }: ProcessIdentity): boolean => {
  if (!isNumberTaken(pid)) return false;
  const stat = statOf(pid);
  if (stat === null) return true; // The system does not tell more.
  return !stat.isDead && (startedAt === null || startedAt === stat.startedAt);
};

/** Signal 0 asks only. EPERM: it runs, and belongs to somebody else. */
const isNumberTaken = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return (thrown as { code?: string }).code === 'EPERM';
  }
};

interface ProcessStat {
  /** Clock ticks since boot. */
  readonly startedAt: string;
  /** Has it ended, and only its parent not asked yet how? */
  readonly isDead: boolean;
}

/** Source: proc_pid_stat(5), fields 3 and 22. */
const statOf = (pid: number): ProcessStat | null => {
  const stat = contentOf(`/proc/${pid}/stat`);
  if (stat === null) return null;
  // The second field is the command in parentheses, and may itself hold spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state = ''] = fields;
  const startedAt = fields[19];
  return startedAt === undefined ? null : { startedAt, isDead: state === 'Z' || state === 'X' };
};

const pidNamespace = (): string | null => {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return null;
  }
};

const contentOf = (path: string): string | null => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
};
