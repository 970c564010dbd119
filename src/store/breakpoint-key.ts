/** The name of a breakpoint: which object goes to which file. */
import { createHash } from 'node:crypto';

/**
 * A name safe for file systems, the same for the same object and target in every run.
 *
 * @param identity Of the object, as of `sourceIdentity`: without signatures, with the endpoint.
 * @param target   Absolute path.
 */
export const breakpointKey = (identity: string, target: string): string =>
  createHash('sha256').update(`${identity}\n${target}`).digest('hex').slice(0, 32);
