/** A statechart as Mermaid text, from the machine itself, so that a picture cannot lie. */
import type { AnyStateMachine } from 'xstate';
import {
  type Chart,
  type ChartState,
  type ChartTransition,
  chartOf,
  describeTrigger,
} from './chart.ts';

/**
 * The states and transitions of a machine as a Mermaid `stateDiagram-v2`.
 *
 * @example
 * toMermaid(downloadMachine) // 'stateDiagram-v2\n  [*] --> download_planning\n …'
 */
export const toMermaid = (machine: AnyStateMachine): string => chartToMermaid(chartOf(machine));

/** The same from a chart at hand. Transitions that only change data are not drawn. */
export const chartToMermaid = (chart: Chart): string => {
  const [root] = chart.states;
  const lines = root === undefined ? [] : inside(root, familyOf(chart), 1);
  return ['stateDiagram-v2', ...lines, ''].join('\n');
};

/** Who is in whom; and the arrows, by the innermost state that holds both of their ends. */
interface Family {
  readonly children: ReadonlyMap<string, ReadonlyArray<ChartState>>;
  readonly arrows: ReadonlyMap<string, ReadonlyArray<string>>;
}

/** Mermaid draws a state where it is first named, so each arrow has its own place. */
const familyOf = ({ states, transitions }: Chart): Family => {
  const parents = new Map(states.map(({ id, parent }) => [id, parent]));
  const holders = (id: string): ReadonlyArray<string> => {
    const parent = parents.get(id) ?? null;
    return parent === null ? [] : [parent, ...holders(parent)];
  };
  const children = new Map<string, Array<ChartState>>();
  for (const state of states) append(children, state.parent ?? '', state);
  const arrows = new Map<string, Array<string>>();
  for (const transition of transitions) {
    const above = holders(transition.source);
    for (const target of transition.targets) {
      const place = holders(target).find((id) => above.includes(id)) ?? '';
      append(arrows, place, lineOf(transition, target));
    }
  }
  return { children, arrows };
};

const append = <A>(lists: Map<string, Array<A>>, key: string, item: A): void => {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
};

const inside = (state: ChartState, family: Family, depth: number): ReadonlyArray<string> => {
  const children = family.children.get(state.id) ?? [];
  const separator = state.type === 'parallel' ? [`${indent(depth)}--`] : [];
  const states = children.flatMap((child, index) => [
    ...(index > 0 ? separator : []),
    ...declared(child, family, depth),
  ]);
  const own = (family.arrows.get(state.id) ?? []).map((line) => indent(depth) + line);
  const first = state.initial === null ? [] : [`${indent(depth)}[*] --> ${nameOf(state.initial)}`];
  const ends = children.filter(({ type }) => type === 'final');
  return [
    ...first,
    ...states,
    ...new Set(own),
    ...ends.map((end) => `${indent(depth)}${nameOf(end.id)} --> [*]`),
  ];
};

const declared = (state: ChartState, family: Family, depth: number): ReadonlyArray<string> => {
  const name = `${indent(depth)}state "${state.key}" as ${nameOf(state.id)}`;
  return family.children.has(state.id)
    ? [`${name} {`, ...inside(state, family, depth + 1), `${indent(depth)}}`]
    : [name];
};

const lineOf = ({ source, trigger, guard }: ChartTransition, target: string): string => {
  const label = [describeTrigger(trigger), guard === null ? '' : `[${guard}]`]
    .filter((text) => text !== '')
    .join(' ');
  return `${nameOf(source)} --> ${nameOf(target)}${label === '' ? '' : ` : ${label}`}`;
};

const nameOf = (id: string): string => id.replaceAll(/[^a-zA-Z0-9]/g, '_');

const indent = (depth: number): string => '  '.repeat(depth);
