/** A job: a download that has been started, over any effects. */
import { type Actor, createActor, type InspectionEvent, type Observer } from 'xstate';
import { DownloadFailed } from './download-failed.ts';
import type { DownloadInput } from './machines/download-input.ts';
import type { downloadMachine } from './machines/download-machine.ts';
import type { DownloadEmitted, Outcome } from './machines/emitted.ts';
import { type DownloadEffects, provideEffects } from './machines/provide-effects.ts';

export type DownloadActor = Actor<typeof downloadMachine>;

/** What a job needs besides effects and input. */
export interface StartOptions {
  /**
   * Aborting ends the download like `cancel({ keep: true })`. One that is aborted already ends it
   * before anything is asked of the network, and after the caller had the chance to listen.
   */
  readonly signal?: AbortSignal | undefined;
  /**
   * Who looks on: an inspector of `partwise/inspector`, or an observer as XState takes them. What
   * an observer throws ends up where the exceptions of `on`'s handlers do.
   */
  readonly inspect?: Inspection | undefined;
}

/** An observer of every event and snapshot of the actor system, from its first to its last. */
export type InspectionObserver = Observer<InspectionEvent> | ((event: InspectionEvent) => void);

/** Who looks on, or may want to later: while it does not, looking on costs nothing. */
export type Inspection = InspectionObserver | Attachable;

export interface Attachable {
  /** Called once, with the actor of a download that has begun. */
  readonly attach: (actor: DownloadActor) => void;
}

/** What came of a download. */
export interface DownloadOutcome extends Outcome {
  /** From start to renamed file, pauses included. */
  readonly seconds: number;
}

/** A download that has been started. */
export interface Download {
  /** The XState actor: subscribe to it, inspect it, embed it. */
  readonly actor: DownloadActor;
  /** Resolves when the file is in place; rejects with `DownloadFailed`. */
  readonly done: Promise<DownloadOutcome>;
  /**
   * Calls `handler` for every event of a type, or `'*'` for all. Returns how to stop that.
   *
   * The download goes on whatever a handler throws: that surfaces as an uncaught exception, as for
   * any listener of an `EventTarget`, and ends the process unless that listens for those. To end a
   * download from a handler, call `cancel`.
   */
  readonly on: <Type extends DownloadEmitted['type'] | '*'>(
    type: Type,
    handler: (event: EmittedOf<Type>) => void,
  ) => () => void;
  /** Comes to rest with everything recorded; `'paused'` tells when. Ignored where meaningless. */
  readonly pause: () => void;
  readonly resume: () => void;
  /** Ends. By default part file and breakpoint are removed; `keep` leaves them for a later run. */
  readonly cancel: (options?: { readonly keep?: boolean }) => void;
}

type EmittedOf<Type> = Type extends '*'
  ? DownloadEmitted
  : Extract<DownloadEmitted, { type: Type }>;

/**
 * Starts a download with effects of your own: simulated ones, or a storage nobody thought of.
 *
 * @example
 * const { effects, input, close } = prepareDownload({ source, target });
 * const job = startDownload({ ...effects, storage: myStorage }, input);
 * await job.done.finally(close);
 */
export const startDownload = (
  effects: DownloadEffects,
  input: DownloadInput,
  { signal, inspect }: StartOptions = {},
): Download => {
  const { clock } = effects;
  const logic = provideEffects(effects);
  const isAttached = inspect !== undefined && isAttachable(inspect);
  const observer = inspect === undefined || isAttached ? {} : { inspect: guarded(inspect) };
  const actor = createActor(logic, { input, clock, ...observer });
  const done = outcomeOf(actor, clock.now);
  done.catch(() => {}); // Whoever listens to events only must not be ended by a rejection.
  const stop = () => actor.send({ type: 'cancel', keep: true });
  signal?.addEventListener('abort', stop, { once: true });
  actor.start();
  if (isAttached) reporting(() => inspect.attach(actor));
  if (signal?.aborted) queueMicrotask(stop); // Whoever is to hear of it does not listen yet.
  void done.then(noop, noop).then(() => signal?.removeEventListener('abort', stop));
  return {
    actor,
    done,
    on: (type, handler) => {
      const { unsubscribe } = actor.on(type, handler as (event: DownloadEmitted) => void);
      return unsubscribe;
    },
    pause: () => actor.send({ type: 'pause' }),
    resume: () => actor.send({ type: 'resume' }),
    cancel: ({ keep = false } = {}) => actor.send({ type: 'cancel', keep }),
  };
};

const outcomeOf = (actor: DownloadActor, now: () => number): Promise<DownloadOutcome> => {
  const startedAtMs = now();
  return new Promise((fulfil, reject) => {
    actor.on('renamed', ({ outcome }) =>
      fulfil({ ...outcome, seconds: (now() - startedAtMs) / 1000 }),
    );
    actor.on('failed', ({ error, resumable }) => reject(new DownloadFailed(error, resumable)));
    actor.on('cancelled', ({ kept }) => reject(new DownloadFailed({ _tag: 'Cancelled' }, kept)));
    actor.subscribe({ error: reject });
  });
};

/** Inside XState an observer's exception would leave an actor between two states, for good. */
const guarded = (observer: InspectionObserver): ((event: InspectionEvent) => void) => {
  const tell = typeof observer === 'function' ? observer : observer.next?.bind(observer);
  return (event) => reporting(() => tell?.(event));
};

/** Runs what is not ours; what it throws is an uncaught exception, and no concern of a download. */
const reporting = (run: () => void): void => {
  try {
    run();
  } catch (thrown) {
    queueMicrotask(() => {
      throw thrown;
    });
  }
};

const isAttachable = (inspect: Inspection): inspect is Attachable => 'attach' in inspect;

const noop = (): void => {};
