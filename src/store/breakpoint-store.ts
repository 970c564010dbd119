/**
 * Where breakpoints are kept.
 *
 * Implementations: `breakpoint-store.file.ts` (an append-only journal each) and
 * `breakpoint-store.memory.ts`. Write another one for a database; the laws are the titles of
 * `test/conformance/breakpoint-store.ts`.
 */
import type { Bytes } from '../domain/bytes.ts';
import type { DownloadError } from '../domain/errors.ts';
import type { TE } from '../fp.ts';
import type { Breakpoint, BreakpointHeader, LaterRecord } from './breakpoint.ts';

/** What was found under a key. */
export type BreakpointReading =
  | { readonly _tag: 'Absent' }
  /** Something is there that is not a breakpoint of this format. */
  | { readonly _tag: 'Foreign' }
  /** `tornAt`: where a torn tail begins, null when there is none. */
  | { readonly _tag: 'Found'; readonly breakpoint: Breakpoint; readonly tornAt: Bytes | null };

/** A breakpoint that is open for adding records; whoever opened it closes it. */
export interface BreakpointLog {
  /** 1. Right: the record survives a power cut. Left: it may be there or not; later ones follow. */
  readonly append: (record: LaterRecord) => TE.TaskEither<DownloadError, void>;
  readonly close: () => TE.TaskEither<DownloadError, void>;
}

/** Keys are made by `breakpointKey` and are safe as file names. */
export interface BreakpointStore {
  /** 2. Gives what was begun and appended last; a torn tail is passed over. */
  readonly read: (key: string) => TE.TaskEither<DownloadError, BreakpointReading>;
  /** 3. Right: an empty breakpoint survives a power cut. Replaces what was under the key. */
  readonly begin: (
    key: string,
    header: BreakpointHeader,
  ) => TE.TaskEither<DownloadError, BreakpointLog>;
  /** 4. Goes on behind what `read` gave; a torn tail is cut off. What is left is durable then. */
  readonly reopen: (key: string) => TE.TaskEither<DownloadError, BreakpointLog>;
  /** 5. Forgets a breakpoint; one that is not there is fine. */
  readonly remove: (key: string) => TE.TaskEither<DownloadError, void>;
  /** 6. The keys of all breakpoints. */
  readonly list: () => TE.TaskEither<DownloadError, ReadonlyArray<string>>;
}
