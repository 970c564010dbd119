/** What a server serves: a download that runs, or one that was recorded. */
import type { PageMessage } from './protocol.ts';

export interface Session {
  /** A page has opened its stream. */
  readonly join: (viewer: Viewer) => Attendance;
  /** Nobody is told anything any more. */
  readonly close: () => void;
}

/** One open page, as whoever tells it something sees it. */
export interface Viewer {
  /** Unique among those of a server. */
  readonly name: string;
  /** Has it read what it was sent? Until then nothing is to be sent: see `event-stream.ts`. */
  readonly isReady: () => boolean;
  /** Sends messages, each as JSON. */
  readonly send: (messages: ReadonlyArray<string>) => void;
  /** Ends the stream. */
  readonly end: () => void;
}

/** What a page can do while its stream is open. */
export interface Attendance {
  readonly ask: (message: PageMessage) => Answer;
  /** The page has caught up: it can be told what it has missed. */
  readonly wake: () => void;
  readonly leave: () => void;
}

export type Answer =
  | { readonly _tag: 'Done' }
  /** `reason` is a sentence for the person who asked. */
  | { readonly _tag: 'Refused'; readonly reason: string };

export const DONE: Answer = { _tag: 'Done' };

export const refused = (reason: string): Answer => ({ _tag: 'Refused', reason });
