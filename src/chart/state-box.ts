/** What stands in the box of a state: its name, what it does, and what it reacts to by itself. */
import { type Chart, type ChartState, describeTrigger } from '../machines/chart.ts';
import { BOX_COLUMNS, LINE, LINE_HEIGHT, PADDING, TITLE, TITLE_HEIGHT } from './faces.ts';
import { textWidth, wrap } from './text-width.ts';

export interface StateBox {
  readonly title: string;
  readonly items: ReadonlyArray<BoxItem>;
  /** Room that name and items need, in pixels; a state with states in it is larger. */
  readonly width: number;
  readonly height: number;
}

/** An activity (`do / probeObject`) or an internal transition (`part.retrying / tellRetry`). */
export interface BoxItem {
  /** Null: an activity. */
  readonly transition: string | null;
  readonly lines: ReadonlyArray<string>;
}

/** The box of a state of `chart`, in the notation of UML. */
export const boxOf = (chart: Chart, state: ChartState): StateBox => {
  const activities = [
    ...listed('entry', state.entry),
    ...listed('do', state.invokes),
    ...listed('exit', state.exit),
  ].map((text) => ({ transition: null, lines: broken(text) }));
  const reactions = chart.transitions
    .filter(({ source, targets }) => source === state.id && targets.length === 0)
    .map(({ id, trigger, guard, actions }) => {
      const condition = guard === null ? '' : ` [${guard}]`;
      const head = `${describeTrigger(trigger)}${condition}`;
      return { transition: id, lines: broken(`${head} / ${actions.join(', ') || 'ignored'}`) };
    });
  const items = [...activities, ...reactions];
  const lines = items.flatMap((item) => item.lines);
  const widths = [textWidth(state.key, TITLE), ...lines.map((line) => textWidth(line, LINE))];
  const compartment = lines.length === 0 ? 0 : lines.length * LINE_HEIGHT + PADDING;
  return {
    title: state.key,
    items,
    width: Math.max(...widths) + 2 * PADDING,
    height: TITLE_HEIGHT + compartment + (lines.length === 0 ? 4 : 0),
  };
};

const listed = (word: string, names: ReadonlyArray<string>): ReadonlyArray<string> =>
  names.length === 0 ? [] : [`${word} / ${names.join(', ')}`];

/** Lines after the first are set in. */
const broken = (text: string): ReadonlyArray<string> =>
  wrap(text, BOX_COLUMNS).map((line, index) => (index === 0 ? line : `\u2003${line}`));
