/** Points of the plots in columns, as the plot library wants them, and never too many of them. */
import type { SeriesPoint } from '../protocol.ts';

export interface Series {
  readonly points: ReadonlyArray<SeriesPoint>;
  /** Most lanes that any point has. */
  readonly lanes: number;
}

export const EMPTY_SERIES: Series = { points: [], lanes: 0 };

/** More would not be seen on a screen, and would cost a frame. */
export const POINTS_MAX = 2_000;

/** The series with more points; every second of the old ones is left out when there are too many. */
export const addPoints = (
  before: Series,
  points: ReadonlyArray<SeriesPoint>,
  isWhole: boolean,
): Series => {
  const all = isWhole ? points : [...before.points, ...points];
  const lanes = points.reduce(
    (most, point) => Math.max(most, point.lanes.length),
    isWhole ? 0 : before.lanes,
  );
  return { points: thinOut(all), lanes };
};

/** Columns of numbers, time in seconds first; null is a gap. */
export type Columns = ReadonlyArray<ReadonlyArray<number | null>>;

export const bytesColumns = ({ points }: Series): Columns => [
  points.map(({ atMs }) => atMs / 1000),
  points.map(({ received }) => received),
  points.map(({ written }) => written),
  points.map(({ durable }) => durable),
];

/** In all, then each lane. */
export const rateColumns = ({ points, lanes }: Series): Columns => [
  points.map(({ atMs }) => atMs / 1000),
  points.map(({ bytesPerSecond }) => bytesPerSecond),
  ...Array.from({ length: lanes }, (_, lane) => points.map((point) => point.lanes[lane] ?? null)),
];

export const retriesColumns = ({ points }: Series): Columns => [
  points.map(({ atMs }) => atMs / 1000),
  points.map(({ retries }) => retries),
];

/** The last point always stays: it is the present. */
const thinOut = (points: ReadonlyArray<SeriesPoint>): ReadonlyArray<SeriesPoint> => {
  if (points.length <= POINTS_MAX) return points;
  const last = points.length - 1;
  return thinOut(points.filter((_, index) => index === last || index % 2 === 0));
};
