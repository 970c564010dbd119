/** Claims as files on a disk in memory, and processes that want them. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { bytes } from '../../src/domain/bytes.ts';
import { loadCrc64 } from '../../src/effects/crc64.ts';
import type { Host } from '../../src/effects/host.ts';
import { E } from '../../src/fp.ts';
import { fileBreakpointStore } from '../../src/store/breakpoint-store.file.ts';
import { fileClaims } from '../../src/store/claims.file.ts';
import type { Claims } from '../../src/store/claims.ts';
import { seeded } from '../../src/testing/simulation/seeded.ts';
import { simulatedClock } from '../../src/testing/simulation/simulated-clock.ts';
import { simulatedDisk } from '../../src/testing/simulation/simulated-disk.ts';
import { simulatedHost } from '../../src/testing/simulation/simulated-host.ts';
import { headerOf } from '../conformance/breakpoint-store.ts';

export const STORE = '/home/.partwise';
export const TARGET = '/data/object.bin';

export const claimsScene = () => {
  const clock = simulatedClock({ wallTimeMs: 1_000_000_000 });
  const disk = simulatedDisk({ folders: ['/', '/data', '/home'], clock });
  const at = { folder: STORE, files: disk.files, folders: disk.folders };
  const breakpoints = fileBreakpointStore({ ...at, loadChecksum: loadCrc64 });
  const draws = seeded(1);
  const entropy = {
    randomBytes: (count: number) => Uint8Array.from({ length: count }, () => draws.integer(256)),
  };
  /** Waits, and lets virtual time pass meanwhile. */
  const finish = async <A>(promise: Promise<A>): Promise<A> => {
    let isDone = false;
    void promise.finally(() => {
      isDone = true;
    });
    while (!isDone) {
      await nextTurn();
      clock.fireNext();
    }
    return promise;
  };
  const claims = (host: Host): Claims => {
    const live = fileClaims({ ...at, clock, entropy, breakpoints, host });
    return { ...live, acquire: (target) => () => finish(live.acquire(target)()) };
  };
  const save = async (path: string, content: string) => {
    await disk.files.remove(path)();
    const file = await disk.files.create(path)();
    if (E.isLeft(file)) throw new Error(JSON.stringify(file.left));
    await file.right.writeAt([Buffer.from(content)], bytes(0))();
    await file.right.close()();
  };
  const record = async (identity: string, partFile: string) => {
    const header = headerOf({ target: TARGET, partFile: { path: partFile, identity: '1' } });
    const log = await breakpoints.begin('0'.repeat(32), { ...header, identity })();
    if (E.isRight(log)) await log.right.close()();
  };
  return {
    ...{ clock, disk, claims, save, record },
    host: simulatedHost(),
    /** Paths of all claims. */
    own: () => disk.paths().filter((path) => path.endsWith('.claim')),
    textOf: (path: string) => Buffer.from(disk.contentOf(path) ?? []).toString(),
  };
};
