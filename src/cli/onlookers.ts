/** Who looks on while `get` downloads: a trace, an inspector, the screen. They share one tracer. */
import { arch, platform } from 'node:os';
import { describeError } from '../domain/describe-error.ts';
import { E } from '../fp.ts';
import type { DownloadError, DownloadOptions } from '../index.ts';
import { type Redact, redactor } from '../trace/redact.ts';
import { openTraceFile } from '../trace/trace-file.ts';
import { traceLines } from '../trace/trace-lines.ts';
import { createTracer, type Tracer } from '../trace/tracer.ts';
import { writeTrace } from '../trace/write-trace.ts';
import { type InspectorWish, type OnlookerWishes, TRACE_ALLOWED } from './onlooker-options.ts';
import type { Io } from './output.ts';
import { ownVersion } from './own-version.ts';
import { refuse } from './refuse.ts';

export interface Onlookers {
  /** Null: nobody needs one. */
  readonly tracer: Tracer | null;
  /** For `download`; undefined: nobody looks on. */
  readonly inspect: DownloadOptions['inspect'];
  /** What they have to say goes there from now on; before, to stderr. */
  readonly sayTo: (say: (line: string) => void) => void;
  /** Everything is written, and nothing listens any more. */
  readonly close: () => Promise<void>;
}

/** One who looks on. */
interface Onlooker {
  /** Undefined: the tracer's records are enough. */
  readonly inspect?: Tracer['inspect'];
  readonly close: () => Promise<void>;
}

interface Stage {
  readonly tracer: Tracer;
  readonly secrets: ReadonlyArray<string>;
  readonly redact: Redact;
  readonly say: (line: string) => void;
}

type Invited = E.Either<DownloadError, Onlooker>;

/**
 * Opens the trace and starts the inspector, as wished.
 *
 * @param secrets Nothing of this leaves the process.
 * Errors: `UsageError` for a trace that cannot be created, an inspector that cannot be started.
 */
export const inviteOnlookers = async (
  { trace, inspector, isWatched }: OnlookerWishes,
  secrets: ReadonlyArray<string>,
  { now, stderr }: Io,
): Promise<E.Either<DownloadError, Onlookers>> => {
  if (trace === null && inspector === null && !isWatched) return E.right(NOBODY);
  let say = stderr.line;
  const tracer = newTracer(now);
  const stage = {
    tracer,
    secrets,
    redact: redactor({ secrets }),
    say: (line: string) => say(line),
  };
  const present: Array<Onlooker> = [];
  const close = async (): Promise<void> => {
    for (const onlooker of present.splice(0).reverse()) await onlooker.close();
  };
  const wishes = [
    ...(trace === null ? [] : [() => openTrace(trace, stage)]),
    ...(inspector === null ? [] : [() => openInspector(inspector, stage)]),
  ];
  for (const invite of wishes) {
    const invited: Invited = await invite();
    if (E.isRight(invited)) present.push(invited.right);
    else {
      await close();
      return invited;
    }
  }
  const others = present.flatMap(({ inspect }) => (inspect === undefined ? [] : [inspect]));
  const isWholeWanted = trace !== null || isWatched || others.length > 0;
  const inspect: Tracer['inspect'] = (event) => {
    tracer.inspect(event);
    for (const other of others) other(event);
  };
  return E.right({
    tracer,
    inspect: isWholeWanted ? inspect : tracer,
    sayTo: (better) => {
      say = better;
    },
    close,
  });
};

const NOBODY: Onlookers = {
  tracer: null,
  inspect: undefined,
  sayTo: () => {},
  close: () => Promise.resolve(),
};

const newTracer = (now: () => number): Tracer =>
  createTracer({
    now,
    startedAtMs: Date.now(),
    partwise: ownVersion(),
    host: `${process.version} ${platform()} ${arch()}`,
  });

/** Records stay so long in memory before they are written. */
const WRITE_DELAY_MS = 200;

const openTrace = async (path: string, { tracer, redact, say }: Stage): Promise<Invited> => {
  const opened = await openTraceFile(path)();
  if (E.isLeft(opened)) {
    return refuse('--trace', path, `${TRACE_ALLOWED} (${opened.left.code})`);
  }
  const writer = writeTrace({
    lines: traceLines(tracer.header, redact),
    sink: opened.right,
    later: (run) => setTimeout(run, WRITE_DELAY_MS).unref(),
    failed: (error) => say(`The trace ends here, the download goes on. ${describeError(error)}`),
  });
  tracer.subscribe(writer.write);
  return E.right({ close: writer.close });
};

const openInspector = (wish: InspectorWish, stage: Stage): Promise<Invited> =>
  wish._tag === 'Page' ? openPage(wish.port, stage) : openStately(wish.port, stage);

const openPage = async (port: number, { tracer, secrets, say }: Stage): Promise<Invited> => {
  const { createInspector } = await import('../inspector/index.ts');
  try {
    const { url, close } = await createInspector({ tracer, port, secrets, holdsProcess: true });
    say(`Inspector: ${url}`);
    return E.right({ close });
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : String(thrown);
    return refuse('--inspect', String(port), `a port that is free to listen on (${code})`);
  }
};

const openStately = async (port: number, { redact, say }: Stage): Promise<Invited> => {
  const { connectStately } = await import('./stately-inspector.ts');
  const connected = await connectStately(port, redact);
  if (E.isRight(connected)) say(`Inspector: tells ${connected.right.url}, where Stately's listens`);
  return connected;
};
