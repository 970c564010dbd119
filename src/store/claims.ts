/**
 * Who owns a breakpoint: at most one process at a time.
 *
 * Implementations: `claims.file.ts`, and `claims.memory.ts` for stores that live in one process.
 * The laws are the titles of `test/conformance/claims.ts`.
 */
import type { DownloadError } from '../domain/errors.ts';
import type { TE } from '../fp.ts';

/** A breakpoint that is ours until we release it, or somebody takes it from us. */
export interface Claim {
  /**
   * 1. Right: it is still ours. Left `Busy`: it is not, and never will be again; who asks must not
   *    write another byte.
   */
  readonly confirm: () => TE.TaskEither<DownloadError, void>;
  /** 2. Gives it up; a claim that is not ours any more is left alone. */
  readonly release: () => TE.TaskEither<DownloadError, void>;
}

export interface Claims {
  /**
   * 3. Of any number of processes that ask at once at most one gets Right before a release.
   * 4. Left `Busy` names the owner. An owner that is gone for certain is no owner.
   */
  readonly acquire: (key: string) => TE.TaskEither<DownloadError, Claim>;
  /** 5. The owner of a breakpoint, when there is a living one. */
  readonly ownerOf: (key: string) => TE.TaskEither<DownloadError, ClaimOwner | null>;
}

export interface ClaimOwner {
  readonly host: string;
  readonly pid: number;
}
