/**
 * `Claims` as small files in the store's folder, `<key>.<nonce>.claim`, one for each process that
 * wants the breakpoint. No lock of the file system is trusted: locks on network file systems lie.
 *
 * *Announce, then look.* A process writes its claim under a name of its own, and then looks at all
 * claims of the key. If it is alone it owns the breakpoint; else it withdraws. Of two that announce
 * at once the later one sees the earlier, so both never stay; when both withdraw, they try again
 * after waits of different length, under new names. A name that is still there at the second look
 * is the owner's.
 */
import { join } from 'node:path';
import * as t from 'io-ts';
import { bytes } from '../domain/bytes.ts';
import type { DownloadError } from '../domain/errors.ts';
import { type Clock, type Entropy, randomName } from '../effects/clock.ts';
import type { FileSystem, Folders } from '../effects/file-system.ts';
import type { Host, ProcessIdentity } from '../effects/host.ts';
import { E, pipe, TE } from '../fp.ts';
import type { Claim, ClaimOwner, Claims } from './claims.ts';

export interface FileClaimsOptions {
  /** Absolute path of the folder; it is made when first written to. */
  readonly folder: string;
  readonly files: FileSystem;
  readonly folders: Folders;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly host: Host;
}

export const fileClaims = (options: FileClaimsOptions): Claims => ({
  acquire: (key) => () => acquire(options, key),
  ownerOf: (key) =>
    pipe(
      () => livingRivals(options, key, null),
      TE.map((rivals) => rivals[0]?.owner ?? null),
    ),
});

type Result<A> = Promise<E.Either<DownloadError, A>>;

interface Rival {
  readonly nonce: string;
  readonly owner: ClaimOwner;
}

const ClaimContent = t.strict({
  host: t.string,
  pid: t.number,
  startedAt: t.union([t.string, t.null]),
  bootId: t.union([t.string, t.null]),
});

/** So often two that ask at once may meet before one of them gives up: about a second in all. */
const ROUNDS_MAX = 50;
/** A wait between two looks, in milliseconds: random, so that rivals do not meet again. */
const WAIT_MS_MIN = 5;
const WAIT_MS_SPREAD = 40;

const acquire = async (options: FileClaimsOptions, key: string): Result<Claim> => {
  let seen: ReadonlySet<string> = new Set();
  for (let round = 1; ; round++) {
    // A new one each round: only an owner's stays the same.
    const nonce = randomName(options.entropy, 8);
    const announced = await announce(options, key, nonce);
    if (E.isLeft(announced)) {
      // A draft may be swept away by another process that looks: then announce it again.
      if (announced.left._tag !== 'DiskFailed' || announced.left.code !== 'ENOENT')
        return announced;
      if (round === ROUNDS_MAX) return announced;
      continue;
    }
    const rivals = await livingRivals(options, key, nonce);
    if (E.isLeft(rivals)) return rivals;
    if (rivals.right.length === 0) return E.right(claimOf(options, key, nonce));

    const withdrawn = await options.files.remove(pathOf(options, key, nonce))();
    if (E.isLeft(withdrawn)) return withdrawn;
    const settled = rivals.right.find((rival) => seen.has(rival.nonce)) ?? null;
    if (settled !== null || round === ROUNDS_MAX) {
      return E.left({ _tag: 'Busy', ...(settled ?? rivals.right[0]!).owner });
    }
    seen = new Set(rivals.right.map((rival) => rival.nonce));
    await wait(options);
  }
};

const claimOf = (options: FileClaimsOptions, key: string, nonce: string): Claim => {
  const own = pathOf(options, key, nonce);
  let isLost = false;
  return {
    confirm: () => async () => {
      const facts = await options.files.facts(own)();
      if (E.isLeft(facts)) return facts;
      const rivals = await livingRivals(options, key, nonce);
      if (E.isLeft(rivals)) return rivals;
      isLost ||= facts.right === null;
      const owner = rivals.right[0]?.owner ?? { host: 'unknown', pid: 0 };
      return isLost ? E.left({ _tag: 'Busy', ...owner }) : E.right(undefined);
    },
    release: () => options.files.remove(own),
  };
};

