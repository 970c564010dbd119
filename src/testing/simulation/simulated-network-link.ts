/**
 * How long things take on a simulated network. Pure, given the time and the draws.
 *
 * - A new connection costs one round trip, with TLS two; a request costs one to its first byte.
 * - All bodies share one link of `bytesPerSecond`, first come, first served. An exchange has one
 *   chunk on the link at a time, so those that are busy share it evenly, and what they get adds up
 *   to what the link has.
 * - A connection has a limit of its own; packets lost bring it down to the rate that TCP keeps:
 *   `1.22 · MSS / (rtt · √loss)` (Mathis et al. 1997). Slow start and queues are not modelled.
 * - In a dead window nothing moves; what is under way arrives so much later.
 */
import type { Seeded } from './seeded.ts';

/** A stretch of virtual time, by the clock's `now`; `untilMs` is no longer in it. */
export interface TimeWindow {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** The numbers of a network. Rates may be `Infinity`. */
export interface LinkOptions {
  /** There and back. Default: 0. */
  readonly rttMs: number;
  /** Each way takes up to so much longer. Default: 0. */
  readonly jitterMs: number;
  /** Of the link that all connections share. Default: `Infinity`. */
  readonly bytesPerSecond: number;
  /** Default: `Infinity`. */
  readonly bytesPerSecondPerConnection: number;
  /** Share of the packets that is lost, in `0 .. 1`. Default: 0. */
  readonly loss: number;
  /** Bytes of one chunk at most, at least 1. Default: 64 KiB. */
  readonly chunkLength: number;
  /** When nothing moves, in order and apart from each other. Default: never. */
  readonly dead: ReadonlyArray<TimeWindow>;
  /** When new connections are refused. Default: never. */
  readonly refusing: ReadonlyArray<TimeWindow>;
}

/** A network that takes no time. */
export const INSTANT_LINK: LinkOptions = {
  rttMs: 0,
  jitterMs: 0,
  bytesPerSecond: Infinity,
  bytesPerSecondPerConnection: Infinity,
  loss: 0,
  chunkLength: 2 ** 16,
  dead: [],
  refusing: [],
};

export interface Link {
  /** When a packet sent now has gone so many ways; two are a round trip. */
  readonly hopsAt: (nowMs: number, ways: number) => number;
  /** When a chunk sent now is there. Occupies the link until then. */
  readonly chunkAt: (nowMs: number, length: number, bytesPerSecondMax: number) => number;
  /** How long a chunk may be at this pace: at most a quarter of a second, at least a byte. */
  readonly chunkMax: (bytesPerSecondMax: number) => number;
  readonly isRefusing: (nowMs: number) => boolean;
  readonly change: (options: Partial<LinkOptions>) => void;
}

export const simulatedLink = (initial: Partial<LinkOptions>, draws: Seeded): Link => {
  let options = checked({ ...INSTANT_LINK, ...initial });
  let freeAtMs = 0;
  return {
    hopsAt: (nowMs, ways) => {
      const lateMs = options.jitterMs === 0 ? 0 : options.jitterMs * ways * draws.next();
      return throughAt(nowMs, (options.rttMs / 2) * ways + lateMs, options.dead);
    },
    chunkAt: (nowMs, length, bytesPerSecondMax) => {
      const pace = Math.min(bytesPerSecondMax, connectionPace(options));
      const startMs = Math.max(nowMs, freeAtMs);
      freeAtMs = throughAt(startMs, msFor(length, options.bytesPerSecond), options.dead);
      return Math.max(freeAtMs, throughAt(nowMs, msFor(length, pace), options.dead));
    },
    chunkMax: (bytesPerSecondMax) => {
      const pace = Math.min(bytesPerSecondMax, connectionPace(options), options.bytesPerSecond);
      return Math.max(1, Math.min(options.chunkLength, Math.floor(pace * CHUNK_SECONDS_MAX)));
    },
    isRefusing: (nowMs) =>
      options.refusing.some(({ fromMs, untilMs }) => fromMs <= nowMs && nowMs < untilMs),
    change: (next) => {
      options = checked({ ...options, ...next });
    },
  };
};

/**
 * When something is through that takes so long, while nothing moves in the dead windows.
 *
 * @example
 * throughAt(0, 10, [{ fromMs: 4, untilMs: 104 }]) // 110
 */
export const throughAt = (
  startMs: number,
  durationMs: number,
  dead: ReadonlyArray<TimeWindow>,
): number => {
  let atMs = startMs;
  let leftMs = durationMs;
  for (const { fromMs, untilMs } of dead) {
    if (untilMs <= atMs) continue;
    if (fromMs > atMs && atMs + leftMs <= fromMs) break;
    leftMs -= Math.max(0, fromMs - atMs);
    atMs = untilMs;
  }
  return atMs + leftMs;
};

/** A chunk that takes longer would look like a stall to whoever watches for bytes. */
const CHUNK_SECONDS_MAX = 0.25;

/** What a full packet carries over Ethernet, with the timestamp option of TCP left out. */
const MSS = 1460;

/** What TCP keeps up on one connection. */
const connectionPace = ({ bytesPerSecondPerConnection, loss, rttMs }: LinkOptions): number => {
  if (loss === 0 || rttMs === 0) return bytesPerSecondPerConnection;
  return Math.min(bytesPerSecondPerConnection, (1.22 * MSS) / ((rttMs / 1000) * Math.sqrt(loss)));
};

const msFor = (length: number, bytesPerSecond: number): number => (length / bytesPerSecond) * 1000;

const checked = (options: LinkOptions): LinkOptions => {
  const { rttMs, jitterMs, bytesPerSecond, bytesPerSecondPerConnection, loss } = options;
  const isSound =
    rttMs >= 0 &&
    jitterMs >= 0 &&
    bytesPerSecond > 0 &&
    bytesPerSecondPerConnection > 0 &&
    loss >= 0 &&
    loss <= 1 &&
    Number.isInteger(options.chunkLength) &&
    options.chunkLength >= 1;
  if (!isSound) throw new RangeError(`no such network: ${JSON.stringify(options)}`);
  return options;
};
