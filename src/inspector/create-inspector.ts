/** An inspector for a download, or for a recorded one: a page on this computer. */
import { createRequire } from 'node:module';
import { liveClock, liveEntropy } from '../effects/clock.ts';
import { E } from '../fp.ts';
import { readTrace, type TraceReading } from '../trace/read-trace.ts';
import { redactor } from '../trace/redact.ts';
import type { TraceFlaw } from '../trace/trace-flaw.ts';
import type { TraceHeader, TraceRecord } from '../trace/trace-record.ts';
import { createTracer, type Tracer } from '../trace/tracer.ts';
import { type InspectorServer, startInspectorServer } from './inspector-server.ts';
import { liveSession } from './live-session.ts';
import { KEYFRAME_SPACING, recorder } from './recording.ts';
import { type ReplaySession, replaySession } from './replay-session.ts';
import type { Session } from './session.ts';
import { loadStaticFiles } from './static-files.ts';

export interface InspectorOptions {
  /** Shared with whoever else wants the records. Default: one of its own. */
  readonly tracer?: Tracer;
  /** On 127.0.0.1. Default: 0, the system chooses. */
  readonly port?: number;
  /** Texts that no page may show, wherever they stand. Default: none but what looks secret. */
  readonly secrets?: ReadonlyArray<string>;
  /**
   * Does the process run on as long as the inspector is open? A download that is paused from the
   * page holds nothing else. Default: false, what runs the download decides.
   */
  readonly holdsProcess?: boolean;
}

export interface Inspector {
  /** To be opened in a browser. Whoever knows it can watch, pause and cancel the download. */
  readonly url: string;
  /** Called by `download({ inspect: inspector })`. */
  readonly attach: Tracer['attach'];
  /** For `createActor` of an application whose actors download: hears everything, looked at or not. */
  readonly inspect: Tracer['inspect'];
  /** Tells the pages the last of it, and stops. The process ends without it, too. */
  readonly close: () => Promise<void>;
}

/**
 * Serves a page that shows a download while it runs: its statechart, parts, rates, and events.
 *
 * One inspector shows one download, the first that it sees. It does not keep the process running.
 * Rejects when the port is taken.
 *
 * @example
 * const inspector = await createInspector();
 * console.log(inspector.url);
 * const job = download({ source, target, inspect: inspector });
 */
export const createInspector = async (options: InspectorOptions = {}): Promise<Inspector> => {
  const tracer = options.tracer ?? ownTracer();
  const redact = redactor(options);
  const session = liveSession({ tracer, clock: liveClock, redact });
  const { url, close } = await serve(session, options.port, options.holdsProcess ?? false);
  return { url, attach: tracer.attach, inspect: tracer.inspect, close };
};

export interface ReplayOptions {
  /** On 127.0.0.1. Default: 0, the system chooses. */
  readonly port?: number;
}

/** A recorded download on a page. */
export interface Replay extends InspectorServer {
  /**
   * Resolves when the trace was read to its end, or to its flaw. What was read so far can be looked
   * at meanwhile: a long trace takes seconds.
   */
  readonly read: Promise<E.Either<TraceFlaw, TraceReading>>;
}

/**
 * Serves the same page on a recorded download, from a file or from the text of one in pieces. Keeps
 * the process running until it is closed. All records stay in memory.
 *
 * Errors: as `readTrace`, for what cannot be opened or is no trace; later flaws are told by `read`.
 * Rejects when the port is taken.
 */
export const replayTrace = async (
  source: string | AsyncIterable<string>,
  { port }: ReplayOptions = {},
): Promise<E.Either<TraceFlaw, Replay>> => {
  const { take, recording } = recorder();
  let session: ReplaySession | null = null;
  let tellHeader = (_: TraceHeader): void => {};
  const header = new Promise<TraceHeader>((resolve) => {
    tellHeader = resolve;
  });
  const record = (next: TraceRecord): void => {
    take(next);
    if (recording.records.length % KEYFRAME_SPACING === 0) session?.grew();
  };
  const read = readTrace(source, { header: tellHeader, record }).then((end) => {
    session?.grew();
    return end;
  });
  const opened = await Promise.race([header.then(E.right), read]);
  if (E.isLeft(opened)) return opened;
  session = replaySession({
    header: await header,
    recording,
    clock: liveClock,
    redact: redactor(),
  });
  return E.right({ ...(await serve(session, port, true)), read });
};

const serve = async (
  session: Session,
  port = 0,
  holdsProcess: boolean,
): Promise<InspectorServer> => {
  try {
    const files = await loadStaticFiles();
    return await startInspectorServer({
      session,
      files,
      port,
      entropy: liveEntropy,
      clock: liveClock,
      holdsProcess,
    });
  } catch (thrown) {
    session.close();
    throw thrown;
  }
};

const ownTracer = (): Tracer =>
  createTracer({
    now: liveClock.now,
    startedAtMs: liveClock.wallTime(),
    partwise: version(),
    host: `${process.version} ${process.platform} ${process.arch}`,
  });

const version = (): string => {
  const about: unknown = createRequire(import.meta.url)('../../package.json');
  const isKnown = typeof about === 'object' && about !== null && 'version' in about;
  return isKnown ? String(about.version) : 'unknown';
};
