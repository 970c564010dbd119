/** The files that a download has to answer for, and who speaks of them. */
import assert from 'node:assert/strict';
import { E } from '../../src/fp.ts';
import { fileBreakpointStore } from '../../src/store/breakpoint-store.file.ts';
import { namesOfClaim } from '../../src/store/claim-content.ts';
import { findClaims } from '../../src/store/find-claims.ts';
import type { SimulatedDisk } from '../../src/testing/simulation/simulated-disk.ts';
import type { RecordsAt } from './records.ts';
import type { SpecWorld } from './spec-world.ts';
import { isCrash, type WorldSpec } from './world-spec.ts';

/** All files on the disk but those that nothing speaks of since somebody destroyed the record. */
export const filesOfOurs = ({ spec, disk }: SpecWorld): ReadonlyArray<string> =>
  disk.paths().filter((path) => !(isRecordDestroyed(spec) && isPartFile(path)));

/** The part files that neither a breakpoint nor a claim names, though nobody destroyed a record. */
export const findUnnamed = async (
  spec: WorldSpec,
  at: Pick<RecordsAt, 'disk' | 'store' | 'crc64Of'>,
): Promise<ReadonlyArray<string>> => {
  if (isRecordDestroyed(spec)) return [];
  const partFiles = at.disk.paths().filter(isPartFile);
  if (partFiles.length === 0) return [];
  const named = new Set([...(await namedByClaims(at)), ...(await namedByBreakpoints(at))]);
  return partFiles.filter((path) => !named.has(path));
};

const isRecordDestroyed = ({ interruptions }: WorldSpec): boolean =>
  interruptions.some((it) => isCrash(it) && it.meanwhile === 'journalTorn');

const isPartFile = (path: string): boolean => path.endsWith('.part');

interface Place {
  readonly disk: SimulatedDisk;
  readonly store: string;
}

const namedByClaims = async ({ disk, store }: Place): Promise<ReadonlyArray<string>> => {
  const { files, folders } = disk;
  const claims = await findClaims({ files, folders, folder: store }, null);
  assert.ok(E.isRight(claims));
  return claims.right.flatMap(({ content, nonce }) =>
    content === null ? [] : Object.values(namesOfClaim(content.target, nonce)),
  );
};

const namedByBreakpoints = async ({
  disk,
  store: folder,
  crc64Of,
}: Place & Pick<RecordsAt, 'crc64Of'>): Promise<ReadonlyArray<string>> => {
  const { files, folders } = disk;
  const loadChecksum = async () => crc64Of;
  const store = fileBreakpointStore({ folder, files, folders, loadChecksum });
  const keys = await store.list()();
  assert.ok(E.isRight(keys));
  const paths: Array<string> = [];
  for (const key of keys.right) {
    const reading = await store.read(key)();
    if (E.isRight(reading) && reading.right._tag === 'Found') {
      paths.push(reading.right.breakpoint.header.partFile.path);
    }
  }
  return paths;
};
