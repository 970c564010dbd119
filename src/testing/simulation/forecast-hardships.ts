/** What interrupts a forecast: kills and power cuts by the clock, resets by the count of requests. */
import type { Seeded } from './seeded.ts';
import type { Crash } from './simulated-disk.ts';
import type { NetworkRequest, NetworkRule } from './simulated-network-fault.ts';

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
  return (request) => {
    if (request.sequence % count !== 0) return null;
    const range = rangeOf(request);
    return { _tag: 'Reset', afterBytes: range === null ? null : places.integer(range.length) };
  };
};

/** The bytes that a request asks for; null: it names none. */
export const rangeOf = ({
  headers,
}: NetworkRequest): { readonly start: number; readonly length: number } | null => {
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(headers['range'] ?? '') ?? [];
  return first === undefined
    ? null
    : { start: Number(first), length: Number(last) - Number(first) + 1 };
};
