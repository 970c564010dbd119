/** How a download went over time, for plots: as many points as can be drawn, and no more. */
import type { TraceRecord } from '../trace/trace-record.ts';

/** One moment of a plot. */
export interface SeriesPoint {
  readonly atMs: number;
  readonly received: number;
  readonly written: number;
  readonly durable: number;
  readonly bytesPerSecond: number;
  /** Bytes per second of each lane, in the order of `DownloadView.lanes`. */
  readonly lanes: ReadonlyArray<number>;
  readonly retries: number;
}

export interface Series {
  /** A record that the fold has taken already. */
  readonly take: (record: TraceRecord) => void;
  /** Ascending in time; at most as many as was asked for. The last one is of the latest sample. */
  readonly points: () => ReadonlyArray<SeriesPoint>;
}

/** What a series asks for the point of now: the fold. */
export interface PointSource {
  /** Null before there is progress. */
  readonly point: () => SeriesPoint | null;
}

/**
 * Collects a point with each sample of progress. When there are too many, every second one goes,
 * and from then on they are taken half as often.
 *
 * @param pointsMax At least 2; default 1 000, which a second's samples fill for 100 s.
 */
export const viewSeries = (fold: PointSource, pointsMax = 1_000): Series => {
  let points: Array<SeriesPoint> = [];
  let latest: SeriesPoint | null = null;
  let spacingMs = 0;

  const add = (point: SeriesPoint): void => {
    latest = point;
    const last = points.at(-1);
    if (last !== undefined && point.atMs - last.atMs < spacingMs) return;
    points.push(point);
    if (points.length < pointsMax) return;
    const spanMs = point.atMs - points[0]!.atMs;
    points = points.filter((_, index) => index % 2 === 0);
    spacingMs = Math.max(spacingMs * 2, (2 * spanMs) / pointsMax);
  };
  return {
    take: (record) => {
      const isSample = record.type === 'step' && record.changed?.progress !== undefined;
      const point = isSample ? fold.point() : null;
      if (point !== null) add(point);
    },
    points: () => (latest === null || points.at(-1) === latest ? points : [...points, latest]),
  };
};
