/** Who tells of a running download: for programs, on a terminal, or line by line. */
import type { Download } from '../index.ts';
import type { Tracer } from '../trace/tracer.ts';
import type { GetFlags } from './get-options.ts';
import { jsonLines } from './json-lines.ts';
import type { Io } from './output.ts';
import { plainLines } from './plain-lines.ts';
import { progressBar } from './progress-bar.ts';
import type { Reporter, Subject } from './reporter.ts';
import { watchScreen } from './watch-screen.ts';

/** @param tracer Null: nobody looks on, and nobody asked to watch. */
export const chooseReporter = (
  { json, quiet, watch }: GetFlags,
  subject: Subject,
  job: Pick<Download, 'actor'>,
  io: Io,
  tracer: Tracer | null,
): Reporter => {
  if (json) return jsonLines(io);
  if (quiet) return silence(io);
  const { terminal } = io.stderr;
  if (terminal === null) return plainLines(subject, job, io);
  return watch && tracer !== null
    ? watchScreen(subject, job, io, terminal, tracer)
    : progressBar(subject, job, io, terminal);
};

const silence = ({ stderr }: Io): Reporter => ({
  tell: () => {},
  say: stderr.line,
  close: () => {},
});
