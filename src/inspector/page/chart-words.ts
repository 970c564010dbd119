/** States and transitions of a chart in words, as its captions have them. */
import type { TracedEvent } from '../../trace/trace-record.ts';

/** Was the transition taken because of a sample of the progress? */
export const isSample = (transition: string): boolean => transition.includes(`: ${SAMPLED} `);

const SAMPLED: TracedEvent['type'] = 'progress.sampled';

/** `downloadingParts: transfer · verification.verified`: what regions have in common is said once. */
export const activeWords = (states: ReadonlyArray<string>): string => {
  const [first = '', ...others] = states.map(withoutRoot);
  const holder = first.slice(0, first.indexOf('.') + 1);
  if (others.length === 0 || holder === '') return [first, ...others].join(' · ');
  const regions = [first, ...others].map((id) => id.replace(holder, ''));
  return `${holder.slice(0, -1)}: ${regions.join(' · ')}`;
};

/** The first says what set them off; without its place among those of the same trigger. */
export const lastWords = ([first, ...others]: ReadonlyArray<string>): string => {
  if (first === undefined) return '';
  const more = others.length === 0 ? '' : `, and ${others.length} more at once`;
  return `last: ${withoutRoot(first).replace(/ \d+$/, '')}${more}`;
};

const withoutRoot = (id: string): string => id.replace(/^\w+\./, '');
