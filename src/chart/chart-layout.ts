/** A chart whose boxes and arrows have their places: what a layouter gives and a drawing takes. */
import type { Chart } from '../machines/chart.ts';

export interface ChartLayout {
  readonly chart: Chart;
  readonly width: number;
  readonly height: number;
  /** Where each state is, by its id. A state lies within its parent. */
  readonly boxes: ReadonlyMap<string, Rectangle>;
  /** From the dot in a state to the one that is entered first, by the id of the former. */
  readonly initials: ReadonlyMap<string, Route>;
  /** By the id of the way. */
  readonly arrows: ReadonlyMap<string, Arrow>;
}

export interface Arrow {
  readonly route: Route;
  /** Middle of the label's upper edge; null: it has none. */
  readonly label: Point | null;
}

/** Start, bends and end of a line; at least two points. */
export type Route = ReadonlyArray<Point>;

/** In pixels from the upper left corner of the picture. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Rectangle extends Point {
  readonly width: number;
  readonly height: number;
}
