/**
 * The states that people see, in one word each: one table for the terminal's line, the page, the
 * commands that look at breakpoints, and their help.
 */
import type { DownloadContext } from '../machines/download-context.ts';
import type { TopLevelState } from './chart-states.ts';

/** Of the download's chart, by the key of its top-level state. */
export const STATE_WORDS = {
  planning: 'planning',
  validatingBreakpoint: 'validating',
  downloadingParts: 'downloading',
  settling: 'settling',
  paused: 'paused',
  repairing: 'repairing',
  finalizing: 'finalizing',
  renamed: 'renamed',
  failed: 'failed',
  cancelled: 'cancelled',
} as const satisfies Readonly<Record<TopLevelState, string>>;

/** Nothing is left to fetch, but what a former run wrote is still being read back. */
export const REREADING = 'rereading';

/** Any word that `wordOf` has for a state of the chart. */
export type StateWord = (typeof STATE_WORDS)[TopLevelState] | typeof REREADING;

/** What the word depends on, besides the state. */
export type WordContext = Pick<DownloadContext, 'pending' | 'active' | 'isVerified'>;

/**
 * What a download is doing, in one word.
 *
 * @param state Key of its top-level state, such as `downloadingParts`.
 */
export const wordOf = (state: string, context: WordContext): string =>
  isRereading(state, context)
    ? REREADING
    : ((STATE_WORDS as Readonly<Record<string, string>>)[state] ?? state);

/** Does it only read back what a former run wrote? */
export const isRereading = (state: string, { pending, active, isVerified }: WordContext): boolean =>
  state === DOWNLOADING && pending.length === 0 && active.length === 0 && !isVerified;

const DOWNLOADING: TopLevelState = 'downloadingParts';

/** The key of the top-level state that a state's id lies in; empty: the chart itself. */
export const topLevelOf = (id: string): string => id.split('.')[1] ?? '';
