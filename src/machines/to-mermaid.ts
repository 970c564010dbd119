/** A statechart as Mermaid text, from the machine itself, so that a picture cannot lie. */
import type { AnyStateMachine, AnyStateNode } from 'xstate';

/** One arrow. Mermaid draws a state where it is first named, so each arrow has its own place. */
interface Arrow {
  readonly source: AnyStateNode;
  readonly target: AnyStateNode;
  readonly label: string;
}

/**
 * The states and transitions of a machine as a Mermaid `stateDiagram-v2`.
 *
 * @example
 * toMermaid(downloadMachine) // 'stateDiagram-v2\n  [*] --> download_planning\n …'
 */
export const toMermaid = (machine: AnyStateMachine): string => {
  const arrows = arrowsBelow(machine.root);
  return ['stateDiagram-v2', ...inside(machine.root, arrows, 1), ''].join('\n');
};

const inside = (
  node: AnyStateNode,
  arrows: ReadonlyArray<Arrow>,
  depth: number,
): ReadonlyArray<string> => {
  const children = Object.values(node.states);
  const separator = node.type === 'parallel' ? [`${indent(depth)}--`] : [];
  const states = children.flatMap((child, index) => [
    ...(index > 0 ? separator : []),
    ...declared(child, arrows, depth),
  ]);
  const own = arrows
    .filter(({ source, target }) => commonAncestor(source, target) === node)
    .map((arrow) => indent(depth) + lineOf(arrow));
  const ends = children.filter(({ type }) => type === 'final');
  return [
    ...initialOf(node).map((target) => `${indent(depth)}[*] --> ${nameOf(target)}`),
    ...states,
    ...new Set(own),
    ...ends.map((end) => `${indent(depth)}${nameOf(end)} --> [*]`),
  ];
};

const initialOf = (node: AnyStateNode): ReadonlyArray<AnyStateNode> =>
  node.type === 'compound' ? node.initial.target : [];

const declared = (
  node: AnyStateNode,
  arrows: ReadonlyArray<Arrow>,
  depth: number,
): ReadonlyArray<string> => {
  const name = `${indent(depth)}state "${node.key}" as ${nameOf(node)}`;
  return Object.keys(node.states).length === 0
    ? [name]
    : [`${name} {`, ...inside(node, arrows, depth + 1), `${indent(depth)}}`];
};

const arrowsBelow = (node: AnyStateNode): ReadonlyArray<Arrow> => {
  const moves = [...node.transitions.values()].flat().concat(node.always ?? []);
  const own = moves.flatMap((move) =>
    (move.target ?? []).map((target) => ({ source: node, target, label: labelOf(move) })),
  );
  return [...own, ...Object.values(node.states).flatMap(arrowsBelow)];
};

/** The innermost state that holds both. */
const commonAncestor = (a: AnyStateNode, b: AnyStateNode): AnyStateNode | undefined => {
  const above = new Set(ancestors(a));
  return ancestors(b).find((node) => above.has(node));
};

const ancestors = ({ parent }: AnyStateNode): ReadonlyArray<AnyStateNode> =>
  parent === undefined ? [] : [parent, ...ancestors(parent)];

const lineOf = ({ source, target, label }: Arrow): string =>
  `${nameOf(source)} --> ${nameOf(target)}${label === '' ? '' : ` : ${label}`}`;

const labelOf = (move: { readonly eventType: string; readonly guard?: unknown }): string =>
  [eventOf(move.eventType), guardOf(move.guard)].filter((text) => text !== '').join(' ');

/** `xstate.after.backoff.part.x` → `after backoff`; invocations are done or failed. */
const eventOf = (type: string): string => {
  if (type.startsWith('xstate.after.')) return `after ${type.split('.')[2] ?? ''}`;
  if (type.startsWith('xstate.done.')) return 'done';
  return type.startsWith('xstate.error.') ? 'error' : type;
};

const guardOf = (guard: unknown): string => {
  if (guard === undefined || guard === null) return '';
  const name = typeof guard === 'string' ? guard : (guard as { readonly type: string }).type;
  return `[${name}]`;
};

const nameOf = (node: AnyStateNode): string => node.id.replaceAll(/[^a-zA-Z0-9]/g, '_');

const indent = (depth: number): string => '  '.repeat(depth);
