/** Reads back all whole parts that former processes wrote, one after the other. */
import type { AnyActorRef } from 'xstate';
import type { DownloadError } from '../domain/errors.ts';
import { E } from '../fp.ts';
import { verifyPart } from '../transfer/verify-part.ts';
import { unconfirmedParts, type Workspace } from '../transfer/workspace.ts';
import type { TransferFact } from './events.ts';

/** Tells the download of each damaged part; completes when every recorded part has been read. */
export const verifyParts = async (
  workspace: Workspace,
  download: AnyActorRef,
  signal: AbortSignal,
): Promise<E.Either<DownloadError, void>> => {
  for (const run of unconfirmedParts(workspace)) {
    for (let part = run.start; part < run.end; part++) {
      const isIntact = await verifyPart(workspace, part, signal);
      if (E.isLeft(isIntact)) return isIntact;
      if (!isIntact.right) download.send({ type: 'part.damaged', part } satisfies TransferFact);
    }
  }
  return E.right(undefined);
};
