/** The scene of a scenario: an embedded server with one object, a fresh folder, runs of downloads. */

import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { bytes } from '../../src/domain/bytes.ts';
import { DISK_POLICY_DEFAULT, type DiskPolicy } from '../../src/domain/disk-policy.ts';
import type { DownloadError } from '../../src/domain/errors.ts';
import type { Source } from '../../src/domain/source.ts';
import type { Verdict } from '../../src/domain/verdict.ts';
import { DownloadFailed } from '../../src/download-failed.ts';
import { type CredentialsProvider, staticCredentials } from '../../src/effects/credentials.ts';
import { liveEffects } from '../../src/live-effects.ts';
import type { DownloadEmitted } from '../../src/machines/emitted.ts';
import type { DownloadEffects } from '../../src/machines/provide-effects.ts';
import { ossObject } from '../../src/sources.ts';
import { type Download, type DownloadOutcome, startDownload } from '../../src/start-download.ts';
import {
  DEMO_ACCOUNT,
  type LoggedRequest,
  type OssServer,
  type OssServerOptions,
  type PutOptions,
  startOssServer,
  syntheticObject,
} from '../../src/testing/index.ts';
import { inputFor, SETTINGS } from '../input-for.ts';

export const BUCKET = 'examplebucket';
export const KEY = 'exampledir/object.bin';

export interface SceneOptions {
  /** Of the object. Default: 10 000 bytes that are nowhere alike. */
  readonly content?: Uint8Array;
  readonly key?: string;
  readonly put?: PutOptions;
  readonly server?: OssServerOptions;
}

export interface Scene {
  readonly server: OssServer;
  readonly content: Uint8Array;
  readonly source: Source;
  /** A fresh folder that holds `target` and `store`, and goes away with the test. */
  readonly folder: string;
  readonly target: string;
  readonly store: string;
}

export interface RunOptions {
  readonly disk?: Partial<DiskPolicy>;
  readonly source?: Source;
  readonly partSize?: number;
  readonly threshold?: number;
  readonly lanes?: number;
  /** Failures in a row that end a run. Default: 1, nothing is tried twice. */
  readonly attemptsMax?: number;
  readonly verify?: boolean;
  readonly target?: string;
  readonly store?: string;
  readonly credentials?: CredentialsProvider;
  readonly refreshUrl?: () => Promise<string>;
  /** Replaces effects by those of the scenario. */
  readonly change?: (effects: DownloadEffects) => DownloadEffects;
  /** Listens, pauses, cancels. */
  readonly begun?: (job: Download) => void;
}

/** What came of one run. */
export interface Run {
  readonly outcome: DownloadOutcome | null;
  readonly error: DownloadError | null;
  /** Null: it did not fail. */
  readonly resumable: boolean | null;
  readonly events: ReadonlyArray<DownloadEmitted>;
  readonly verdict: Verdict | null;
  /** What the embedded server was asked by this run. */
  readonly requests: ReadonlyArray<LoggedRequest>;
  /** Those of them that ask for bytes. */
  readonly fetches: ReadonlyArray<LoggedRequest>;
}

/** Bytes that are nowhere alike. */
export const contentOf = (size: number, seed = 1): Uint8Array =>
  syntheticObject({ seed, size }).read(0, size);

/** A folder of the test's own, removed after it. */
export const freshFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'partwise-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
};

export const setScene = async (options: SceneOptions = {}): Promise<Scene> => {
  const { content = contentOf(10_000), key = KEY, put = {} } = options;
  const folder = await freshFolder();
  const server = await startOssServer(options.server);
  onTestFinished(server.close);
  server.put(BUCKET, key, content, put);
  const source = ossObject({ endpoint: server.url, bucket: BUCKET, key });
  const target = join(folder, 'object.bin');
  return { server, content, source, folder, target, store: join(folder, 'store') };
};

export const demoCredentials = staticCredentials(DEMO_ACCOUNT);

