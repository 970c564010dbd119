/** What of a running download is shown to people, read from its statechart. */
import { countParts } from '../domain/part-runs.ts';
import type { DownloadActor, Progress } from '../index.ts';
import { wordOf } from '../view/state-words.ts';

export interface DownloadView {
  /** What it is doing, in one word. */
  readonly state: string;
  /** Null while nothing is planned. */
  readonly progress: Progress | null;
  /** Null while nothing is planned, and when there is one request only. */
  readonly parts: { readonly done: number; readonly total: number; readonly active: number } | null;
}

/** The view of a download now. */
export const viewDownload = (actor: DownloadActor): DownloadView => {
  const { value, context } = actor.getSnapshot();
  const { plan, pending, active, progress } = context;
  const name = typeof value === 'string' ? value : (Object.keys(value)[0] ?? '');
  const state = wordOf(name, context);
  if (plan === null || progress === null) return { state, progress, parts: null };
  const open = countParts(pending) + active.length;
  const parts = { done: plan.partCount - open, total: plan.partCount, active: active.length };
  return { state, progress, parts: plan.strategy === 'single' ? null : parts };
};
