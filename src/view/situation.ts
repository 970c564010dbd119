/** What the words of a view are made from: where a download is, with what it remembers. */
import type { DownloadContext } from '../machines/download-context.ts';
import type { DownloadState, TopLevelState } from './chart-states.ts';
import type { Lane } from './lanes.ts';
import { topLevelOf } from './state-words.ts';

export interface Situation {
  /** Ids of the innermost active states of the download's chart. */
  readonly states: ReadonlyArray<string>;
  readonly context: DownloadContext;
  /** By number of the part. */
  readonly lanes: ReadonlyArray<Lane>;
  /** Parts of a former run that have not been read back yet, those in flight left out. */
  readonly unread: number;
  /** How its actor ended; null: it lives. */
  readonly ending: 'done' | 'stopped' | 'threw' | null;
}

/** Is the state with this id active, or one inside it? The id goes without `download.`. */
export const isIn = (states: ReadonlyArray<string>, id: DownloadState): boolean => {
  const full = `download.${id}`;
  return states.some((state) => state === full || state.startsWith(`${full}.`));
};

/** The key of the top-level state; null before there is one. */
export const topLevel = (states: ReadonlyArray<string>): TopLevelState | null =>
  states[0] === undefined ? null : (topLevelOf(states[0]) as TopLevelState);

/** The chart's last states. */
export const isFinal = (states: ReadonlyArray<string>): boolean => {
  const state = topLevel(states);
  return state === 'renamed' || state === 'failed' || state === 'cancelled';
};
