/** What interrupts a forecast: kills and power cuts by the clock, resets by the count of requests. */
import type { Seeded } from './seeded.ts';
import type { Crash } from './simulated-disk.ts';
import type { NetworkRule } from './simulated-network-fault.ts';

export interface Break {
  /** `Infinity`: never. */
  readonly atMs: number;
  readonly kind: Crash;
}

/**
 * Gives the next kill or power cut, again and again, in order of time. The time between two of a
 * kind is drawn evenly from half to one and a half of what it is on average.
 */
export const breaks = (
  every: { readonly killEveryMs: number | null; readonly powerCutEveryMs: number | null },
  draws: Seeded,
): (() => Break) => {
  const kills = moments(every.killEveryMs, draws.fork('kills'));
  const cuts = moments(every.powerCutEveryMs, draws.fork('power cuts'));
  return () => {
    const isKill = kills.atMs() <= cuts.atMs();
    const { atMs, pass } = isKill ? kills : cuts;
    const due: Break = { atMs: atMs(), kind: isKill ? 'killed' : 'powerLost' };
    pass();
    return due;
  };
};

const moments = (everyMs: number | null, draws: Seeded) => {
  const after = (atMs: number) =>
    everyMs === null ? Infinity : atMs + everyMs * (0.5 + draws.next());
  let next = after(0);
  return {
    atMs: () => next,
    pass: () => {
      next = after(next);
    },
  };
};

/** Resets every `count`-th exchange somewhere in the bytes it asks for; before its head without. */
export const resetting = (count: number, draws: Seeded): NetworkRule => {
  const places = draws.fork('resets');
  return ({ sequence, headers }) => {
    if (sequence % count !== 0) return null;
    const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(headers['range'] ?? '') ?? [];
    const length = first === undefined ? 0 : Number(last) - Number(first) + 1;
    return { _tag: 'Reset', afterBytes: length === 0 ? null : places.integer(length) };
  };
};
