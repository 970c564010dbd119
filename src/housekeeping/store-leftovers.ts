/** The small files of a store besides its journals: whose are they, and are they still needed? */
import { join } from 'node:path';
import { bytes } from '../domain/bytes.ts';
import type { ProcessIdentity } from '../effects/host.ts';
import { E } from '../fp.ts';
import type { ClaimOwner } from '../store/claims.ts';
import type { HousekeepingEffects, Result } from './housekeeping-effects.ts';

export interface StoreFiles {
  /** Owners that are not gone, by the key of what they own. */
  readonly living: ReadonlyMap<string, ClaimOwner>;
  /** Absolute paths of claims and drafts whose owners are gone. */
  readonly leftovers: ReadonlyArray<string>;
}

/**
 * Sorts claims and drafts of the store.
 *
 * A draft without content is left alone: it is empty already, and its writer may be about to fill
 * it. A claim without content is what a power cut left.
 */
export const sortStoreFiles = async (effects: HousekeepingEffects): Result<StoreFiles> => {
  const names = await effects.folders.list(effects.storeFolder)();
  if (E.isLeft(names)) return names;
  const living = new Map<string, ClaimOwner>();
  const leftovers: Array<string> = [];
  const journalDrafts: Array<{ readonly key: string; readonly path: string }> = [];
  for (const name of names.right) {
    const path = join(effects.storeFolder, name);
    const [, key = null, kind = null] =
      /^(.+)\.[0-9a-f]{16}\.(claim|claim-draft)$/.exec(name) ?? [];
    const [, draftOf = null] = /^(.+)\.journal\.draft$/.exec(name) ?? [];
    if (draftOf !== null) journalDrafts.push({ key: draftOf, path });
    if (key === null) continue;
    const owner = await readOwner(effects, path);
    if (owner === 'unknown') continue;
    const isGone = owner === null ? kind === 'claim' : effects.host.isGone(owner);
    if (isGone) leftovers.push(path);
    else if (kind === 'claim' && owner !== null) {
      living.set(key, { host: owner.host, pid: owner.pid });
    }
  }
  const abandoned = journalDrafts.filter(({ key }) => !living.has(key)).map(({ path }) => path);
  return E.right({ living, leftovers: [...leftovers, ...abandoned] });
};

const CLAIM_LENGTH_MAX = 4096;

/** Null: it has no content of ours. `unknown`: it is gone meanwhile, or not ours to read. */
const readOwner = async (
  { files }: HousekeepingEffects,
  path: string,
): Promise<ProcessIdentity | null | 'unknown'> => {
  const opened = await files.open(path)();
  if (E.isLeft(opened)) return 'unknown';
  const buffer = new Uint8Array(CLAIM_LENGTH_MAX);
  const length = await opened.right.readAt(buffer, bytes(0))();
  await opened.right.close()();
  if (E.isLeft(length)) return 'unknown';
  return decodeOwner(new TextDecoder().decode(buffer.subarray(0, length.right)));
};

const decodeOwner = (text: string): ProcessIdentity | null => {
  try {
    const content: unknown = JSON.parse(text);
    return isOwner(content) ? content : null;
  } catch {
    return null;
  }
};

const isOwner = (content: unknown): content is ProcessIdentity => {
  if (typeof content !== 'object' || content === null) return false;
  const { host, pid, startedAt, bootId } = content as Record<string, unknown>;
  const isTextOrNull = (value: unknown) => value === null || typeof value === 'string';
  return (
    typeof host === 'string' &&
    typeof pid === 'number' &&
    isTextOrNull(startedAt) &&
    isTextOrNull(bootId)
  );
};
