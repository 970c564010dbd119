/**
 * XState's inspection events become trace records: the only file that knows their shapes.
 *
 * Written for XState 5. Not part of its documented surface, and so to be looked at when it changes:
 * that a microstep carries its `_transitions` and a snapshot its `_nodes`, that all microsteps of a
 * macro-step come before anything that follows from it, the names of internal events, and that an
 * actor is created (with its first microsteps) before it is started.
 */
import type {
  ActorRefLike,
  AnyActorRef,
  AnyEventObject,
  AnyStateNode,
  AnyTransitionDefinition,
  InspectionEvent,
} from 'xstate';
import { toDownloadError } from '../domain/errors.ts';
import { transitionId } from '../machines/chart.ts';
import type { DownloadContext } from '../machines/download-context.ts';
import { shallowDifference } from './shallow-difference.ts';
import type { ActorName, TracedEvent, TraceRecord } from './trace-record.ts';

export interface InspectionRecorder {
  /** Tells the records that follow from an inspection event. */
  readonly record: (event: InspectionEvent) => void;
  /** Does no more than find the download: for when nobody listens. */
  readonly notice: (event: InspectionEvent) => void;
  /** Tells how things stand now, as if it had just begun. */
  readonly recall: (tell: (record: TraceRecord) => void) => void;
  /** Nobody listens any more: what is known is soon out of date. */
  readonly forget: () => void;
  /** Takes an actor for the download, which has begun. */
  readonly adopt: (actor: AnyActorRef) => void;
  /** The download's actor, so that somebody can send it commands; null: none was seen yet. */
  readonly actor: () => AnyActorRef | null;
}

/** What is known of the download or of a part. Parts come by the ten thousand: one object each. */
interface Traced {
  readonly name: ActorName;
  readonly ref: AnyActorRef;
  /** Transitions of the macro-step under way. */
  took: Array<string>;
  /** After the last microstep that was not told yet. */
  snapshot: MachineSnapshot | null;
  /** The active states as XState holds them, and their innermost ones by id. */
  nodes: ReadonlyArray<AnyStateNode> | null;
  states: ReadonlyArray<string>;
  context: DownloadContext | null;
  isStarted: boolean;
}

/** What is read of XState's snapshots of machines. */
interface MachineSnapshot {
  readonly status: 'active' | 'done' | 'error' | 'stopped';
  readonly context: DownloadContext;
  readonly children: Readonly<Record<string, AnyActorRef | undefined>>;
  readonly _nodes: ReadonlyArray<AnyStateNode>;
}

type InspectedEventEvent = Extract<InspectionEvent, { type: '@xstate.event' }>;
type InspectedMicrostepEvent = Extract<InspectionEvent, { type: '@xstate.microstep' }>;

/** What XState says of an actor beyond its public reference. */
type InspectedRef = AnyActorRef & { readonly logic?: { readonly id?: string } };

/**
 * @param at   Milliseconds since the trace began.
 * @param tell Gets each record; it is not asked to keep up with anything else.
 */
