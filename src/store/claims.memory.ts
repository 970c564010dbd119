/** `Claims` in memory: for stores that live in one process. */
import type { DownloadError } from '../domain/errors.ts';
import { E } from '../fp.ts';
import { namesOfClaim } from './claim-content.ts';
import type { ClaimOwner, Claims } from './claims.ts';

/** @param owner Who is named to those who come second. */
export const memoryClaims = (owner: ClaimOwner): Claims => {
  const owned = new Map<string, string>();
  let count = 0;
  const busy: DownloadError = { _tag: 'Busy', ...owner };
  return {
    acquire: (target) => async () => {
      if (owned.has(target)) return E.left(busy);
      count += 1;
      const nonce = count.toString(16).padStart(8, '0').padEnd(16, '0');
      owned.set(target, nonce);
      const isOurs = () => owned.get(target) === nonce;
      return E.right({
        nonce,
        confirm: () => async () => {
          if (isOurs()) return E.right(undefined);
          return E.left(owned.has(target) ? busy : { _tag: 'ClaimLost', path: nonce });
        },
        release: () => async () => {
          if (isOurs()) owned.delete(target);
          return E.right(undefined);
        },
      });
    },
    ownerOf: (target) => async () => E.right(owned.has(target) ? owner : null),
    all: () => async () =>
      E.right(
        [...owned].map(([target, nonce]) => ({
          path: nonce,
          isDraft: false,
          target,
          partFile: namesOfClaim(target, nonce).partFile,
          owner,
          touchedAtMs: 0,
          standing: 'alive',
        })),
      ),
  };
};
