/** A chart that has been laid out, as a picture of its own: no script, nothing from elsewhere. */
import { waysOf } from './arrow-label.ts';
import type { ChartLayout } from './chart-layout.ts';
import { drawInitial, drawLines, drawWords } from './draw-arrow.ts';
import { drawState } from './draw-state.ts';
import { STYLE } from './svg-style.ts';
import { element, textElement } from './xml.ts';

/**
 * The picture as SVG text.
 *
 * Groups of states have `data-state`, those of transitions `data-transition`, with the ids of the
 * chart: a page lights them by the classes `active` and `took`.
 */
export const renderSvg = (layout: ChartLayout): string => {
  const { chart, width, height, boxes, initials, arrows } = layout;
  const states = chart.states.flatMap((state) => {
    const place = boxes.get(state.id);
    return place === undefined ? [] : [drawState(chart, state, place)];
  });
  const moves = waysOf(chart).flatMap((way) => {
    const arrow = arrows.get(way.id);
    return arrow === undefined ? [] : [{ way, arrow }];
  });
  const ids = { title: `${chart.id}-title`, description: `${chart.id}-description` };
  const attributes = {
    xmlns: 'http://www.w3.org/2000/svg',
    class: 'statechart',
    'data-chart': chart.id,
    role: 'img',
    'aria-labelledby': `${ids.title} ${ids.description}`,
    viewBox: `0 0 ${Math.ceil(width)} ${Math.ceil(height)}`,
    width: Math.ceil(width),
    height: Math.ceil(height),
  };
  const picture = element('svg', attributes, [
    textElement('title', { id: ids.title }, `Statechart: ${chart.id}`),
    textElement('desc', { id: ids.description }, chart.description),
    `<style>${STYLE}</style>`,
    element('rect', { class: 'paper', width: Math.ceil(width), height: Math.ceil(height) }),
    ...states,
    ...[...initials].map(([parent, route]) => drawInitial(parent, route)),
    ...moves.flatMap(({ way, arrow }) => drawLines(way, arrow)),
    ...moves.flatMap(({ way, arrow }) => drawWords(chart, way, arrow)),
  ]);
  return `${picture}\n`;
};
