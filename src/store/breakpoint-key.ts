/** The names of a breakpoint and of a claim: which object goes to which file. */
import { createHash } from 'node:crypto';

/**
 * A name safe for file systems, the same for the same object and target in every run.
 *
 * @param identity Of the object, as of `sourceIdentity`: without signatures, with the endpoint.
 * @param target   Absolute path.
 */
export const breakpointKey = (identity: string, target: string): string =>
  digest(`${identity}\n${target}`);

/** The same for a target alone, whatever object is wanted there. */
export const targetKey = (target: string): string => digest(target);

const digest = (text: string): string =>
  createHash('sha256').update(text).digest('hex').slice(0, 32);
