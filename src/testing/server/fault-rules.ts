/** Rules that say when a fault happens, and how rules combine. */
import type { Fault, FaultRequest, FaultRule } from './faults.ts';

/** A rule, or a fault that stands for the rule that always gives it. */
export type FaultOrRule = Fault | FaultRule;

/** The same fault for every request. */
export const always = (fault: FaultOrRule): FaultRule =>
  typeof fault === 'function' ? fault : () => fault;

/** The first `count` faults that the rule gives; nothing afterwards. */
export const times = (count: number, fault: FaultOrRule): FaultRule => {
  const rule = always(fault);
  let left = count;
  return (request) => {
    const given = left > 0 ? rule(request) : null;
    if (given !== null) left -= 1;
    return given;
  };
};

/** The first fault that the rule gives; nothing afterwards. */
export const once = (fault: FaultOrRule): FaultRule => times(1, fault);

/** Only where the request passes a test. */
export const when = (
  isMeant: (request: FaultRequest) => boolean,
  fault: FaultOrRule,
): FaultRule => {
  const rule = always(fault);
  return (request) => (isMeant(request) ? rule(request) : null);
};

/** Only requests of one method. */
export const forMethod = (method: 'GET' | 'HEAD', fault: FaultOrRule): FaultRule =>
  when((request) => request.method === method, fault);

/** Only requests for one key. */
export const forKey = (key: string, fault: FaultOrRule): FaultRule =>
  when((request) => request.key === key, fault);

/** Only GETs whose bytes include the one at `offset`; a GET without range has them all. */
export const rangeContains = (offset: number, fault: FaultOrRule): FaultRule => {
  const contains = ({ range }: FaultRequest) =>
    range === null || (range.start <= offset && offset < range.end);
  return forMethod('GET', when(contains, fault));
};

/** Only ranged GETs that begin inside the part of this index, from 0, of parts of this size. */
export const whenPart = (
  part: { readonly index: number; readonly size: number },
  fault: FaultOrRule,
): FaultRule => {
  const isInside = ({ range }: FaultRequest) =>
    range !== null && Math.floor(range.start / part.size) === part.index;
  return forMethod('GET', when(isInside, fault));
};

/** Only the first `count` attempts at each range of each key. */
export const firstAttempts = (count: number, fault: FaultOrRule): FaultRule =>
  when((request) => request.attempt <= count, fault);

/**
 * A share of the requests, chosen by a seed.
 *
 * The choice follows from the seed and from what is asked (method, key, range, attempt), not from
 * the order of arrival: the same run meets the same faults however its requests interleave.
 *
 * @param probability  0: none, 1: all.
 */
export const chance = (probability: number, seed: number, fault: FaultOrRule): FaultRule =>
  when((request) => drawFor(request, seed) < probability, fault);

/** The fault of the first rule that gives one; later rules are not asked. */
export const firstOf = (rules: ReadonlyArray<FaultOrRule>): FaultRule => {
  const asked = rules.map(always);
  return (request) => {
    for (const rule of asked) {
      const given = rule(request);
      if (given !== null) return given;
    }
    return null;
  };
};

/** A number in `0 .. 1` from what is asked: FNV-1a with the finalizer of MurmurHash3. */
const drawFor = ({ method, bucket, key, range, attempt }: FaultRequest, seed: number): number => {
  let hash = 0x811c9dc5;
  for (const char of JSON.stringify([seed, method, bucket, key, range, attempt])) {
    hash = Math.imul(hash ^ char.codePointAt(0)!, 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
};
