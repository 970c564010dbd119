/** `partwise get`: one download, from its command line to its exit code. */
import { E } from '../fp.ts';
import { type Download, download, sourceLabel } from '../index.ts';
import { chooseReporter } from './choose-reporter.ts';
import { type Ending, endOnSignal } from './end-on-signal.ts';
import { DONE, exitCodeOfSignal } from './exit-codes.ts';
import { type Failure, failureOf } from './failure.ts';
import { followDownload } from './follow-download.ts';
import type { GetRequest } from './get-options.ts';
import { decodeOrder, type GetOrder } from './get-order.ts';
import { importIfAsked } from './import-from.ts';
import { writeFailed, writeRenamed } from './json-lines.ts';
import { knownSecrets } from './known-secrets.ts';
import { inviteOnlookers, type Onlookers } from './onlookers.ts';
import type { Io } from './output.ts';
import { resumeCommand } from './own-command.ts';
import { tellFailure, tellThrown } from './tell-failure.ts';
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
  const { json, quiet = false } = request.flags;
  const ending = endOnSignal(quiet, { say: io.stderr.line, close: () => {} });
  try {
    const order = decodeOrder(request, io.env);
    if (E.isLeft(order)) return tellFailure(order.left, false, { json, io });
    return await carryOut(order.right, { request, calling, io, ending });
  } catch (thrown) {
    return tellThrown(thrown, { json, io });
  } finally {
    ending.stop();
  }
};

/** What does not change from the first step to the last. */
interface Scene {
  readonly request: GetRequest;
  readonly calling: Calling;
  readonly io: Io;
  readonly ending: Ending;
}

const carryOut = async (order: GetOrder, scene: Scene): Promise<number> => {
  const { request, io, ending } = scene;
  const { json } = request.flags;
  const secrets = knownSecrets(order.options.source, io.env);
  const invited = await inviteOnlookers(order.onlookers, secrets, io);
  if (E.isLeft(invited)) return tellFailure(invited.left, false, { json, io });
  const onlookers = invited.right;
  try {
    const options = { ...order.options, inspect: onlookers.inspect, signal: ending.asked };
    const imported = await importIfAsked(request.flags, options, io);
    if (E.isLeft(imported)) return tellNoFile(imported.left, null, order, scene);
    return await see(download(options), onlookers, order, scene);
  } finally {
    await onlookers.close();
  }
};

/** Tells of a download that has been started, until it ends. */
const see = async (
  job: Download,
  onlookers: Onlookers,
  order: GetOrder,
  scene: Scene,
): Promise<number> => {
  const { request, io, ending } = scene;
  const { json, quiet } = request.flags;
  const label = sourceLabel(order.options.source);
  const subject = { label, target: order.target };
  const reporter = chooseReporter(request.flags, subject, job, io, onlookers.tracer);
  onlookers.sayTo(reporter.say);
  ending.tellBy(reporter);
  const following = followDownload(job, reporter.tell);
  try {
    const outcome = await job.done;
    reporter.close();
    if (json) writeRenamed(io.stdout, outcome);
    else if (!quiet) io.stderr.line(doneLine(label, outcome));
    return DONE;
  } catch (thrown) {
    reporter.close();
    const failure = failureOf(thrown);
    const because = failure.error._tag === 'Cancelled' ? following.because() : null;
    const told = because === null ? failure : { ...failure, error: because };
    return tellNoFile(told, job, order, scene);
  } finally {
    following.stop();
  }
};

/** Tells why there is no file, and how to go on. @param job Null: it had not begun. */
const tellNoFile = (
  { error, resumable }: Failure,
  job: Download | null,
  { options }: GetOrder,
  { request, calling, io, ending }: Scene,
): number => {
  const { json, quiet } = request.flags;
  const signal = ending.signal();
  if (signal === null || error._tag !== 'Cancelled') {
    const code = tellFailure(error, resumable, { json, io });
    const kept = resumable && !json && !quiet ? keptLine(job) : null;
    if (kept !== null) io.stderr.line(kept);
    return code;
  }
  const again = resumeCommand(calling.command, calling.words, request, options.source);
  if (!quiet) io.stderr.line(interruptedLine(job, resumable, again));
  if (json) writeFailed(io.stdout, error, resumable);
  return exitCodeOfSignal(signal);
};

/** What a failed download leaves for the next run; null: nothing. */
const keptLine = (job: Download | null): string | null => {
  const { progress } = factsOf(job);
  if (progress === null || progress.durable === 0) return null;
  const amount = formatAmount(progress.durable, progress.total);
  return `Kept: ${amount}. The same command goes on from there.`;
};

const interruptedLine = (job: Download | null, isKept: boolean, again: string | null): string => {
  const { progress, plan } = factsOf(job);
  if (!isKept) return 'Stopped. A download in one request cannot be resumed: it will start over.';
  const how = again === null ? 'the same command' : again;
  if (plan === null || progress === null) return `Stopped before the first byte. To go on: ${how}`;
  return `Stopped after ${formatAmount(progress.durable, progress.total)}. To resume: ${how}`;
};

const factsOf = (job: Download | null) =>
  job?.actor.getSnapshot().context ?? { progress: null, plan: null };
