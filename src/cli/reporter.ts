/** Who tells of a running download: for programs, on a terminal, or line by line. */
import type { Download, DownloadEmitted } from '../index.ts';
import type { GetFlags } from './get-options.ts';
import { jsonLines } from './json-lines.ts';
import type { Io } from './output.ts';
import { plainLines } from './plain-lines.ts';
import { progressBar } from './progress-bar.ts';

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

export const chooseReporter = (
  { json, quiet }: GetFlags,
  subject: Subject,
  job: Pick<Download, 'actor'>,
  io: Io,
): Reporter => {
  if (json) return jsonLines(io);
  if (quiet) return silence(io);
  const { terminal } = io.stderr;
  return terminal === null ? plainLines(subject, job, io) : progressBar(subject, job, io, terminal);
};

const silence = ({ stderr }: Io): Reporter => ({
  tell: () => {},
  say: stderr.line,
  close: () => {},
});
