/** Paints the part map: all of it at once, or the cells that changed. */
import { colourOf } from './colours.ts';
import { cellOf, cornerOf, type PartLayout, partsOf } from './part-layout.ts';
import { MARKED_EDGE_MIN, paintCell, paintMark } from './part-marks.ts';
import { lookOf, worstOf } from './part-states.ts';
import type { PartChanges } from './part-table.ts';

/** Gives the canvas the layout's size, in the screen's own pixels. */
export const sizeCanvas = (canvas: HTMLCanvasElement, layout: PartLayout): void => {
  canvas.width = Math.max(1, layout.width) * devicePixelRatio;
  canvas.height = Math.max(1, layout.height) * devicePixelRatio;
  canvas.style.width = `${layout.width}px`;
  canvas.style.height = `${layout.height}px`;
};

/**
 * Every cell.
 *
 * Neighbours of one colour are painted as one bar, and the gaps are cut out afterwards: a whole map
 * of 100 000 parts is a few hundred bars, not 30 000 squares.
 */
export const paintAll = (
  context: CanvasRenderingContext2D,
  layout: PartLayout,
  codes: Uint8Array,
): void => {
  const { pitch, gap, columns, rows, cellCount, width, height } = layout;
  context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
  context.clearRect(0, 0, width, height);
  for (let row = 0; row < rows; row += 1) {
    const end = Math.min(cellCount, (row + 1) * columns);
    for (let cell = row * columns; cell < end; ) {
      const code = worstOf(codes, partsOf(layout, cell));
      let next = cell + 1;
      while (next < end && worstOf(codes, partsOf(layout, next)) === code) next += 1;
      const { x, y } = cornerOf(layout, cell);
      context.fillStyle = colourOf(`--part-${lookOf(code).state}`);
      context.fillRect(x, y, (next - cell) * pitch - gap, pitch - gap);
      cell = next;
    }
  }
  for (let column = 1; gap > 0 && column < columns; column += 1) {
    context.clearRect(column * pitch - gap, 0, gap, height);
  }
  if (pitch - gap >= MARKED_EDGE_MIN) paintMarks(context, layout, codes);
};

/** The cells that hold changed parts. */
export const paintChanges = (
  context: CanvasRenderingContext2D,
  layout: PartLayout,
  { codes, changes }: { readonly codes: Uint8Array; readonly changes: NonNullable<PartChanges> },
): void => {
  for (let at = 0; at + 1 < changes.length; at += 2) {
    const first = cellOf(layout, changes[at]!);
    const last = Math.min(
      layout.cellCount - 1,
      cellOf(layout, changes[at]! + changes[at + 1]! - 1),
    );
    for (let cell = first; cell <= last; cell += 1) {
      const square = { ...cornerOf(layout, cell), edge: layout.pitch - layout.gap };
      paintCell(context, worstOf(codes, partsOf(layout, cell)), square);
    }
  }
};

const paintMarks = (
  context: CanvasRenderingContext2D,
  layout: PartLayout,
  codes: Uint8Array,
): void => {
  for (let cell = 0; cell < layout.cellCount; cell += 1) {
    const { state } = lookOf(worstOf(codes, partsOf(layout, cell)));
    paintMark(context, state, { ...cornerOf(layout, cell), edge: layout.pitch - layout.gap });
  }
};
