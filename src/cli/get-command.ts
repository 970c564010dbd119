/** `partwise get`: one download, from its command line to its exit code. */
import { resolve } from 'node:path';
import { decodeTransferOptions } from '../domain/download-options.ts';
import { toDownloadError } from '../domain/errors.ts';
import { E } from '../fp.ts';
import {
  anonymousCredentials,
  type CredentialsProvider,
  type Download,
  type DownloadError,
  DownloadFailed,
  type DownloadOptions,
  download,
  environmentCredentials,
  type Source,
  sourceLabel,
} from '../index.ts';
import { chooseReporter } from './choose-reporter.ts';
import { DONE, type EndingSignal, exitCodeOfSignal } from './exit-codes.ts';
import { decodeTransfer, type GetFlags, type GetRequest } from './get-options.ts';
import { importIfAsked } from './import-from.ts';
import { writeFailed, writeRenamed } from './json-lines.ts';
import { knownSecrets } from './known-secrets.ts';
import { decodeOnlookers } from './onlooker-options.ts';
import { inviteOnlookers, type Onlookers } from './onlookers.ts';
import type { Io } from './output.ts';
import { resumeCommand } from './own-command.ts';
import type { Reporter } from './reporter.ts';
import { onSignals } from './signals.ts';
import { decodeSource } from './source-argument.ts';
import { decodeTarget, kindOfPath } from './target-argument.ts';
import { tellFailure } from './tell-failure.ts';
import { doneLine, formatAmount } from './words.ts';

/** How the command was called, for telling how to call it again. */
export interface Calling {
  /** What starts the program, such as `partwise`. */
  readonly command: string;
  /** What followed. */
  readonly words: ReadonlyArray<string>;
}

/** Runs one download. Returns the exit code; never rejects. */
export const getCommand = async (
  request: GetRequest,
  calling: Calling,
  io: Io,
): Promise<number> => {
  const { json, quiet } = request.flags;
  const started = await start(request, io);
  if (E.isLeft(started)) return tellFailure(started.left, false, { json, io });
  const { job, source, target, onlookers } = started.right;
  const label = sourceLabel(source);
  const reporter = chooseReporter(request.flags, { label, target }, job, io, onlookers.tracer);
  onlookers.sayTo(reporter.say);
  const ending = endOnSignal(job, reporter);
  const following = follow(job, reporter);
  try {
    const outcome = await job.done;
    reporter.close();
    if (json) writeRenamed(io.stdout, outcome);
    else if (!quiet) io.stderr.line(doneLine(label, outcome));
    return DONE;
  } catch (thrown) {
    reporter.close();
    const { error: thrownError, resumable } = failureOf(thrown);
    const error = (thrownError._tag === 'Cancelled' ? following.because() : null) ?? thrownError;
    const signal = ending.signal();
    if (signal === null || error._tag !== 'Cancelled') {
      const code = tellFailure(error, resumable, { json, io });
      const kept = resumable && !json && !quiet ? keptLine(job) : null;
      if (kept !== null) io.stderr.line(kept);
      return code;
    }
    const again = resumeCommand(calling.command, calling.words, request, source);
    io.stderr.line(interruptedLine(job, resumable, again));
    if (json) writeFailed(io.stdout, error, resumable);
    return exitCodeOfSignal(signal);
  } finally {
    following.stop();
    await onlookers.close();
    ending.stop();
  }
};

interface Started {
  readonly job: Download;
  readonly source: Source;
  readonly target: string;
  readonly onlookers: Onlookers;
}

