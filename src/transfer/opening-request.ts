/** What opening a workspace is asked for. */
import type { DiskPolicy } from '../domain/disk-policy.ts';
import type { ObjectVersion } from '../domain/object-version.ts';
import type { Plan } from '../domain/plan.ts';
import type { Claim } from '../store/claims.ts';

export interface OpeningRequest {
  /** Which object, for naming the breakpoint: no secrets. */
  readonly identity: string;
  /** The object as people may see it. */
  readonly label: string;
  /** Absolute path. */
  readonly target: string;
  readonly disk: DiskPolicy;
  readonly version: ObjectVersion;
  readonly plan: Plan;
}

/** A request whose breakpoint is ours. */
export interface ClaimedRequest extends OpeningRequest {
  readonly key: string;
  readonly claim: Claim;
}
