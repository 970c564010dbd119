/** `Claims` in memory: for stores that live in one process. */
import { E } from '../fp.ts';
import type { ClaimOwner, Claims } from './claims.ts';

/** @param owner Who is named to those who come second. */
export const memoryClaims = (owner: ClaimOwner): Claims => {
  const owned = new Map<string, symbol>();
  return {
    acquire: (key) => async () => {
      if (owned.has(key)) return E.left({ _tag: 'Busy', ...owner });
      const mine = Symbol(key);
      owned.set(key, mine);
      return E.right({
        confirm: () => async () =>
          owned.get(key) === mine ? E.right(undefined) : E.left({ _tag: 'Busy', ...owner }),
        release: () => async () => {
          if (owned.get(key) === mine) owned.delete(key);
          return E.right(undefined);
        },
      });
    },
    ownerOf: (key) => async () => E.right(owned.has(key) ? owner : null),
  };
};
