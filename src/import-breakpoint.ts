/** `importBreakpoint` with the effects of this host. */
import { resolve } from 'node:path';
import type { TransferOptions } from './domain/download-options.ts';
import { decodeStoreOption, decodeTargetOption } from './domain/place-options.ts';
import type { OssSource } from './domain/source.ts';
import { DownloadFailed, orThrow } from './download-failed.ts';
import { E } from './fp.ts';
import { importBreakpoint as importWith } from './import/import-breakpoint.ts';
import type { ImportOutcome } from './import/import-outcome.ts';
import { liveDisk } from './live-effects.ts';
import type { BreakpointStore } from './store/breakpoint-store.ts';

export interface ImportOptions {
  /** What the Python SDK was downloading. */
  readonly source: OssSource;
  /** The file that the SDK was given, and that a download will be given. */
  readonly target: string;
  /** The folder of the SDK's records: `.py-oss-download` in the home folder, or in its `root`. */
  readonly from: string;
  /** Where the download will look for breakpoints. Default: `PARTWISE_STORE`, or `~/.partwise`. */
  readonly store?: string | BreakpointStore | undefined;
  /** `'none'` leaves out every sync. Default: `'full'`. */
  readonly durability?: TransferOptions['durability'];
  /** Aborting ends the import as long as it reads; nothing was touched then. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Makes a breakpoint from a download that `oss2.resumable_download` (Python SDK V1) left
 * unfinished, for a download of the same source to the same target to go on from.
 *
 * Every part that the SDK has on record is read and compared with its CRC-64; only those that are
 * right are believed. The SDK must not be running. When nothing is imported nothing was touched.
 *
 * Rejects with `DownloadFailed`: `UsageError` for a target or a store that cannot be; `Busy` when
 * another process owns the breakpoint; `DiskFailed`; `Cancelled` when `signal` aborted.
 *
 * @example
 * await importBreakpoint({ source, target: 'object.bin', from: '/home/user/.py-oss-download' });
 * await download({ source, target: 'object.bin' }).done;
 */
export const importBreakpoint = async (options: ImportOptions): Promise<ImportOutcome> => {
  const { source, durability, signal = new AbortController().signal } = options;
  const store = orThrow(decodeStoreOption(options.store));
  const target = resolve(orThrow(decodeTargetOption(options.target)));
  const effects = liveDisk({ store, isDurable: durability !== 'none' });
  const request = { source, target, from: resolve(options.from) };
  const imported = await importWith(effects, request, signal);
  if (E.isRight(imported)) return imported.right;
  const isEnded = imported.left._tag === 'Interrupted';
  throw new DownloadFailed(isEnded ? { _tag: 'Cancelled' } : imported.left, true);
};
