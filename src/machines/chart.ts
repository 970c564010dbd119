/**
 * A statechart as data, read from the machine itself: what is drawn, exported, lit up while a
 * download runs, and counted by the tests that want every transition taken.
 */
import type { AnyStateMachine, AnyStateNode, AnyTransitionDefinition } from 'xstate';

export interface Chart {
  /** Of the machine: `download`, `part`. */
  readonly id: string;
  readonly description: string;
  /** In document order; the first is the root. */
  readonly states: ReadonlyArray<ChartState>;
  /** In document order of their sources. */
  readonly transitions: ReadonlyArray<ChartTransition>;
}

export interface ChartState {
  /** Unique in the chart, such as `download.planning.probing`. */
  readonly id: string;
  /** The last word of the id. */
  readonly key: string;
  /** Null: the root. */
  readonly parent: string | null;
  readonly type: 'atomic' | 'compound' | 'parallel' | 'final' | 'history';
  /** Empty where the machine has none. */
  readonly description: string;
  /** The child that is entered first; null where there is none, or all are. */
  readonly initial: string | null;
  readonly entry: ReadonlyArray<string>;
  readonly exit: ReadonlyArray<string>;
  /** Names of the actors that run while the state is active. */
  readonly invokes: ReadonlyArray<string>;
}

export interface ChartTransition {
  /** Unique in the chart; what `transitionId` gives for the same transition at run time. */
  readonly id: string;
  readonly source: string;
  /** Empty: it changes data, not the state. */
  readonly targets: ReadonlyArray<string>;
  readonly trigger: Trigger;
  /** Name of the condition; null: none. */
  readonly guard: string | null;
  readonly actions: ReadonlyArray<string>;
}

/** What sets a transition off. */
export type Trigger =
  /** An event of this type. */
  | { readonly _tag: 'Event'; readonly type: string }
  /** A named wait is over. */
  | { readonly _tag: 'After'; readonly delay: string }
  /** The invoked actor of this name has completed. */
  | { readonly _tag: 'Done'; readonly actor: string }
  | { readonly _tag: 'Error'; readonly actor: string }
  /** Nothing: it is taken as soon as its guard lets it. */
  | { readonly _tag: 'Always' };

/**
 * The states and transitions of a machine.
 *
 * @example
 * chartOf(partMachine).states.map(({ id }) => id) // ['part', 'part.starting', …]
 */
export const chartOf = (machine: AnyStateMachine): Chart => {
  const nodes = nodesOf(machine.root);
  return {
    id: machine.root.id,
    description: machine.root.description ?? '',
    states: nodes.map(toState),
    transitions: nodes.flatMap((node) => movesOf(node).map(toTransition)),
  };
};

/**
 * Which transition of its chart this is: its source, its trigger, and its place among those that
 * the same trigger may take.
 *
 * @example 'download.planning.judging: always 2'
 */
export const transitionId = (transition: AnyTransitionDefinition): string => {
  const known = ids.get(transition);
  if (known !== undefined) return known;
  const { source, eventType } = transition;
  const siblings = eventType === '' ? source.always : source.transitions.get(eventType);
  const place = (siblings ?? []).indexOf(transition as never);
  const id = `${source.id}: ${describeTrigger(triggerOf(transition)) || 'always'} ${place}`;
  ids.set(transition, id);
  return id;
};

/** Asked at every step of a running machine, whose transitions are always the same objects. */
const ids = new WeakMap<AnyTransitionDefinition, string>();

/** The trigger in a few words: `after backoff`, `probeObject done`, `pause`. */
export const describeTrigger = (trigger: Trigger): string => {
  switch (trigger._tag) {
    case 'Event':
      return trigger.type;
    case 'After':
      return `after ${trigger.delay}`;
    case 'Done':
      return `${trigger.actor} done`;
    case 'Error':
      return `${trigger.actor} failed`;
    case 'Always':
      return '';
  }
};

const nodesOf = (node: AnyStateNode): ReadonlyArray<AnyStateNode> => [
  node,
  ...Object.values(node.states).flatMap(nodesOf),
];

const toState = (node: AnyStateNode): ChartState => ({
  id: node.id,
  key: node.key,
  parent: node.parent?.id ?? null,
  type: node.type,
  description: node.description ?? '',
  initial: node.type === 'compound' ? (node.initial.target[0]?.id ?? null) : null,
  entry: node.entry.filter(isNamed).map(nameOf),
  exit: node.exit.filter(isNamed).map(nameOf),
  invokes: node.invoke.map(({ src }) => String(src)),
});

const movesOf = (node: AnyStateNode): ReadonlyArray<AnyTransitionDefinition> => [
  ...[...node.transitions.values()].flat(),
  ...(node.always ?? []),
];

const toTransition = (move: AnyTransitionDefinition): ChartTransition => ({
  id: transitionId(move),
  source: move.source.id,
  targets: (move.target ?? []).map(({ id }) => id),
  trigger: triggerOf(move),
  guard: move.guard === undefined ? null : nameOf(move.guard),
  actions: move.actions.map(nameOf),
});

/** XState names internal events `xstate.after.DELAY.STATE`, `xstate.done.actor.INVOCATION`. */
const triggerOf = ({ eventType, source }: AnyTransitionDefinition): Trigger => {
  if (eventType === '') return { _tag: 'Always' };
  const [, after] = /^xstate\.after\.(.+?)\./.exec(eventType) ?? [];
  if (after !== undefined) return { _tag: 'After', delay: after };
  const [, ending, invocation] = /^xstate\.(done|error)\.actor\.(.+)$/.exec(eventType) ?? [];
  if (invocation === undefined) return { _tag: 'Event', type: eventType };
  const actor = String(source.invoke.find(({ id }) => id === invocation)?.src ?? invocation);
  return { _tag: ending === 'done' ? 'Done' : 'Error', actor };
};

/** XState starts and cancels a wait by actions of its own: what waits says so as a transition. */
const isNamed = (action: unknown): boolean => typeof action !== 'function';

/** Actions and guards are named, alone or with parameters. */
const nameOf = (named: unknown): string =>
  typeof named === 'object' && named !== null && 'type' in named
    ? String(named.type)
    : String(named);
