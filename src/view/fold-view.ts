/**
 * What is seen of a download, folded from its trace records one by one: what a live page, the
 * terminal and a replay all show.
 */
import type { PartNumber } from '../domain/plan.ts';
import type { DownloadContext } from '../machines/download-context.ts';
import type { TraceRecord } from '../trace/trace-record.ts';
import type { DownloadView } from './download-view.ts';
import { newFoldState, restoreFold, type SavedFold, saveFold } from './fold-state.ts';
import type { PartChanges } from './part-map.ts';
import type { SeriesPoint } from './series.ts';
import { takeRecord } from './take-record.ts';
import { type PartDetail, partDetailOf, pointOf, viewOf } from './view-of.ts';

export type { SavedFold } from './fold-state.ts';
export type { PartChanges } from './part-map.ts';
export type { PartDetail } from './view-of.ts';

export interface ViewFold {
  /** Records in the order of the trace. Cheap: see `take-record.ts`. */
  readonly take: (record: TraceRecord) => void;
  /** For about ten calls a second. `parts` is the fold's own array, and goes on changing. */
  readonly view: () => DownloadView;
  /**
   * The parts that changed since a version that a call gave before; 0: all there are. Any number
   * of callers may keep versions of their own.
   */
  readonly changesSince: (version: number) => PartChanges;
  /** Null: there is no such part. */
  readonly part: (part: PartNumber) => PartDetail | null;
  /** Null before the download was heard of. */
  readonly context: () => DownloadContext | null;
  /** What plots show of this moment; null before there is progress. */
  readonly point: () => SeriesPoint | null;
  /** A copy of this moment, for going back to it. */
  readonly save: () => SavedFold;
  readonly restore: (saved: SavedFold) => void;
}

/**
 * The view of a download, before its first record.
 *
 * @example
 * const fold = foldView();
 * tracer.subscribe(fold.take);
 * fold.view().word // 'downloading'
 */
export const foldView = (): ViewFold => {
  const fold = newFoldState();
  return {
    take: (record) => takeRecord(fold, record),
    view: () => viewOf(fold),
    changesSince: fold.parts.changesSince,
    part: (part) => partDetailOf(fold, part),
    context: () => (fold.now.context === null ? null : { ...fold.now.context }),
    point: () => pointOf(fold),
    save: () => saveFold(fold),
    restore: (saved) => restoreFold(fold, saved),
  };
};
