/** The context as lines of JSON, each with what it was before the last change. Pure. */

export interface ContextLine {
  readonly depth: number;
  /** `progress.received`; unique. */
  readonly path: string;
  readonly key: string;
  readonly text: string;
  /** What the line was; null: it was the same. Empty: it was not there. */
  readonly before: string | null;
}

type Json = Readonly<Record<string, unknown>>;

/** @param before  Null: there is nothing to compare with, so nothing is marked. */
export const diffContext = (before: Json | null, after: Json): ReadonlyArray<ContextLine> => {
  const known = before === null ? null : new Map(linesOf(before).map((line) => [line.path, line]));
  return linesOf(after).map((line) => {
    const was = known?.get(line.path)?.text ?? '';
    return { ...line, before: known === null || was === line.text ? null : was };
  });
};

const linesOf = (value: Json, path = '', depth = 0): ReadonlyArray<ContextLine> =>
  Object.entries(value).flatMap(([key, field]) => {
    const own = path === '' ? key : `${path}.${key}`;
    const line = { depth, path: own, key, before: null };
    return isRecord(field)
      ? [{ ...line, text: '' }, ...linesOf(field, own, depth + 1)]
      : [{ ...line, text: shortJson(field) }];
  });

const isRecord = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Lists of thousands of runs are counted, not shown. */
const shortJson = (value: unknown): string => {
  if (!Array.isArray(value) || value.length <= ITEMS_MAX) return JSON.stringify(value) ?? '';
  const shown = value.slice(0, ITEMS_MAX).map((item) => JSON.stringify(item));
  return `[${shown.join(',')}, … ${value.length - ITEMS_MAX} more]`;
};

const ITEMS_MAX = 24;
