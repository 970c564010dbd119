/** Marks on the cells of the part map, for those who do not tell their colours apart. */
import type { PartState } from '../../view/download-view.ts';
import { colourOf } from './colours.ts';
import { lookOf } from './part-states.ts';

/** Smaller cells have room for a colour only. */
export const MARKED_EDGE_MIN = 10;

interface Square {
  readonly x: number;
  readonly y: number;
  readonly edge: number;
}

/** One cell: its colour, and its mark where there is room for one. */
export const paintCell = (
  context: CanvasRenderingContext2D,
  code: number,
  { x, y, edge }: Square,
): void => {
  const { state } = lookOf(code);
  context.fillStyle = colourOf(`--part-${state}`);
  context.fillRect(x, y, edge, edge);
  if (edge >= MARKED_EDGE_MIN) paintMark(context, state, { x, y, edge });
};

/** The mark alone, on a cell that has its colour already. */
export const paintMark = (
  context: CanvasRenderingContext2D,
  state: PartState,
  { x, y, edge }: Square,
): void => {
  const lines = MARKS[state];
  if (lines === undefined) return;
  context.strokeStyle = colourOf(`--mark-${state}`);
  context.lineWidth = Math.max(1.5, edge / 10);
  context.lineCap = 'round';
  context.beginPath();
  for (const [fromX, fromY, toX, toY] of lines) {
    context.moveTo(x + fromX * edge, y + fromY * edge);
    context.lineTo(x + toX * edge, y + toY * edge);
  }
  context.stroke();
};

type Line = readonly [number, number, number, number];

/** Lines in a unit square. Queued, written and durable parts are at rest: they have none. */
const MARKS: Partial<Readonly<Record<PartState, ReadonlyArray<Line>>>> = {
  requesting: [[0.3, 0.5, 0.7, 0.5]],
  flowing: [
    [0.5, 0.28, 0.5, 0.72],
    [0.32, 0.54, 0.5, 0.72],
    [0.68, 0.54, 0.5, 0.72],
  ],
  backingOff: [
    [0.38, 0.3, 0.38, 0.7],
    [0.62, 0.3, 0.62, 0.7],
  ],
  awaitingAccess: [
    [0.5, 0.26, 0.5, 0.54],
    [0.5, 0.74, 0.5, 0.74],
  ],
  verifying: [
    [0.28, 0.52, 0.44, 0.68],
    [0.44, 0.68, 0.72, 0.34],
  ],
  damaged: [
    [0.3, 0.3, 0.7, 0.7],
    [0.7, 0.3, 0.3, 0.7],
  ],
};