export const inspectionRecorder = (
  at: () => number,
  tell: (record: TraceRecord) => void,
): InspectionRecorder => {
  /** The download and its parts, while they live. */
  const alive = new Map<ActorRefLike, Traced>();
  let download: AnyActorRef | null = null;
  let isStarted = false;
  /** The actor whose macro-step has been seen, but not yet told. */
  let stepping: Traced | null = null;

  const isPart = (ref: InspectedRef): boolean =>
    download !== null && ref._parent === download && ref.logic?.id === 'part';

  const welcome = (ref: InspectedRef): void => {
    if (alive.has(ref) || (ref !== download && !isPart(ref))) return;
    alive.set(ref, traced(ref === download ? 'download' : ref.id, ref));
  };

  /** Null: outside of the download. */
  const nameOf = (ref: InspectedRef): ActorName | null => {
    if (ref === download) return 'download';
    const isOurs = ref._parent === download || ref._parent?._parent === download;
    if (!isOurs) return null;
    return isPart(ref) || typeof ref.src !== 'string' ? ref.id : ref.src;
  };

  const notice = (event: InspectionEvent): void => {
    if (isStarted) return;
    const ref = event.actorRef as InspectedRef;
    if (event.type === '@xstate.actor' && download === null && ref.logic?.id === 'download') {
      download = ref;
    }
    isStarted = event.type === '@xstate.event' && ref === download;
  };

  const record = (event: InspectionEvent): void => {
    notice(event);
    if (event.type === '@xstate.actor') welcome(event.actorRef as InspectedRef);
    if (event.type === '@xstate.microstep') step(event);
    if (event.type === '@xstate.snapshot') tellStep();
    if (event.type !== '@xstate.event') return;
    tellStep();
    hear(event);
  };

  const hear = ({ actorRef, sourceRef, event }: InspectedEventEvent): void => {
    const sender = sourceRef as InspectedRef | undefined;
    if (sender !== undefined && event.type.startsWith(FAILED)) tellThrown(alive.get(sender));
    const to = alive.get(actorRef);
    if (to === undefined) return;
    if (event.type === 'xstate.init') tellStart(to);
    else if (to.ref === download && hasThrown(to.ref)) tellThrown(to);
    else tellEvent(to, sender, event);
  };
  const tellEvent = (to: Traced, sender: InspectedRef | undefined, event: AnyEventObject): void => {
    const from = sender === undefined || sender === to.ref ? null : nameOf(sender);
    const effect = sender === undefined || isPart(sender) ? null : from;
    const heard = toTracedEvent(event, effect);
    if (heard !== null) tell({ type: 'event', at: at(), to: to.name, from, event: heard });
  };

  const step = ({ actorRef, _transitions, snapshot }: InspectedMicrostepEvent): void => {
    const actor = alive.get(actorRef);
    if (actor === undefined) return;
    for (const transition of withoutPreempted(_transitions)) {
      actor.took.push(transitionId(transition));
    }
    actor.snapshot = snapshot as unknown as MachineSnapshot;
    if (!actor.isStarted || stepping === actor) return;
    tellStep();
    stepping = actor;
  };

  const tellStep = (): void => {
    const actor = stepping;
    stepping = null;
    if (actor !== null && actor.snapshot !== null) tellStepOf(actor, actor.snapshot);
  };
  const tellStepOf = (actor: Traced, snapshot: MachineSnapshot): void => {
    const { took, context, name } = actor;
    actor.snapshot = null;
    const changed = actor.ref === download ? shallowDifference(context, snapshot.context) : null;
    if (took.length > 0 || changed !== null) {
      actor.took = [];
      if (changed !== null) actor.context = snapshot.context;
      enterStates(actor, snapshot);
      const step = { type: 'step', at: at(), actor: name, took, states: actor.states } as const;
      tell(changed === null ? step : { ...step, changed });
    }
    if (snapshot.status === 'done') tellEnd(actor, 'done');
    if (snapshot.status === 'stopped') tellEnd(actor, 'stopped');
    if (snapshot.status === 'error') tellEnd(actor, 'threw');
  };

  const tellStart = (actor: Traced): void => {
    if (actor.isStarted) return;
    actor.isStarted = true;
    tell({ type: 'started', at: at(), actor: actor.name });
    tellStepOf(actor, snapshotOf(actor.ref));
  };
  const tellThrown = (actor: Traced | undefined): void => {
    if (actor !== undefined) tellEnd(actor, 'threw');
  };
  const tellEnd = (actor: Traced, how: 'done' | 'stopped' | 'threw'): void => {
    if (alive.delete(actor.ref)) tell({ type: 'ended', at: at(), actor: actor.name, how });
  };

  const recall = (tellOne: (record: TraceRecord) => void): void => {
    if (download === null) return;
    welcome(download);
    if (!isStarted) return;
    for (const ref of [download, ...Object.values(snapshotOf(download).children)]) {
      if (ref !== undefined) welcome(ref);
    }
    for (const actor of alive.values()) recallActor(actor, tellOne);
  };
  const recallActor = (actor: Traced, tellOne: (record: TraceRecord) => void): void => {
    const snapshot = snapshotOf(actor.ref);
    actor.isStarted = true;
    enterStates(actor, snapshot);
    const { name, states } = actor;
    tellOne({ type: 'started', at: at(), actor: name });
    const step = { type: 'step', at: at(), actor: name, took: [], states } as const;
    if (actor.ref === download) actor.context = snapshot.context;
    tellOne(actor.ref === download ? { ...step, changed: snapshot.context } : step);
  };
  const adopt = (actor: AnyActorRef): void => {
    download = actor;
    isStarted = true;
  };
  const forget = (): void => {
    alive.clear();
    stepping = null;
  };
  return { record, notice, recall, forget, adopt, actor: () => download };
};

