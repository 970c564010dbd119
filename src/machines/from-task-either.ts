/** The one bridge between TaskEither (how effects fail) and XState (how actors fail). */
import { type AnyActorRef, fromPromise, type PromiseActorLogic } from 'xstate';
import { type DownloadError, INTERRUPTED } from '../domain/errors.ts';
import { E, type TE } from '../fp.ts';

/** Asks an effect to end by itself; its actor lives on until the effect has come to rest. */
export interface Interrupt {
  readonly type: 'interrupt';
  /** What the effect shall fail with. */
  readonly error: DownloadError;
}

/**
 * Runs `effect` as an actor: Right becomes its output, Left its error.
 *
 * Stopping the actor aborts the effect and forgets it. Sending it an `Interrupt` aborts it too,
 * but its end is still reported: that is how a part comes to rest before a pause is a pause.
 */
export const fromTaskEither = <Input, Output>(
  effect: (input: Input, signal: AbortSignal) => TE.TaskEither<DownloadError, Output>,
): PromiseActorLogic<Output, Input> => {
  const controllers = new WeakMap<AnyActorRef, AbortController>();
  const logic = fromPromise<Output, Input>(async ({ input, self, signal }) => {
    const controller = new AbortController();
    controllers.set(self, controller);
    const onStopped = () => controller.abort(INTERRUPTED);
    signal.addEventListener('abort', onStopped, { once: true });
    const result = await effect(input, controller.signal)();
    signal.removeEventListener('abort', onStopped);
    if (E.isLeft(result)) throw result.left;
    return result.right;
  });
  return {
    ...logic,
    transition: (snapshot, event, scope) => {
      if (!isInterrupt(event)) return logic.transition(snapshot, event, scope);
      controllers.get(scope.self)?.abort(event.error);
      return snapshot;
    },
  };
};

/** Actor logic that `provide()` or a test must replace: running it is a bug. */
export const unprovided = <Input, Output>(name: string): PromiseActorLogic<Output, Input> =>
  fromPromise(() => Promise.reject(new Error(`no effect was provided for actor "${name}"`)));

const isInterrupt = (event: { readonly type: string }): event is Interrupt =>
  event.type === 'interrupt';
