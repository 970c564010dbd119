/**
 * Which requests to give up because their bytes stopped coming, or come far slower than those of
 * the requests beside them.
 *
 * A pure judgement over counters. It exists because a client library's body timeout does not fire
 * under back-pressure, and because a trickle of bytes re-arms any timeout that waits for silence.
 *
 * A request is never compared with its own past: a network that became slow, or a server that
 * gives a burst and then less, is as slow for the next request. Where others are faster at the
 * same time, asking again helps. A request that is alone, such as the only one of a source without
 * ranges, which would have to start over, is given up for silence alone.
 */
import type { ErrorOf } from './errors.ts';
import type { PartNumber } from './plan.ts';

/** One request in flight. Times on one clock, in milliseconds. */
export interface LanePace {
  readonly partNumber: PartNumber;
  readonly startedAtMs: number;
  /** When the last byte came; `startedAtMs` before the first. */
  readonly lastByteAtMs: number;
  /** Over the last `PACE_WINDOW_MS`, or since the start if that is shorter; rises from 0. */
  readonly bytesPerSecond: number;
}

export interface PaceLimits {
  /** A request that brought no byte for so long is given up. In milliseconds. */
  readonly silenceMsMax: number;
}

/** What a lane is measured over before it is called slow: 10 s. */
export const PACE_WINDOW_MS = 10_000;
/** A lane is slow below this fraction of what the others bring. */
export const PACE_FRACTION_MIN = 1 / 10;

/** A request to give up, and why. */
export interface Stall {
  readonly partNumber: PartNumber;
  readonly error: ErrorOf<'Stalled'>;
}

/**
 * Judges every lane at `nowMs`.
 *
 * @param usualFor Bytes per second that one lane of the others brings; 0: none to compare with.
 */
export const findStalls = (
  lanes: ReadonlyArray<LanePace>,
  usualFor: (part: PartNumber) => number,
  nowMs: number,
  limits: PaceLimits,
): ReadonlyArray<Stall> =>
  lanes.flatMap((lane) => {
    const silentMs = nowMs - lane.lastByteAtMs;
    if (silentMs >= limits.silenceMsMax) return [stall(lane, 'silence', silentMs)];
    const isMeasured = nowMs - lane.startedAtMs >= PACE_WINDOW_MS;
    const isSlow = lane.bytesPerSecond < usualFor(lane.partNumber) * PACE_FRACTION_MIN;
    return isMeasured && isSlow ? [stall(lane, 'lostPace', silentMs)] : [];
  });

const stall = (lane: LanePace, cause: 'silence' | 'lostPace', silentMs: number): Stall => ({
  partNumber: lane.partNumber,
  error: { _tag: 'Stalled', cause, silentMs: Math.round(silentMs) },
});
