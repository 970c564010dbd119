/** What a resume of a target would do, and why. The network is not asked, and nothing changes. */
import { dirname } from 'node:path';
import { DISK_POLICY_DEFAULT } from '../domain/disk-policy.ts';
import type { DownloadError } from '../domain/errors.ts';
import { targetOfPartFile } from '../domain/part-file-name.ts';
import { E } from '../fp.ts';
import { surveyTarget } from '../transfer/survey-target.ts';
import { type Claimant, claimantOf } from './claimants.ts';
import { examineBreakpoint, type UnreadableBreakpoint } from './examine-breakpoint.ts';
import { type ExplainedBreakpoint, explainBreakpoint } from './explain-breakpoint.ts';
import { findOrphans } from './find-orphans.ts';
import type { HousekeepingEffects, Result } from './housekeeping-effects.ts';
import { lookAtStore } from './look-at-store.ts';
import type { PartFileOnDisk } from './part-files.ts';

export interface ExplainRequest {
  /** Absolute path. */
  readonly target: string;
  /** Read back what is recorded, and compare? */
  readonly verify: boolean;
}

export interface Explanation {
  readonly target: string;
  /** The process that has the target; null: none that this store knows of. */
  readonly owner: Claimant | null;
  /** One for each source that was being downloaded to the target. */
  readonly breakpoints: ReadonlyArray<ExplainedBreakpoint>;
  /** Journals that cannot be read, and are of this target or nobody knows of which. */
  readonly unreadable: ReadonlyArray<UnreadableBreakpoint>;
  /** What would stop every download to the target at once; null: nothing, or its owner. */
  readonly obstacle: DownloadError | null;
  /** Part files of the target that nothing of this store names; another store may. */
  readonly orphans: ReadonlyArray<PartFileOnDisk>;
  /** Part files of the target that processes left which are gone; no journal names them. */
  readonly leftovers: ReadonlyArray<PartFileOnDisk>;
}

/**
 * Explains every breakpoint of a target.
 *
 * Errors: `DiskFailed`, when the store cannot be read, or what is recorded cannot be read back;
 * `Interrupted` when `signal` aborts a check.
 */
export const explainTarget = async (
  effects: HousekeepingEffects,
  { target, verify }: ExplainRequest,
  signal: AbortSignal,
): Result<Explanation> => {
  const looked = await lookAtStore(effects);
  if (E.isLeft(looked)) return looked;
  const { journals, claims } = looked.right;
  const owner = await claimantOf(effects, claims, target);
  if (E.isLeft(owner)) return owner;
  const obstacle = owner.right === null ? await obstacleTo(effects, target) : null;
  const breakpoints: Array<ExplainedBreakpoint> = [];
  const unreadable: Array<UnreadableBreakpoint> = [];
  for (const journal of journals) {
    const { listed, found } = await examineBreakpoint(effects, journal, claims);
    if (listed.target !== null && listed.target !== target) continue;
    if (found === null) {
      unreadable.push(listed);
      continue;
    }
    const question = { listed, found, obstacle, verify };
    const explained = await explainBreakpoint(effects, question, signal);
    if (E.isLeft(explained)) return explained;
    breakpoints.push(explained.right);
  }
  const files = await filesOf(effects, target);
  return E.right({ target, owner: owner.right, breakpoints, unreadable, obstacle, ...files });
};

const obstacleTo = async (
  effects: HousekeepingEffects,
  target: string,
): Promise<DownloadError | null> => {
  // Of no object: it is the target that is asked about.
  const surveyed = await surveyTarget(effects, { identity: '', target, disk: DISK_POLICY_DEFAULT });
  return E.isLeft(surveyed) ? surveyed.left : null;
};

/** None where the folder cannot be read: that is an obstacle, and told as one. */
const filesOf = async (
  effects: HousekeepingEffects,
  target: string,
): Promise<Pick<Explanation, 'orphans' | 'leftovers'>> => {
  const found = await findOrphans(effects, [dirname(target)]);
  if (E.isLeft(found)) return { orphans: [], leftovers: [] };
  const isOfTarget = ({ path }: PartFileOnDisk): boolean => targetOfPartFile(path) === target;
  const left = found.right.leftovers.flatMap(({ partFile }) => partFile ?? []);
  return { orphans: found.right.partFiles.filter(isOfTarget), leftovers: left.filter(isOfTarget) };
};
