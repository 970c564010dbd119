/** Planting a fault in a text, source or compiled. Pure. */
import type { Mutant } from './mutants.ts';

const patternOf = ({ find }: Pick<Mutant, 'find'>): RegExp =>
  new RegExp(
    find
      .split(/\s+/)
      .map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('\\s+'),
    'g',
  );

/** How often the place of the fault is found: a good one, once. */
export const placesIn = (text: string, mutant: Pick<Mutant, 'find'>): number =>
  [...text.matchAll(patternOf(mutant))].length;

/** Throws `RangeError` where there is not exactly one place for it. */
export const planted = (text: string, mutant: Mutant): string => {
  const places = placesIn(text, mutant);
  if (places !== 1) throw new RangeError(`${mutant.name}: ${places} places in ${mutant.file}`);
  return text.replace(patternOf(mutant), () => mutant.replace);
};
