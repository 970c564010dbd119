/** Files that import each other, by whatever detour. */

/** @param imports Path → the paths that it imports. */
export const circlesIn = (
  imports: ReadonlyMap<string, ReadonlyArray<string>>,
): ReadonlyArray<string> => {
  const reaches = (from: string, goal: string, seen = new Set<string>()): boolean =>
    (imports.get(from) ?? []).some((next) => {
      if (next === goal) return true;
      if (seen.has(next)) return false;
      seen.add(next);
      return reaches(next, goal, seen);
    });
  return [...imports.keys()].filter((path) => reaches(path, path));
};
