/** A workspace from an open part file and an open breakpoint. */
import type { PartFact } from '../store/breakpoint.ts';
import { checkName } from './check-part-file.ts';
import { checkpointer } from './checkpointer.ts';
import { claimGuard } from './claim-guard.ts';
import { openWriters } from './open-writers.ts';
import { paceMeter } from './pace-meter.ts';
import { type KnownFact, partLedger } from './part-ledger.ts';
import type { Workspace, WorkspaceEffects } from './workspace.ts';

/** What a workspace is made of, besides what is made new. */
export type WorkspaceParts = Pick<
  Workspace,
  'key' | 'claim' | 'target' | 'disk' | 'version' | 'plan' | 'file' | 'filePath' | 'log'
>;

/** @param facts What is on record; bytes that are confirmed are not read back. */
export const assembleWorkspace = async (
  effects: WorkspaceEffects,
  parts: WorkspaceParts,
  facts: Iterable<PartFact & KnownFact>,
): Promise<Workspace> => {
  const ledger = partLedger(facts);
  const writers = openWriters();
  const mayWrite = claimGuard(parts.claim, effects.clock);
  return {
    ...parts,
    effects,
    ledger,
    mayWrite,
    pace: paceMeter(),
    writers,
    checkpointer: checkpointer({
      ...{ ...parts, ledger, mayWrite, writers },
      checkName: checkName({ ...parts, effects }),
    }),
    crc64Of: await effects.loadCrc64(),
    written: { notify: () => {} },
  };
};