/** Parts as small as a scenario wants: limits for people are those of `download`. */
export const run = async (scene: Scene, options: RunOptions = {}): Promise<Run> => {
  const { source = scene.source, target = scene.target, store = scene.store } = options;
  const { credentials = demoCredentials, refreshUrl, change = (effects) => effects } = options;
  const live = liveEffects({ source, credentials, refreshUrl, store, silenceMsMax: 10_000 });
  const asked = scene.server.requests().length;
  const { partSize = 1_000, threshold = 0, lanes = 1, attemptsMax = 1, verify = true } = options;
  const input = inputFor(
    { source, target },
    {
      wishes: { partSize: bytes(partSize), threshold: bytes(threshold) },
      lanes,
      retry: { ...SETTINGS.retry, attemptsMax },
      verify,
      disk: { ...DISK_POLICY_DEFAULT, ...options.disk },
    },
  );
  const job = startDownload(change(live), input);
  options.begun?.(job);
  const ended = await collect(job);
  await live.close();
  const requests = scene.server.requests().slice(asked);
  return { ...ended, requests, fetches: requests.filter(({ method }) => method === 'GET') };
};

/** Waits for the end of a download and keeps what it told. */
export const collect = async (job: Download): Promise<Omit<Run, 'requests' | 'fetches'>> => {
  const events: Array<DownloadEmitted> = [];
  job.on('*', (event) => events.push(event));
  const ended = await job.done.then(
    (outcome) => ({ outcome, error: null, resumable: null }),
    (thrown: unknown) => {
      if (!(thrown instanceof DownloadFailed)) throw thrown;
      return { outcome: null, error: thrown.error, resumable: thrown.resumable };
    },
  );
  const told = events.find((event) => event.type === 'verdict');
  return { ...ended, events, verdict: told?.verdict ?? null };
};

/** The events of one type. */
export const eventsOf = <Type extends DownloadEmitted['type']>(
  { events }: Pick<Run, 'events'>,
  type: Type,
): ReadonlyArray<Extract<DownloadEmitted, { type: Type }>> =>
  events.filter((event): event is Extract<DownloadEmitted, { type: Type }> => event.type === type);

/** What stands at a path; null: nothing. */
export const fileAt = (path: string): Promise<Buffer | null> => readFile(path).catch(() => null);

/** Part files beside the target, and journals in the store: full paths. */
export const leftovers = async ({
  target,
  store,
}: Pick<Scene, 'target' | 'store'>): Promise<ReadonlyArray<string>> => [
  ...(await partFiles(target)),
  ...(await journals(store)),
];

export const partFiles = async (target: string): Promise<ReadonlyArray<string>> => {
  const names = await readdir(dirname(target));
  return names
    .filter((name) => name.startsWith(`${basename(target)}.`))
    .map((name) => join(dirname(target), name));
};

export const journals = async (store: string): Promise<ReadonlyArray<string>> =>
  (await readdir(store).catch(() => [])).map((name) => join(store, name));

/** The file is the object, byte for byte, and nothing else is left. */
export const expectDone = async (
  scene: Scene,
  { error, outcome }: Pick<Run, 'error' | 'outcome'>,
  { target = scene.target, store = scene.store, content = scene.content } = {},
): Promise<void> => {
  expect(error).toBeNull();
  const file = await fileAt(target);
  expect(file?.length).toBe(content.length);
  expect(file?.equals(content)).toBe(true);
  expect(outcome).toMatchObject({ target, size: content.length });
  expect(await leftovers({ target, store })).toEqual([]);
};

/** It failed; there is no target, and what is there serves a later run. */
export const expectKept = async (scene: Scene, { error, resumable }: Run): Promise<void> => {
  expect(error).not.toBeNull();
  expect(resumable).toBe(true);
  expect(await fileAt(scene.target)).toBeNull();
  expect(await partFiles(scene.target)).toHaveLength(1);
  expect(await journals(scene.store)).toHaveLength(1);
};

/** It failed, and nothing of it is there. */
export const expectNothing = async (scene: Scene, { error, resumable }: Run): Promise<void> => {
  expect(error).not.toBeNull();
  expect(resumable).toBe(false);
  expect(await fileAt(scene.target)).toBeNull();
  expect(await leftovers(scene)).toEqual([]);
};

/** The `Range` headers of requests. */
export const rangesOf = (requests: ReadonlyArray<LoggedRequest>): ReadonlyArray<string | null> =>
  requests.map(({ range }) => range);

/** Requests that were answered with bytes. */
export const answered = (requests: ReadonlyArray<LoggedRequest>): ReadonlyArray<LoggedRequest> =>
  requests.filter(({ status }) => status === 200 || status === 206);
