/** What a test asks of a download: parts as small as it wants, nothing tried twice. */
import { bytes } from '../src/domain/bytes.ts';
import { DISK_POLICY_DEFAULT } from '../src/domain/disk-policy.ts';
import { sourceIdentity, sourceLabel } from '../src/domain/oss-source.ts';
import type { Source } from '../src/domain/source.ts';
import type { DownloadInput, DownloadSettings } from '../src/machines/download-input.ts';

/** Limits for people are those of `download`; here there are none. Defaults: `SETTINGS`. */
export const inputFor = (
  { source, target }: { readonly source: Source; readonly target: string },
  settings: Partial<DownloadSettings> = {},
): DownloadInput => ({
  identity: sourceIdentity(source),
  label: sourceLabel(source),
  target,
  settings: { ...SETTINGS, ...settings },
});

export const SETTINGS: DownloadSettings = {
  wishes: { partSize: bytes(1_000), threshold: bytes(0) },
  lanes: 1,
  retry: { attemptsMax: 1, delayMsFirst: 1, delayMsMax: 4 },
  silenceMsMax: 10_000,
  verify: true,
  disk: DISK_POLICY_DEFAULT,
  isDurable: true,
  seed: 1,
};
