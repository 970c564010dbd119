/** What the file of a claim is called, and what it says. Pure. */
import { join } from 'node:path';
import * as t from 'io-ts';
import { partFileName } from '../domain/part-file-name.ts';
import type { ProcessIdentity } from '../effects/host.ts';
import { E } from '../fp.ts';

/** The owner, and the target as the owner spells it: an absolute path. */
export interface ClaimContent extends ProcessIdentity {
  readonly target: string;
}

/** Hex digits: of the target's real path, and drawn for this claim alone. */
export interface ClaimName {
  readonly key: string;
  readonly nonce: string;
}

/** The name of a claim that gives the target, or of one that is being written. */
export const claimPath = (folder: string, { key, nonce }: ClaimName, isDraft = false): string =>
  join(folder, `${key}.${nonce}.${isDraft ? DRAFT : CLAIM}`);

/** Null: it is not called like a claim. */
export const parseClaimName = (name: string): (ClaimName & { isDraft: boolean }) | null => {
  const [, key, nonce, kind] = NAME.exec(name) ?? [];
  if (key === undefined || nonce === undefined) return null;
  return { key, nonce, isDraft: kind === DRAFT };
};

export const encodeClaim = (content: ClaimContent): Uint8Array =>
  new TextEncoder().encode(JSON.stringify(content));

/** Null: it is not of this format. */
export const decodeClaim = (content: Uint8Array): ClaimContent | null => {
  try {
    const decoded = Content.decode(JSON.parse(new TextDecoder().decode(content)));
    return E.isRight(decoded) && isNumber(decoded.right.pid) ? decoded.right : null;
  } catch {
    return null;
  }
};

/**
 * The names that only the holder of a claim gives to files: that of its part file, and one to find
 * out with whether a file can have two names.
 */
export const namesOfClaim = (
  target: string,
  nonce: string,
): { readonly partFile: string; readonly secondName: string } => ({
  partFile: partFileName(target, nonce),
  secondName: partFileName(target, nonce.slice(NONCE_DIGITS / 2)),
});

/** Bytes of a nonce. */
export const NONCE_BYTES = 8;
/** A longer claim is not ours: a path may have 4096 bytes, which JSON may make six times as long. */
export const CLAIM_LENGTH_MAX = 2 ** 16;

const NONCE_DIGITS = 2 * NONCE_BYTES;
const CLAIM = 'claim';
const DRAFT = 'claim-draft';
const NAME = /^([0-9a-f]{32})\.([0-9a-f]{16})\.(claim|claim-draft)$/;

const TextOrNull = t.union([t.string, t.null]);

const Content = t.strict({
  target: t.string,
  host: t.string,
  machineId: TextOrNull,
  pidNamespace: TextOrNull,
  pid: t.number,
  startedAt: TextOrNull,
  bootId: TextOrNull,
  instance: t.string,
});

const isNumber = (pid: number): boolean => Number.isInteger(pid) && pid >= 1 && pid < 2 ** 31;