/** Starts the download, or finds the first mistake, before anything is asked of the network. */
const start = async (
  { source: text, target: typed, flags }: GetRequest,
  io: Io,
): Promise<Decoded<Started>> => {
  const source = decodeSource(text, flags, io.env);
  if (E.isLeft(source)) return source;
  const transfer = decodeTransfer(flags);
  if (E.isLeft(transfer)) return transfer;
  const target = decodeTarget(typed, source.right, kindOfPath);
  if (E.isLeft(target)) return target;
  const provider = flags.anonymous ? anonymousCredentials() : environmentCredentials(io.env);
  const credentials = source.right._tag === 'OssSource' ? checkCredentials(provider) : NOT_NEEDED;
  if (E.isLeft(credentials)) return credentials;
  const options: DownloadOptions = {
    ...transfer.right,
    source: source.right,
    target: target.right,
    credentials: credentials.right,
  };
  const checked = decodeTransferOptions(options); // An import is for a download that can begin.
  if (E.isLeft(checked)) return checked;
  const path = resolve(target.right);
  const wishes = decodeOnlookers(flags, path);
  if (E.isLeft(wishes)) return wishes;
  const secrets = knownSecrets(source.right, io.env);
  const invited = await inviteOnlookers(wishes.right, secrets, io);
  if (E.isLeft(invited)) return invited;
  const onlookers = invited.right;
  const job = await begin(
    flags,
    { ...options, source: source.right, inspect: onlookers.inspect },
    io,
  );
  if (E.isLeft(job)) {
    await onlookers.close();
    return job;
  }
  return E.right({ job: job.right, source: source.right, target: path, onlookers });
};

const begin = async (
  flags: GetFlags,
  options: DownloadOptions & { readonly source: Source },
  io: Io,
): Promise<Decoded<Download>> => {
  const imported = await importIfAsked(flags, options, io);
  return E.isLeft(imported) ? imported : attempt(() => download(options));
};

type Decoded<A> = E.Either<DownloadError, A>;

const NOT_NEEDED: Decoded<undefined> = E.right(undefined);

/** Asks once beforehand: missing credentials are a mistake like any other on the command line. */
const checkCredentials = (provider: CredentialsProvider): Decoded<CredentialsProvider> =>
  attempt(() => {
    provider('request', new AbortController().signal);
    return provider;
  });

const attempt = <A>(run: () => A): Decoded<A> => {
  try {
    return E.right(run());
  } catch (thrown) {
    return E.left(failureOf(thrown).error);
  }
};

const failureOf = (
  thrown: unknown,
): { readonly error: DownloadError; readonly resumable: boolean } =>
  thrown instanceof DownloadFailed ? thrown : { error: toDownloadError(thrown), resumable: false };

interface Ending {
  /** The signal that came, if one did. */
  readonly signal: () => EndingSignal | null;
  readonly stop: () => void;
}

/** A signal ends the download with everything kept; a second one does not wait for that. */
const endOnSignal = (job: Download, reporter: Reporter): Ending => {
  let received: EndingSignal | null = null;
  const stop = onSignals({
    first: (signal) => {
      received = signal;
      reporter.say('Stops, and keeps what has arrived…');
      job.cancel({ keep: true });
    },
    second: reporter.close,
  });
  return { signal: () => received, stop };
};

interface Following {
  /** Why the download came to rest by itself; null: it did not. */
  readonly because: () => DownloadError | null;
  readonly stop: () => void;
}

/**
 * Tells what happens. A download that pauses by itself, because the disk is full, is ended with
 * everything kept: a command does not wait for somebody to free the disk.
 */
const follow = (job: Download, reporter: Reporter): Following => {
  let because: DownloadError | null = null;
  const stop = job.on('*', (event) => {
    if (because === null) reporter.tell(event);
    if (event.type !== 'paused' || event.because === null) return;
    because = event.because;
    job.cancel({ keep: true });
  });
  return { because: () => because, stop };
};

/** What a failed download leaves for the next run; null: nothing. */
const keptLine = (job: Download): string | null => {
  const { progress } = job.actor.getSnapshot().context;
  if (progress === null || progress.durable === 0) return null;
  const amount = formatAmount(progress.durable, progress.total);
  return `Kept: ${amount}. The same command goes on from there.`;
};

const interruptedLine = (job: Download, isKept: boolean, again: string | null): string => {
  const { progress, plan } = job.actor.getSnapshot().context;
  if (!isKept) return 'Stopped. A download in one request cannot be resumed: it will start over.';
  const how = again === null ? 'the same command' : again;
  if (plan === null || progress === null) return `Stopped before the first byte. To go on: ${how}`;
  return `Stopped after ${formatAmount(progress.durable, progress.total)}. To resume: ${how}`;
};
