/** What can go wrong with a call to the simulated disk, as plain data, and rules that say when. */
import { seeded } from './seeded.ts';

/** The calls of `FileSystem`, `OpenFile` and `Folders`, in the words of `DiskFailed.operation`. */
export type DiskOperation =
  | 'create'
  | 'open'
  | 'open to read'
  | 'inspect'
  | 'rename to'
  | 'remove'
  | 'write'
  | 'read'
  | 'sync'
  | 'resize'
  | 'stamp'
  | 'close'
  | 'make folder'
  | 'list'
  | 'sync folder'
  | 'find'
  | 'write into';

/** One thing that goes wrong with one call. Where it has no meaning it does nothing. */
export type DiskFault =
  /**
   * The call fails, and nothing of it happens. A sync that fails is lost for good: a later one
   * succeeds without writing what this one should have. See `SimulatedFile.failSync`.
   */
  | { readonly _tag: 'Fail'; readonly code: string }
  /** A write fails after so many bytes, which stay. */
  | { readonly _tag: 'WriteShort'; readonly bytes: number; readonly code: string }
  /** A read ends after so many bytes, as at the end of a file that somebody cuts meanwhile. */
  | { readonly _tag: 'ReadShort'; readonly bytes: number }
  /** A sync, of a file or a folder, succeeds and does nothing: what cheap disks do. */
  | { readonly _tag: 'Lie' }
  /** The call takes so much longer, in virtual time; `Infinity`: it never ends. */
  | { readonly _tag: 'Delay'; readonly ms: number };

/** What a rule sees of a call. */
export interface DiskCall {
  readonly operation: DiskOperation;
  readonly path: string;
  /** Where it reads or writes; null for other operations. */
  readonly position: number | null;
  /** How many bytes; null for operations that neither read nor write. */
  readonly length: number | null;
  /** The how-manieth call to the disk it is since the faults were set, from 1. */
  readonly sequence: number;
  /** The how-manieth of these calls it is that has this operation and path, from 1. */
  readonly attempt: number;
}

/** Decides what goes wrong with a call; null: nothing. Asked once per call. */
export type DiskFaultRule = (call: DiskCall) => DiskFault | null;

/** A rule, or a fault that stands for the rule that always gives it. */
export type DiskFaultOrRule = DiskFault | DiskFaultRule;

/** The faults by name. */
export const diskFault = {
  fail: (code = 'EIO'): DiskFault => ({ _tag: 'Fail', code }),
  writeShort: (bytes: number, code = 'ENOSPC'): DiskFault => ({ _tag: 'WriteShort', bytes, code }),
  readShort: (bytes: number): DiskFault => ({ _tag: 'ReadShort', bytes }),
  lie: { _tag: 'Lie' },
  delay: (ms: number): DiskFault => ({ _tag: 'Delay', ms }),
} as const satisfies Readonly<Record<string, DiskFault | ((...args: never) => DiskFault)>>;

const always = (fault: DiskFaultOrRule): DiskFaultRule =>
  typeof fault === 'function' ? fault : () => fault;

const when = (isMeant: (call: DiskCall) => boolean, fault: DiskFaultOrRule): DiskFaultRule => {
  const rule = always(fault);
  return (call) => (isMeant(call) ? rule(call) : null);
};

const times = (count: number, fault: DiskFaultOrRule): DiskFaultRule => {
  const rule = always(fault);
  let left = count;
  return (call) => {
    const given = left > 0 ? rule(call) : null;
    if (given !== null) left -= 1;
    return given;
  };
};

const CHANGING: ReadonlySet<DiskOperation> = new Set([
  'create',
  'open', // For writing, too.
  'rename to',
  'remove',
  'write',
  'resize',
  'stamp',
  'make folder',
  'write into',
]);

/** Rules that say when a fault happens. */
export const diskRules = {
  /** The same fault for every call. */
  always,
  /** Only where the call passes a test. */
  when,
  /** The first `count` faults that the rule gives; nothing afterwards. */
  times,
  /** The first fault that the rule gives; nothing afterwards. */
  once: (fault: DiskFaultOrRule): DiskFaultRule => times(1, fault),
  /** Only calls of one operation. */
  forOperation: (operation: DiskOperation, fault: DiskFaultOrRule): DiskFaultRule =>
    when((call) => call.operation === operation, fault),
  /** Only paths that end so. */
  forPath: (suffix: string, fault: DiskFaultOrRule): DiskFaultRule =>
    when((call) => call.path.endsWith(suffix), fault),
  /** From the `sequence`-th call to the disk on. */
  from: (sequence: number, fault: DiskFaultOrRule): DiskFaultRule =>
    when((call) => call.sequence >= sequence, fault),
  /** Only the first `count` calls of each operation with each path. */
  firstAttempts: (count: number, fault: DiskFaultOrRule): DiskFaultRule =>
    when((call) => call.attempt <= count, fault),
  /** Only calls that read or write one of these bytes. */
  forBytes: (start: number, end: number, fault: DiskFaultOrRule): DiskFaultRule =>
    when(({ position, length }) => {
      return position !== null && position < end && start < position + (length ?? 0);
    }, fault),
  /**
   * A share of the calls, chosen by a seed and by what is called, not by the order of calls: the
   * same run meets the same faults however its calls interleave.
   *
   * @param probability  0: none, 1: all.
   */
  chance: (probability: number, seed: number, fault: DiskFaultOrRule): DiskFaultRule =>
    when(({ operation, path, position, attempt }) => {
      const place = position === null ? '' : position;
      return seeded(seed).fork(`${operation} ${path} ${place} ${attempt}`).chance(probability);
    }, fault),
  /** The disk is mounted for reading only. */
  readOnly: when((call) => CHANGING.has(call.operation), diskFault.fail('EROFS')),
  /** The fault of the first rule that gives one; later rules are not asked. */
  firstOf: (rules: ReadonlyArray<DiskFaultOrRule>): DiskFaultRule => {
    const asked = rules.map(always);
    return (call) => {
      for (const rule of asked) {
        const given = rule(call);
        if (given !== null) return given;
      }
      return null;
    };
  },
} as const;
