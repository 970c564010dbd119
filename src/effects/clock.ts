/** Time and chance: everything of the host that makes two runs differ. */

/** Two clocks, and timers in the shape that XState takes. */
export interface Clock {
  /** Milliseconds on a clock that only goes forward and has no meaning as a date. */
  readonly now: () => number;
  /** Milliseconds since 1970, as the host believes. May jump. */
  readonly wallTime: () => number;
  readonly setTimeout: (callback: () => void, delayMs: number) => unknown;
  readonly clearTimeout: (id: unknown) => void;
}

/** Random bytes, for names that must not collide and for jitter. */
export interface Entropy {
  readonly randomBytes: (count: number) => Uint8Array;
}

/** A name of `count` random bytes, in hex digits. */
export const randomName = ({ randomBytes }: Entropy, count: number): string =>
  [...randomBytes(count)].map((byte) => byte.toString(16).padStart(2, '0')).join('');

export const liveClock: Clock = {
  now: () => performance.now(),
  wallTime: () => Date.now(),
  setTimeout: (callback, delayMs) => setTimeout(callback, delayMs),
  clearTimeout: (id) => clearTimeout(id as NodeJS.Timeout),
};

export const liveEntropy: Entropy = {
  randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
};
