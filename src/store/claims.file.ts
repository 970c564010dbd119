/**
 * `Claims` as small files in the store's folder, `<key>.<nonce>.claim`, one for each process that
 * wants the target. No lock of the file system is trusted: locks on network file systems lie.
 *
 * *Announce, then look.* A process writes its claim under a name of its own, and then looks at all
 * claims of the target. If it is alone it owns the target; else it withdraws. Of two that announce
 * at once the later one sees the earlier, so both never stay; when both withdraw, they try again
 * after waits of different length, under new names. A name that is still there at the second look
 * is the owner's.
 *
 * *Touch.* An owner that confirms its claim writes it again, in place: so others see that it lives,
 * also those that cannot ask for its process.
 *
 * A claim is durable before its owner goes on, since it may be all that names a part file.
 */
import { basename, dirname, join } from 'node:path';
import type { DownloadError } from '../domain/errors.ts';
import { type Clock, type Entropy, randomName } from '../effects/clock.ts';
import type { Host } from '../effects/host.ts';
import { E } from '../fp.ts';
import { targetKey } from './breakpoint-key.ts';
import { type ClaimContent, type ClaimName, claimPath, NONCE_BYTES } from './claim-content.ts';
import type { Claim, Claims } from './claims.ts';
import { type FoundClaim, findClaims, heldBy, standingOf } from './find-claims.ts';
import { ownerOf, seeClaims } from './see-claims.ts';
import { type SweepEffects, sweepClaim } from './sweep-claim.ts';
import { announceClaim, touchClaim } from './write-claim.ts';

export interface FileClaimsOptions extends SweepEffects {
  /** Absolute path of the folder; it is made when first written to. */
  readonly folder: string;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly host: Host;
}

export const fileClaims = (options: FileClaimsOptions): Claims => ({
  acquire: (target) => () => acquire(options, target),
  ownerOf: (target) => async () => {
    const key = await keyOf(options, target);
    return E.isLeft(key) ? key : ownerOf(options, key.right);
  },
  all: () => () => seeClaims(options, null),
});

type Result<A> = Promise<E.Either<DownloadError, A>>;

/** So often two that ask at once may meet before one of them gives up: about a second in all. */
const ROUNDS_MAX = 50;
/** A wait between two looks, in milliseconds: random, so that rivals do not meet again. */
const WAIT_MS_MIN = 5;
const WAIT_MS_SPREAD = 40;

const acquire = async (options: FileClaimsOptions, target: string): Result<Claim> => {
  const key = await keyOf(options, target);
  if (E.isLeft(key)) return key;
  const content = { ...options.host.self(), target };
  const held = heldBy(options.host);
  let seen: ReadonlySet<string> = new Set();
  for (let round = 1; ; round++) {
    // A new one each round: only an owner's stays the same.
    const name = { key: key.right, nonce: randomName(options.entropy, NONCE_BYTES) };
    held.add(name.nonce);
    const announced = await announceClaim(options, name, content);
    if (E.isLeft(announced)) {
      held.delete(name.nonce);
      // A draft may be swept away by another process that looks: then announce it again.
      const isSwept = announced.left._tag === 'DiskFailed' && announced.left.code === 'ENOENT';
      if (!isSwept || round === ROUNDS_MAX) return announced;
      continue;
    }
    const rivals = await livingRivals(options, name, announced.right);
    if (E.isRight(rivals) && rivals.right.length === 0) {
      return E.right(claimOf(options, name, content));
    }
    held.delete(name.nonce);
    const withdrawn = await options.files.remove(claimPath(options.folder, name))();
    if (E.isLeft(rivals)) return rivals;
    if (E.isLeft(withdrawn)) return withdrawn;
    const settled = rivals.right.find(({ nonce }) => seen.has(nonce)) ?? null;
    if (settled !== null || round === ROUNDS_MAX) {
      return E.left(busyWith(settled ?? rivals.right[0]!));
    }
    seen = new Set(rivals.right.map(({ nonce }) => nonce));
    await wait(options);
  }
};

