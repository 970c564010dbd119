/** Calls to the simulated disk: how long they take, what goes wrong, and what a crash leaves. */
import type { ErrorOf } from '../../domain/errors.ts';
import type { Clock } from '../../effects/clock.ts';
import type { DiskEffect } from '../../effects/file-system.ts';
import { E } from '../../fp.ts';
import type { DiskCall, DiskFault, DiskFaultRule, DiskOperation } from './disk-faults.ts';

/** How long a call takes, in milliseconds of virtual time. */
export type DiskLatency = (call: DiskCall) => number;

export interface DiskCallsOptions {
  readonly clock: Pick<Clock, 'setTimeout'> | null;
  readonly latency: DiskLatency | null;
}

/** What a call is about; `position` and `length` where it reads or writes. */
export interface DiskCallAbout {
  readonly operation: DiskOperation;
  readonly path: string;
  readonly position?: number;
  readonly length?: number;
}

export interface DiskCalls {
  /**
   * The effect of one call. `run` changes the disk when the call ends, at once and whole; it
   * throws `raise(code)` to fail, and is told of faults other than `Fail` and `Delay`.
   *
   * @param onFail What a `Fail` does in place of `run`.
   */
  readonly call: <A>(
    about: DiskCallAbout,
    run: (fault: DiskFault | null) => A,
    onFail?: () => void,
  ) => DiskEffect<A>;
  /** Calls under way never happen, and are never answered. */
  readonly crash: () => void;
  /** Changes with every crash: tells open files that their process has ended. */
  readonly generation: () => number;
  /** Calls are counted from now on. */
  readonly setFaults: (rule: DiskFaultRule | null) => void;
  /** May a call take time? */
  readonly mayWait: () => boolean;
}

export const diskCalls = ({ clock, latency }: DiskCallsOptions): DiskCalls => {
  let rule: DiskFaultRule | null = null;
  let generation = 0;
  let sequence = 0;
  const attempts = new Map<string, number>();
  const never = new Promise<never>(() => {});

  const toCall = ({ operation, path, position, length }: DiskCallAbout) => {
    const name = `${operation} ${path}`;
    const attempt = (attempts.get(name) ?? 0) + 1;
    attempts.set(name, attempt);
    sequence += 1;
    const place = { position: position ?? null, length: length ?? null };
    return { operation, path, ...place, attempt, sequence };
  };
  const wait = (ms: number): Promise<void> => {
    if (clock === null) throw new RangeError('a disk that takes time needs a clock');
    if (ms === Infinity) return never;
    return new Promise((resolve) => clock.setTimeout(resolve, ms));
  };
  const callSlowly = async <A>(
    about: DiskCallAbout,
    run: (fault: DiskFault | null) => A,
    onFail: () => void,
  ): Promise<Answer<A>> => {
    const call = toCall(about);
    const fault = rule?.(call) ?? null;
    const ms = (latency?.(call) ?? 0) + (fault?._tag === 'Delay' ? fault.ms : 0);
    const begunIn = generation;
    if (ms > 0) await wait(ms);
    if (generation !== begunIn) return never;
    if (fault?._tag !== 'Fail') return perform(about, run, fault);
    onFail();
    return failed(about, fault.code);
  };
  return {
    call:
      (about, run, onFail = () => {}) =>
      async () =>
        rule === null && latency === null
          ? perform(about, run, null)
          : callSlowly(about, run, onFail),
    crash: () => {
      generation += 1;
    },
    generation: () => generation,
    setFaults: (given) => {
      rule = given;
      sequence = 0;
      attempts.clear();
    },
    mayWait: () => rule !== null || latency !== null,
  };
};

type Answer<A> = E.Either<ErrorOf<'DiskFailed'>, A>;

const perform = <A>(
  about: DiskCallAbout,
  run: (fault: DiskFault | null) => A,
  fault: DiskFault | null,
): Answer<A> => {
  try {
    return E.right(run(fault));
  } catch (thrown) {
    if (!isRaised(thrown)) throw thrown;
    return failed(about, thrown.code);
  }
};

const failed = ({ operation, path }: DiskCallAbout, code: string): Answer<never> =>
  E.left({ _tag: 'DiskFailed', code, operation, path } as ErrorOf<'DiskFailed'>);

/** No `Error`: to note where it came from costs more than the call. */
interface Raised {
  readonly _tag: 'Raised';
  readonly code: string;
}

const isRaised = (thrown: unknown): thrown is Raised =>
  typeof thrown === 'object' && thrown !== null && '_tag' in thrown && thrown._tag === 'Raised';

/** Ends a call with an error code of the system. */
export const raise = (code: string): never => {
  const raised: Raised = { _tag: 'Raised', code };
  throw raised;
};
