/** A real download from the embedded server with somebody who inspects it. */
import { join } from 'node:path';
import { bytes } from '../../src/domain/bytes.ts';
import { DISK_POLICY_DEFAULT } from '../../src/domain/disk-policy.ts';
import { sourceIdentity, sourceLabel } from '../../src/domain/oss-source.ts';
import type { Source } from '../../src/domain/source.ts';
import { type Download, type DownloadOptions, startDownload } from '../../src/download.ts';
import type { CredentialsProvider } from '../../src/effects/credentials.ts';
import { liveEffects } from '../../src/live-effects.ts';
import { demoCredentials, type Scene } from '../acceptance/scene.ts';

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
  const job = startDownload(
    effects,
    {
      identity: sourceIdentity(source),
      label: options.label ?? sourceLabel(source),
      target: join(folder, options.targetName ?? 'object.bin'),
      settings: {
        wishes: { partSize: bytes(1_000), threshold: bytes(0) },
        lanes: 2,
        retry: { attemptsMax: 2, delayMsFirst: 1, delayMsMax: 2 },
        verify: true,
        disk: DISK_POLICY_DEFAULT,
        seed: 1,
      },
    },
    { inspect },
  );
  return { job, close: effects.close };
};
