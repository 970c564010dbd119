/** Draws that a seed decides: the same on every machine and in every version of Node. */

export interface Seeded {
  /** A number in `[0, 1)`. */
  readonly next: () => number;
  /** A whole number in `0 .. count - 1`; a `count` of 1 or less gives 0. */
  readonly integer: (count: number) => number;
  /** One of a list that is not empty. */
  readonly pick: <A>(list: ReadonlyArray<A>) => A;
  /** True in a share of `probability` of the draws: 0 never, 1 always. */
  readonly chance: (probability: number) => boolean;
  /**
   * Draws of their own. They depend on seed and name alone, not on what was drawn before: one
   * part of a world that draws more often leaves all others as they were.
   */
  readonly fork: (name: string | number) => Seeded;
}

/**
 * Draws from a seed.
 *
 * Source: sfc32 of PractRand, filled by splitmix32; 32-bit integer arithmetic only.
 *
 * @param seed Any number; two that differ by less than one may be the same.
 *
 * @example
 * seeded(7).integer(6) === seeded(7).integer(6) // true
 */
export const seeded = (seed: number): Seeded => {
  const whole = Math.floor(seed);
  const low = splitmix32(whole >>> 0);
  const high = splitmix32(Math.floor(whole / 2 ** 32) >>> 0);
  const draw = sfc32(low(), high(), low());
  const next = () => draw() / 2 ** 32;
  const integer = (count: number) => Math.floor(next() * Math.max(1, count));
  return {
    next,
    integer,
    pick: (list) => {
      if (list.length === 0) throw new RangeError('nothing to pick from');
      return list[integer(list.length)]!;
    },
    chance: (probability) => next() < probability,
    fork: (name) => seeded(hashOf(`${seed}/${name}`)),
  };
};

const splitmix32 = (seed: number) => {
  let state = seed;
  return (): number => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  };
};

const sfc32 = (first: number, second: number, third: number) => {
  let [a, b, c, counter] = [first, second, third, 1];
  const draw = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  for (let round = 0; round < 12; round++) draw(); // Until the seed has reached every bit.
  return draw;
};

/** FNV-1a over UTF-16 code units, in two halves: 53 bits. */
const hashOf = (text: string): number => {
  let [low, high] = [0x811c9dc5, 0x5bd1e995];
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(high ^ unit ^ (low >>> 15), 0x01000193);
  }
  return (low >>> 0) + (high >>> 11) * 2 ** 32;
};
