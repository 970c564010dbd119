/** Claims as everybody may see them. Changes nothing. */
import type { DownloadError } from '../domain/errors.ts';
import type { Host } from '../effects/host.ts';
import { E } from '../fp.ts';
import { namesOfClaim } from './claim-content.ts';
import type { ClaimOwner, SeenClaim } from './claims.ts';
import { type ClaimsFolder, findClaims, heldBy, latestOf, standingOf } from './find-claims.ts';

type Result<A> = Promise<E.Either<DownloadError, A>>;

type SeeEffects = ClaimsFolder & { readonly host: Host };

/** Null: nobody alive, as far as is known. */
export const ownerOf = async (effects: SeeEffects, key: string): Result<ClaimOwner | null> => {
  const seen = await seeClaims(effects, key);
  if (E.isLeft(seen)) return seen;
  const living = seen.right.filter(({ standing, isDraft }) => !isDraft && standing !== 'gone');
  return E.right(living.find(({ owner }) => owner !== null)?.owner ?? null);
};

/** @param key Of one target; null: all. */
export const seeClaims = async (
  effects: SeeEffects,
  key: string | null,
): Result<ReadonlyArray<SeenClaim>> => {
  const claims = await findClaims(effects, null); // All of them tell what time it is.
  if (E.isLeft(claims)) return claims;
  const nowMs = await latestOf(effects, claims.right);
  if (E.isLeft(nowMs)) return nowMs;
  const judge = { host: effects.host, held: heldBy(effects.host), nowMs: nowMs.right };
  return E.right(
    claims.right
      .filter((claim) => key === null || claim.key === key)
      .map((claim) => {
        const { path, isDraft, content, nonce, touchedAtMs } = claim;
        const owner = content === null ? null : { host: content.host, pid: content.pid };
        const target = content?.target ?? null;
        const partFile = target === null || isDraft ? null : namesOfClaim(target, nonce).partFile;
        const standing = standingOf(claim, judge);
        return { path, isDraft, target, partFile, owner, touchedAtMs, standing };
      }),
  );
};
