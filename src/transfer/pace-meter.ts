/** How fast each request in flight brings bytes, and how fast one usually does in this run. */
import { type LanePace, PACE_WINDOW_MS } from '../domain/pace.ts';
import type { PartNumber } from '../domain/plan.ts';

export interface PaceMeter {
  readonly began: (part: PartNumber, nowMs: number) => void;
  readonly received: (part: PartNumber, length: number, nowMs: number) => void;
  readonly ended: (part: PartNumber, nowMs: number) => void;
  /** The lanes in flight; to be asked at a steady pace, since each call is a sample. */
  readonly sample: (nowMs: number) => ReadonlyArray<LanePace>;
  /** Bytes per second of an average request of this run; 0 before the first byte. */
  readonly usual: (nowMs: number) => number;
}

interface Flight {
  readonly startedAtMs: number;
  lastByteAtMs: number;
  bytes: number;
  /** Samples no older than the window; the first is what the rate is measured from. */
  readonly samples: Array<{ readonly atMs: number; readonly bytes: number }>;
}

/** The first chunk comes at once, and says nothing of the pace yet. */
const SPAN_MS_MIN = 500;

export const paceMeter = (): PaceMeter => {
  const flights = new Map<PartNumber, Flight>();
  const past = { bytes: 0, ms: 0 };

  const paceOf = (partNumber: PartNumber, flight: Flight, nowMs: number): LanePace => {
    const { samples, startedAtMs, lastByteAtMs } = flight;
    samples.push({ atMs: nowMs, bytes: flight.bytes });
    while (samples[1] !== undefined && samples[1].atMs <= nowMs - PACE_WINDOW_MS) samples.shift();
    const { atMs, bytes } = samples[0]!;
    const spanMs = Math.max(SPAN_MS_MIN, nowMs - atMs);
    const bytesPerSecond = ((flight.bytes - bytes) * 1000) / spanMs;
    return { partNumber, startedAtMs, lastByteAtMs, bytesPerSecond };
  };
  return {
    began: (part, nowMs) => {
      const samples = [{ atMs: nowMs, bytes: 0 }];
      flights.set(part, { startedAtMs: nowMs, lastByteAtMs: nowMs, bytes: 0, samples });
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
      past.bytes += flight.bytes;
      past.ms += nowMs - flight.startedAtMs;
      flights.delete(part);
    },
    sample: (nowMs) => [...flights].map(([part, flight]) => paceOf(part, flight, nowMs)),
    usual: (nowMs) => {
      const now = { bytes: past.bytes, ms: past.ms };
      for (const { bytes, startedAtMs } of flights.values()) {
        now.bytes += bytes;
        now.ms += nowMs - startedAtMs;
      }
      return now.ms > 0 ? (now.bytes * 1000) / now.ms : 0;
    },
  };
};
