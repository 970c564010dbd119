/** Everything a store says, read at once and without changing anything: claims, then journals. */
import type { DownloadError } from '../domain/errors.ts';
import { E } from '../fp.ts';
import type { BreakpointHeader } from '../store/breakpoint.ts';
import type { BreakpointReading } from '../store/breakpoint-store.ts';
import type { SeenClaim } from '../store/claims.ts';
import type { HousekeepingEffects, Result } from './housekeeping-effects.ts';

export interface StoreLook {
  readonly claims: ReadonlyArray<SeenClaim>;
  /** None is absent. */
  readonly journals: ReadonlyArray<JournalLook>;
}

export interface JournalLook {
  readonly key: string;
  readonly reading: E.Either<DownloadError, BreakpointReading>;
}

/**
 * Looks at a store. Claims come first: who has a journal has claimed its target before.
 *
 * Errors: `DiskFailed`, when the store's folder or a claim cannot be read; a journal that cannot
 * be read is told as such.
 */
export const lookAtStore = async ({
  breakpoints,
  claims,
}: Pick<HousekeepingEffects, 'breakpoints' | 'claims'>): Result<StoreLook> => {
  const seen = await claims.all()();
  if (E.isLeft(seen)) return seen;
  const keys = await breakpoints.list()();
  if (E.isLeft(keys)) return keys;
  const journals: Array<JournalLook> = [];
  for (const key of keys.right) {
    const reading = await breakpoints.read(key)();
    if (E.isLeft(reading) || reading.right._tag !== 'Absent') journals.push({ key, reading });
  }
  return E.right({ claims: seen.right, journals });
};

/** What the journals that can be read are of. */
export const headersOf = ({ journals }: StoreLook): ReadonlyArray<BreakpointHeader> =>
  journals.flatMap(({ reading }) =>
    E.isRight(reading) && reading.right._tag === 'Found' ? [reading.right.breakpoint.header] : [],
  );

/** Why a journal could not be read, so that nobody knows what it names; null: all could. */
export const failureOf = ({ journals }: StoreLook): DownloadError | null =>
  journals.map(({ reading }) => reading).find(E.isLeft)?.left ?? null;
