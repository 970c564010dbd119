/** `partwise replay`: the inspector's page on a recorded download. */
import { usageError } from '../domain/errors.ts';
import { E } from '../fp.ts';
import type { DownloadError, ErrorOf } from '../index.ts';
import { type Replay, replayTrace } from '../inspector/index.ts';
import { describeTraceFlaw, type TraceFlaw } from '../trace/trace-flaw.ts';
import { exitCodeOfSignal } from './exit-codes.ts';
import type { Io } from './output.ts';
import { decodeWhole, refuse } from './refuse.ts';
import { untilSignal } from './signals.ts';
import { tellFailure } from './tell-failure.ts';

/** What was asked of `replay`. */
export interface ReplayRequest {
  /** Path of the trace. */
  readonly file: string;
  readonly flags: { readonly port?: string };
}

/** Serves until a signal. Returns the exit code. */
export const replayCommand = async ({ file, flags }: ReplayRequest, io: Io): Promise<number> => {
  const port = decodePort(flags.port);
  if (E.isLeft(port)) return tellFailure(port.left, false, { json: false, io });
  const signal = untilSignal();
  const started = await startReplay(file, port.right);
  if (E.isLeft(started)) return tellFailure(started.left, false, { json: false, io });
  const { url, read, close } = started.right;
  io.stdout.text(`Replay: ${url} (Ctrl-C ends it).\n`);
  const ended = await Promise.race([signal, read]);
  const isRead = typeof ended === 'object';
  if (isRead && E.isLeft(ended)) {
    await close();
    return tellFailure(toUsageError(file)(ended.left), false, { json: false, io });
  }
  if (isRead && ended.right.isTorn) io.stderr.line('The trace breaks off: the rest is not in it.');
  const received = await signal;
  await close();
  return exitCodeOfSignal(received);
};

type UsageError = ErrorOf<'UsageError'>;

const startReplay = async (
  file: string,
  port: number,
): Promise<E.Either<DownloadError, Replay>> => {
  try {
    return E.mapLeft(toUsageError(file))(await replayTrace(file, { port }));
  } catch (thrown) {
    if (!(thrown instanceof Error && 'syscall' in thrown && thrown.syscall === 'listen')) {
      throw thrown;
    }
    const code = 'code' in thrown ? String(thrown.code) : thrown.message;
    return refuse('--port', String(port), `a port that is free to listen on (${code})`);
  }
};

const toUsageError =
  (file: string) =>
  (flaw: TraceFlaw): UsageError =>
    usageError('file', file, `a trace. ${describeTraceFlaw(flaw).replace(/\.$/, '')}`);

const decodePort = (text: string | undefined): E.Either<UsageError, number> => {
  const port = decodeWhole('--port', text, 'from 0 to 65535');
  if (E.isLeft(port)) return port;
  const number = port.right ?? 0;
  return number > 65_535
    ? refuse('--port', String(number), 'a whole number, from 0 to 65535')
    : E.right(number);
};