const traced = (name: ActorName, ref: AnyActorRef): Traced => ({
  name,
  ref,
  took: [],
  snapshot: null,
  nodes: null,
  states: [],
  context: null,
  isStarted: false,
});

/** How XState names what a parent hears when its child ends. */
const DONE = 'xstate.done.actor.';
const FAILED = 'xstate.error.actor.';

/** Of a root actor that threw there is no inspection event. */
const hasThrown = (ref: AnyActorRef): boolean => snapshotOf(ref).status === 'error';

const snapshotOf = (ref: AnyActorRef): MachineSnapshot => ref.getSnapshot() as MachineSnapshot;

/** Of two transitions that would leave the same state XState takes the inner one only. */
const withoutPreempted = (
  transitions: ReadonlyArray<AnyTransitionDefinition>,
): ReadonlyArray<AnyTransitionDefinition> =>
  transitions.length < 2
    ? transitions
    : transitions.filter(
        (outer) =>
          outer.target === undefined ||
          !transitions.some(({ source }) => source !== outer.source && isWithin(source, outer)),
      );

const isWithin = (node: AnyStateNode, { source }: AnyTransitionDefinition): boolean => {
  for (let above = node.parent; above !== undefined; above = above.parent) {
    if (above === source) return true;
  }
  return false;
};

/** XState keeps the list while no state is entered or left, and so do we. */
const enterStates = (actor: Traced, { _nodes: nodes }: MachineSnapshot): void => {
  if (nodes === actor.nodes) return;
  actor.nodes = nodes;
  actor.states = nodes
    .filter(({ type }) => type === 'atomic' || type === 'final')
    .sort((a, b) => a.order - b.order)
    .map(({ id }) => id);
};

/**
 * An event as it is recorded; null: it is one that XState keeps house with.
 *
 * @param effect Who sent it; null: a part, or somebody outside.
 */
const toTracedEvent = (event: AnyEventObject, effect: string | null): TracedEvent | null => {
  const { type } = event;
  if (!type.startsWith('xstate.')) return event as TracedEvent;
  if (effect !== null && type.startsWith(FAILED)) {
    return { type: 'effect.failed', effect, error: toDownloadError(event['error']) };
  }
  if (effect !== null && type.startsWith(DONE)) {
    const output: unknown = event['output'];
    return { type: 'effect.done', effect, ...(output === undefined ? {} : { output }) };
  }
  return type.startsWith('xstate.after.') ? delayOf(type) : null;
};

/** `xstate.after.backoff.part.backingOff` is the end of the delay `backoff`. */
const delayOf = (type: string): TracedEvent => {
  const before = delays.get(type);
  if (before !== undefined) return before;
  const over = { type: 'delay.over', delay: type.split('.')[2] ?? '' } as const;
  delays.set(type, over);
  return over;
};

/** As many as the charts have delays. */
const delays = new Map<string, TracedEvent>();
