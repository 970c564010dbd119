/** Which settings are worth a try beside the one that was asked for. */
import { PART_SIZE_MAX, PART_SIZE_MIN } from '../../domain/plan.ts';
import type { Setting } from './forecast-conditions.ts';

const LANES: ReadonlyArray<number> = [1, 2, 4, 8, 16, 32];
const PART_SIZE_TIMES: ReadonlyArray<number> = [1 / 8, 4, 16];

/**
 * Other lanes with the same parts, then other parts with the same lanes. Parts are as small and as
 * large as they may be, and no larger than the object.
 */
export const otherSettings = (
  { lanes, partSize }: Setting,
  size: number,
): ReadonlyArray<Setting> => {
  const partSizeMax = Math.min(PART_SIZE_MAX, size);
  const sizes = PART_SIZE_TIMES.map((times) =>
    Math.max(PART_SIZE_MIN, Math.min(partSizeMax, Math.round(partSize * times))),
  ).filter((other) => other !== partSize);
  return [
    ...LANES.filter((other) => other !== lanes).map((other) => ({ lanes: other, partSize })),
    ...[...new Set(sizes)].map((other) => ({ lanes, partSize: other })),
  ];
};
