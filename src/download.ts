/** Downloads for people who do not know XState: start one, listen, pause, resume, await. */
import { resolve } from 'node:path';
import { type Actor, createActor, type InspectionEvent, type Observer } from 'xstate';
import { decodeTransferOptions, type TransferOptions } from './domain/download-options.ts';
import type { DownloadError } from './domain/errors.ts';
import { decodeHttpSource } from './domain/http-source.ts';
import {
  decodeOssSource,
  type OssObjectOptions,
  sourceIdentity,
  sourceLabel,
} from './domain/oss-source.ts';
import type { HttpSource, OssSource, Source } from './domain/source.ts';
import { DownloadFailed } from './download-failed.ts';
import type { CredentialsProvider } from './effects/credentials.ts';
import { E } from './fp.ts';
import { liveEffects } from './live-effects.ts';
import type { DownloadInput } from './machines/download-context.ts';
import type { downloadMachine } from './machines/download-machine.ts';
import type { DownloadEmitted, Outcome } from './machines/emitted.ts';
import { type DownloadEffects, provideEffects } from './machines/provide-effects.ts';
import type { BreakpointStore } from './store/breakpoint-store.ts';

export type DownloadActor = Actor<typeof downloadMachine>;

export interface DownloadOptions extends TransferOptions {
  /** `ossObject(…)`, `httpUrl(…)`, or an `https:` or `http:` URL. */
  readonly source: Source | string | URL;
  /** The file. A relative path is resolved now. Its folder has to exist. */
  readonly target: string;
  /** For OSS; asked before each request, and again when they expire. Default: environment. */
  readonly credentials?: CredentialsProvider | undefined;
  /** For URLs that expire: gives a fresh one of the same object. */
  readonly refreshUrl?: (() => Promise<string>) | undefined;
  /** Folder for journals, or a store. Default: `PARTWISE_STORE`, or `~/.partwise`. */
  readonly store?: string | BreakpointStore | undefined;
  /** Aborting ends the download like `cancel({ keep: true })`. */
  readonly signal?: AbortSignal | undefined;
  /** Who looks on: an inspector of `partwise/inspector`, or an observer as XState takes them. */
  readonly inspect?: Inspection | undefined;
}

/** An observer of every event and snapshot of the actor system, from its first to its last. */
export type InspectionObserver = Observer<InspectionEvent> | ((event: InspectionEvent) => void);

/** Who looks on, or may want to later: while it does not, looking on costs nothing. */
export type Inspection = InspectionObserver | Attachable;

export interface Attachable {
  /** Called once, with the actor of a download that has begun. */
  readonly attach: (actor: DownloadActor) => void;
}

/** What came of a download. */
export interface DownloadOutcome extends Outcome {
  /** From start to renamed file, pauses included. */
  readonly seconds: number;
}

/** A download that has been started. */
export interface Download {
  /** The XState actor: subscribe to it, inspect it, embed it. */
  readonly actor: DownloadActor;
  /** Resolves when the file is in place; rejects with `DownloadFailed`. */
  readonly done: Promise<DownloadOutcome>;
  /** Calls `handler` for every event of a type, or `'*'` for all. Returns how to stop that. */
  readonly on: <Type extends DownloadEmitted['type'] | '*'>(
    type: Type,
    handler: (event: EmittedOf<Type>) => void,
  ) => () => void;
  /** Comes to rest with everything recorded; `'paused'` tells when. Ignored where meaningless. */
  readonly pause: () => void;
  readonly resume: () => void;
  /** Ends. By default part file and breakpoint are removed; `keep` leaves them for a later run. */
  readonly cancel: (options?: { readonly keep?: boolean }) => void;
}

type EmittedOf<Type> = Type extends '*'
  ? DownloadEmitted
  : Extract<DownloadEmitted, { type: Type }>;

/**
 * An object of Alibaba Cloud OSS as a source. Throws `DownloadFailed` with a `UsageError` when
 * the options cannot be.
 *
 * @example
 * ossObject({ region: 'cn-hangzhou', bucket: 'examplebucket', key: 'exampledir/object.bin' })
 */
export const ossObject = (options: OssObjectOptions): OssSource =>
  orThrow(decodeOssSource(options));

