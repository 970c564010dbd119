/** Is the whole right, so that the file may get its name? */
import { lengthOf } from '../domain/byte-range.ts';
import { CRC64_OF_NOTHING, type Crc64, combineCrc64 } from '../domain/crc64.ts';
import type { DownloadError } from '../domain/errors.ts';
import { rangeOfPart } from '../domain/plan.ts';
import { E } from '../fp.ts';
import { checkBytes } from './check-part-file.ts';
import { asDiskFull } from './disk-full.ts';
import type { Workspace } from './workspace.ts';

/**
 * The CRC-64 of the whole object. Throws when a part is not whole or was not hashed by this
 * process: whoever asks too early has a bug, and a wrong file must not come of it.
 */
export const wholeCrc64 = ({ plan, ledger }: Workspace): Crc64 => {
  let crc64: Crc64 = CRC64_OF_NOTHING;
  for (let part = 1; part <= plan.partCount; part++) {
    const fact = ledger.factOf(part);
    const isWhole = plan.size === null || fact.length === lengthOf(rangeOfPart(plan, part));
    if (!isWhole || !ledger.isConfirmed(part)) throw new RangeError(`part ${part} is not done`);
    crc64 = combineCrc64(crc64, fact.crc64, fact.length);
  }
  return crc64;
};

/**
 * Compares with the server's checksum, where it gave one and `isWanted`, makes sure that the part
 * file still holds what was hashed, and records that every byte is proven: from here on no run
 * needs the server.
 *
 * Errors: `IntegrityFailed`, whose `actual` is null where bytes were lost from the part file.
 */
export const checkIntegrity = async (
  workspace: Workspace,
  isWanted: boolean,
  signal: AbortSignal,
): Promise<E.Either<DownloadError, void>> => {
  const { version, log, claim } = workspace;
  const actual = wholeCrc64(workspace);
  const expected = version.crc64;
  if (isWanted && expected !== null && expected !== actual) {
    return E.left({ _tag: 'IntegrityFailed', expected, actual });
  }
  const intact = await checkBytes(workspace, signal);
  if (E.isLeft(intact)) return intact;
  if (!intact.right) return E.left({ _tag: 'IntegrityFailed', expected: actual, actual: null });
  const isOurs = await claim.confirm()();
  if (E.isLeft(isOurs)) return isOurs;
  const appended = await log.append({ type: 'final', crc64: actual })();
  return E.mapLeft((error: DownloadError) => asDiskFull(workspace, error))(appended);
};
