/**
 * Who may write a target: at most one process at a time, whatever object it wants there.
 *
 * Implementations: `claims.file.ts`, and `claims.memory.ts` for stores that live in one process.
 * The laws are the titles of `test/conformance/claims.ts`.
 */
import type { DownloadError } from '../domain/errors.ts';
import type { Standing } from '../effects/host.ts';
import type { TE } from '../fp.ts';

/** A target that is ours until we release it, or somebody takes it from us. */
export interface Claim {
  /**
   * Hex digits that no other claim has. The part file that its holder makes is called after them
   * (`partFileName`), so that who finds the claim knows the file, too.
   */
  readonly nonce: string;
  /**
   * 1. Right: it is still ours, and others see that we live. Left `Busy`, with who has it now, or
   *    `ClaimLost`, when nobody has: it is not ours, and never will be again; who asks must not
   *    write another byte.
   */
  readonly confirm: () => TE.TaskEither<DownloadError, void>;
  /**
   * 2. Gives it up, with the part file that it names, unless a breakpoint names that, too. A claim
   *    of somebody else is left alone.
   */
  readonly release: () => TE.TaskEither<DownloadError, void>;
}

/** Targets are absolute paths; folders on the way that are symbolic links make no difference. */
export interface Claims {
  /**
   * 3. Of any number of processes that ask at once at most one gets Right before a release.
   * 4. Left `Busy` names the owner. An owner that is gone is no owner: its claim is removed, and
   *    the part file that this claim names, unless a breakpoint names that, too.
   */
  readonly acquire: (target: string) => TE.TaskEither<DownloadError, Claim>;
  /** 5. Who owns a target, when it is not known to be gone. Changes nothing. */
  readonly ownerOf: (target: string) => TE.TaskEither<DownloadError, ClaimOwner | null>;
  /** 6. Every claim there is, in the order of their paths. Changes nothing. */
  readonly all: () => TE.TaskEither<DownloadError, ReadonlyArray<SeenClaim>>;
}

export interface ClaimOwner {
  readonly host: string;
  readonly pid: number;
}

/** A claim as everybody may see it. */
export interface SeenClaim {
  /** Absolute path of its file; for claims in memory a name. */
  readonly path: string;
  /** Is it only being written? Then it gives no right, and may be removed once `gone`. */
  readonly isDraft: boolean;
  /** Absolute path, as its owner spells it; null: it does not say, or may not be read. */
  readonly target: string | null;
  /** The part file that its owner makes when it starts afresh; it need not be there. */
  readonly partFile: string | null;
  readonly owner: ClaimOwner | null;
  /** When its owner was seen last, as the file system has it, in milliseconds since 1970. */
  readonly touchedAtMs: number;
  /** `unknown`: its owner is of another computer or container, and not known to be silent. */
  readonly standing: Standing;
}