/** The claim appears under its name with its whole content, or not at all. */
const announce = (options: FileClaimsOptions, key: string, nonce: string): Result<void> => {
  const { files, folders, folder, host } = options;
  const draft = join(folder, `${key}.${nonce}${DRAFT}`);
  const content = new TextEncoder().encode(JSON.stringify(host.self()));
  return pipe(
    folders.make(folder) as TE.TaskEither<DownloadError, void>,
    TE.flatMap(() => files.create(draft)),
    TE.flatMap((file) =>
      pipe(
        file.writeAt([content], bytes(0)),
        TE.flatMap(() => file.close()),
      ),
    ),
    TE.flatMap(() => files.rename(draft, pathOf(options, key, nonce))),
  )();
};

/** Claims of the key but our own, whose owners are not gone; those of gone ones are removed. */
const livingRivals = async (
  options: FileClaimsOptions,
  key: string,
  own: string | null,
): Result<ReadonlyArray<Rival>> => {
  const names = await options.folders.list(options.folder)();
  if (E.isLeft(names)) return names;
  const rivals: Array<Rival> = [];
  for (const name of names.right) {
    if (name.startsWith(`${key}.`) && name.endsWith(DRAFT)) {
      const swept = await options.files.remove(join(options.folder, name))();
      if (E.isLeft(swept)) return swept;
    }
    const nonce = nonceIn(name, key);
    if (nonce === null || nonce === own) continue;
    const owner = await readOwner(options, pathOf(options, key, nonce));
    if (E.isLeft(owner)) return owner;
    if (owner.right !== null && !options.host.isGone(owner.right)) {
      rivals.push({ nonce, owner: { host: owner.right.host, pid: owner.right.pid } });
      continue;
    }
    const removed = await options.files.remove(pathOf(options, key, nonce))();
    if (E.isLeft(removed)) return removed;
  }
  return E.right(rivals);
};

/**
 * Null: there is no such owner. The claim was withdrawn since we looked at the folder, or a power
 * cut has left a name without content, and then its owner is gone, too.
 */
const readOwner = async (
  { files }: FileClaimsOptions,
  path: string,
): Result<ProcessIdentity | null> => {
  const opened = await files.open(path)();
  if (E.isLeft(opened)) return opened.left.code === 'ENOENT' ? E.right(null) : opened;
  const buffer = new Uint8Array(CLAIM_LENGTH_MAX);
  const length = await opened.right.readAt(buffer, bytes(0))();
  await opened.right.close()();
  if (E.isLeft(length)) return length;
  return E.right(decode(new TextDecoder().decode(buffer.subarray(0, length.right))));
};

const decode = (text: string): ProcessIdentity | null => {
  try {
    const decoded = ClaimContent.decode(JSON.parse(text));
    return E.isRight(decoded) ? decoded.right : null;
  } catch {
    return null;
  }
};

const CLAIM_LENGTH_MAX = 4096;
const SUFFIX = '.claim';
/** A claim that is being written: of no use to anybody else, so whoever sees one removes it. */
const DRAFT = '.claim-draft';

const pathOf = ({ folder }: FileClaimsOptions, key: string, nonce: string): string =>
  join(folder, `${key}.${nonce}${SUFFIX}`);

const nonceIn = (name: string, key: string): string | null =>
  name.startsWith(`${key}.`) && name.endsWith(SUFFIX)
    ? name.slice(key.length + 1, -SUFFIX.length)
    : null;

const wait = ({ clock, entropy }: FileClaimsOptions): Promise<void> => {
  const random = (entropy.randomBytes(1)[0] ?? 0) / 256;
  return new Promise((resolve) => {
    clock.setTimeout(resolve, WAIT_MS_MIN + WAIT_MS_SPREAD * random);
  });
};
