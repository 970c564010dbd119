/** What to do when the whole is wrong although every part seemed right. */
import type { DownloadError } from '../domain/errors.ts';
import type { PartRuns } from '../domain/part-runs.ts';
import { E } from '../fp.ts';
import { verifyPart } from './verify-part.ts';
import { missingParts, type Workspace } from './workspace.ts';

/** `damaged`: parts differ on disk from what was received; `all`: none does, so all are suspect. */
export type RepairScope = 'damaged' | 'all';

export interface Repair {
  readonly scope: RepairScope;
  /** The parts to fetch again. */
  readonly pending: PartRuns;
}

/**
 * Reads every part back and forgets those that differ from what was received; all of them when
 * none does, or when mending only the damaged ones did not help.
 */
export const repair = async (
  workspace: Workspace,
  before: RepairScope | null,
  signal: AbortSignal,
): Promise<E.Either<DownloadError, Repair>> => {
  const { plan, ledger } = workspace;
  for (let part = 1; part <= plan.partCount && before === null; part++) {
    ledger.doubt(part);
    const intact = await verifyPart(workspace, part, signal);
    if (E.isLeft(intact)) return intact;
  }
  const damaged = missingParts(workspace);
  if (damaged.length > 0) return E.right({ scope: 'damaged', pending: damaged });
  for (let part = 1; part <= plan.partCount; part++) ledger.forget(part);
  return E.right({ scope: 'all', pending: missingParts(workspace) });
};
