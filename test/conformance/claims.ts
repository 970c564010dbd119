/** The laws of `Claims`, for every implementation. */
import { describe, expect, test } from 'vitest';
import { isPartFileOf } from '../../src/domain/part-file-name.ts';
import { E } from '../../src/fp.ts';
import type { Claim, Claims, SeenClaim } from '../../src/store/claims.ts';

const TARGET = '/data/object.bin';

/** @param make Gives a fresh set of claims as two processes see it. */
export const describeClaims = (
  name: string,
  make: () => Promise<{ readonly ours: Claims; readonly theirs: Claims }>,
): void => {
  const acquired = async (claims: Claims, target = TARGET): Promise<Claim> => {
    const claim = await claims.acquire(target)();
    if (E.isLeft(claim)) throw new Error(`not acquired: ${JSON.stringify(claim.left)}`);
    return claim.right;
  };
  const seen = async (claims: Claims): Promise<ReadonlyArray<SeenClaim>> => {
    const all = await claims.all()();
    if (E.isLeft(all)) throw new Error(`not seen: ${JSON.stringify(all.left)}`);
    return all.right;
  };

  describe(`${name} obeys Claims`, () => {
    test('1. a claim is confirmed for as long as it is ours', async () => {
      const { ours } = await make();
      const claim = await acquired(ours);
      expect(await claim.confirm()()).toEqual(E.right(undefined));
      expect(await claim.confirm()()).toEqual(E.right(undefined));
    });

    test('1. a claim that was released is lost, and never ours again', async () => {
      const { ours } = await make();
      const claim = await acquired(ours);
      await claim.release()();
      expect(await claim.confirm()()).toMatchObject({ left: { _tag: 'ClaimLost' } });
      await acquired(ours);
      expect(await claim.confirm()()).toMatchObject({ left: { _tag: 'Busy' } });
    });

    test('1. who has lost a claim is told who has it now', async () => {
      const { ours, theirs } = await make();
      const claim = await acquired(ours);
      await claim.release()();
      await acquired(theirs);
      const owner = await ours.ownerOf(TARGET)();
      expect(await claim.confirm()()).toEqual(
        E.left({ _tag: 'Busy', ...(E.isRight(owner) ? owner.right : null) }),
      );
    });

    test('2. what was released can be acquired by another one', async () => {
      const { ours, theirs } = await make();
      await (await acquired(ours)).release()();
      const claim = await acquired(theirs);
      expect(await claim.confirm()()).toEqual(E.right(undefined));
    });

    test('2. releasing twice takes nothing from the next owner', async () => {
      const { ours, theirs } = await make();
      const first = await acquired(ours);
      await first.release()();
      const second = await acquired(theirs);
      await first.release()();
      expect(await second.confirm()()).toEqual(E.right(undefined));
    });

    test('3. of many that ask at once exactly one owns the target', async () => {
      const { ours, theirs } = await make();
      const asked = [ours, theirs, ours, theirs, ours].map((claims) => claims.acquire(TARGET)());
      const results = await Promise.all(asked);
      expect(results.filter(E.isRight)).toHaveLength(1);
      expect(results.filter(E.isLeft).map(({ left }) => left._tag)).toEqual(
        Array.from({ length: 4 }, () => 'Busy'),
      );
    });

    test('3. two targets have nothing to do with each other', async () => {
      const { ours, theirs } = await make();
      await acquired(ours, TARGET);
      await acquired(theirs, `${TARGET}2`);
      expect(await ours.ownerOf('/data/object')()).toEqual(E.right(null));
    });

    test('3. no two claims have one nonce, nor one part file', async () => {
      const { ours, theirs } = await make();
      const first = await acquired(ours);
      await first.release()();
      const claims = [first, await acquired(theirs), await acquired(ours, `${TARGET}2`)];
      expect(new Set(claims.map(({ nonce }) => nonce.slice(0, 8))).size).toBe(3);
      for (const { nonce } of claims) expect(nonce).toMatch(/^[0-9a-f]{16}$/);
    });

    test('4. who comes second is told who owns it', async () => {
      const { ours, theirs } = await make();
      await acquired(ours);
      const owner = await theirs.ownerOf(TARGET)();
      expect(await theirs.acquire(TARGET)()).toEqual(
        E.left({ _tag: 'Busy', ...(E.isRight(owner) ? owner.right : null) }),
      );
    });

    test('5. nobody owns a target that was never asked for', async () => {
      const { ours } = await make();
      expect(await ours.ownerOf(TARGET)()).toEqual(E.right(null));
    });

    test('6. every claim can be seen: its target, part file and owner, and that it lives', async () => {
      const { ours, theirs } = await make();
      expect(await seen(ours)).toEqual([]);
      const claim = await acquired(ours);
      const owner = await ours.ownerOf(TARGET)();
      const [own, ...others] = await seen(theirs);
      expect(others).toEqual([]);
      expect(own).toMatchObject({ target: TARGET, isDraft: false, standing: 'alive' });
      expect(own?.owner).toEqual(E.isRight(owner) && owner.right);
      expect(isPartFileOf(TARGET, own?.partFile ?? '')).toBe(true);
      expect(own?.partFile).toContain(claim.nonce.slice(0, 8));
      await claim.release()();
      expect(await seen(theirs)).toEqual([]);
    });
  });
};
