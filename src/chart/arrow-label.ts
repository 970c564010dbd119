/**
 * What stands beside an arrow: `event [guard]`, for each transition that takes this way. What it
 * does on the way (`/ actions`) is in the tooltip, since the picture would be mostly that.
 *
 * Transitions from one state to the same other one share an arrow; otherwise a state that may be
 * left for many reasons would be lost among parallel lines.
 */
import { type Chart, type ChartTransition, describeTrigger } from '../machines/chart.ts';
import { LABEL_COLUMNS, LINE, LINE_HEIGHT } from './faces.ts';
import { textWidth, wrap } from './text-width.ts';

/** Transitions with the same source and target. */
export interface Way {
  /** Unique in the chart: the id of its first transition. */
  readonly id: string;
  readonly source: string;
  readonly target: string;
  readonly transitions: ReadonlyArray<ChartTransition>;
}

export interface ArrowLabel {
  /** One for each transition of the way, in its order. */
  readonly entries: ReadonlyArray<LabelEntry>;
  readonly width: number;
  /** 0: none of the transitions has anything to say. */
  readonly height: number;
}

export interface LabelEntry {
  readonly transition: ChartTransition;
  readonly lines: ReadonlyArray<string>;
  /** From the label's upper edge to this entry's, in pixels. */
  readonly top: number;
}

/** The ways of a chart. Transitions that only change data lead nowhere. */
export const waysOf = ({ transitions }: Chart): ReadonlyArray<Way> => {
  const ways = new Map<string, Way>();
  for (const transition of transitions) {
    const { id, source, targets } = transition;
    for (const target of targets) {
      const key = `${source} ${target}`;
      const way = ways.get(key) ?? { id, source, target, transitions: [] };
      ways.set(key, { ...way, transitions: [...way.transitions, transition] });
    }
  }
  return [...ways.values()];
};

/** The label of a way of `chart`. */
export const labelOf = (chart: Chart, { transitions }: Way): ArrowLabel => {
  let top = 0;
  const entries = transitions.map((transition): LabelEntry => {
    const entry = { transition, lines: linesOf(chart, transition), top };
    top += entry.lines.length * LINE_HEIGHT;
    return entry;
  });
  const lines = entries.flatMap((entry) => entry.lines);
  const widths = lines.map((line) => textWidth(line, LINE));
  return {
    entries,
    width: Math.max(0, ...widths),
    height: top,
  };
};

/** A transition in one line, with all that the picture leaves out. */
export const tellTransition = ({
  source,
  targets,
  trigger,
  guard,
  actions,
}: ChartTransition): string =>
  [
    `${source} → ${targets.join(', ')}:`,
    describeTrigger(trigger),
    guard === null ? '' : `[${guard}]`,
    actions.length === 0 ? '' : `/ ${actions.join(', ')}`,
  ]
    .filter((text) => text !== '')
    .join(' ');

const linesOf = (chart: Chart, transition: ChartTransition): ReadonlyArray<string> => {
  const guard = transition.guard === null ? '' : `[${transition.guard}]`;
  const text = [triggerOf(chart, transition), guard].filter((word) => word !== '').join(' ');
  return text === '' ? [] : wrap(text, LABEL_COLUMNS);
};

/** Which actor has ended need not be said where the box names the only one. */
const triggerOf = (chart: Chart, { trigger, source }: ChartTransition): string => {
  const isOnly = chart.states.some(({ id, invokes }) => id === source && invokes.length === 1);
  if (isOnly && trigger._tag === 'Done') return 'done';
  return isOnly && trigger._tag === 'Error' ? 'failed' : describeTrigger(trigger);
};
