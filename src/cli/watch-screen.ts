/** A download on a whole screen: state, part map, lanes and log, drawn anew as they change. */
import type { WriteStream } from 'node:tty';
import type { Download, DownloadEmitted } from '../index.ts';
import type { Tracer } from '../trace/tracer.ts';
import { foldView } from '../view/fold-view.ts';
import type { Io } from './output.ts';
import { progressBar } from './progress-bar.ts';
import type { Reporter, Subject } from './reporter.ts';
import { watchLog } from './watch-log.ts';
import { COLUMNS_MIN, ROWS_MIN, renderScreen } from './watch-render.ts';
import { eventWords, verdictLine } from './words.ts';

/** Ten frames a second at most. */
const FRAME_MS = 100;

/**
 * Watches until it is closed. A terminal that is too small for it gets the plain line instead.
 *
 * Draws on the terminal's second page, so that what was on the first is there again afterwards,
 * with the lines behind it that the plain line would have left.
 */
export const watchScreen = (
  subject: Subject,
  job: Pick<Download, 'actor'>,
  io: Io,
  terminal: WriteStream,
  tracer: Pick<Tracer, 'subscribe'>,
): Reporter => {
  if (!isLargeEnough(terminal, io)) return progressBar(subject, job, io, terminal);
  const fold = foldView();
  const log = watchLog();
  const left: Array<string> = [];
  let total: number | null = null;
  const unsubscribe = tracer.subscribe((record) => {
    fold.take(record);
    log.take(record);
  });
  const colours = !io.env['NO_COLOR'];
  const page = openPage(terminal, ({ columns, rows }) =>
    renderScreen(fold.view(), log.last(rows), { columns, rows, colours }),
  );
  const say = (line: string): void => {
    if (!page.isOpen()) io.stderr.line(line);
    else left.push(line);
    log.say(line, fold.view().atMs);
  };
  const tell = (event: DownloadEmitted): void => {
    if (event.type === 'planned') total = event.version.size;
    const line = event.type === 'verdict' ? verdictLine(event.verdict, total) : eventWords(event);
    if (line !== null) left.push(line);
  };
  const close = (): void => {
    if (!page.isOpen()) return;
    unsubscribe();
    page.close();
    for (const line of left) io.stderr.line(line);
  };
  return { tell, say, close };
};

/** Does the terminal have the room, and can it move its cursor? */
const isLargeEnough = ({ columns, rows }: WriteStream, { env }: Io): boolean =>
  columns >= COLUMNS_MIN && rows >= ROWS_MIN && env['TERM'] !== 'dumb';

interface Page {
  readonly isOpen: () => boolean;
  /** Gives the terminal back as it was. */
  readonly close: () => void;
}

/** Source of the sequences: xterm's "Control Sequences", DECSET 1049 and 25. */
const ENTER = '\u001b[?1049h\u001b[?25l\u001b[2J';
const LEAVE = '\u001b[?25h\u001b[?1049l';
const HOME = '\u001b[H';
const CLEAR_LINE = '\u001b[K';
const CLEAR_BELOW = '\u001b[J';

type Size = Pick<WriteStream, 'columns' | 'rows'>;

/** One write a frame, and none for a frame like the one before, so that nothing flickers. */
const openPage = (terminal: WriteStream, draw: (size: Size) => ReadonlyArray<string>): Page => {
  let isOpen = true;
  let shown = '';
  const show = (): void => {
    if (terminal.writableNeedDrain) return; // It is behind: the next frame says more.
    const lines = draw({ columns: terminal.columns, rows: terminal.rows });
    const cleared = lines.map((line) => `${line}${CLEAR_LINE}`);
    const frame = `${HOME}${cleared.join('\r\n')}${CLEAR_BELOW}`;
    if (frame === shown) return;
    shown = frame;
    terminal.write(frame);
  };
  const onResize = (): void => {
    shown = '';
    show();
  };
  const close = (): void => {
    if (!isOpen) return;
    isOpen = false;
    clearInterval(timer);
    terminal.off('resize', onResize);
    process.off('exit', close);
    terminal.write(LEAVE);
  };
  terminal.write(ENTER);
  show();
  const timer = setInterval(show, FRAME_MS);
  timer.unref();
  terminal.on('resize', onResize);
  process.once('exit', close); // Whatever ends it: nobody types on a page without a cursor.
  return { isOpen: () => isOpen, close };
};
