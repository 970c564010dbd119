/** Who tells of a running download: for programs, on a terminal, or line by line. */
import type { Download } from '../index.ts';
import type { GetFlags } from './get-options.ts';
import { jsonLines } from './json-lines.ts';
import type { Io } from './output.ts';
import { plainLines } from './plain-lines.ts';
import { progressBar } from './progress-bar.ts';
import type { Reporter, Subject } from './reporter.ts';

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
