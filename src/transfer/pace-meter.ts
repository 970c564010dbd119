/** How fast each request in flight brings bytes, and how fast those beside it do. */
import { type LanePace, PACE_WINDOW_MS } from '../domain/pace.ts';
import type { PartNumber } from '../domain/plan.ts';

export interface PaceMeter {
  readonly began: (part: PartNumber, nowMs: number) => void;
  readonly received: (part: PartNumber, length: number, nowMs: number) => void;
  readonly ended: (part: PartNumber, nowMs: number) => void;
  /** The lanes in flight; to be asked at a steady pace, since each call is a sample. */
  readonly sample: (nowMs: number) => ReadonlyArray<LanePace>;
  /**
   * Bytes per second of an average lane of the others, in the window that the last sample ended; 0
   * where there were none.
   *
   * Once no other is in flight it is what it was then, so that the last part of a download, when it
   * trickles, is still compared with those that flowed beside it. That holds for one request only:
   * the next one begins alone, and has none to compare with. If it is as slow, the network is.
   */
  readonly usualFor: (part: PartNumber) => number;
}

interface Flight {
  readonly startedAtMs: number;
  lastByteAtMs: number;
  bytes: number;
  /** Samples no older than the window; the first is what the rate is measured from. */
  readonly samples: Array<Count>;
  usual: number;
}

/** What was brought until a moment. */
interface Count {
  readonly atMs: number;
  readonly bytes: number;
}

/** Of all requests together, with the time that they took, in milliseconds of one lane. */
interface Sum extends Count {
  readonly laneMs: number;
}

/** The first chunk comes at once, and says nothing of the pace yet. */
const SPAN_MS_MIN = 500;

export const paceMeter = (): PaceMeter => {
  const flights = new Map<PartNumber, Flight>();
  const past = { bytes: 0, laneMs: 0 };
  const sums: Array<Sum> = [{ atMs: 0, ...past }];

  const sumAt = (nowMs: number): Sum => {
    let { bytes, laneMs } = past;
    for (const flight of flights.values()) {
      bytes += flight.bytes;
      laneMs += nowMs - flight.startedAtMs;
    }
    return { atMs: nowMs, bytes, laneMs };
  };
  const rateOf = ({ samples, bytes }: Flight, nowMs: number): number => {
    const first = samples[0]!;
    return ((bytes - first.bytes) * 1000) / Math.max(SPAN_MS_MIN, nowMs - first.atMs);
  };
  /** Others that flowed for less than a window count as if they had been silent before. */
  const rateBeside = ({ samples, bytes }: Flight, now: Sum): number => {
    const first = samples[0]!;
    const begin = sums[0]!;
    const others = now.bytes - begin.bytes - (bytes - first.bytes);
    const laneMs = now.laneMs - begin.laneMs - (now.atMs - first.atMs);
    return (others * 1000) / Math.max(PACE_WINDOW_MS, laneMs);
  };
  const compare = (now: Sum): void => {
    if (flights.size < 2) return;
    for (const flight of flights.values()) flight.usual = rateBeside(flight, now);
  };
  return {
    began: (part, nowMs) => {
      const samples = [{ atMs: nowMs, bytes: 0 }];
      const counts = { startedAtMs: nowMs, lastByteAtMs: nowMs, bytes: 0 };
      flights.set(part, { ...counts, samples, usual: 0 });
    },
    received: (part, length, nowMs) => {
      const flight = flights.get(part);
      if (flight === undefined) return;
      flight.bytes += length;
      flight.lastByteAtMs = nowMs;
    },
    ended: (part, nowMs) => {
      const flight = flights.get(part);
      if (flight === undefined) return;
      compare(sumAt(nowMs)); // It may be the last other that some request has.
      past.bytes += flight.bytes;
      past.laneMs += nowMs - flight.startedAtMs;
      flights.delete(part);
    },
    sample: (nowMs) => {
      const now = sumAt(nowMs);
      keepWindow(sums, now);
      for (const flight of flights.values()) {
        keepWindow(flight.samples, { atMs: nowMs, bytes: flight.bytes });
      }
      compare(now);
      return [...flights].map(([partNumber, flight]) => {
        const { startedAtMs, lastByteAtMs } = flight;
        return { partNumber, startedAtMs, lastByteAtMs, bytesPerSecond: rateOf(flight, nowMs) };
      });
    },
    usualFor: (part) => flights.get(part)?.usual ?? 0,
  };
};

/** Adds a count; the first that stays is the last one that is as old as the window, or older. */
const keepWindow = <A extends Count>(counts: Array<A>, now: A): void => {
  counts.push(now);
  while (counts[1] !== undefined && counts[1].atMs <= now.atMs - PACE_WINDOW_MS) counts.shift();
};
