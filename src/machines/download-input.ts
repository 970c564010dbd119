/** What a download is asked to do, from options as people write them. */

import type { TransferSettings } from '../domain/download-options.ts';
import { decodeTransferOptions, type TransferOptions } from '../domain/download-options.ts';
import type { ErrorOf } from '../domain/errors.ts';
import { sourceIdentity, sourceLabel } from '../domain/oss-source.ts';
import type { Source } from '../domain/source.ts';
import { E, pipe } from '../fp.ts';

/** Holds no secrets: those stay behind the effects. */
export interface DownloadInput {
  /** Which object, for naming the breakpoint. */
  readonly identity: string;
  /** The object as people may see it. */
  readonly label: string;
  /** Absolute path the file shall have. */
  readonly target: string;
  readonly settings: DownloadSettings;
}

export interface DownloadSettings extends TransferSettings {
  /** Makes the jitter of this download differ from others'. */
  readonly seed: number;
}

export interface DownloadOrder {
  readonly source: Source;
  /** Absolute path the file shall have. */
  readonly target: string;
  /** Default: what `download` does where nobody chose. */
  readonly options?: TransferOptions | undefined;
  /** A 32-bit number. Random, where nothing has to be repeated. */
  readonly seed: number;
}

/**
 * Input for `downloadMachine`. Errors: `UsageError` for the first option that cannot be.
 *
 * @example
 * downloadInput({ source, target: '/data/object.bin', options: { concurrency: 4 }, seed: 1 })
 */
export const downloadInput = ({
  source,
  target,
  options = {},
  seed,
}: DownloadOrder): E.Either<ErrorOf<'UsageError'>, DownloadInput> =>
  pipe(
    decodeTransferOptions(options),
    E.map((settings) => ({
      identity: sourceIdentity(source),
      label: sourceLabel(source),
      target,
      settings: { ...settings, seed },
    })),
  );
