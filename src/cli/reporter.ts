/** What it takes to tell of a running download. */
import type { DownloadEmitted } from '../index.ts';

/** Tells what happens between start and end. The end itself is for `get-command.ts` to tell. */
export interface Reporter {
  readonly tell: (event: DownloadEmitted) => void;
  /** A line for people, about something that the download does not know. */
  readonly say: (line: string) => void;
  /** Leaves the terminal as it was found. Nothing is told afterwards. */
  readonly close: () => void;
}

/** What is downloaded, in words that may be shown. */
export interface Subject {
  readonly label: string;
  readonly target: string;
}
