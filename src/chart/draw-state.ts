/** The box of one state as SVG. */
import type { Chart, ChartState } from '../machines/chart.ts';
import type { Rectangle } from './chart-layout.ts';
import { LINE_HEIGHT, PADDING, TITLE_HEIGHT } from './faces.ts';
import { type BoxItem, boxOf } from './state-box.ts';
import { element, textElement } from './xml.ts';

/** A group with `data-state`: box, name, and the items, of which transitions are groups again. */
export const drawState = (chart: Chart, state: ChartState, place: Rectangle): string => {
  const { title, items } = boxOf(chart, state);
  const { x, y, width } = place;
  // A name in the middle would be crossed by the arrows that lead to what is inside.
  const isHolder = chart.states.some(({ parent }) => parent === state.id);
  const [anchor, from] = isHolder ? ['start', x + PADDING] : ['middle', x + width / 2];
  const name = { class: 'name', 'text-anchor': anchor, x: from, y: y + 19 };
  const rule = { class: 'rule', d: `M${x} ${y + TITLE_HEIGHT}h${width}` };
  return element('g', { class: classOf(chart, state), 'data-state': state.id }, [
    textElement('title', {}, `${state.id}: ${state.description}`),
    element('rect', { class: 'box', ...place, rx: 8 }),
    ...(state.type === 'final' ? [innerBorder(place)] : []),
    ...(items.length === 0 ? [] : [element('path', rule)]),
    textElement('text', name, title),
    ...drawItems(items, { x: x + PADDING, y: y + TITLE_HEIGHT + 16 }),
  ]);
};

const classOf = ({ states }: Chart, { parent, type }: ChartState): string => {
  const isRegion = states.some((other) => other.id === parent && other.type === 'parallel');
  const isHolder = type === 'compound' || type === 'parallel';
  return ['state', type, isHolder ? 'holder' : '', isRegion ? 'region' : '']
    .filter((word) => word !== '')
    .join(' ');
};

/** A final state has two borders. */
const innerBorder = ({ x, y, width, height }: Rectangle): string =>
  element('rect', {
    class: 'inner',
    x: x + 3,
    y: y + 3,
    width: width - 6,
    height: height - 6,
    rx: 5,
  });

const drawItems = (
  items: ReadonlyArray<BoxItem>,
  start: { readonly x: number; readonly y: number },
): ReadonlyArray<string> => {
  let y = start.y;
  return items.map(({ transition, lines }) => {
    const texts = lines.map((line) => {
      const text = textElement('text', { class: 'note', x: start.x, y }, line);
      y += LINE_HEIGHT;
      return text;
    });
    return transition === null
      ? texts.join('\n')
      : element('g', { class: 'reaction', 'data-transition': transition }, texts);
  });
};
