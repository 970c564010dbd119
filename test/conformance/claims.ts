/** The laws of `Claims`, for every implementation. */
import { describe, expect, test } from 'vitest';
import { E } from '../../src/fp.ts';
import type { Claim, Claims } from '../../src/store/claims.ts';

/** @param make Gives a fresh set of claims as two processes see it. */
export const describeClaims = (
  name: string,
  make: () => Promise<{ readonly ours: Claims; readonly theirs: Claims }>,
): void => {
  const acquired = async (claims: Claims, key: string): Promise<Claim> => {
    const claim = await claims.acquire(key)();
    if (E.isLeft(claim)) throw new Error(`not acquired: ${JSON.stringify(claim.left)}`);
    return claim.right;
  };

  describe(`${name} obeys Claims`, () => {
    test('1. a claim is confirmed for as long as it is ours', async () => {
      const { ours } = await make();
      const claim = await acquired(ours, 'key');
      expect(await claim.confirm()()).toEqual(E.right(undefined));
      expect(await claim.confirm()()).toEqual(E.right(undefined));
    });

    test('1. a claim that was released is not confirmed any more', async () => {
      const { ours } = await make();
      const claim = await acquired(ours, 'key');
      await claim.release()();
      expect(await claim.confirm()()).toMatchObject({ left: { _tag: 'Busy' } });
    });

    test('2. what was released can be acquired by another one', async () => {
      const { ours, theirs } = await make();
      await (await acquired(ours, 'key')).release()();
      const claim = await acquired(theirs, 'key');
      expect(await claim.confirm()()).toEqual(E.right(undefined));
    });

    test('2. releasing twice takes nothing from the next owner', async () => {
      const { ours, theirs } = await make();
      const first = await acquired(ours, 'key');
      await first.release()();
      const second = await acquired(theirs, 'key');
      await first.release()();
      expect(await second.confirm()()).toEqual(E.right(undefined));
    });

    test('3. of many that ask at once exactly one owns the key', async () => {
      const { ours, theirs } = await make();
      const asked = [ours, theirs, ours, theirs, ours].map((claims) => claims.acquire('key')());
      const results = await Promise.all(asked);
      expect(results.filter(E.isRight)).toHaveLength(1);
      expect(results.filter(E.isLeft).map(({ left }) => left._tag)).toEqual(
        Array.from({ length: 4 }, () => 'Busy'),
      );
    });

    test('3. two keys have nothing to do with each other', async () => {
      const { ours, theirs } = await make();
      await acquired(ours, 'key');
      await acquired(theirs, 'key-2');
      expect(await ours.ownerOf('ke')()).toEqual(E.right(null));
    });

    test('4. who comes second is told who owns it', async () => {
      const { ours, theirs } = await make();
      await acquired(ours, 'key');
      const owner = await theirs.ownerOf('key')();
      expect(await theirs.acquire('key')()).toEqual(
        E.left({ _tag: 'Busy', ...(E.isRight(owner) ? owner.right : null) }),
      );
    });

    test('5. nobody owns a key that was never asked for', async () => {
      const { ours } = await make();
      expect(await ours.ownerOf('key')()).toEqual(E.right(null));
    });
  });
};
