/**
 * Making written bytes durable and recording them, in that order, one checkpoint at a time.
 *
 * Nothing may rest on a record that was written before the bytes it speaks of are durable. After a
 * failed sync the kernel may have dropped the bytes and will not say so twice: from then on
 * nothing is recorded, and what that sync covered counts as missing.
 */
import type { DownloadError } from '../domain/errors.ts';
import type { OpenFile } from '../effects/file-system.ts';
import { E } from '../fp.ts';
import type { BreakpointLog } from '../store/breakpoint-store.ts';
import { inRecords } from '../store/compact-breakpoint.ts';
import type { ClaimGuard } from './claim-guard.ts';
import type { OpenWriters } from './open-writers.ts';
import type { PartLedger } from './part-ledger.ts';

type Checkpointed = E.Either<DownloadError, void>;

export interface Checkpointer {
  /** Right: all that had arrived before the call is durable and recorded. */
  readonly checkpoint: () => Promise<Checkpointed>;
}

export interface CheckpointerParts {
  /** The part file. */
  readonly file: Pick<OpenFile, 'datasync'>;
  readonly log: Pick<BreakpointLog, 'append'>;
  readonly ledger: PartLedger;
  readonly mayWrite: ClaimGuard;
  readonly writers: Pick<OpenWriters, 'flush'>;
  /** Left: the part file is not where it was; going on would be in vain. */
  readonly checkName: () => Promise<E.Either<DownloadError, unknown>>;
}

export const checkpointer = ({
  file,
  log,
  ledger,
  mayWrite,
  writers,
  checkName,
}: CheckpointerParts): Checkpointer => {
  let latest: Promise<Checkpointed> = Promise.resolve(E.right(undefined));

  const run = async (): Promise<Checkpointed> => {
    await writers.flush();
    const facts = ledger.note();
    if (facts.length === 0) return E.right(undefined);
    const allowed = await mayWrite();
    if (allowed !== null && E.isLeft(allowed)) return allowed;
    const named = await checkName();
    if (E.isLeft(named)) return named;
    const synced = await file.datasync()();
    if (E.isLeft(synced)) return synced;
    for (const record of inRecords(facts)) {
      const appended = await log.append(record)();
      if (E.isLeft(appended)) return appended;
      ledger.recorded(record.facts);
    }
    return E.right(undefined);
  };
  return {
    checkpoint: () => {
      latest = latest.then((before) => (E.isLeft(before) ? before : run()));
      return latest;
    },
  };
};
