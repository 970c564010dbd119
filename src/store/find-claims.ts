/** The claims in a store's folder: whose they are, and whether these still live. Only reads. */
import { join } from 'node:path';
import { bytes } from '../domain/bytes.ts';
import type { DownloadError, ErrorOf } from '../domain/errors.ts';
import type { FileFacts, FileSystem, Folders } from '../effects/file-system.ts';
import type { Host, Standing } from '../effects/host.ts';
import { E } from '../fp.ts';
import {
  CLAIM_LENGTH_MAX,
  type ClaimContent,
  type ClaimName,
  decodeClaim,
  parseClaimName,
} from './claim-content.ts';

export interface FoundClaim extends ClaimName {
  readonly path: string;
  readonly isDraft: boolean;
  /** Null: it has none of ours, or may not be read. */
  readonly content: ClaimContent | null;
  /** Why it may not be read; null: it may. */
  readonly unreadable: ErrorOf<'DiskFailed'> | null;
  /** When it was written last, by the clock of the file system. */
  readonly touchedAtMs: number;
}

export interface ClaimsFolder {
  /** Absolute path. */
  readonly folder: string;
  readonly files: FileSystem;
  readonly folders: Folders;
}

type Result<A> = Promise<E.Either<DownloadError, A>>;

/**
 * Claims and drafts of one key, or of all. One that is gone by the time it is looked at is left
 * out, and so is a folder of such a name, which is nobody's claim.
 */
export const findClaims = async (
  at: ClaimsFolder,
  key: string | null,
): Result<ReadonlyArray<FoundClaim>> => {
  const names = await at.folders.list(at.folder)();
  if (E.isLeft(names)) return names;
  const found: Array<FoundClaim> = [];
  for (const name of names.right) {
    const parsed = parseClaimName(name);
    if (parsed === null || (key !== null && parsed.key !== key)) continue;
    const claim = await lookAt(at, join(at.folder, name), parsed);
    if (E.isLeft(claim)) return claim;
    if (claim.right !== null) found.push(claim.right);
  }
  return E.right(found);
};

const lookAt = async (
  { files }: ClaimsFolder,
  path: string,
  name: ClaimName & { readonly isDraft: boolean },
): Result<FoundClaim | null> => {
  const facts = await files.facts(path)();
  if (E.isLeft(facts)) return facts;
  if (facts.right === null || facts.right.kind !== 'file') return E.right(null);
  const content = await readContent(files, path, facts.right);
  if (E.isLeft(content) && content.left.code === 'ENOENT') return E.right(null);
  const [unreadable, read] = E.isLeft(content) ? [content.left, null] : [null, content.right];
  const { modifiedAtMs: touchedAtMs } = facts.right;
  return E.right({ ...name, path, touchedAtMs, content: read, unreadable });
};

const readContent = async (
  files: FileSystem,
  path: string,
  { size }: FileFacts,
): Promise<E.Either<ErrorOf<'DiskFailed'>, ClaimContent | null>> => {
  if (size > CLAIM_LENGTH_MAX) return E.right(null);
  const opened = await files.openToRead(path)();
  if (E.isLeft(opened)) return opened;
  const buffer = new Uint8Array(size);
  const length = await opened.right.readAt(buffer, bytes(0))();
  await opened.right.close()();
  return E.isLeft(length) ? length : E.right(decodeClaim(buffer.subarray(0, length.right)));
};

/**
 * An owner that cannot be judged, being of another place, is taken for gone when nothing was seen
 * of it for so long, in milliseconds: many times the interval in which it touches its claim.
 */
export const SILENCE_MS_MAX = 120_000;

/** What an owner's standing is judged by. */
export interface Judge {
  readonly host: Host;
  /** The nonces of the claims that processes of this host object hold. */
  readonly held: ReadonlySet<string>;
  /** A moment not after the present, by the clock of the file system: clocks of computers differ. */
  readonly nowMs: number;
}

/** Of a claim without content of ours it is `gone`: a power cut may have left it, or a stranger. */
export const standingOf = (claim: FoundClaim, { host, held, nowMs }: Judge): Standing => {
  const { content, nonce } = claim;
  const isSilent = nowMs - claim.touchedAtMs > SILENCE_MS_MAX;
  if (content === null) {
    const mayBeOurs = claim.unreadable !== null || claim.isDraft;
    return mayBeOurs && !isSilent ? 'unknown' : 'gone';
  }
  // What this process could not remove is nobody's.
  if (content.instance === host.self().instance) return held.has(nonce) ? 'alive' : 'gone';
  const standing = host.standingOf(content);
  return standing === 'unknown' && isSilent ? 'gone' : standing;
};

/** The latest moment that the folder tells of. */
export const latestOf = async (
  { files, folder }: ClaimsFolder,
  claims: ReadonlyArray<FoundClaim>,
): Result<number> => {
  const facts = await files.facts(folder)();
  if (E.isLeft(facts)) return facts;
  const seen = claims.map(({ touchedAtMs }) => touchedAtMs);
  return E.right(Math.max(facts.right?.modifiedAtMs ?? 0, ...seen));
};

/** The nonces of the claims that a process holds now, all users of its `Host` together. */
export const heldBy = (host: Host): Set<string> => {
  const known = HELD.get(host);
  if (known !== undefined) return known;
  const held = new Set<string>();
  HELD.set(host, held);
  return held;
};

const HELD = new WeakMap<Host, Set<string>>();
