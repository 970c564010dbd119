/** Which breakpoints are to be removed. Pure. */
import type { DownloadError } from '../domain/errors.ts';
import type { UnreadableBreakpoint } from './examine-breakpoint.ts';
import type { ListedBreakpoint } from './list-breakpoints.ts';

/** Which breakpoints; each condition that is not null narrows. Unreadable ones only without any. */
export interface CleanSelection {
  /** Absolute path. */
  readonly target: string | null;
  /** Those touched last at least so many milliseconds ago. */
  readonly olderThanMs: number | null;
  /** Only journals of downloads whose target is in place. */
  readonly finished: boolean;
}

export const isSelected = (
  breakpoint: ListedBreakpoint,
  { target, olderThanMs, finished }: CleanSelection,
): boolean => {
  const isOfTarget = target === null || breakpoint.target === target;
  switch (breakpoint._tag) {
    case 'Readable':
      return (
        isOfTarget &&
        (olderThanMs === null || breakpoint.ageMs >= olderThanMs) &&
        (!finished || breakpoint.isInPlace)
      );
    case 'Unrecorded':
      return (
        isOfTarget &&
        (olderThanMs === null || (breakpoint.partFile?.ageMs ?? 0) >= olderThanMs) &&
        !finished
      );
    case 'Unreadable':
      if (olderThanMs !== null || finished) return false;
      // What cannot be looked at may be what was asked for by its name.
      return (
        target === null ||
        (isFailure(breakpoint.because) && (isOfTarget || breakpoint.target === null))
      );
  }
};

/** Was it the disk that said no? */
export const isFailure = (because: UnreadableBreakpoint['because']): because is DownloadError =>
  typeof because !== 'string';
