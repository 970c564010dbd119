/** Downloads for people who do not know XState: start one, listen, pause, resume, await. */
import { resolve } from 'node:path';
import type { TransferOptions } from './domain/download-options.ts';
import { decodeStoreOption, decodeTargetOption } from './domain/place-options.ts';
import type { Source } from './domain/source.ts';
import { orThrow } from './download-failed.ts';
import { liveEntropy } from './effects/clock.ts';
import type { CredentialsProvider } from './effects/credentials.ts';
import { liveEffects } from './live-effects.ts';
import { type DownloadInput, downloadInput } from './machines/download-input.ts';
import type { DownloadEffects } from './machines/provide-effects.ts';
import { httpUrl } from './sources.ts';
import { type Download, type StartOptions, startDownload } from './start-download.ts';
import type { BreakpointStore } from './store/breakpoint-store.ts';

/** What to download, to where, and how. Undefined is the same as left out. */
export interface DownloadOptions extends TransferOptions, StartOptions {
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
}

/** A download that could begin: for `startDownload`, or for the statecharts. */
export interface PreparedDownload {
  /** Those of this host. Replace some, or decorate them. */
  readonly effects: DownloadEffects;
  /** Plain data, without secrets. */
  readonly input: DownloadInput;
  /** Gives the connections back; to be called when the download has ended. */
  readonly close: () => Promise<void>;
}

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
  const { effects, input, close } = prepareDownload(options);
  const job = startDownload(effects, input, options);
  void job.done.then(close, close);
  return job;
};

/**
 * Everything `download` does before it starts: options checked, effects of this host made. For a
 * download with other effects, or one that is a part of your own statechart. Throws like
 * `download`; nothing is asked of network or disk.
 *
 * @example
 * const { effects, input, close } = prepareDownload({ source, target: './object.bin' });
 * const actor = createActor(provideEffects(effects), { input });
 * actor.subscribe({ complete: close, error: close });
 */
export const prepareDownload = (options: DownloadOptions): PreparedDownload => {
  const source = isSource(options.source) ? options.source : httpUrl(options.source);
  const target = resolve(orThrow(decodeTargetOption(options.target)));
  const store = orThrow(decodeStoreOption(options.store));
  const seed = new DataView(liveEntropy.randomBytes(4).buffer).getUint32(0);
  const input = orThrow(downloadInput({ source, target, options, seed }));
  const { silenceMsMax, isDurable } = input.settings;
  const { credentials, refreshUrl } = options;
  const live = liveEffects({ source, credentials, refreshUrl, store, silenceMsMax, isDurable });
  const { close, ...effects } = live;
  return { effects, input, close };
};

const isSource = (source: Source | string | URL): source is Source =>
  typeof source === 'object' && source !== null && '_tag' in source;
