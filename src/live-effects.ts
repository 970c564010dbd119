/** The effects of a real download: the only place that names implementations. */
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Source } from './domain/source.ts';
import { liveClock, liveEntropy } from './effects/clock.ts';
import { openConnections } from './effects/connections.ts';
import { loadCrc64 } from './effects/crc64.ts';
import { type CredentialsProvider, environmentCredentials } from './effects/credentials.ts';
import { nodeFileSystem, nodeFolders } from './effects/file-system.node.ts';
import { liveHost } from './effects/host.ts';
import type { HttpClient } from './effects/http-client.ts';
import { httpStorage } from './effects/object-storage.http.ts';
import { ossStorage } from './effects/object-storage.oss.ts';
import type { ObjectStorage } from './effects/object-storage.ts';
import { withoutFolderSync, withoutSync } from './effects/without-sync.ts';
import type { DownloadEffects } from './machines/provide-effects.ts';
import { fileBreakpointStore } from './store/breakpoint-store.file.ts';
import type { BreakpointStore } from './store/breakpoint-store.ts';
import { fileClaims } from './store/claims.file.ts';
import type { WorkspaceEffects } from './transfer/workspace.ts';

export interface LiveOptions {
  readonly source: Source;
  /** For OSS. Default: from the environment. */
  readonly credentials?: CredentialsProvider | undefined;
  /** For URLs that expire: gives a fresh one of the same object. */
  readonly refreshUrl?: (() => Promise<string>) | undefined;
  /** A folder for journals, or a store of your own. Default: `defaultStoreFolder()`. */
  readonly store?: string | BreakpointStore | undefined;
  /** A request is given up after so many milliseconds without a byte. */
  readonly silenceMsMax: number;
  /** False leaves out every sync. Default: true. */
  readonly isDurable?: boolean;
}

export interface LiveEffects extends DownloadEffects {
  /** Gives the connections back. */
  readonly close: () => Promise<void>;
}

/** `PARTWISE_STORE`, or `.partwise` in the home folder. */
export const defaultStoreFolder = (): string =>
  process.env['PARTWISE_STORE'] || join(homedir(), '.partwise');

export const liveEffects = (options: LiveOptions): LiveEffects => {
  const disk = liveDisk(options);
  const { http, close } = openConnections(options.silenceMsMax);
  return { ...disk, storage: storageOf(options, http), close };
};

/** Everything but the network. */
export const liveDisk = ({
  store,
  isDurable = true,
}: Pick<LiveOptions, 'store' | 'isDurable'>): WorkspaceEffects => {
  const files = isDurable ? nodeFileSystem : withoutSync(nodeFileSystem);
  const folders = isDurable ? nodeFolders : withoutFolderSync(nodeFolders);
  const folder = resolve(typeof store === 'string' ? store : defaultStoreFolder());
  const disk = { folder, files, folders };
  const breakpoints =
    typeof store === 'object' ? store : fileBreakpointStore({ ...disk, loadChecksum: loadCrc64 });
  // Beside the journals; apart where those are elsewhere, since claims vouch for their part files.
  const claimsFolder = typeof store === 'object' ? join(folder, 'claims') : folder;
  const chance = { clock: liveClock, entropy: liveEntropy };
  return {
    files,
    folders,
    breakpoints,
    claims: fileClaims({ ...disk, ...chance, folder: claimsFolder, breakpoints, host: liveHost }),
    host: liveHost,
    ...chance,
    loadCrc64,
  };
};

const storageOf = (options: LiveOptions, http: HttpClient): ObjectStorage => {
  const { source, refreshUrl } = options;
  if (source._tag === 'HttpSource') return httpStorage({ source, http, refreshUrl });
  const credentials = options.credentials ?? environmentCredentials();
  return ossStorage({ source, credentials, http, clock: liveClock });
};