/** @param content What was announced: what the host is called may change meanwhile. */
const claimOf = (options: FileClaimsOptions, name: ClaimName, content: ClaimContent): Claim => {
  const path = claimPath(options.folder, name);
  const held = heldBy(options.host);
  let isLost = false;
  const isOurs = async (): Result<boolean> => {
    const touched = isLost ? E.right(false) : await touchClaim(options, path, content);
    isLost ||= E.isRight(touched) && !touched.right;
    return touched;
  };
  return {
    nonce: name.nonce,
    confirm: () => async () => {
      const touched = await isOurs();
      if (E.isLeft(touched)) return touched;
      if (touched.right) return E.right(undefined);
      const owner = await ownerOf(options, name.key);
      if (E.isLeft(owner)) return owner;
      return E.left(
        owner.right === null ? { _tag: 'ClaimLost', path } : { _tag: 'Busy', ...owner.right },
      );
    },
    release: () => async () => {
      const mine = { path, nonce: name.nonce, target: content.target };
      // What others left is settled while the target is still ours.
      const touched = await isOurs();
      if (E.isRight(touched) && touched.right) await livingRivals(options, name, null);
      held.delete(name.nonce);
      isLost = true;
      return sweepClaim(options, mine, 'remove');
    },
  };
};

/**
 * The claims of the others whose owners live; those of owners that are gone are swept away, as far
 * as that can be done: one that stays is no rival all the same.
 *
 * @param nowMs By the clock of the file system; null: the target is ours, and nobody is a rival.
 */
const livingRivals = async (
  options: FileClaimsOptions,
  own: ClaimName,
  nowMs: number | null,
): Result<ReadonlyArray<FoundClaim>> => {
  const claims = await findClaims(options, own.key);
  if (E.isLeft(claims)) return claims;
  const judge = { host: options.host, held: heldBy(options.host), nowMs: nowMs ?? 0 };
  const rivals: Array<FoundClaim> = [];
  for (const claim of claims.right) {
    if (claim.nonce === own.nonce) continue;
    const isEmptyDraft = claim.isDraft && claim.content === null && claim.unreadable === null;
    if (isEmptyDraft || standingOf(claim, judge) === 'gone') {
      const target = await targetOf(options, claim);
      await sweepClaim(options, { ...claim, target }, nowMs === null ? 'settle' : 'leave');
    } else if (!claim.isDraft) {
      rivals.push(claim);
    }
  }
  return E.right(rivals);
};

/** Null: it says none, or one that is not its own, as a copy does; then it names no files. */
const targetOf = async (
  options: FileClaimsOptions,
  { isDraft, content, key }: FoundClaim,
): Promise<string | null> => {
  if (isDraft || content === null) return null;
  const actual = await keyOf(options, content.target);
  return E.isRight(actual) && actual.right === key ? content.target : null;
};

const busyWith = ({ content, unreadable }: FoundClaim): DownloadError => {
  if (content !== null) return { _tag: 'Busy', host: content.host, pid: content.pid };
  if (unreadable !== null) return { ...unreadable, operation: 'read the claim' };
  throw new RangeError('a claim that can be read and says nothing is nobody’s');
};

/** By the real path of its folder: two ways to one file are one target. */
const keyOf = async ({ folders }: FileClaimsOptions, target: string): Result<string> => {
  const folder = await folders.realPath(dirname(target))();
  if (E.isRight(folder)) return E.right(targetKey(join(folder.right, basename(target))));
  const isNowhere = folder.left.code === 'ENOENT' || folder.left.code === 'ENOTDIR';
  return isNowhere ? E.right(targetKey(target)) : folder;
};

const wait = ({ clock, entropy }: FileClaimsOptions): Promise<void> => {
  const random = (entropy.randomBytes(1)[0] ?? 0) / 256;
  return new Promise((resolve) => {
    clock.setTimeout(resolve, WAIT_MS_MIN + WAIT_MS_SPREAD * random);
  });
};
