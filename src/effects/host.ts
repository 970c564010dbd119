/** Which process this is, and whether another one is still alive. */
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/** A process, told apart from every other one that has or had its number. */
export interface ProcessIdentity {
  readonly host: string;
  readonly pid: number;
  /** When it started, in the host's own terms; null where the system does not tell. */
  readonly startedAt: string | null;
  /** Which boot of the host it belongs to; null where the system does not tell. */
  readonly bootId: string | null;
}

export interface Host {
  /** This process. */
  readonly self: () => ProcessIdentity;
  /**
   * Is the process gone for certain? True only on this host: it ended, its number was given to
   * another one, or the host was booted since. A process of another host is never known to be gone.
   */
  readonly isGone: (other: ProcessIdentity) => boolean;
}

export const liveHost: Host = {
  self: () => ({
    host: hostname(),
    pid: process.pid,
    startedAt: startOf(process.pid),
    bootId: bootId(),
  }),
  isGone: (other) => {
    if (other.host !== hostname()) return false;
    const boot = bootId();
    if (boot !== null && other.bootId !== null && boot !== other.bootId) return true;
    if (!isRunning(other.pid)) return true;
    const startedAt = startOf(other.pid);
    return startedAt !== null && other.startedAt !== null && startedAt !== other.startedAt;
  },
};

/** Signal 0 asks only. EPERM: it runs, and belongs to somebody else. */
const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return (thrown as { code?: string }).code === 'EPERM';
  }
};

/** Clock ticks since boot at which a process started. Source: proc(5), /proc/PID/stat field 22. */
const startOf = (pid: number): string | null => {
  const stat = contentOf(`/proc/${pid}/stat`);
  // The second field is the command in parentheses, and may itself hold spaces and parentheses.
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
};

const bootId = (): string | null => contentOf('/proc/sys/kernel/random/boot_id')?.trim() ?? null;

const contentOf = (path: string): string | null => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
};