/** An HTTP(S) URL as a source, with extra headers. Throws like `ossObject`. */
export const httpUrl = (
  url: string | URL,
  headers: Readonly<Record<string, string>> = {},
): HttpSource => orThrow(decodeHttpSource(String(url), headers));

/**
 * Starts a download, or continues one that was interrupted: by whom and how does not matter.
 *
 * Throws `DownloadFailed` with a `UsageError` when an option cannot be; everything later is told
 * by `done`.
 *
 * @example
 * const job = download({ source: 'https://example.com/large.iso', target: './large.iso' });
 * job.on('progress', ({ progress }) => console.log(progress.received, progress.total));
 * const { crc64, resumedBytes } = await job.done;
 */
export const download = (options: DownloadOptions): Download => {
  const source = isSource(options.source) ? options.source : httpUrl(options.source);
  const settings = orThrow(decodeTransferOptions(options));
  const { silenceMsMax, isDurable } = settings;
  const { credentials, refreshUrl, store } = options;
  const effects = liveEffects({ source, credentials, refreshUrl, store, silenceMsMax, isDurable });
  const target = resolve(options.target);
  const input: DownloadInput = {
    identity: sourceIdentity(source),
    label: sourceLabel(source),
    target: options.target === '' ? orThrow(NO_TARGET) : target,
    settings: { ...settings, seed: seedOf(effects) },
  };
  const job = startDownload(effects, input, options);
  void job.done.then(effects.close, effects.close);
  return job;
};

/** Starts a download with effects of your own: simulated ones, or a storage nobody thought of. */
export const startDownload = (
  effects: DownloadEffects,
  input: DownloadInput,
  { signal, inspect }: Pick<DownloadOptions, 'signal' | 'inspect'> = {},
): Download => {
  const { clock } = effects;
  const logic = provideEffects(effects);
  const observer = inspect === undefined || isAttachable(inspect) ? {} : { inspect };
  const actor = createActor(logic, { input, clock, ...observer });
  const done = outcomeOf(actor, clock.now);
  done.catch(() => {}); // Whoever listens to events only must not be ended by a rejection.
  actor.start();
  if (inspect !== undefined && isAttachable(inspect)) inspect.attach(actor);
  const stop = () => actor.send({ type: 'cancel', keep: true });
  if (signal?.aborted) stop();
  signal?.addEventListener('abort', stop, { once: true });
  void done.then(noop, noop).then(() => signal?.removeEventListener('abort', stop));
  return {
    actor,
    done,
    on: (type, handler) => {
      const { unsubscribe } = actor.on(type, handler as (event: DownloadEmitted) => void);
      return unsubscribe;
    },
    pause: () => actor.send({ type: 'pause' }),
    resume: () => actor.send({ type: 'resume' }),
    cancel: ({ keep = false } = {}) => actor.send({ type: 'cancel', keep }),
  };
};

const outcomeOf = (actor: DownloadActor, now: () => number): Promise<DownloadOutcome> => {
  const startedAtMs = now();
  return new Promise((fulfil, reject) => {
    actor.on('renamed', ({ outcome }) =>
      fulfil({ ...outcome, seconds: (now() - startedAtMs) / 1000 }),
    );
    actor.on('failed', ({ error, resumable }) => reject(new DownloadFailed(error, resumable)));
    actor.on('cancelled', ({ kept }) => reject(new DownloadFailed({ _tag: 'Cancelled' }, kept)));
    actor.subscribe({ error: reject });
  });
};

const isAttachable = (inspect: Inspection): inspect is Attachable => 'attach' in inspect;

const isSource = (source: Source | string | URL): source is Source =>
  typeof source === 'object' && '_tag' in source;

const orThrow = <A>(decoded: E.Either<DownloadError, A>): A => {
  if (E.isLeft(decoded)) throw new DownloadFailed(decoded.left, false);
  return decoded.right;
};

const NO_TARGET: E.Either<DownloadError, never> = E.left({
  _tag: 'UsageError',
  option: 'target',
  value: '',
  allowed: 'the path of a file',
});

const seedOf = ({ entropy }: DownloadEffects): number =>
  new DataView(entropy.randomBytes(4).buffer).getUint32(0);

const noop = (): void => {};
