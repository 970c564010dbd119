/** The present of a download, live or replayed: what its pages are told of it. */
import type { DownloadContext } from '../machines/download-context.ts';
import type { TraceRecord } from '../trace/trace-record.ts';
import type { DownloadView } from '../view/download-view.ts';
import type { PartDetail } from '../view/fold-view.ts';
import type { PartChanges } from '../view/part-map.ts';
import type { SeriesPoint } from '../view/series.ts';

export interface Moment {
  readonly view: () => DownloadView;
  /** @param version 0, or that of the changes that were given last. */
  readonly partsSince: (version: number) => PartChanges;
  /** Ascending in time; never so many that they could not be sent at once. */
  readonly series: () => ReadonlyArray<SeriesPoint>;
  readonly records: () => RecordWindow;
  /** Null: there is no such part. */
  readonly part: (part: number) => PartDetail | null;
  readonly context: () => DownloadContext | null;
}

/** The records that are at hand, by their numbers in the whole trace, from 1. */
export interface RecordWindow {
  /** Of the oldest that is at hand; one more than `last` when there is none. */
  readonly first: number;
  /** Of the newest; 0: there was none yet. */
  readonly last: number;
  /** Of a number in between. */
  readonly at: (number: number) => TraceRecord;
}
