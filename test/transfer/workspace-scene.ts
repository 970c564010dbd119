/** A download of ten bytes in parts of four, on a disk in memory, one process after the other. */
import { bytes } from '../../src/domain/bytes.ts';
import { DISK_POLICY_DEFAULT } from '../../src/domain/disk-policy.ts';
import type { DownloadError, ErrorOf } from '../../src/domain/errors.ts';
import type { ObjectVersion } from '../../src/domain/object-version.ts';
import { type Plan, planDownload } from '../../src/domain/plan.ts';
import { loadCrc64 } from '../../src/effects/crc64.ts';
import type { Host } from '../../src/effects/host.ts';
import { E, type TE } from '../../src/fp.ts';
import { breakpointKey } from '../../src/store/breakpoint-key.ts';
import { fileBreakpointStore } from '../../src/store/breakpoint-store.file.ts';
import { memoryClaims } from '../../src/store/claims.memory.ts';
import { simulatedClock } from '../../src/testing/simulation/simulated-clock.ts';
import { simulatedDisk } from '../../src/testing/simulation/simulated-disk.ts';
import { simulatedHost } from '../../src/testing/simulation/simulated-host.ts';
import { simulatedStorage } from '../../src/testing/simulation/simulated-storage.ts';
import { checkIntegrity } from '../../src/transfer/check-integrity.ts';
import { close } from '../../src/transfer/end-workspace.ts';
import { fetchPart } from '../../src/transfer/fetch-part.ts';
import { openWorkspace } from '../../src/transfer/open-workspace.ts';
import type { OpeningRequest } from '../../src/transfer/opening-request.ts';
import type { Workspace, WorkspaceEffects } from '../../src/transfer/workspace.ts';

export const TARGET = '/data/object.bin';
export const IDENTITY = 'simulated';
export const CONTENT = Buffer.from('0123456789');
export const KEY = breakpointKey(IDENTITY, TARGET);
export const NEVER = new AbortController().signal;
export const crc64Of = await loadCrc64();

export const VERSION: ObjectVersion = {
  size: bytes(CONTENT.length),
  etag: '"A"',
  lastModified: null,
  crc64: crc64Of(CONTENT),
  versionId: null,
};

export const PLAN: Plan = planDownload(VERSION, true, { partSize: bytes(4), threshold: bytes(0) });

export const diskFailed = (code: string, path: string): ErrorOf<'DiskFailed'> => ({
  _tag: 'DiskFailed',
  code,
  operation: 'write',
  path,
});

/** What an effect gave; a failure fails the test. */
export const done = async <A>(effect: TE.TaskEither<DownloadError, A>): Promise<A> => {
  const result = await effect();
  if (E.isLeft(result)) throw new Error(JSON.stringify(result.left));
  return result.right;
};

export const makeScene = () => {
  const disk = simulatedDisk({ folders: ['/', '/data', '/home'] });
  const { files, folders } = disk;
  const clock = simulatedClock({ wallTimeMs: 1_000_000 });
  const host = simulatedHost();
  const storage = simulatedStorage({ content: CONTENT, crc64Of, chunkLength: 3 });
  const loadChecksum = async () => crc64Of;
  const breakpoints = fileBreakpointStore({ folder: '/home/store', files, folders, loadChecksum });
  const claims = memoryClaims({ host: 'simulated', pid: 7 });
  let drawn = 0;
  const effectsOf = (process: Host): WorkspaceEffects => ({
    files,
    folders,
    breakpoints,
    claims,
    host: process,
    clock,
    entropy: { randomBytes: (count) => new Uint8Array(count).fill(++drawn) },
    loadCrc64: loadChecksum,
    batchLength: 2,
  });
  const request: OpeningRequest = {
    identity: IDENTITY,
    label: 'object.bin',
    target: TARGET,
    disk: DISK_POLICY_DEFAULT,
    version: VERSION,
    plan: PLAN,
  };
  type Over = { readonly effects?: Partial<WorkspaceEffects> } & Partial<OpeningRequest>;
  /** What another process is told when it opens the workspace. */
  const tryOpen = ({ effects = {}, ...over }: Over = {}) =>
    openWorkspace({ ...effectsOf(host.start()), ...effects }, { ...request, ...over });
  const open = async (over: Over = {}) => done(() => tryOpen(over));
  const fetch = (workspace: Workspace, part: number) =>
    fetchPart(workspace, storage, part, () => {}, NEVER);

  /** A run that fetches some parts, records them, and ends as if it was paused. */
  const leave = async (parts: ReadonlyArray<number> = [], over: Over = {}) => {
    const { workspace } = await open(over);
    for (const part of parts) await done(() => fetch(workspace, part));
    await done(() => workspace.checkpointer.checkpoint());
    await done(() => close(workspace, true));
    return workspace;
  };
  /** A run that proved every byte, and was killed before the rename. */
  const leaveFinal = async () => {
    const { workspace } = await open();
    for (const part of [1, 2, 3]) await done(() => fetch(workspace, part));
    await done(() => workspace.checkpointer.checkpoint());
    await done(() => checkIntegrity(workspace, true, NEVER));
    await done(() => close(workspace, true));
    return workspace;
  };
  const contentOf = (path: string): string | null => {
    const found = disk.contentOf(path);
    return found === null ? null : Buffer.from(found).toString();
  };
  /** Replaces or makes a file, by hand. */
  const save = async (path: string, content: string) => {
    await done(files.remove(path));
    const file = await done(files.create(path));
    await done(file.writeAt([Buffer.from(content)], bytes(0)));
    await done(file.close());
  };
  /** Changes bytes of a file, by hand. */
  const spoil = async (path: string, position: number, content: string) => {
    const file = await done(files.open(path));
    await done(file.writeAt([Buffer.from(content)], bytes(position)));
    await done(file.close());
  };
  return {
    disk,
    files,
    folders,
    clock,
    host,
    claims,
    storage,
    breakpoints,
    effects: effectsOf(host.start()),
    request,
    tryOpen,
    open,
    fetch,
    leave,
    leaveFinal,
    contentOf,
    save,
    spoil,
  };
};
