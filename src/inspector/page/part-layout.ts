/** Where the cells of the part map are: geometry alone, in CSS pixels. */

export interface PartLayout {
  /** Edge of a cell, its gap included. */
  readonly pitch: number;
  readonly gap: number;
  readonly columns: number;
  readonly rows: number;
  readonly cellCount: number;
  /** How many parts share a cell; the last cell may have fewer. */
  readonly partsPerCell: number;
  readonly partCount: number;
  readonly width: number;
  readonly height: number;
}

/** Largest and smallest edge of a cell: smaller ones cannot be told apart by eye, or hit. */
export const PITCH_MAX = 26;
export const PITCH_MIN = 4;

/**
 * The largest cells with which all parts fit; where even the smallest do not, parts share cells.
 *
 * @param room  `width` is that of the panel, `height` the most the map may take; both at least 1.
 */
export const layOutParts = (
  partCount: number,
  room: { readonly width: number; readonly height: number },
): PartLayout => {
  for (let pitch = PITCH_MAX; pitch >= PITCH_MIN; pitch -= 1) {
    const columns = Math.max(1, Math.floor(room.width / pitch));
    if (Math.ceil(partCount / columns) * pitch <= room.height) {
      return toLayout({ pitch, columns, partCount, partsPerCell: 1 });
    }
  }
  const columns = Math.max(1, Math.floor(room.width / PITCH_MIN));
  const rows = Math.max(1, Math.floor(room.height / PITCH_MIN));
  const partsPerCell = Math.ceil(partCount / (columns * rows));
  return toLayout({ pitch: PITCH_MIN, columns, partCount, partsPerCell });
};

/** The cell of a part, by index from 0. */
export const cellOf = (layout: PartLayout, partIndex: number): number =>
  Math.floor(partIndex / layout.partsPerCell);

/** Left upper corner of a cell. */
export const cornerOf = (
  { columns, pitch }: PartLayout,
  cell: number,
): { readonly x: number; readonly y: number } => ({
  x: (cell % columns) * pitch,
  y: Math.floor(cell / columns) * pitch,
});

/** Indices of the parts in a cell. */
export const partsOf = (
  { partsPerCell, partCount }: PartLayout,
  cell: number,
): { readonly first: number; readonly count: number } => {
  const first = cell * partsPerCell;
  return { first, count: Math.max(0, Math.min(partsPerCell, partCount - first)) };
};

/** The cell under a point; null: there is none. */
export const cellAt = (
  { columns, pitch, cellCount }: PartLayout,
  { x, y }: { readonly x: number; readonly y: number },
): number | null => {
  const [column, row] = [Math.floor(x / pitch), Math.floor(y / pitch)];
  if (column < 0 || column >= columns || row < 0) return null;
  const cell = row * columns + column;
  return cell < cellCount ? cell : null;
};

/** Between the smallest cells a gap would take more of the colour than it gives of order. */
const gapOf = (pitch: number): number => {
  if (pitch >= 12) return 2;
  return pitch > PITCH_MIN + 1 ? 1 : 0;
};

const toLayout = ({
  pitch,
  columns,
  partCount,
  partsPerCell,
}: Pick<PartLayout, 'pitch' | 'columns' | 'partCount' | 'partsPerCell'>): PartLayout => {
  const cellCount = Math.ceil(partCount / partsPerCell);
  const rows = Math.ceil(cellCount / columns);
  return {
    pitch,
    gap: gapOf(pitch),
    columns,
    rows,
    cellCount,
    partsPerCell,
    partCount,
    width: Math.min(columns, cellCount) * pitch,
    height: rows * pitch,
  };
};
