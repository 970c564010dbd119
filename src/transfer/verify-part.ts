/** Reading back what a former process wrote of a part, and believing it only if it is true. */
import type { DownloadError } from '../domain/errors.ts';
import { type PartNumber, rangeOfPart } from '../domain/plan.ts';
import { E } from '../fp.ts';
import { rehash } from './rehash.ts';
import type { Workspace } from './workspace.ts';

/**
 * Compares the part's written bytes on disk with the CRC-64 on record.
 *
 * @returns Right true: they are the same, and the part is confirmed. Right false: they differ, and
 *   the part is forgotten; it has to be fetched again.
 */
export const verifyPart = async (
  { plan, file, ledger, crc64Of }: Workspace,
  part: PartNumber,
  signal: AbortSignal,
): Promise<E.Either<DownloadError, boolean>> => {
  const { length, crc64 } = ledger.factOf(part);
  const actual = await rehash(file, rangeOfPart(plan, part).start, length, crc64Of, signal);
  if (E.isLeft(actual)) return actual;
  if (signal.aborted) return E.left({ _tag: 'Interrupted' });
  const isIntact = actual.right === crc64;
  if (isIntact) ledger.confirm(part);
  else ledger.forget(part);
  return E.right(isIntact);
};
