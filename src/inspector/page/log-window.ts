/** Which rows of a long list are in sight. All rows have one height, but for the one that is open. */

export interface LogWindow {
  readonly scrollTop: number;
  readonly height: number;
  readonly rowCount: number;
  /** Index of the row with its payload open; null: none. */
  readonly open: number | null;
}

export const ROW_HEIGHT = 26;
export const PAYLOAD_HEIGHT = 220;
/** Rows drawn beyond the edge, so that a flick of the wheel shows no hole. */
const BEYOND = 6;

/** Height of the whole list. */
export const heightOf = ({ rowCount, open }: LogWindow): number =>
  rowCount * ROW_HEIGHT + (open === null ? 0 : PAYLOAD_HEIGHT);

/** Where a row begins. */
export const topOf = ({ open }: Pick<LogWindow, 'open'>, index: number): number =>
  index * ROW_HEIGHT + (open !== null && index > open ? PAYLOAD_HEIGHT : 0);

/** The rows to draw: first, and the one behind the last. */
export const rowsInSight = (
  window: LogWindow,
): { readonly first: number; readonly end: number } => {
  const { scrollTop, height, rowCount } = window;
  const first = Math.max(0, indexAt(window, scrollTop) - BEYOND);
  const end = Math.min(rowCount, indexAt(window, scrollTop + height) + 1 + BEYOND);
  return { first: Math.min(first, end), end };
};

const indexAt = ({ open }: LogWindow, y: number): number => {
  const index = Math.floor(y / ROW_HEIGHT);
  if (open === null || index <= open) return index;
  return Math.max(open, Math.floor((y - PAYLOAD_HEIGHT) / ROW_HEIGHT));
};
