/** A download on a terminal: one line that is redrawn, by cli-progress. */
import { basename } from 'node:path';
import type { WriteStream } from 'node:tty';
import { SingleBar } from 'cli-progress';
import type { Download, DownloadEmitted } from '../index.ts';
import { viewDownload } from './download-view.ts';
import { type Io, printable } from './output.ts';
import { progressLine } from './progress-line.ts';
import type { Reporter, Subject } from './reporter.ts';
import { eventWords, retryWords, verdictLine } from './words.ts';

/** A retry stands in the line for so long, or as long as its wait. */
const NOTE_MS_MIN = 2_000;

export const progressBar = (
  { target }: Subject,
  { actor }: Pick<Download, 'actor'>,
  { stderr, now }: Io,
  terminal: WriteStream,
): Reporter => {
  const name = printable(basename(target));
  let note = { text: '', untilMs: Number.NEGATIVE_INFINITY };
  let total: number | null = null;
  const bar = openBar(terminal, (columns) => {
    const text = now() < note.untilMs ? note.text : null;
    return progressLine({ name, view: viewDownload(actor), note: text }, columns);
  });
  const say = (line: string): void => bar.above(() => stderr.line(line));
  const tell = (event: DownloadEmitted): void => {
    if (event.type === 'planned') total = event.version.size;
    if (event.type === 'retry') {
      const untilMs = now() + Math.max(NOTE_MS_MIN, event.delayMs);
      note = { text: printable(retryWords(event)), untilMs };
    }
    const line = event.type === 'verdict' ? verdictLine(event.verdict, total) : eventWords(event);
    if (line !== null) say(line);
  };
  return { tell, say, close: bar.close };
};

interface Bar {
  /** Lets lines be written above the bar. */
  readonly above: (write: () => void) => void;
  readonly close: () => void;
}

/** Terminal settings are left alone, so that nothing is left behind whatever ends the process. */
const openBar = (stream: WriteStream, lineFor: (columns: number) => string): Bar => {
  const bar = new SingleBar({
    stream,
    format: (_, { maxWidth }) => lineFor(maxWidth),
    linewrap: true,
    clearOnComplete: true,
    gracefulExit: false,
    fps: 10,
  });
  const open = (): void => bar.start(1, 0);
  let isOpen = true;
  open();
  // A shell wrote below the bar meanwhile: where the cursor was is no place to come back to.
  process.on('SIGCONT', open);
  return {
    above: (write) => {
      if (isOpen) bar.stop();
      write();
      if (isOpen) open();
    },
    close: () => {
      process.off('SIGCONT', open);
      if (isOpen) bar.stop();
      isOpen = false;
    },
  };
};
