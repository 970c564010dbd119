/** A real download from the embedded server with somebody who inspects it. */
import { join } from 'node:path';
import type { Source } from '../../src/domain/source.ts';
import type { DownloadOptions } from '../../src/download.ts';
import type { CredentialsProvider } from '../../src/effects/credentials.ts';
import { liveEffects } from '../../src/live-effects.ts';
import { type Download, startDownload } from '../../src/start-download.ts';
import { demoCredentials, type Scene } from '../acceptance/scene.ts';
import { inputFor } from '../input-for.ts';

export interface TracedOptions {
  readonly inspect: NonNullable<DownloadOptions['inspect']>;
  readonly source?: Source;
  readonly credentials?: CredentialsProvider;
  readonly refreshUrl?: () => Promise<string>;
  readonly label?: string;
  readonly targetName?: string;
}

export interface Traced {
  readonly job: Download;
  /** Closes the effects. */
  readonly close: () => Promise<void>;
}

export const startTraced = (scene: Scene, options: TracedOptions): Traced => {
  const { inspect, source = scene.source, credentials = demoCredentials, refreshUrl } = options;
  const { store, folder } = scene;
  const effects = liveEffects({ source, credentials, refreshUrl, store, silenceMsMax: 10_000 });
  const target = join(folder, options.targetName ?? 'object.bin');
  const retry = { attemptsMax: 2, delayMsFirst: 1, delayMsMax: 2 };
  const input = inputFor({ source, target }, { lanes: 2, retry });
  const job = startDownload(
    effects,
    options.label === undefined ? input : { ...input, label: options.label },
    { inspect },
  );
  return { job, close: effects.close };
};
