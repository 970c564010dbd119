/** Which transitions of the statecharts some run took, and which none did. */
import type { AnyTransitionDefinition, InspectionEvent } from 'xstate';
import { chartOf, transitionId } from '../../src/machines/chart.ts';
import { downloadMachine } from '../../src/machines/download-machine.ts';
import { partMachine } from '../../src/machines/part-machine.ts';

export interface Taken {
  readonly note: (event: InspectionEvent) => void;
  readonly taken: () => ReadonlyArray<string>;
}

/** Notes the transitions of all actors that are inspected. */
export const takenTransitions = (): Taken => {
  const seen = new Set<string>();
  return {
    note: (event) => {
      if (event.type !== '@xstate.microstep') return;
      for (const transition of event._transitions as ReadonlyArray<AnyTransitionDefinition>) {
        if (transition.eventType !== null) seen.add(transitionId(transition));
      }
    },
    taken: () => [...seen],
  };
};

const charts = [downloadMachine, partMachine].map(chartOf);

/** Ids of all transitions of both machines. */
export const ALL_TRANSITIONS = charts.flatMap(({ transitions }) => transitions.map(({ id }) => id));

/** Ids of all states of both machines but the roots. */
export const ALL_STATES = charts.flatMap(({ states }) =>
  states.filter(({ parent }) => parent !== null).map(({ id }) => id),
);

const transitions = charts.flatMap((chart) => chart.transitions);
const states = new Map(charts.flatMap((chart) => chart.states).map((state) => [state.id, state]));

/** The states that were entered, when these transitions were taken: with their initial states. */
export const statesEntered = (taken: ReadonlyArray<string>): ReadonlySet<string> => {
  const ids = new Set(taken);
  const entered = new Set<string>();
  const enter = (id: string): void => {
    for (let up = states.get(id); up !== undefined; up = states.get(up.parent ?? '')) {
      entered.add(up.id);
    }
    const state = states.get(id);
    if (state?.type === 'parallel') {
      for (const child of states.values()) if (child.parent === id) enter(child.id);
    } else if (state?.initial != null) enter(state.initial);
  };
  for (const { id } of charts) enter(id);
  for (const { id, targets } of transitions) if (ids.has(id)) targets.forEach(enter);
  return entered;
};
