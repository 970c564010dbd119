/** What changed between two versions of an immutable record. */

/**
 * The fields of `after` that are not those of `before`, compared by reference; null: none is. A
 * field that went away is not told: no record of ours loses one.
 */
export const shallowDifference = <A extends object>(
  before: A | null,
  after: A,
): Partial<A> | null => {
  if (before === after) return null;
  if (before === null) return after;
  let changed: Partial<A> | null = null;
  for (const field in after) {
    if (after[field] === before[field]) continue;
    changed ??= {};
    changed[field] = after[field];
  }
  return changed;
};
